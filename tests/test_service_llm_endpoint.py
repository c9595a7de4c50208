"""The model behind an endpoint: what is sent, and that whatever the endpoint does ends in time and in our own errors."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from service.errors import (
    LanguageModelError,
    LanguageModelLate,
    LanguageModelUnreachable,
    LanguageModelUnusable,
)
from service.llm.endpoint import EndpointModel
from service.llm.prompt import RULES, make_prompt
from service.llm.types import Limits, Prompt, Receiver
from service.llm.waiting import write_within
from tests import llm_endpoint
from tests.llm_endpoint import Endpoint, Reply, endpoint, says

KEY = "sk-secret-0123456789"
LIMITS = Limits(connect_seconds=1, first_seconds=1, seconds=1.5, characters=500)
PROMPT = make_prompt("怎么抓督查？", {1: "天津市委建立督查制度。"})


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with endpoint() as running:
        # The client takes a second to import; that is not what the tests measure.
        running.reply = says("好。")
        write_within(_model(running), PROMPT, Limits(5, 30, 30, 100))
        yield running


@pytest.fixture(autouse=True)
def forgotten(served: Endpoint) -> None:
    served.bodies.clear()
    served.headers.clear()


def _model(served: Endpoint, key: str = KEY) -> EndpointModel:
    return EndpointModel("试验模型", served.url, SecretStr(key))


def test_the_answer_is_put_together_from_its_pieces(served: Endpoint) -> None:
    served.reply = says("天津市委建立督查制度[1]。\n第二句[1]。")
    assert write_within(_model(served), PROMPT, LIMITS) == "天津市委建立督查制度[1]。\n第二句[1]。"
    (body,) = served.bodies
    assert body["path"] == "/v1/chat/completions"
    assert body["stream"] is True
    assert body["model"] == "试验模型"
    assert [turn["role"] for turn in body["messages"]] == ["system", "user"]
    assert body["messages"][0]["content"] == RULES
    assert served.headers[0]["authorization"] == f"Bearer {KEY}"


def test_without_a_key_none_is_sent_and_nothing_of_the_environment(
    served: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    served.reply = says("好。")
    write_within(_model(served, ""), PROMPT, LIMITS)
    assert "authorization" not in served.headers[0]
    assert "from-the-environment" not in str(served.headers[0])


def test_proxies_of_the_environment_do_not_count(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    served.reply = says("好。")
    assert write_within(_model(served), PROMPT, LIMITS) == "好。"
    proxied = EndpointModel(
        "m", "http://10.255.255.1/v1", SecretStr(""), proxy=served.url.removesuffix("/v1")
    )
    assert write_within(proxied, PROMPT, LIMITS) == "好。"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (llm_endpoint.never_answers, LanguageModelLate),
        (llm_endpoint.stalls, LanguageModelLate),
        (llm_endpoint.drips, LanguageModelLate),
        (llm_endpoint.cuts_off, LanguageModelUnreachable),
        (llm_endpoint.garbage, LanguageModelUnusable),
        (llm_endpoint.refuses(401, f"Incorrect API key provided: {KEY}"), LanguageModelUnusable),
        (llm_endpoint.refuses(500), LanguageModelUnusable),
        (llm_endpoint.raw_event({"error": {"message": f"bad key {KEY}"}}), LanguageModelUnusable),
        (llm_endpoint.raw_event({"choices": None}), None),
        (llm_endpoint.raw_event({"choices": [{"delta": None}]}), LanguageModelUnusable),
        (llm_endpoint.raw_event({"choices": [{"delta": {"content": {"a": 1}}}]}), LanguageModelUnusable),
        (llm_endpoint.raw_event([1, 2]), LanguageModelUnusable),
    ],
    ids=lambda value: getattr(value, "__name__", "") if not isinstance(value, type) else value.__name__,
)
def test_whatever_goes_wrong_ends_in_time_without_the_key(
    served: Endpoint, reply: Reply, error: type[LanguageModelError] | None, caplog: pytest.LogCaptureFixture
) -> None:
    served.reply = reply
    started = time.monotonic()
    with caplog.at_level(logging.DEBUG):
        if error is None:
            assert write_within(_model(served), PROMPT, LIMITS) == ""
        else:
            with pytest.raises(error) as raised:
                write_within(_model(served), PROMPT, LIMITS)
            assert KEY not in str(raised.value)
    assert time.monotonic() - started < LIMITS.seconds + 1
    assert KEY not in caplog.text
    assert len(served.bodies) == 1, "asked again"


def test_a_model_that_never_ends_is_left_and_its_connection_closed(served: Endpoint) -> None:
    gone = threading.Event()

    def reply(exchange: llm_endpoint.Exchange) -> None:
        try:
            llm_endpoint.drips_text(exchange)
        finally:
            gone.set()

    served.reply = reply
    with pytest.raises(LanguageModelLate, match="写完"):
        write_within(_model(served), PROMPT, LIMITS)
    assert gone.wait(5)
    assert llm_endpoint.until(lambda: not any(t.name == "language-model" for t in threading.enumerate()))


def test_what_is_too_long_is_cut_off(served: Endpoint) -> None:
    served.reply = says("党" * 3000)
    assert write_within(_model(served), PROMPT, LIMITS) == "党" * LIMITS.characters


def test_a_flood_without_text_is_stopped_before_the_time_is_up(served: Endpoint) -> None:
    served.reply = llm_endpoint.floods
    with pytest.raises(LanguageModelUnusable, match="过多"):
        write_within(_model(served), PROMPT, Limits(1, 20, 20, 500))


def test_redirects_are_not_followed(served: Endpoint) -> None:
    with endpoint() as elsewhere:
        served.reply = llm_endpoint.redirects(f"{elsewhere.url}/chat/completions")
        with pytest.raises(LanguageModelUnusable, match="307"):
            write_within(_model(served), PROMPT, LIMITS)
        assert not elsewhere.bodies


def test_nobody_at_the_address(served: Endpoint) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # taken, and nobody listens
        model = EndpointModel("m", f"http://127.0.0.1:{bound.getsockname()[1]}/v1", SecretStr(KEY))
        with pytest.raises(LanguageModelUnreachable, match="连不上"):
            write_within(model, PROMPT, LIMITS)


class _Raises:
    name = "坏模型"

    def write(self, prompt: Prompt, limits: Limits, receiver: Receiver) -> None:
        raise RuntimeError(f"with {KEY} in it")


def test_an_unforeseen_error_is_ours_and_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(LanguageModelUnusable) as raised:
        write_within(_Raises(), PROMPT, LIMITS)
    assert KEY not in caplog.text
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None


def test_the_fence_is_new_each_time_and_in_no_text() -> None:
    one, two = (make_prompt("问", {1: "甲", 2: "乙"}) for _ in range(2))
    assert one.request != two.request
    assert one.request.count("资料 [1]") == 2
