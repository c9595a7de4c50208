"""A model behind an OpenAI-compatible endpoint, through the `openai` client.

Only the address that is set is contacted: redirects are not followed, and proxies and OpenAI's own variables of the
environment do not count. The key and what the endpoint says in its errors (which may repeat the key) are never logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from service.errors import LanguageModelLate, LanguageModelUnreachable, LanguageModelUnusable, SettingsError
from service.llm.types import Limits, Prompt, Receiver

if TYPE_CHECKING:
    import openai

_NO_KEY = "none"
"""What the client is given where no key is set; the header is then left out."""


class EndpointModel:
    """A `LanguageModel` at ``base_url``; ``proxy`` is empty for none."""

    def __init__(self, model: str, base_url: str, key: SecretStr, proxy: str = "") -> None:
        """Contacts nothing. Raises SettingsError where the client is not installed."""
        from importlib.util import find_spec

        if find_spec("openai") is None:
            raise SettingsError(
                "缺少 openai：请运行 pip install 'dangjian-qa[llm]'，或取消 DANGJIAN_LLM_MODEL。"
            )
        self._model = model
        self._base_url = base_url
        self._key = key
        self._proxy = proxy

    @property
    def name(self) -> str:
        return self._model

    def write(self, prompt: Prompt, limits: Limits, receiver: Receiver) -> None:
        """One streamed chat completion, without retries."""
        import openai

        try:
            client = self._client(limits, receiver)
            receiver.on_stop(client.close)
            with client:
                self._stream(client, prompt, limits, receiver)
        except openai.APITimeoutError as error:
            raise LanguageModelLate("语言模型的接口没有及时应答") from error
        except openai.APIConnectionError as error:
            raise LanguageModelUnreachable("连不上语言模型的接口，或连接中断") from error
        except openai.APIStatusError as error:
            raise LanguageModelUnusable(f"语言模型的接口拒绝了请求（HTTP {error.status_code}）") from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError):
            raise LanguageModelUnusable("语言模型的回复看不懂") from None

    def _stream(self, client: openai.OpenAI, prompt: Prompt, limits: Limits, receiver: Receiver) -> None:
        stream = client.chat.completions.create(
            model=self._model,
            messages=[
                {"role": "system", "content": prompt.rules},
                {"role": "user", "content": prompt.request},
            ],
            stream=True,
            temperature=0,
            max_tokens=limits.characters,
            extra_headers=self._left_out(),
        )
        for chunk in stream:
            # A piece without content (a model that thinks first) still shows that the endpoint is at work.
            content = chunk.choices[0].delta.content if chunk.choices else ""
            if not receiver.add("" if content is None else content):
                return

    def _client(self, limits: Limits, receiver: Receiver) -> openai.OpenAI:
        import openai

        http = openai.DefaultHttpxClient(
            trust_env=False,
            proxy=self._proxy or None,
            follow_redirects=False,
            event_hooks={
                "response": [lambda response: receiver.on_size(lambda: response.num_bytes_downloaded)]
            },
        )
        return openai.OpenAI(
            api_key=self._key.get_secret_value() or _NO_KEY,
            base_url=self._base_url,
            timeout=openai.Timeout(limits.seconds, connect=limits.connect_seconds),
            max_retries=0,
            http_client=http,
        )

    def _left_out(self) -> dict[str, Any]:
        """The headers that the client would fill in from the environment, or from no key."""
        import openai

        names = ["OpenAI-Organization", "OpenAI-Project"]
        return dict.fromkeys(
            names if self._key.get_secret_value() else [*names, "Authorization"], openai.omit
        )
