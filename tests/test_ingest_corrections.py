"""Corrections: what people know better, beside the file or by hand, whatever becomes of the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.corrections import apply_corrections, parse_sidecar, read_changes
from ingest.errors import CorrectionError, DocumentNotFound, ManifestError
from ingest.fields import NAMES
from ingest.library import DocumentRecord, Library
from ingest.pipeline import ingest_paths
from ingest.types import Metadata
from tests.format_samples import zip_bytes

TEXT = "关于学习的通知\n\n来源：机关党委\n\n各级机关党组织要压实责任，推动党建和业务深度融合。\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library.sqlite") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "资料"
    path.mkdir()
    (path / "通知.txt").write_text(TEXT, encoding="utf-8")
    return path


def ingested(library: Library, folder: Path) -> DocumentRecord:
    """The one document after an ingest."""
    ingest_paths(library, [folder])
    (record,) = library.records()
    return record


def outcomes(library: Library, *paths: Path) -> dict[str, str]:
    return {Path(file.origin).name: file.outcome.value for file in ingest_paths(library, paths).files}


def test_who_goes_before_whom(library: Library, folder: Path) -> None:
    """By hand before beside the file before the text before the manifest; an empty value counts as one."""
    (folder / "manifest.toml").write_text(
        '[[document]]\nfile = "通知.txt"\nsource = "登记"\nlicence = "公开"\nedition = "1"\n',
        encoding="utf-8",
    )
    known = ingested(library, folder)
    assert (known.metadata.title, known.metadata.source, known.metadata.licence) == (
        "关于学习的通知",
        "机关党委",
        "公开",
    )
    assert known.corrected == ()
    (folder / "通知.txt.toml").write_text(
        'title = "旁注"\nsource = ""\nedition = ""\nauthors = ["甲"]\n', encoding="utf-8"
    )
    known = ingested(library, folder)
    assert (known.metadata.title, known.metadata.source, known.metadata.edition) == ("旁注", "", "")
    assert known.metadata.authors == ("甲",)
    library.correct(known.id, {"title": "人工", "licence": "", "authors": "乙、丙"})
    known = library.record(known.id)
    assert (known.metadata.title, known.metadata.licence, known.metadata.authors) == (
        "人工",
        "",
        ("乙", "丙"),
    )
    marks = {"title": "hand", "licence": "hand", "authors": "hand", "source": "sidecar", "edition": "sidecar"}
    assert dict(known.corrected) == marks == dict(library.document(known.id).corrected)
    library.correct(known.id, {"title": None, "licence": None})
    known = library.record(known.id)
    assert (known.metadata.title, known.metadata.licence) == ("旁注", "公开")
    assert dict(known.corrected)["title"] == "sidecar"
    (folder / "通知.txt.toml").unlink()
    known = ingested(library, folder)
    assert (known.metadata.title, known.metadata.source) == ("关于学习的通知", "机关党委")
    assert dict(known.corrected) == {"authors": "hand"}
    assert library.problems() == ()


def test_corrections_by_hand_outlive_whatever_becomes_of_the_file(library: Library, folder: Path) -> None:
    known = ingested(library, folder)
    library.correct(known.id, {"title": "人工", "published": "2024-12-07"})

    def corrected(origin: Path) -> bool:
        ingest_paths(library, [folder])
        found = library.find_by_origin(str(origin))
        assert found is not None
        facts = found.metadata.title, found.metadata.published
        return found.id == known.id and facts == ("人工", "2024-12-07")

    path = folder / "通知.txt"
    path.write_text(TEXT * 2, encoding="utf-8")
    assert corrected(path), "its content changed"
    path = path.rename(folder / "改名.txt")
    assert corrected(path), "its name changed"
    away = path.rename(folder.parent / "改名.txt")
    ingest_paths(library, [folder])
    assert library.records() == ()
    assert library.collect_garbage()
    assert library.corrections(known.id)["title"] == "人工", "kept while it is away"
    with pytest.raises(DocumentNotFound):
        library.correct(known.id, {"title": "不在"})
    away.rename(path)
    assert corrected(path), "it came back with the content it had last"
    library.remove(known.id)
    path.write_text(TEXT, encoding="utf-8")
    assert corrected(path), "it came back with the content it had first"


def test_a_correction_is_a_new_revision_with_the_same_passages(library: Library, folder: Path) -> None:
    known = ingested(library, folder)
    passages, before = library.passages(known.id), library.document(known.id)
    library.correct(known.id, {"title": "人工"})
    assert library.snapshot() == {known.id: known.revision + 1}
    assert library.passages(known.id) == passages
    assert library.document(known.id, known.revision) == before, "readers of before still see before"
    assert library.document(known.id).text == before.text
    library.correct(known.id, {"title": "人工"})
    library.correct(known.id, {"source": None})
    assert library.snapshot() == {known.id: known.revision + 1}, "saying it again changes nothing"
    assert ingest_paths(library, [folder]).counts["unchanged"] == 1


def test_line_ends_in_a_value_are_spaces(library: Library, folder: Path) -> None:
    known = ingested(library, folder)
    library.correct(known.id, {"title": " 关于学习\r\n的　通知\n", "authors": "甲、 乙\n、"})
    metadata = library.record(known.id).metadata
    assert (metadata.title, metadata.authors) == ("关于学习 的　通知", ("甲", "乙"))


def test_a_correction_that_is_not_applied_is_found(library: Library, folder: Path) -> None:
    known = ingested(library, folder)
    library.correct(known.id, {"title": "人工"})
    with sqlite3.connect(library.path) as connection:
        connection.execute('UPDATE corrections SET fields = \'{"title":"别的"}\'')
    connection.close()
    assert "更正没有用上" in library.problems()[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"titel": "x"}, "titel"),
        ({"titel": None}, "titel"),
        ({"\ud800": "x"}, "不认识"),
        ({"published": "去年"}, "published"),
        ({"kind": "小说"}, "kind 只能是"),
        ({"rank": "最高"}, "rank"),
        ({"title": "一\x00二"}, "title"),
        ({"title": "\udc80"}, "title"),
        ({"title": "长" * 1001}, "title 超过"),
        ({"title": ["甲"]}, "title"),
        ({"authors": 5}, "authors"),
        ({"authors": ["甲", 5]}, "authors"),
    ],
)
def test_bad_corrections_are_told_and_change_nothing(
    library: Library, folder: Path, changes: dict[str, object], message: str
) -> None:
    known = ingested(library, folder)
    with pytest.raises(CorrectionError, match=message) as caught:
        library.correct(known.id, {"source": "某报", **changes})
    assert "；请改正后再试" in str(caught.value)
    assert library.record(known.id) == known


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("title = ", "不是有效的 TOML"),
        ("title = " + "9" * 5000, "不是有效的 TOML"),
        ("title = " + "[" * 5000, "不是有效的 TOML"),
        ("#" * 10_000_001, "超过 10 MB"),
        ('titel = "x"', "titel"),
        ('published = "去年"', "published"),
        ('[[document]]\ntitle = "x"', r"不写 \[\[document\]\]"),
        ('file = "别的.txt"', "file 与所说明的文件"),
    ],
)
def test_a_bad_note_stops_its_document_only(library: Library, folder: Path, note: str, message: str) -> None:
    known = ingested(library, folder)
    (folder / "通知.txt.toml").write_text(note, encoding="utf-8")
    (folder / "通知.txt").write_text(TEXT * 2, encoding="utf-8")
    (folder / "另一.txt").write_text("关于另一事项的通知\n" + TEXT, encoding="utf-8")
    report = ingest_paths(library, [folder])
    (failure,) = report.failures
    assert Path(failure.origin).name == "通知.txt"
    assert failure.reason.startswith("通知.txt.toml：")
    with pytest.raises(ManifestError, match=message):
        parse_sidecar(note.encode(), "通知.txt.toml", "通知.txt")
    assert report.counts["added"] == 1
    assert library.record(known.id) == known


def test_a_bad_note_does_not_lose_a_file_that_moved(library: Library, folder: Path) -> None:
    known = ingested(library, folder)
    library.correct(known.id, {"title": "人工"})
    (folder / "通知.txt").rename(folder / "改名.txt")
    note = folder / "改名.txt.toml"
    note.write_text("?", encoding="utf-8")
    assert outcomes(library, folder) == {"改名.txt": "failed"}
    assert library.record(known.id).metadata.title == "人工"
    note.unlink()
    assert outcomes(library, folder) == {"改名.txt": "moved"}
    assert library.record(known.id).metadata.title == "人工"


def test_notes_are_no_documents_and_one_without_a_document_is_told(library: Library, folder: Path) -> None:
    (folder / "通知.txt.toml").write_text('file = "通知.txt"\nkind = "文件"\n', encoding="utf-8")
    (folder / "不在.docx.toml").write_text('kind = "文件"\n', encoding="utf-8")
    (folder / "settings.toml").write_text("", encoding="utf-8")
    report = ingest_paths(library, [folder])
    assert {Path(file.origin).name: file.reason for file in report.files} == {
        "通知.txt": "",
        "不在.docx.toml": "没有它所说明的 不在.docx",
        "settings.toml": "不是支持的格式",
    }
    assert library.records()[0].metadata.kind == "文件"


def test_notes_and_manifests_speak_of_members_of_archives(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    entries = {
        "甲.txt": TEXT.encode(),
        "甲.txt.toml": 'title = "甲的旁注"'.encode(),
        "子/乙.txt": f"关于乙的通知\n{TEXT}".encode(),
        "子/manifest.toml": '[[document]]\nfile = "乙.txt"\nlicence = "公开"\n'.encode(),
        "子/丙.txt": f"关于丙的通知\n{TEXT}".encode(),
        "孤.txt.toml": b"",
    }
    archive = folder / "a.zip"
    archive.write_bytes(zip_bytes(entries))
    (folder / "a.zip.toml").write_text('edition = "2"\n', encoding="utf-8")
    (folder / "manifest.toml").write_text(
        '[[document]]\nfile = "a.zip"\nlicence = "内部"\ninterpreter = "某部"\n', encoding="utf-8"
    )
    assert set(outcomes(library, folder).values()) == {"added", "skipped"}
    known = {Path(record.origin).stem: record for record in library.records()}
    assert known["甲"].metadata.title == "甲的旁注"
    assert dict(known["甲"].corrected) == {"title": "sidecar", "edition": "sidecar"}
    assert [known[name].metadata.licence for name in "甲乙丙"] == ["内部", "公开", "内部"]
    assert {record.metadata.edition for record in known.values()} == {"2"}
    entries["甲.txt.toml"] = b"title = 3"
    entries["子/manifest.toml"] = b"?"
    archive.write_bytes(zip_bytes(entries))
    report = ingest_paths(library, [folder])
    assert {Path(file.origin).name for file in report.failures} == {"甲.txt", "manifest.toml"}
    assert all("a.zip!/" in file.reason for file in report.failures)
    assert {Path(record.origin).stem: record for record in library.records()} == known, "nothing is lost"
    entries.update({"甲.txt.toml": 'title = "改了"'.encode(), "子/manifest.toml": b""})
    archive.write_bytes(zip_bytes(entries))
    assert outcomes(library, folder) == {
        "甲.txt": "changed",
        "乙.txt": "changed",
        "丙.txt": "unchanged",
        "孤.txt.toml": "skipped",
    }


# --- properties -------------------------------------------------------------------------------------------------

_WORDS = st.text("甲乙丙 丁", max_size=4)
_VALUES = {
    "title": _WORDS,
    "source": _WORDS,
    "published": st.sampled_from(("", "2024", "2024-12", "2024-12-07")),
    "authors": st.lists(_WORDS, max_size=2),
    "kind": st.sampled_from(("", "文件")),
}
_FIELDS = st.fixed_dictionaries({}, optional=_VALUES)


@given(_FIELDS, _FIELDS)
def test_corrections_replace_the_fields_they_name_and_no_other(
    beneath: dict[str, object], changes: dict[str, object]
) -> None:
    said = {name: value for name, value in read_changes(beneath).items() if value is not None}
    metadata = apply_corrections(Metadata(), said)
    checked = {name: value for name, value in read_changes(changes).items() if value is not None}
    corrected = apply_corrections(metadata, checked)
    assert set(checked) == set(changes)
    for name in NAMES:
        expected = checked[name] if name in checked else getattr(metadata, name)
        assert getattr(corrected, name) == expected
    assert {field.name for field in fields(Metadata)} == set(NAMES)


@settings(max_examples=25)
@given(
    rounds=st.lists(
        st.tuples(
            st.fixed_dictionaries({}, optional={name: st.none() | value for name, value in _VALUES.items()}),
            st.sampled_from(("留", "改", "移", "删了又来")),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_was_corrected_last_holds(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[dict[str, object], str]]
) -> None:
    base = tmp_path_factory.mktemp("c")
    path = base / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    said: dict[str, object] = {}
    with Library.create(base / "library.sqlite") as library:
        ingest_paths(library, [path])
        identity = library.records()[0].id
        text = library.records()[0].metadata
        for number, (changes, event) in enumerate(rounds):
            library.correct(identity, changes)
            said = {**said, **read_changes(changes)}
            if event == "改":
                path.write_text(f"{TEXT}第{number}次。\n", encoding="utf-8")
            elif event == "移":
                path = path.rename(base / f"{number}.txt")
            elif event == "删了又来":
                library.remove(identity)
            ingest_paths(library, [path])
            held = {name: value for name, value in said.items() if value is not None}
            assert library.corrections(identity) == held
            assert library.record(identity).metadata == apply_corrections(text, held)  # type: ignore[arg-type]
            assert library.problems() == ()
