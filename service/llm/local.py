"""A local transformers model; the extra `models` brings what it needs. It never goes online."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from service.errors import LanguageModelLate, LanguageModelUnusable, SettingsError
from service.llm.types import Limits, Prompt, Receiver


class TransformersModel:
    """A `LanguageModel` over a folder with a causal language model and its tokenizer.

    It is loaded for the first request, which may be too late for that one; the loading goes on for those that follow.
    One request is written at a time.
    """

    def __init__(self, folder: str) -> None:
        """Loads nothing. Raises SettingsError where the folder or the library is not there."""
        self._folder = Path(folder)
        if not (self._folder / "config.json").is_file():
            raise SettingsError(
                f"找不到语言模型：{self._folder} 里没有 config.json。请检查 DANGJIAN_LLM_MODEL 里的路径。"
            )
        if find_spec("transformers") is None or find_spec("torch") is None:
            raise SettingsError("缺少 transformers：请运行 pip install 'dangjian-qa[models]'。")
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        return self._folder.name

    def write(self, prompt: Prompt, limits: Limits, receiver: Receiver) -> None:
        """Written by the likeliest token each time. Raises LanguageModelError."""
        ending = threading.Event()
        receiver.on_stop(ending.set)
        until = time.monotonic() + limits.seconds
        if not self._lock.acquire(timeout=limits.seconds):
            raise LanguageModelLate("本机的语言模型正忙")
        try:
            tokenizer, model = self._load()
            if not ending.is_set():
                self._generate(
                    tokenizer,
                    model,
                    prompt,
                    limits,
                    receiver,
                    lambda: ending.is_set() or time.monotonic() > until,
                )
        finally:
            self._lock.release()

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            # Read when the library is imported, so set first; the product never downloads a model.
            os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
            from transformers import AutoModelForCausalLM, AutoTokenizer

            try:
                tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
                model = AutoModelForCausalLM.from_pretrained(self._folder, local_files_only=True)
            except Exception as error:  # missing files, damaged weights, unknown architectures: all differ
                raise LanguageModelUnusable(f"无法载入语言模型 {self.name}") from error
            self._loaded = tokenizer, model.eval()
        return self._loaded

    def _generate(
        self,
        tokenizer: Any,
        model: Any,
        prompt: Prompt,
        limits: Limits,
        receiver: Receiver,
        ended: Callable[[], bool],
    ) -> None:
        from transformers import StoppingCriteriaList, TextStreamer

        class Streamer(TextStreamer):  # type: ignore[misc]
            def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
                receiver.add(text)

        inputs = tokenizer(_as_text(tokenizer, prompt), return_tensors="pt")
        room = getattr(model.config, "max_position_embeddings", None)
        left = limits.characters if room is None else room - inputs["input_ids"].shape[1]
        most = min(limits.characters, left)
        if most <= 0:
            raise LanguageModelUnusable(f"问题和资料超出语言模型 {self.name} 的长度")
        padding = tokenizer.pad_token_id
        model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=most,
            do_sample=False,
            streamer=Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True),
            stopping_criteria=StoppingCriteriaList([lambda *_, **__: ended()]),
            pad_token_id=tokenizer.eos_token_id if padding is None else padding,
        )


def _as_text(tokenizer: Any, prompt: Prompt) -> str:
    """The prompt in the model's own form of a conversation, where it has one."""
    if not getattr(tokenizer, "chat_template", None):
        return f"{prompt.rules}\n\n{prompt.request}\n"
    turns = [{"role": "system", "content": prompt.rules}, {"role": "user", "content": prompt.request}]
    return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
