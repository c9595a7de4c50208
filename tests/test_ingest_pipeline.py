"""Ingest: what is new, changed, moved or gone; bad files stay by themselves; killed at any instant, run again, done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import repair
from ingest.chunking import ChunkSettings
from ingest.errors import EmptyFile, LibraryBusy
from ingest.library import Library
from ingest.loaders import load_bytes
from ingest.manifest import corpus_folder
from ingest.pipeline import fingerprint, ingest_paths, prepare
from ingest.places import origin_of, path_of
from ingest.report import IngestReport, Outcome
from ingest.types import Metadata

BODY = "坚持党的领导，加强党的建设。各级机关党组织要压实责任，推动党建和业务深度融合。\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library.sqlite") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "资料"
    path.mkdir()
    return path


def write(folder: Path, name: str, words: str) -> Path:
    """A file whose content depends on ``words`` only."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"关于{words}的通知\n{BODY}{words}。\n", encoding="utf-8")
    return path


def outcomes(report: IngestReport) -> dict[str, str]:
    """Outcome by file name."""
    return {Path(file.origin).name: file.outcome.value for file in report.files}


def test_the_corpus_goes_in_once(library: Library) -> None:
    report = ingest_paths(library, [corpus_folder()])
    assert report.counts["added"] == 5
    assert report.changed_library
    assert not report.failures
    state = library.state_hash()
    again = ingest_paths(library, [corpus_folder()])
    assert again.counts["unchanged"] == 5
    assert not again.changed_library
    assert library.state_hash() == state
    assert all(record.origin.startswith("corpus:0") and record.passages > 5 for record in library.records())
    assert [record.revision for record in library.records()] == [1] * 5


def test_what_is_stored_is_what_prepare_makes(library: Library) -> None:
    ingest_paths(library, [corpus_folder()])
    for record in library.records():
        raw = load_bytes(path_of(record.origin).read_bytes(), name=record.origin, origin=record.origin)
        document = library.document(record.id)
        assert document.id == document.sha256[:12]
        again, passages = prepare(raw, document.metadata, record.id)
        assert (again.text, again.edits, again.sections) == (document.text, document.edits, document.sections)
        assert library.passages(record.id) == passages
        assert "".join(passage.text for passage in passages) == document.text


def test_every_kind_of_change(library: Library, folder: Path) -> None:
    for words in ("改", "移", "删", "留"):
        write(folder, f"{words}.txt", words)
    first = ingest_paths(library, [folder])
    assert set(outcomes(first).values()) == {"added"}
    ids = {Path(record.origin).stem: record.id for record in library.records()}
    before = library.snapshot()

    write(folder, "改.txt", "改过")
    (folder / "移.txt").rename(folder / "到.txt")
    (folder / "删.txt").unlink()
    write(folder, "新.txt", "新")
    write(folder, "重.txt", "留")
    (folder / "坏.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "表.xls").write_bytes(b"")
    report = ingest_paths(library, [folder])
    assert outcomes(report) == {
        "改.txt": "changed",
        "到.txt": "moved",
        "删.txt": "removed",
        "新.txt": "added",
        "留.txt": "unchanged",
        "重.txt": "duplicate",
        "坏.txt": "failed",
        "表.xls": "skipped",
    }
    assert library.find_by_origin(str(folder / "到.txt")).id == ids["移"]  # type: ignore[union-attr]
    assert library.find_by_origin(str(folder / "改.txt")).id == ids["改"]  # type: ignore[union-attr]
    assert library.snapshot()[ids["改"]] == 2
    assert "改过" not in library.document(ids["改"], before[ids["改"]]).text, (
        "readers of before still see before"
    )
    assert {Path(record.origin).stem for record in library.records()} == {"改", "到", "留", "新"}
    (failure,) = report.failures
    assert "坏.txt" in failure.reason
    assert all(file.outcome.label for file in report.files)


def test_a_file_that_went_bad_keeps_what_the_library_has(library: Library, folder: Path) -> None:
    path = write(folder, "甲.txt", "甲")
    ingest_paths(library, [folder])
    state = library.state_hash()
    for data in (b"", b"%PDF-1.7", b"\xff" * 40):
        path.write_bytes(data)
        assert outcomes(ingest_paths(library, [folder])) == {"甲.txt": "failed"}
        assert library.state_hash() == state


def test_not_being_allowed_to_look_removes_nothing(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "甲.txt", "甲")
    ingest_paths(library, [folder])
    (folder / "甲.txt").rename(folder / "甲.bak")

    def refuse(*_: object, **__: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("ingest.places.os.lstat", refuse)
        assert ingest_paths(library, [folder]).counts["removed"] == 0
    assert ingest_paths(library, [folder]).counts["removed"] == 1


def test_only_named_folders_lose_documents(library: Library, folder: Path) -> None:
    one, other = write(folder, "一/甲.txt", "甲"), write(folder, "一二/乙.txt", "乙")
    ingest_paths(library, [folder])
    one.unlink()
    other.unlink()
    assert ingest_paths(library, [other]).counts["removed"] == 0
    assert outcomes(ingest_paths(library, [folder / "一"])) == {"甲.txt": "removed"}
    assert [Path(record.origin).name for record in library.records()] == ["乙.txt"]


def test_a_missing_folder_removes_nothing(library: Library, folder: Path) -> None:
    """A disk that is not mounted is no reason to forget what was on it."""
    write(folder, "甲.txt", "甲")
    ingest_paths(library, [folder])
    shutil.move(folder, folder.with_name("拔掉"))
    report = ingest_paths(library, [folder])
    assert (report.counts["failed"], report.counts["removed"], len(library.records())) == (1, 0, 1)


def test_the_manifest_fills_in_and_its_changes_count(library: Library, folder: Path) -> None:
    write(folder, "甲.txt", "甲")
    ingest_paths(library, [folder])
    manifest = folder / "manifest.toml"
    manifest.write_text('[[document]]\nfile = "甲.txt"\nlicence = "公开"', encoding="utf-8")
    assert outcomes(ingest_paths(library, [folder])) == {"甲.txt": "changed"}
    assert library.records()[0].metadata.licence == "公开"
    manifest.write_text("[[document]", encoding="utf-8")
    assert outcomes(ingest_paths(library, [folder])) == {"manifest.toml": "failed", "甲.txt": "unchanged"}
    assert library.records()[0].metadata.licence == "公开", "a broken manifest loses nothing"


def test_better_processing_makes_documents_anew(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "甲.txt", "甲")
    ingest_paths(library, [folder])
    small = ChunkSettings(least=5, target=20, most=40)
    assert outcomes(ingest_paths(library, [folder], settings=small)) == {"甲.txt": "changed"}
    assert ingest_paths(library, [folder], settings=small).counts["unchanged"] == 1
    monkeypatch.setattr("ingest.repair.VERSION", 999)
    assert ingest_paths(library, [folder], settings=small).counts["changed"] == 1
    assert fingerprint(Metadata(), small) != fingerprint(Metadata(title="甲"), small)


def test_a_copy_takes_over_when_the_first_goes(library: Library, folder: Path) -> None:
    write(folder, "甲.txt", "甲")
    write(folder, "乙.txt", "甲")
    report = ingest_paths(library, [folder])
    assert sorted(outcomes(report).values()) == ["added", "duplicate"]
    (kept,) = library.records()
    Path(kept.origin).unlink()
    assert ingest_paths(library, [folder]).counts["moved"] == 1
    assert [record.id for record in library.records()] == [kept.id]


def test_swapped_contents_stay_two_documents(library: Library, folder: Path) -> None:
    write(folder, "甲.txt", "甲")
    write(folder, "乙.txt", "乙")
    ingest_paths(library, [folder])
    write(folder, "甲.txt", "乙")
    write(folder, "乙.txt", "甲")
    assert ingest_paths(library, [folder]).counts["changed"] == 2
    assert ingest_paths(library, [folder]).counts["unchanged"] == 2


def test_bad_paths_are_told_and_the_rest_goes_in(library: Library, folder: Path) -> None:
    good = write(folder, "甲.txt", "甲")
    (folder / "b.xyz").write_text("x", encoding="utf-8")
    seen: list[tuple[str, int, int]] = []
    report = ingest_paths(
        library,
        [folder / "无.txt", folder / "b.xyz", good],
        progress=lambda file, done, total: seen.append((file.outcome, done, total)),
    )
    assert [file.outcome for file in report.files] == [Outcome.FAILED, Outcome.FAILED, Outcome.ADDED]
    assert "找不到" in report.files[0].reason
    assert ".txt" in report.files[1].reason
    assert seen == [("failed", 1, 3), ("failed", 2, 3), ("added", 3, 3)]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes only there")
def test_a_file_name_that_is_no_text_is_told(library: Library, folder: Path) -> None:
    write(folder, "甲.txt", "甲")
    broken = os.fsencode(folder) + b"/" + "乙.txt".encode("gb18030")
    Path(os.fsdecode(broken)).write_text("党建工作", encoding="utf-8")
    report = ingest_paths(library, [folder])
    assert sorted(file.outcome for file in report.files) == ["added", "failed"]
    assert "请改名" in report.failures[0].reason
    assert json.dumps([file.origin for file in report.files], ensure_ascii=False).encode("utf-8")


def test_a_bug_in_one_file_stays_with_it(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(text: str) -> object:
        if "甲" in text:
            raise RecursionError("boom")
        return real(text)

    real = repair.repair
    monkeypatch.setattr(repair, "repair", burst)
    write(folder, "甲.txt", "甲")
    write(folder, "乙.txt", "乙")
    assert outcomes(ingest_paths(library, [folder])) == {"甲.txt": "failed", "乙.txt": "added"}
    assert "boom" in caplog.text


def test_only_noise_is_an_empty_file(library: Library, folder: Path) -> None:
    (folder / "甲.txt").write_text("…………\n\n", encoding="utf-8")
    with pytest.raises(EmptyFile, match="去掉杂质后没有文字"):
        prepare(load_bytes("…………\n".encode(), name="a.txt", origin="/a.txt"), Metadata(), "x")
    assert outcomes(ingest_paths(library, [folder])) == {"甲.txt": "failed"}


def test_one_ingest_at_a_time(library: Library, folder: Path) -> None:
    write(folder, "甲.txt", "甲")
    with library.ingest_lock(), pytest.raises(LibraryBusy, match="请等它结束"):
        ingest_paths(library, [folder])
    assert ingest_paths(library, [folder]).counts["added"] == 1


def test_origins_map_to_files_and_back(tmp_path: Path) -> None:
    path = corpus_folder() / "manifest.toml"
    assert origin_of(path) == "corpus:manifest.toml"
    assert path_of(origin_of(path)) == path
    assert path_of(origin_of(tmp_path / "甲.txt")) == tmp_path / "甲.txt"


# --- properties -------------------------------------------------------------------------------------------------

_NAMES = ("a.txt", "b.txt", "c.md", "子/d.txt")
_CHANGES = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(("写甲", "写乙", "写丙", "删", *_NAMES))), max_size=5
)


def _change(folder: Path, name: str, how: str) -> None:
    path = folder / name
    if how in _NAMES:
        if path.exists() and path != folder / how:
            (folder / how).parent.mkdir(exist_ok=True)
            path.replace(folder / how)
    elif how == "删":
        path.unlink(missing_ok=True)
    else:
        write(folder, name, how[1])


@settings(max_examples=40)
@given(rounds=st.lists(_CHANGES, min_size=1, max_size=4))
def test_the_library_follows_the_folder(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str]]]
) -> None:
    """After any edits: each content once, from a file that holds it, and a second run changes nothing."""
    base = tmp_path_factory.mktemp("f")
    folder = base / "docs"
    folder.mkdir()
    with Library.create(base / "library.sqlite") as library:
        for changes in rounds:
            for name, how in changes:
                _change(folder, name, how)
            ingest_paths(library, [folder])
            contents = {path.read_text(encoding="utf-8") for path in folder.rglob("*.*")}
            texts = {record.origin: library.document(record.id).text.strip() for record in library.records()}
            assert Counter(texts.values()) == Counter(text.strip() for text in contents)
            for origin, text in texts.items():
                assert Path(origin).read_text(encoding="utf-8").strip() == text
            state, revisions = library.state_hash(), library.snapshot()
            assert not ingest_paths(library, [folder]).changed_library
            assert (library.state_hash(), library.snapshot()) == (state, revisions)


# --- crashes ----------------------------------------------------------------------------------------------------


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of commits wait for the disk otherwise."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the trials fork")
@pytest.mark.parametrize(
    ("mode", "least_killed"), [("first", 40), ("statements", 60), ("corrections", 60), ("signals", 5)]
)
def test_killed_anywhere_and_run_again_is_as_if_never_killed(
    memory: Path, mode: str, least_killed: int
) -> None:
    undisturbed, *trials = _crash_trials(memory, mode)
    assert sum(trial["ended"] != 0 for trial in trials) >= least_killed
    assert {trial["ended"] for trial in trials} <= {0, 9, -9}
    for trial in trials:
        assert trial == {**undisturbed, "ended": trial["ended"]}
        assert (trial["problems"], trial["readable"]) == ([], True)
    kept = undisturbed["corrections"]
    assert mode == "first" or all(kept[origin] for origin in kept if Path(origin).name != "added.txt")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the trials fork")
def test_two_ingests_at_once_are_one(memory: Path) -> None:
    undisturbed, together = _crash_trials(memory, "together")
    assert set(together["ended"]) <= {0, 3}
    assert 0 in together["ended"]
    assert together["state"] == undisturbed["state"]


def _crash_trials(base: Path, mode: str) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("ingest_crash.py")
    done = subprocess.run(
        [sys.executable, script, base, mode], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows
