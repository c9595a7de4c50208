"""Settings: the manual's table, the bounds, and that the limits reach what reads files."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from ingest.formats.limits import SETTINGS, Limits
from retriever.errors import RerankerError
from service import build
from service.build import second_look_of
from service.errors import SettingsError
from service.settings import Settings, load_settings, settings_table
from tests.format_samples import pdf, prose, zip_bytes

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "使用手册.md"


def test_the_manual_has_the_table_of_all_settings() -> None:
    """Where this fails: put the output of ``settings_table()`` between the marks."""
    manual = MANUAL.read_text(encoding="utf-8")
    (table,) = re.findall(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", manual, re.DOTALL)
    assert table == settings_table()
    assert all(f"`DANGJIAN_{name.upper()}`" in table for name in Settings.model_fields)
    assert "None" not in table


def test_the_second_look_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Path(__file__).parent / "data" / "small_reranker" / "small"
    monkeypatch.setattr("retriever.rerankers.onnx.default_reranker", lambda: small)
    assert second_look_of(Settings(rerank_ms=0)) is None
    look = second_look_of(Settings(rerank_ms=80, rerank_candidates=5))
    assert look is not None
    assert (look.reranker.name, look.settings.candidates, look.settings.milliseconds) == ("small", 5, 80)
    monkeypatch.setattr("retriever.rerankers.onnx.default_reranker", lambda: small / "none")
    with pytest.raises(RerankerError, match="DANGJIAN_RERANK_MS=0"):
        second_look_of(Settings(rerank_ms=80))


def test_without_the_model_of_the_reranker_there_are_answers(
    corpus_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr("retriever.rerankers.onnx.default_reranker", lambda: tmp_path / "none")
    assistant = build.open_assistant(Settings(home=corpus_home))
    assert assistant.ask("如何破解“两张皮”").citations
    assistant.close()
    assert "without the reranker" in caplog.text


def test_the_defaults_are_those_of_the_readers() -> None:
    assert Settings().limits == Limits()


def test_every_limit_comes_from_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, default in asdict(Limits()).items():
        with monkeypatch.context() as patched:
            patched.setenv(SETTINGS[limit], str(default + 1))
            changed = asdict(load_settings().limits)
        assert changed == {**asdict(Limits()), limit: default + 1}


@pytest.mark.parametrize("name", [name for name in SETTINGS.values() if name != "DANGJIAN_READ_SECONDS"])
@pytest.mark.parametrize("value", ["0", "-1", "1e30", "viel"])
def test_numbers_out_of_bounds_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name.removeprefix("DANGJIAN_").lower()):
        load_settings()


def test_the_limits_reach_the_readers_and_their_messages_name_the_setting(tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    (folder / "长.txt").write_text("坚持党的领导。" * 200, encoding="utf-8")
    (folder / "多页.pdf").write_bytes(pdf([prose(["党建工作要点。"])] * 3))
    (folder / "多.zip").write_bytes(zip_bytes({f"{number}.txt": b"x" for number in range(4)}))
    (folder / "多.html").write_text("<p>x" * 1500, encoding="utf-8")
    (folder / "大.txt").write_text("党" * 3000, encoding="utf-8")
    settings = Settings(
        home=tmp_path / "home",
        document_characters=1000,
        pdf_pages=2,
        archive_files=3,
        html_elements=1000,
        file_bytes=8000,
    )
    report = build.preview(settings, [folder], progress=lambda stage, done, total: None)
    reasons = {Path(file.origin).name: file.reason for file in report.failures}
    for name, limit in (
        ("长.txt", "characters"),
        ("多页.pdf", "pages"),
        ("多.zip", "entries"),
        ("多.html", "nodes"),
        ("大.txt", "file_bytes"),
    ):
        assert SETTINGS[limit] in reasons[name], reasons
