"""The command line: results, exit codes, and messages for what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def dangjian(
    home: Path, *arguments: str, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DANGJIAN_HOME": str(home), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def home(corpus_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the indexed corpus that these tests may change."""
    copy = tmp_path_factory.mktemp("cli") / "home"
    shutil.copytree(corpus_home, copy)
    return copy


def test_ask_prints_points_with_sources(home: Path) -> None:
    result = dangjian(home, "ask", "如何破解“两张皮”")
    assert result.returncode == 0
    assert "[1]" in result.stdout
    assert "两张皮" in result.stdout
    assert "《" in result.stdout


def test_ask_json_is_the_published_object_and_verifies(home: Path, tmp_path: Path) -> None:
    result = dangjian(home, "ask", "什么是“四强”党支部", "--json")
    answer = json.loads(result.stdout)
    assert answer["status"] == "answered"
    saved = tmp_path / "answer.json"
    saved.write_text(result.stdout, encoding="utf-8")
    assert dangjian(home, "verify", str(saved)).returncode == 0
    answer["citations"][0]["quote"] += "。"
    saved.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    tampered = dangjian(home, "verify", str(saved))
    assert tampered.returncode == 1
    assert "不一致" in tampered.stdout
    answer["citations"][0]["document_id"] = "gone"
    saved.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    assert dangjian(home, "verify", str(saved)).returncode == 1


def test_batch_answers_every_line_and_reports_bad_ones(home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    rows = [
        '{"id": "a", "question": "六大行动分别是什么"}',
        "nonsense",
        '{"id": "b"}',
        "",
        '{"id": "c", "question": "红烧肉怎么做"}',
        '{"id": "d", "question": " "}',
    ]
    batch.write_text("\n".join(rows), encoding="utf-8")
    result = dangjian(home, "ask", "--batch", str(batch))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
    assert [(row["id"], row.get("status"), row.get("line")) for row in answers] == [
        ("a", "answered", None),
        (None, None, 2),
        (None, None, 3),
        ("c", "not_found", None),
        ("d", None, 6),
    ]
    saved = tmp_path / "answers.jsonl"
    saved.write_text(json.dumps(answers[0], ensure_ascii=False) + "\n", encoding="utf-8")
    assert dangjian(home, "verify", str(saved)).returncode == 0


def test_search_and_documents(home: Path) -> None:
    hits = json.loads(dangjian(home, "search", "两张皮", "-k", "3", "--json").stdout)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert "两张皮" in dangjian(home, "search", "两张皮", "-k", "1").stdout
    rows = json.loads(dangjian(home, "documents", "--json").stdout)["documents"]
    assert len(rows) == 5
    assert rows[0]["id"] in dangjian(home, "documents", "list").stdout
    shown = dangjian(home, "documents", "show", rows[0]["id"])
    assert "原文校验值" in shown.stdout
    assert json.loads(dangjian(home, "documents", "show", rows[0]["id"], "--json").stdout)["text"]


def test_ingesting_a_folder_updating_and_removing(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "资料"
    folder.mkdir()
    note = folder / "通知.txt"
    note.write_text(
        "关于做好主题党日的通知\n\n各党支部每月十五日开展主题党日活动。活动由支部书记主持，全体党员参加。\n",
        encoding="gb18030",
    )
    (folder / "坏.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\xfd" * 40)
    first = dangjian(home, "ingest", str(folder), "--json")
    assert first.returncode == 1, "one file is bad"
    outcomes = {Path(row["path"]).name: row for row in json.loads(first.stdout)["files"]}
    assert outcomes["通知.txt"]["outcome"] == "added"
    assert outcomes["坏.txt"]["outcome"] == "failed"
    assert "坏.txt" in outcomes["坏.txt"]["detail"]
    answer = json.loads(dangjian(home, "ask", "主题党日每月几日开展", "--json").stdout)
    assert "十五日" in answer["citations"][0]["quote"]
    (folder / "坏.txt").unlink()
    note.write_text(
        "关于做好主题党日的通知\n\n各党支部每月二十日开展主题党日活动。活动由支部书记主持，全体党员参加。\n",
        encoding="utf-8",
    )
    assert dangjian(home, "ingest", str(folder)).returncode == 0
    answer = json.loads(dangjian(home, "ask", "主题党日每月几日开展", "--json", "--home", str(home)).stdout)
    assert "二十日" in answer["citations"][0]["quote"]
    rows = json.loads(dangjian(home, "documents", "--json").stdout)["documents"]
    assert dangjian(home, "documents", "remove", rows[0]["id"]).returncode == 0
    assert json.loads(dangjian(home, "ask", "主题党日每月几日开展", "--json").stdout)["status"] == "not_found"


def test_an_index_of_another_embedder_and_a_damaged_one_are_refused_with_the_repair(
    home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    manifest = next(copy.glob("index/*/manifest.json"))
    next(copy.glob("index/*/dense.faiss")).write_bytes(b"nothing")
    damaged = dangjian(copy, "ask", "党建")
    assert damaged.returncode == 1
    assert "dangjian ingest --rebuild" in damaged.stderr
    assert dangjian(copy, "doctor").returncode == 1
    assert dangjian(copy, "ingest", "--rebuild").returncode == 0
    assert dangjian(copy, "ask", "如何破解两张皮").returncode == 0
    assert dangjian(copy, "doctor").returncode == 0
    assert manifest.name == "manifest.json"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "   "), "空"),
        (("ask", "党" * 2001), "太长"),
        (("documents", "show", "nothing"), "nothing"),
        (("verify", "no-such-file.json"), "读不了"),
        (("verify", "pyproject.toml"), "不是保存的回答"),
        (("ask", "--batch", "no-such-file.jsonl"), "读不了"),
        (("ingest", "no-such-folder"), "no-such-folder"),
    ],
)
def test_what_goes_wrong_is_said_in_chinese(home: Path, arguments: tuple[str, ...], words: str) -> None:
    result = dangjian(home, *arguments)
    assert result.returncode != 0
    assert words in result.stderr + result.stdout
    assert "Traceback" not in result.stderr + result.stdout


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DANGJIAN_NONSENSE": "1"}, "DANGJIAN_NONSENSE"),
        ({"DANGJIAN_POINTS": "many"}, "points"),
        ({"DANGJIAN_EMBEDDER": "word2vec"}, "word2vec"),
    ],
)
def test_bad_settings_are_refused(home: Path, environment: dict[str, str], words: str) -> None:
    result = dangjian(home, "ask", "党建", **environment)
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_help_is_chinese_and_quick_to_come(home: Path) -> None:
    result = dangjian(home, "--help")
    assert result.returncode == 0
    for word in ("ingest", "documents", "search", "ask", "serve", "verify", "doctor", "资料"):
        assert word in result.stdout


def test_lesson_writes_each_format_whole(home: Path, tmp_path: Path) -> None:
    kept = (home / "lessons.sqlite3").exists()
    for name, start in (("课.md", "# 青年理论学习".encode()), ("课.docx", b"PK"), ("课.PPTX", b"PK")):
        result = dangjian(
            home,
            "lesson",
            "青年理论学习",
            "-o",
            str(tmp_path / name),
            "--audience",
            "党员",
            "--minutes",
            "20",
        )
        assert result.returncode == 0, result.stderr
        assert "20分钟" in result.stderr
        assert (tmp_path / name).read_bytes().startswith(start)
    assert not list(tmp_path.glob(".dangjian-*"))
    assert (home / "lessons.sqlite3").exists() == kept  # what the command makes is the file


def test_lesson_says_what_is_wrong_with_where_to_write(home: Path, tmp_path: Path) -> None:
    (tmp_path / "夹.md").mkdir()
    for out, said in (
        (tmp_path / "课.txt", ".docx"),
        (tmp_path / "没有" / "课.md", "没有文件夹"),
        (tmp_path / "夹.md", "文件夹"),
    ):
        result = dangjian(home, "lesson", "党建", "-o", str(out))
        assert result.returncode == 1
        assert said in result.stderr
        assert "Traceback" not in result.stderr
    kept = tmp_path / "旧.md"
    kept.write_text("旧的", encoding="utf-8")
    result = dangjian(home, "lesson", "？！", "-o", str(kept))
    assert result.returncode == 1
    assert "主题" in result.stderr
    assert kept.read_text(encoding="utf-8") == "旧的"
