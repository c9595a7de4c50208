"""Archives: each member a document; names decoded and harmless; what is changed, gone or bad inside is told."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import FileTooLarge, LoadError, UnsupportedFormat
from ingest.formats.archive import members, split_origin, tidy_name
from ingest.formats.limits import Limits
from ingest.library import Library
from ingest.loaders import MAX_BYTES, find_files, load_file
from ingest.pipeline import ingest_paths
from ingest.report import IngestReport
from tests.format_samples import zip_bytes

LIMITS = Limits()
BODY = "坚持党的领导，加强党的建设。各级机关党组织要压实责任，推动党建和业务深度融合。\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library.sqlite") as opened:
        yield opened


def notice(words: str) -> bytes:
    return f"关于{words}的通知\n{BODY}{words}。\n".encode()


def outcomes(report: IngestReport) -> dict[str, str]:
    return {file.origin.rsplit("/", 1)[-1]: file.outcome.value for file in report.files}


def names(data: bytes, limits: Limits = LIMITS, max_bytes: int = MAX_BYTES) -> dict[str, str]:
    """The members' names, each with its error or nothing."""
    return {m.name: str(m.error or "") for m in members(data, "资料.zip", limits, max_bytes=max_bytes)}


def test_every_member_is_a_document(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "资料.ZIP"
    entries = {
        "通知/甲.txt": notice("学习"),
        "乙.md": notice("调研"),
        "图.png": b"\x89PNG\r\n\x1a\n",
        "__MACOSX/._乙.md": b"x",
        "README.md": b"x",
        "坏.docx": b"PK\x03\x04 broken",
        "内.zip": zip_bytes({"a.txt": b"x"}),
    }
    path.write_bytes(zip_bytes(entries))
    report = ingest_paths(library, [path])
    assert outcomes(report) == {
        "甲.txt": "added",
        "乙.md": "added",
        "图.png": "skipped",
        "README.md": "skipped",
        "坏.docx": "failed",
        "内.zip": "failed",
    }
    records = {record.origin: record for record in library.records()}
    origin = f"{path}!/通知/甲.txt"
    assert records[origin].sha256 == hashlib.sha256(entries["通知/甲.txt"]).hexdigest()
    assert library.document(records[origin].id).metadata.title == "关于学习的通知"
    again = ingest_paths(library, [tmp_path])
    assert {"甲.txt": "unchanged", "乙.md": "unchanged"}.items() <= outcomes(again).items()
    assert not again.changed_library


def test_an_archive_is_followed_like_a_folder(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    path = folder / "a.zip"
    path.write_bytes(
        zip_bytes({"甲.txt": notice("学习"), "乙.txt": notice("调研"), "丙.txt": notice("考核")})
    )
    ingest_paths(library, [folder])
    before = {record.origin.rsplit("/", 1)[-1]: record.id for record in library.records()}
    path.write_bytes(zip_bytes({"甲.txt": notice("新的学习"), "丁.txt": notice("调研")}))
    report = ingest_paths(library, [path])
    assert outcomes(report) == {"甲.txt": "changed", "丁.txt": "moved", "丙.txt": "removed"}
    assert next(r.id for r in library.records() if r.origin.endswith("丁.txt")) == before["乙.txt"]
    path.write_bytes(path.read_bytes()[:60])
    assert outcomes(ingest_paths(library, [folder])) == {"a.zip": "failed"}
    assert len(list(library.records())) == 2
    path.unlink()
    assert set(outcomes(ingest_paths(library, [folder])).values()) == {"removed"}
    assert not list(library.records())


def test_a_copy_outside_is_a_duplicate(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zip_bytes({"甲.txt": notice("学习")}))
    (folder / "乙.txt").write_bytes(notice("学习"))
    assert outcomes(ingest_paths(library, [folder])) == {"甲.txt": "added", "乙.txt": "duplicate"}


def _written_by_windows(names: list[bytes]) -> bytes:
    """A zip whose names are these bytes, with no word of their encoding."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for index, _ in enumerate(names):
            container.writestr("AB"[index] * len(names[index]), b"text")
    data = out.getvalue()
    for index, name in enumerate(names):
        data = data.replace(b"AB"[index : index + 1] * len(name), name)
    return data


def test_names_are_decoded_as_they_were_meant() -> None:
    data = _written_by_windows(["通知/学习方案.txt".encode("gb18030"), "党建工作总结.md".encode()])
    assert names(data) == {"党建工作总结.md": "", "通知/学习方案.txt": ""}


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/根.txt", "根.txt"),
        ("C:\\资料\\甲.txt", "资料/甲.txt"),
        ("a/./b//c.txt", "a/b/c.txt"),
        ("坏\n名.txt", "坏名.txt"),
        ("..", ""),
    ],
)
def test_no_name_points_out_of_the_archive(written: str, tidied: str, tmp_path: Path) -> None:
    assert tidy_name(written) == tidied


def test_bombs_and_odd_archives_are_refused_with_the_fix() -> None:
    bomb = zip_bytes({"大.txt": bytes(30_000_000)})
    with pytest.raises(FileTooLarge, match=r"资料\.zip：压缩比.*解压后再导入"):
        names(bomb)
    with pytest.raises(FileTooLarge, match="解压后超过 1 MB"):
        names(zip_bytes({"大.txt": bytes(2_000_000)}), Limits(expanded_bytes=1_000_000))
    with pytest.raises(FileTooLarge, match="11 个文件"):
        names(zip_bytes({f"{i}.txt": b"x" for i in range(11)}), Limits(entries=10))
    with pytest.raises(LoadError, match="损坏"):
        names(b"PK\x03\x04" + bytes(100))
    assert "上限" in names(zip_bytes({"大.txt": bytes(2000)}), max_bytes=1000)["大.txt"]
    assert "不再展开" in names(zip_bytes({"内.rar": b"x"}))["内.rar"]


def test_a_size_that_lies_is_found_out() -> None:
    data = bytearray(zip_bytes({"甲.txt": b"a" * 5000}))
    at = data.index(b"PK\x01\x02") + 24  # the uncompressed size in the table of contents
    data[at : at + 4] = (10).to_bytes(4, "little")
    assert "甲.txt：" in names(bytes(data))["甲.txt"]


def test_a_locked_member_is_told() -> None:
    data = bytearray(zip_bytes({"甲.txt": b"a" * 50}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "密码" in names(bytes(data))["甲.txt"]


def test_origins_split(tmp_path: Path) -> None:
    assert split_origin("/a/x.zip!/b/c.txt") == ("/a/x.zip", "b/c.txt")
    assert split_origin("/a/x.txt") == ("/a/x.txt", "")
    (tmp_path / "x.zip!").mkdir()
    assert split_origin(f"{tmp_path}/x.zip!/c.txt") == (f"{tmp_path}/x.zip!/c.txt", "")


def test_an_archive_is_found_but_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes({"甲.txt": b"x"}))
    assert find_files([path]).files == (path,)
    assert find_files([tmp_path]).files == (path,)
    with pytest.raises(UnsupportedFormat):
        load_file(path, origin="x")
