"""The dry run: what an ingest would do, and nothing of it done."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import LibraryError
from ingest.library import Library
from ingest.pipeline import ingest_paths, preview_paths
from tests.format_samples import scanned_pdf, zip_bytes

BODY = "坚持党的领导，加强党的建设。各级机关党组织要压实责任，推动党建和业务深度融合。\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def test_nothing_at_all_is_written(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "资料"
    folder.mkdir()
    (folder / "甲.txt").write_text(f"关于甲的通知\n{BODY}", encoding="utf-8")
    (folder / "扫描.pdf").write_bytes(scanned_pdf())
    (folder / "坏.docx").write_bytes(b"PK\x03\x04")
    before = contents(tmp_path)
    report = preview_paths(home / "library.sqlite3", [folder])
    assert {Path(file.origin).name: file.outcome.value for file in report.files} == {
        "甲.txt": "added",
        "扫描.pdf": "failed",
        "坏.docx": "failed",
    }
    assert "OCR" in next(file.reason for file in report.files if file.origin.endswith("pdf"))
    assert contents(tmp_path) == before
    with Library.create(home / "library.sqlite3") as library:
        assert ingest_paths(library, [folder]) == report
    before = contents(tmp_path)
    (folder / "甲.txt").unlink()
    assert preview_paths(home / "library.sqlite3", [folder]).counts["removed"] == 1
    assert contents(home) == {name: data for name, data in before.items() if name.startswith(f"{home}/")}


def test_it_goes_on_beside_an_ingest_and_tells_a_broken_library(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library.sqlite3") as library, library.ingest_lock():
        assert preview_paths(library.path, [tmp_path]).counts["skipped"] >= 1
    (tmp_path / "kaputt").write_bytes(b"no database" * 100)
    with pytest.raises(LibraryError):
        preview_paths(tmp_path / "kaputt", [tmp_path])


# --- properties -------------------------------------------------------------------------------------------------

_NAMES = ("a.txt", "b.txt", "c.md", "子/d.txt")
_NOTES = {
    "旁注": ("{}.toml", 'title = "旁"'),
    "坏注": ("{}.toml", "?"),
    "登记": ("manifest.toml", '[[document]]\nfile = "a.txt"\nlicence = "公开"\n'),
}
_CHANGES = st.lists(
    st.tuples(
        st.sampled_from(_NAMES),
        st.sampled_from(("写甲", "写乙", "写丙", "写坏", "删", "删注", "装箱", "拆箱", *_NOTES, *_NAMES)),
    ),
    max_size=6,
)


def _write(path: Path, words: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("" if words == "坏" else f"关于{words}的通知\n{BODY}{words}。\n", encoding="utf-8")


def _change(folder: Path, name: str, how: str) -> None:
    path = folder / name
    if how in _NAMES:
        if path.exists() and path != folder / how:
            (folder / how).parent.mkdir(exist_ok=True)
            path.replace(folder / how)
    elif how in _NOTES:
        pattern, words = _NOTES[how]
        target = folder / pattern.format(name)
        target.parent.mkdir(exist_ok=True)
        target.write_text(words, encoding="utf-8")
    elif how == "装箱" and path.exists():
        (folder / "x.zip").write_bytes(zip_bytes({name: path.read_bytes(), "坏.txt": b""}))
    elif how == "拆箱":
        (folder / "x.zip").unlink(missing_ok=True)
    elif how == "删":
        path.unlink(missing_ok=True)
    elif how == "删注":
        (folder / f"{name}.toml").unlink(missing_ok=True)
        (folder / "manifest.toml").unlink(missing_ok=True)
    elif how.startswith("写"):
        _write(path, how[1])


@settings(max_examples=60)
@given(rounds=st.lists(_CHANGES, min_size=1, max_size=4))
def test_the_dry_run_says_what_the_ingest_then_does(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str]]]
) -> None:
    base = tmp_path_factory.mktemp("p")
    folder = base / "docs"
    folder.mkdir()
    path = base / "library.sqlite3"
    for changes in rounds:
        for name, how in changes:
            _change(folder, name, how)
        foretold = preview_paths(path, [folder])
        with Library.create(path) as library:
            assert ingest_paths(library, [folder]) == foretold
            assert library.problems() == ()
