"""Answer runs: what is written, that it can be repeated and resumed, and what it comes to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.answer_commands import abstention, answers, compared, robustness
from eval.answer_docs import BEGIN, END, difference, newest, put, tables
from eval.answer_tables import overview
from eval.answers import SLICES, Plan, figures, run_answers, slices_of
from eval.asking import Asker, opened
from eval.errors import ConfigurationError, DatasetError, RunError
from eval.questions import read_questions
from eval.runs import list_runs
from eval.terminal import silent
from eval.types import QueryResult
from service.assistant import Assistant

QUESTIONS = [
    {
        "id": "t-1",
        "question": "如何破解“两张皮”？",
        "kind": "howto",
        "gold": [
            {"any": [{"document": "03-坚持走在前作表率-机关党建工作综述", "quote": "关键是找准结合点"}]}
        ],
        "answerable": True,
        "turns": [],
        "tags": ["paraphrase"],
    },
    {
        "id": "t-2",
        "question": "“四强”党支部是哪四强？",
        "kind": "list",
        "gold": [
            {"any": [{"document": "02-让每个党支部都成为战斗堡垒.txt", "quote": quote}]}
            for quote in ("政治功能强", "支部班子强", "这一条原文里没有")
        ],
        "answerable": True,
        "turns": [],
        "tags": [],
    },
    {
        "id": "t-3",
        "question": "红烧肉怎么做？",
        "kind": "howto",
        "gold": [],
        "answerable": False,
        "tags": ["out_of_domain"],
    },
    {
        "id": "t-4",
        "question": "天津呢？",
        "kind": "howto",
        "gold": [
            {"any": [{"document": "03-坚持走在前作表率-机关党建工作综述", "quote": "天津把随机暗访抽查"}]}
        ],
        "answerable": True,
        "turns": ["宁夏怎么抓机关党建督查？"],
        "tags": ["followup"],
    },
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in QUESTIONS), "utf-8")
    return path


def without_times(folder: Path) -> list[dict[str, object]]:
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    return [{key: row[key] for key in row if key != "latency_ms"} for row in rows]


def test_a_run_says_what_every_question_got(assistant: Assistant, questions: Path, tmp_path: Path) -> None:
    run = run_answers(assistant, Plan((questions,)), tmp_path / "runs", silent)
    rows = {row.id: row for row in run.queries}
    assert run.info.kind == "answers"
    assert list(rows) == ["t-1", "t-2", "t-3", "t-4"]
    assert rows["t-1"].measures["quoted_all"] == 1.0
    assert rows["t-1"].measures["verbatim"] == 1.0
    assert rows["t-2"].measures["list_share"] == pytest.approx(2 / 3)
    assert rows["t-2"].measures["list_complete"] == 0.0
    assert rows["t-3"].measures["refused"] == 1.0
    assert rows["t-3"].extra["loss"] == 1.0
    assert rows["t-4"].extra["turns"] == 1


def test_the_total_leaves_follow_ups_to_their_own_slice(
    assistant: Assistant, questions: Path, tmp_path: Path
) -> None:
    run = run_answers(assistant, Plan((questions,)), tmp_path / "runs", silent)
    assert run.summary is not None
    assert run.summary.measures["quoted_share"].value == pytest.approx((1 + 2 / 3) / 2)
    assert run.summary.curves["risk_coverage"][-1][0] == 1.0
    slices = json.loads((run.folder / SLICES).read_text("utf-8"))
    assert slices["tag=followup"]["queries"] == 1
    assert slices["kind=list"]["queries"] == 1
    assert slices["set=questions"]["queries"] == 3
    assert "kind=howto" in overview(run)


def test_the_same_run_again_differs_in_times_alone(
    assistant: Assistant, questions: Path, tmp_path: Path
) -> None:
    first = run_answers(assistant, Plan((questions,)), tmp_path / "a", silent)
    again = run_answers(assistant, Plan((questions,)), tmp_path / "b", silent)
    assert first.info.id == again.info.id
    assert without_times(first.folder) == without_times(again.folder)
    assert (first.folder / SLICES).read_bytes() == (again.folder / SLICES).read_bytes()


def test_a_broken_off_run_is_gone_on_with(
    assistant: Assistant, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Asker.ask

    def ask(self: Asker, question: object, name: str = "") -> QueryResult:
        result = real(self, question, name)  # type: ignore[arg-type]
        asked.append(result.id)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(Asker, "ask", ask)
    with pytest.raises(KeyboardInterrupt):
        run_answers(assistant, Plan((questions,)), tmp_path, silent)
    run = run_answers(assistant, Plan((questions,)), tmp_path, silent)
    assert asked == ["t-1", "t-2", "t-3", "t-3", "t-4"]
    assert [row.id for row in run.queries] == ["t-1", "t-2", "t-3", "t-4"]


def test_a_refused_question_is_also_judged_as_if_answered(assistant: Assistant, questions: Path) -> None:
    strict = assistant.settings.model_copy(update={"evidence_threshold": 1.0})
    never = Assistant(assistant.library, assistant.retriever, assistant.analyzer, strict)
    row = Asker(never).ask(read_questions(questions)[0])
    assert row.measures["answered"] == 0.0
    assert row.measures["quoted_share"] == 0.0
    assert row.extra["loss"] == 0.0


def test_variants_are_asked_as_written_and_compared(
    assistant: Assistant, questions: Path, tmp_path: Path
) -> None:
    plain = run_answers(assistant, Plan((questions,)), tmp_path, silent)
    traditional = run_answers(assistant, Plan((questions,), variant="traditional"), tmp_path, silent)
    assert plain.folder != traditional.folder
    table = dict(compared(plain, traditional))
    assert table["quoted_share"].queries == 2
    assert table["refused"].queries == 1
    assert table["quoted_share"].difference.value == 0.0


def test_plans_of_a_split_and_a_limit(questions: Path) -> None:
    everything = [q.id for _, q in Plan((questions,)).questions()]
    parts = [[q.id for _, q in Plan((questions,), split).questions()] for split in ("dev", "test")]
    assert sorted(parts[0] + parts[1]) == everything
    assert [q.id for _, q in Plan((questions,), limit=2).questions()] == everything[:2]


def test_ids_given_twice_in_two_files_are_bad(questions: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(questions.read_bytes())
    with pytest.raises(DatasetError, match="重复"):
        Plan((questions, copy)).questions()


def test_documents_go_into_a_home_of_their_own(tmp_path: Path, questions: Path) -> None:
    note = tmp_path / "通知.txt"
    note.write_text("关于主题党日的通知\n\n各党支部每月开展一次主题党日，时间为每月五日。", "utf-8")
    with opened(None, [note], progress=silent) as fresh:
        assert [record.origin for record in fresh.documents()] == [str(note)]


def test_a_run_does_not_depend_on_where_the_documents_are(tmp_path: Path, questions: Path) -> None:
    ids = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        note = tmp_path / name / "通知.txt"
        note.write_text("关于主题党日的通知\n\n各党支部每月开展一次主题党日。", "utf-8")
        with opened(None, [note], progress=silent) as fresh:
            ids.append(run_answers(fresh, Plan((questions,), limit=1), tmp_path / "runs", silent).info.id)
    assert ids[0] == ids[1]


def test_the_command_prints_one_json_object(
    corpus_home: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answers([questions], home=corpus_home, out=tmp_path / "runs", as_json=True) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["queries"] == 4
    assert row["measures"]["verbatim"]["value"] == 1.0
    assert set(row["latency_ms"]) == {"p50", "p95", "p99"}
    assert robustness([questions], home=corpus_home, out=tmp_path, variants=["width"], as_json=True) == 0
    row = json.loads(capsys.readouterr().out)
    assert {entry["measure"] for entry in row["comparisons"]} >= {"quoted_share", "refused"}


def test_an_unknown_variant_is_named(questions: Path) -> None:
    with pytest.raises(ConfigurationError, match="traditional"):
        answers([questions], variant="rhymed")


def test_abstention_asks_over_what_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "toy"
    (source / "qrels").mkdir(parents=True)
    facts = {"青山县": "一九五二", "白水县": "一九六三", "红石县": "一九七四", "黄土县": "一九八五"}
    corpus, queries, spans, lines = [], [], [], ["query-id\tcorpus-id\tscore"]
    for n, (place, year) in enumerate(facts.items()):
        text = f"{place}档案馆的旧楼在{year}年建成，由当地居民集资。"
        corpus.append({"_id": f"d{n}", "title": f"{place}档案馆", "text": text})
        queries.append({"_id": f"q{n}", "text": f"{place}档案馆的旧楼是哪年建成的？"})
        answer = {"text": year, "start": text.index(year)}
        spans.append({"query_id": f"q{n}", "doc_id": f"d{n}", "answers": [answer]})
        lines.append(f"q{n}\td{n}\t1")
    for name, rows in (("corpus", corpus), ("queries", queries), ("answers", spans)):
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (source / f"{name}.jsonl").write_text(text, "utf-8")
    (source / "qrels" / "test.tsv").write_text("\n".join(lines), "utf-8")
    assert abstention(source, home=tmp_path / "home", out=tmp_path / "runs", as_json=True) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["dataset"] == "toy_removed"
    assert row["queries"] == 4
    assert "refusal_recall" in row["measures"]


def test_the_tables_of_the_document_come_from_run_folders(
    assistant: Assistant, questions: Path, tmp_path: Path
) -> None:
    for variant, split in (("plain", "dev"), ("plain", "all"), ("typos", "all")):
        run_answers(assistant, Plan((questions,), split, variant), tmp_path, silent)
    content = tables(newest(list_runs(tmp_path)))
    assert "### Robustness" in content
    assert "| questions all | typos | `quoted_share` |" in content
    document = f"before\n{BEGIN}\n以前的表\n{END}\nafter\n"
    changed = put(document, content)
    assert "以前的表" not in changed
    assert put(changed, content) == changed
    with pytest.raises(RunError, match="标记"):
        put("no marks", content)


def test_the_difference_of_two_groups_of_questions() -> None:
    estimate = difference([1.0, 0.0, 1.0, 1.0], [1, 1, 0, 0])
    assert estimate.value == pytest.approx(-0.5)
    assert estimate.low <= estimate.value <= estimate.high


def test_figures_of_nothing_are_nothing() -> None:
    assert figures([]) == {}
    assert slices_of([]) == {}
