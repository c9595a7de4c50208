"""A local transformers model: a tiny one with random weights, made here, writes nonsense in time and offline."""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.errors import LanguageModelError, LanguageModelLate, LanguageModelUnusable, SettingsError
from service.llm.load import load_language_model
from service.llm.prompt import make_prompt
from service.llm.types import LanguageModel, Limits
from service.llm.waiting import write_within
from service.settings import Settings

PROMPT = make_prompt("怎么抓督查？", {1: "天津市委建立督查制度。"})
needs_models = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="needs the extra models (torch, transformers); make test installs it",
)


def _settings(folder: Path) -> Settings:
    return Settings(llm_model=f"transformers:{folder}")


def _loaded(folder: Path) -> LanguageModel:
    model = load_language_model(_settings(folder))
    assert model is not None
    return model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT-2 of two thousand parameters with a tokenizer of single characters."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    where = tmp_path_factory.mktemp("models") / "小模型"
    characters = sorted(set(PROMPT.rules + PROMPT.request) | set("[]0123456789abcdef"))
    vocabulary = {character: number for number, character in enumerate(["<unk>", "<eos>", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<eos>")
    torch.manual_seed(0)
    size = len(vocabulary)
    config = GPT2Config(
        vocab_size=size, n_positions=1024, n_embd=8, n_layer=1, n_head=1, bos_token_id=1, eos_token_id=1
    )
    GPT2LMHeadModel(config).save_pretrained(where)
    fast.save_pretrained(where)
    return where


@needs_models
@pytest.mark.models
@pytest.mark.filterwarnings("default")  # the libraries warn of one another
def test_a_local_model_writes_within_its_bounds(folder: Path) -> None:
    model = _loaded(folder)
    assert model.name == "小模型"
    limits = Limits(1, 60, 60, 100)
    written = write_within(model, PROMPT, limits)
    assert 0 < len(written) <= limits.characters
    assert PROMPT.rules not in written, "the prompt is not part of the answer"
    assert write_within(model, PROMPT, limits) == written, "the same question gives the same words"


@needs_models
@pytest.mark.models
@pytest.mark.filterwarnings("default")
def test_a_local_model_stops_when_time_is_up_and_is_free_for_the_next(folder: Path) -> None:
    model = _loaded(folder)
    write_within(model, PROMPT, Limits(1, 60, 60, 100))
    started = time.monotonic()
    with pytest.raises(LanguageModelLate):
        write_within(model, PROMPT, Limits(1, 0.001, 0.001, 20_000))  # less than any model needs for a word
    assert time.monotonic() - started < 2
    assert write_within(model, PROMPT, Limits(1, 60, 60, 100))


@needs_models
@pytest.mark.models
@pytest.mark.filterwarnings("default")
def test_what_does_not_fit_or_load_is_said(folder: Path, tmp_path: Path) -> None:
    long = make_prompt("问", {1: "党" * 3000})
    with pytest.raises(LanguageModelUnusable, match="长度"):
        write_within(_loaded(folder), long, Limits(1, 60, 60, 100))
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(LanguageModelError, match="无法载入"):
        write_within(_loaded(tmp_path), PROMPT, Limits(1, 60, 60, 100))


def test_a_folder_without_a_model_is_refused_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DANGJIAN_LLM_MODEL"):
        load_language_model(_settings(tmp_path))


@pytest.mark.skipif(find_spec("transformers") is not None, reason="the extra models is installed")
def test_without_the_library_the_fix_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"dangjian-qa\[models\]"):
        load_language_model(_settings(tmp_path))
