"""A folder of hostile files: each refused with the limit and the setting, the rest ingested, in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.formats.limits import SETTINGS
from service.settings import Settings

pytest.importorskip("resource", reason="memory is measured only where the system tells")

REFUSED = {
    "大.docx": SETTINGS["expanded_bytes"],
    "胀.docx": SETTINGS["ratio"],
    "长行.txt": SETTINGS["characters"],
    "多.html": SETTINGS["nodes"],
    "炸弹.zip": SETTINGS["expanded_bytes"],
    "叠弹.zip!/内.zip": "请解压后再导入",
    "锁.pdf": "请取消密码",
    "断.pdf": "请重新下载或重新导出",
    "宏.docx": "另存为 .docx",
}


def test_hostile_files_are_refused_and_the_rest_goes_in(tmp_path: Path) -> None:
    script = Path(__file__).with_name("ingest_hostile.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path / "work", "small"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    rows = {row["file"]: row for row in measured["files"]}
    for name, fix in REFUSED.items():
        assert rows[name]["outcome"] == "failed", rows[name]
        assert fix in rows[name]["reason"]
    for name in ("一.txt", "末.txt", "长行.html", "叠弹.zip!/好.txt", "出逃.zip!/逃.txt"):
        assert rows[name]["outcome"] == "added", rows[name]
    assert rows["深.html"]["outcome"] == "added" or SETTINGS["seconds"] in rows["深.html"]["reason"]
    assert rows["宏.docm"]["outcome"] == "skipped"
    assert "另存为 .docx" in rows["宏.docm"]["reason"]
    assert not list(tmp_path.rglob("逃.txt")), "nothing is unpacked anywhere"
    assert all(row["seconds"] < 30 for row in measured["files"])
    assert measured["peak_mb"]["parent"] < 400
    assert measured["peak_mb"]["child"] < 600


def test_every_limit_has_a_setting() -> None:
    names = {f"DANGJIAN_{name.upper()}" for name in Settings.model_fields}
    assert set(SETTINGS.values()) <= names
