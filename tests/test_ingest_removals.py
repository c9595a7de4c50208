"""What people remove stays restorable, and does not come back by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import DocumentNotFound, NotRestorable
from ingest.library import Library
from ingest.pipeline import ingest_paths
from ingest.report import Outcome

TEXT = "关于{}事项的通知\n各级机关党组织要压实责任，推动党建和业务深度融合。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "资料"
    made.mkdir()
    for name in ("甲", "乙"):
        (made / f"{name}.txt").write_text(TEXT.format(name), encoding="utf-8")
    return made


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library.sqlite") as made:
        ingest_paths(made, [folder])
        yield made


def id_of(library: Library, name: str) -> str:
    (found,) = [record.id for record in library.records() if record.origin.endswith(name)]
    return found


def test_what_is_restored_is_what_was_removed(library: Library) -> None:
    identity = id_of(library, "甲.txt")
    library.correct(identity, {"title": "改过的题目"})
    state, passages = library.state_hash(), library.passages(identity)
    library.removals.remove(identity)
    assert identity not in library.snapshot()
    (removed,) = library.removals.all()
    assert (removed.record.id, removed.record.metadata.title) == (identity, "改过的题目")
    assert removed.removed_at.endswith("+00:00")
    library.collect_garbage()
    library.removals.restore(identity)
    assert (library.state_hash(), library.passages(identity)) == (state, passages)
    assert library.removals.all() == ()
    library.removals.restore(identity)
    assert library.state_hash() == state, "restoring twice is restoring once"
    assert library.problems() == ()


def test_the_last_removed_comes_first_and_none_is_removed_twice(library: Library) -> None:
    first, second = id_of(library, "甲.txt"), id_of(library, "乙.txt")
    library.removals.remove(first)
    library.removals.remove(second)
    with sqlite3.connect(library.path) as connection:
        connection.execute(
            "UPDATE documents SET removed_at = '2020-01-01T00:00:00+00:00' WHERE id = ?", [first]
        )
    connection.close()
    assert [removed.record.id for removed in library.removals.all()] == [second, first]
    with pytest.raises(DocumentNotFound):
        library.removals.remove(first)
    with pytest.raises(DocumentNotFound):
        library.removals.restore("nirgends")


def test_after_its_time_it_is_cleared_away(library: Library) -> None:
    identity = id_of(library, "甲.txt")
    library.removals.remove(identity)
    assert library.collect_garbage(removed_before="2020-01-01T00:00:00+00:00") == 0
    assert library.collect_garbage(removed_before="9999-01-01T00:00:00+00:00") == 1
    assert library.removals.all() == ()
    with pytest.raises(NotRestorable, match="重新导入"):
        library.removals.restore(identity)


def test_its_folder_does_not_bring_it_back_but_naming_the_file_does(library: Library, folder: Path) -> None:
    identity = id_of(library, "甲.txt")
    library.removals.remove(identity)
    for _ in range(2):
        reports = {Path(f.origin).name: f for f in ingest_paths(library, [folder]).files}
        assert (reports["甲.txt"].outcome, reports["甲.txt"].document_id) == (Outcome.SKIPPED, identity)
        assert f"documents restore {identity}" in reports["甲.txt"].reason
        assert reports["乙.txt"].outcome is Outcome.UNCHANGED
        assert identity not in library.snapshot()
    (folder / "甲.txt").rename(folder / "丙.txt")
    moved = {Path(f.origin).name: f.outcome for f in ingest_paths(library, [folder]).files}
    assert moved["丙.txt"] is Outcome.SKIPPED, "the content is what was removed, wherever it is"
    (report,) = ingest_paths(library, [folder / "丙.txt"]).files
    assert (report.outcome, report.document_id) == (Outcome.ADDED, identity)
    assert library.removals.all() == ()


def test_what_left_with_its_file_comes_back_with_it(library: Library, folder: Path) -> None:
    identity = id_of(library, "甲.txt")
    data = (folder / "甲.txt").read_bytes()
    (folder / "甲.txt").unlink()
    ingest_paths(library, [folder])
    assert library.removals.all() == ()
    (folder / "甲.txt").write_bytes(data)
    reports = {Path(f.origin).name: f for f in ingest_paths(library, [folder]).files}
    assert (reports["甲.txt"].outcome, reports["甲.txt"].document_id) == (Outcome.ADDED, identity)


def test_another_document_in_its_place_is_not_pushed_out(library: Library, folder: Path) -> None:
    identity = id_of(library, "甲.txt")
    library.removals.remove(identity)
    (folder / "甲.txt").write_text(TEXT.format("丁"), encoding="utf-8")
    ingest_paths(library, [folder])
    other = id_of(library, "甲.txt")
    assert other != identity
    with pytest.raises(NotRestorable, match=other):
        library.removals.restore(identity)


def test_what_was_detected_stands_under_the_corrections(library: Library) -> None:
    identity = id_of(library, "甲.txt")
    before = library.detected(identity)
    assert before == library.record(identity).metadata
    library.correct(identity, {"title": "改过的题目"})
    assert library.detected(identity) == before
    assert library.record(identity).metadata.title == "改过的题目"
