"""Not a test: ingests a folder of hostile files and measures it. ``test_ingest_hostile`` runs it; so may you.

``python ingest_hostile.py NEW_FOLDER small|default|raised`` prints one JSON object: each file's outcome and reason, the
seconds it took, the peak memory (MB) of the process that ingests and of the largest one that read a file for it.
``small`` makes files a tenth as large, with limits a tenth as high; ``default`` takes the limits of the settings,
``raised`` lets files of 250 MB in.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.formats.limits import Limits
from ingest.library import Library
from ingest.pipeline import ingest_paths
from ingest.report import FileReport
from service.settings import Settings
from tests.format_samples import encrypted_pdf, pdf, prose, zip_bytes

BODY = "各级机关党组织要压实责任，推动党建和业务深度融合。"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    '<Override PartName="/word/document.xml" ContentType="{}"/></Types>'
)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_DOCM = "application/vnd.ms-word.document.macroEnabled.main+xml"
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)

LIMITS = {
    "small": (
        25_000_000,
        Limits(seconds=8, expanded_bytes=20_000_000, characters=1_000_000, nodes=200_000),
    ),
    "default": (Settings().file_bytes, Settings().limits),
    "raised": (250_000_000, Limits()),
}
"""The most bytes of a file, and the other limits."""


def word_parts(paragraphs: int, content_type: str = _DOCX) -> dict[str, bytes]:
    """The parts of a Word file with this many paragraphs."""
    body = f"<w:p><w:r><w:t>{BODY}</w:t></w:r></w:p>".encode() * paragraphs
    document = f'<w:document xmlns:w="{_WORD}"><w:body>'.encode() + body + b"</w:body></w:document>"
    return {
        "[Content_Types].xml": _TYPES.format(content_type).encode(),
        "_rels/.rels": _RELS.encode(),
        "word/document.xml": document,
    }


def files(tenth: bool) -> dict[str, Callable[[], bytes]]:
    """The hostile files by name, and some good ones between them."""
    share = 10 if tenth else 1
    stored = zipfile.ZIP_STORED
    macros = {**word_parts(20, _DOCM), "word/vbaProject.bin": b"Attribute VB_Name" * 100}
    return {
        "一.txt": lambda: f"关于一的通知\n{BODY}\n".encode(),
        "大.docx": lambda: zip_bytes(word_parts(2_000_000 // share), stored),
        "胀.docx": lambda: zip_bytes(word_parts(1_000_000 // share)),
        "长行.txt": lambda: (BODY * (10_000_000 // len(BODY) // share + 1)).encode("gb18030"),
        "长行.html": lambda: b"<p>" + BODY.encode() * (200_000 // share),
        "深.html": lambda: b"<div>" * (1_000_000 // share) + BODY.encode(),
        "多.html": lambda: b"<b>x" * (3_000_000 // share),
        "炸弹.zip": lambda: zip_bytes({"大.txt": bytes(300_000_000 // share)}),
        "叠弹.zip": lambda: zip_bytes(
            {"内.zip": zip_bytes({"大.txt": bytes(50_000_000)}), "好.txt": BODY.encode()}
        ),
        "出逃.zip": lambda: zip_bytes({"../../逃.txt": f"关于逃的通知\n{BODY}\n".encode()}),
        "锁.pdf": encrypted_pdf,
        "断.pdf": lambda: pdf([prose([BODY])])[:400],
        "宏.docm": lambda: zip_bytes(macros),
        "宏.docx": lambda: zip_bytes(macros),
        "末.txt": lambda: f"关于末的通知\n{BODY}\n".encode(),
    }


def write(folder: Path, tenth: bool) -> None:
    """Write the files."""
    folder.mkdir(parents=True)
    for name, make in files(tenth).items():
        (folder / name).write_bytes(make())


def ingest(base: Path, folder: Path, mode: str) -> None:
    """Ingest the folder, print what came of it."""
    seconds: dict[str, float] = {}
    last = time.monotonic()

    def note(report: FileReport, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        seconds[report.origin] = round(now - last, 1)
        last = now

    max_bytes, limits = LIMITS[mode]
    with Library.create(base / "library.sqlite") as library:
        report = ingest_paths(library, [folder], max_bytes=max_bytes, limits=limits, progress=note)
    rows = [
        {
            "file": file.origin.removeprefix(f"{folder}/"),
            "outcome": file.outcome.value,
            "reason": file.reason,
            "seconds": seconds[file.origin],
        }
        for file in report.files
    ]
    peaks = {"parent": _peak(resource.RUSAGE_SELF), "child": _peak(resource.RUSAGE_CHILDREN)}
    print(json.dumps({"files": rows, "peak_mb": peaks}, ensure_ascii=False, indent=1))


def main(base: Path, mode: str) -> None:
    """Write and ingest, the latter in a process of its own so that its memory is its own."""
    folder = base / "docs"
    if not folder.exists():
        write(folder, mode == "small")
        subprocess.run([sys.executable, __file__, str(base), mode], check=True)
    else:
        ingest(base, folder, mode)


def _peak(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // (1024 if sys.platform != "darwin" else 1024**2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
