"""Reports: what they say, that nothing in the data can become markup, and what is published."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import plots
from eval.errors import EvalError, RunError
from eval.markup import Html, h
from eval.plots import Words
from eval.report import load, publish_run, report_command, write
from eval.report_data import compare, view, worst
from eval.report_html import POLICY, page
from eval.report_markdown import markdown, plain
from eval.report_summary import compared, headline, verdict
from eval.report_words import PRIMARY, meaning, percent, word
from eval.runs import QUERIES
from tests.eval_runs import answer_row, answers_run, broken_off, retrieval_run

HOSTILE = (
    "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"' & {x} ]]> <!-- \x00\x1b\u202e"
)
VOID = {"meta", "br", "img", "link"}
TAGS = set(
    re.findall(
        r"\w+",
        "html head meta title style body header main footer nav section h1 h2 h3 h4 p a b i em strong small code "
        "span div dl dt dd ul ol li table caption thead tbody tr th td figure figcaption details summary q cite "
        "svg desc rect circle line path polyline text",
    )
)


class Checker(HTMLParser):
    """Notes tags, attributes, ids and text, and that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


def check(text: str) -> Checker:
    """The report parses, keeps to its tags, asks nothing of the network, runs nothing, and has no id twice."""
    checker = Checker(text)
    assert set(checker.tags) <= TAGS
    assert not [
        name for name, _ in checker.attributes if name.startswith("on") or name in ("src", "style", "srcset")
    ]
    assert all(value.startswith("#") for value in checker.values("href"))
    ids = checker.values("id")
    assert len(ids) == len(set(ids))
    assert set(" ".join(checker.values("aria-labelledby")).split()) <= set(ids)
    assert {value[1:] for value in checker.values("href")} <= set(ids)
    assert not re.search(r"https?://|url\(|@import", text)
    assert POLICY in checker.values("content")
    assert POLICY.startswith("default-src 'none'")
    return checker


# What a report says


def test_a_report_on_answers_has_every_section_and_figure(tmp_path: Path) -> None:
    run = answers_run(tmp_path)
    text = page(view(run.folder))
    checker = check(text)
    sections = re.findall(r'<section id="(\w+)"', text)
    assert sections == ["measures", "groups", "spread", "refusal", "worst", "origin"]
    assert re.findall(r'<a href="#(\w+)"', text) == sections
    assert run.summary is not None
    rows = re.findall(r'<tr role="row"><th scope="row"', text)
    assert len(rows) == len(run.summary.measures)
    for name in run.summary.measures:
        assert meaning(name) in text
    assert text.count('class="plot"') == 4  # scores, times, risk and coverage, reliability
    assert checker.tags.count("desc") == 4
    share = run.summary.measures["quoted_share"]
    assert f"{share.value:.1%}" in headline(view(run.folder))
    assert "“" not in headline(view(run.folder))
    for value in (
        "made-up",
        "开发集",
        run.info.id,
        "0.1.0+g0",
        "model@1",
        "2026-11-20 08:00 UTC",
        "threshold",
    ):
        assert value in text


def test_a_report_on_retrieval_shows_what_was_found_instead(tmp_path: Path) -> None:
    text = page(view(retrieval_run(tmp_path).folder))
    check(text)
    assert re.findall(r'<section id="(\w+)"', text) == ["measures", "spread", "worst", "origin"]
    assert "相关文档排在第一的占" in text
    assert "other-doc" in text
    assert "建索引用时" in text


def test_equal_runs_give_equal_bytes(tmp_path: Path) -> None:
    run = answers_run(tmp_path)
    assert page(view(run.folder)) == page(view(run.folder))
    assert markdown(view(run.folder)) == markdown(view(run.folder))


def test_follow_ups_are_a_slice_and_not_in_the_figures(tmp_path: Path) -> None:
    rows = [answer_row(n, 1.0) for n in range(6)] + [answer_row(9, 0.0, turns=1)]
    shown = view(answers_run(tmp_path, rows=rows).folder)
    assert len(shown.alone) == 6
    assert "追问" in page(shown)
    assert shown.summary.measures["quoted_share"].value == 1


def test_the_worst_queries_lead_with_confident_mistakes(tmp_path: Path) -> None:
    rows = [
        answer_row(0, 1.0),
        answer_row(1, None),
        answer_row(2, 0.0, evidence=0.6),
        answer_row(3, 0.5),
        answer_row(4, 0.0, evidence=0.95),
        answer_row(5, 0.0, evidence=0.3, status="not_found", claims=[]),
    ]
    wrong = answer_row(6, None, status="answered", evidence=0.99, claims=["错答"])
    wrong.measures["refused"] = 0.0  # type: ignore[index]
    shown = view(answers_run(tmp_path, rows=[*rows, wrong]).folder)
    cases = worst(shown, 10)
    assert [case.id for case in cases] == ["q6", "q4", "q2", "q5", "q3"]
    words = [verdict(case, shown.primary) for case in cases]
    assert words == ["不该答却答了", "依据命中为 0", "依据命中为 0", "有答案却拒答", "依据命中 50.0%"]
    text = page(shown)
    assert "依据4" in text
    assert "资料里没有答案，应如实说没有找到。" in text


# What is unfinished, missing or strange


def test_an_unfinished_run_says_so_and_counts_what_is_done(tmp_path: Path) -> None:
    shown = view(broken_off(tmp_path))
    text = page(shown)
    check(text)
    assert shown.partial
    assert len(shown.cases) == 11
    assert "40 题中做了 11 题" in text
    assert "40 题中做了 11 题" in markdown(shown)
    assert shown.summary.measures["quoted_share"].value == pytest.approx(5 / 11)


def test_a_run_without_any_result_still_has_a_report(tmp_path: Path) -> None:
    folder = broken_off(tmp_path, done=0)
    shown = view(folder)
    text = page(shown)
    check(text)
    assert "还没有任何一题的结果" in text
    assert re.findall(r'<section id="(\w+)"', text) == ["origin"]
    assert markdown(shown)


def test_a_finished_run_without_its_queries_shows_its_summary(tmp_path: Path) -> None:
    run = answers_run(tmp_path)
    (run.folder / QUERIES).unlink()
    text = page(view(run.folder))
    check(text)
    assert "refusal" in re.findall(r'<section id="(\w+)"', text)
    assert "没有完成" not in text


def test_columns_of_the_wrong_type_are_not_believed(tmp_path: Path) -> None:
    odd = answer_row(
        0, 0.0, question=7, tags="a", claims=None, gold=[3, {"any": [None, "通知.txt"]}, {}], found=[[]]
    )
    shown = view(answers_run(tmp_path, rows=[odd, answer_row(1, 1.0)]).folder)
    case = shown.cases[0]
    assert (case.question, case.tags, case.claims, case.found) == ("", (), (), ())
    assert [quote.document for group in case.gold for quote in group] == ["通知.txt"]
    check(page(shown))


def test_what_is_no_run_is_refused_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="不是运行文件夹"):
        load([tmp_path])
    with pytest.raises(EvalError, match="没有指定运行"):
        load([])


# Nothing in the data becomes markup


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    extra = {
        "question": HOSTILE,
        "kind": HOSTILE,
        "tags": [HOSTILE],
        "claims": [HOSTILE],
        "gold": [{"any": [{"document": HOSTILE, "quote": HOSTILE}]}],
    }
    rows = [answer_row(n, 0.0, **extra) for n in range(4)]
    changes = {
        "dataset": HOSTILE,
        "split": HOSTILE,
        "configuration": {"variant": HOSTILE, HOSTILE: [HOSTILE]},
    }
    first = answers_run(tmp_path, "a", rows=rows, **changes)
    second = answers_run(tmp_path, "b", rows=[answer_row(n, 1.0, **extra) for n in range(4)], **changes)
    views = load([second.folder, first.folder])
    found = compare(*views)
    assert found is not None
    text = page(views[0], [found], [views[1]])
    checker = check(text)
    assert any("<script>alert(1)</script>" in part for part in checker.words)
    assert "\x00" not in text
    assert "\x1b" not in text
    lines = markdown(views[1], [found]).splitlines()
    assert not [line for line in lines if re.search(r"(?<!\\)<(?!\d)", line)]


@given(st.text())
def test_any_text_is_escaped(text: str) -> None:
    made = h('<p title="{text}">{text}</p>', text=text)
    assert Checker(made).tags == ["p"]
    assert made.encode("utf-8")
    assert "\n" not in plain(text)
    assert h("{part}", part=Html("<b></b>")) == "<b></b>"


def test_lone_surrogates_are_written(tmp_path: Path) -> None:
    rows = [answer_row(0, 0.0), answer_row(1, 1.0)]
    run = answers_run(tmp_path, rows=rows)
    path = run.folder / QUERIES
    path.write_text(path.read_text("utf-8").replace("第0个", "\\ud800第0个"), "utf-8")
    text = write(load([run.folder]), tmp_path / "out").read_text("utf-8")
    assert "\ufffd第0个" in text


# Comparison


def test_a_comparison_tells_gains_from_losses(tmp_path: Path) -> None:
    before = retrieval_run(tmp_path, "before", {f"q{n}": 4 for n in range(40)})
    after = retrieval_run(tmp_path, "after", {f"q{n}": 1 if n < 38 else 8 for n in range(40)})
    new, old = load([after.folder, before.folder])
    found = compare(new, old)
    assert found is not None
    result = found.differences[0].result
    assert result.difference.value > 0
    assert (len(result.won), len(result.lost)) == (38, 2)
    assert "比对照高" in compared(found)
    assert "超出了偶然的范围" in compared(found)
    assert [key for key, _ in found.changes[:2]] == ["q38", "q39"]
    text = page(new, [found])
    check(text)
    assert re.findall(r'<section id="(\w+)"', text)[0] == "compare"
    assert "显著" in text
    assert "变差最多的题" in text
    back = compare(old, new)
    assert back is not None
    assert "比对照低" in compared(back)


def test_equal_runs_do_not_differ(tmp_path: Path) -> None:
    runs = [retrieval_run(tmp_path, name).folder for name in ("a", "b")]
    found = compare(*load(runs))
    assert found is not None
    assert "与对照相同" in compared(found)
    assert 'class="significant"' not in page(load(runs)[0], [found])


def test_a_missing_query_counts_as_zero_unless_a_run_is_unfinished(tmp_path: Path) -> None:
    whole = retrieval_run(tmp_path, "whole", {f"q{n}": 1 for n in range(10)})
    short = retrieval_run(tmp_path, "short", {f"q{n}": 1 for n in range(5)})
    found = compare(*load([short.folder, whole.folder]))
    assert found is not None
    assert found.differences[0].result.difference.value == pytest.approx(-0.5)
    answers = answers_run(tmp_path, rows=[answer_row(n, float(n % 2)) for n in range(40)])
    partial = compare(*load([broken_off(tmp_path), answers.folder]))
    assert partial is not None
    assert partial.shared == 11
    assert all(d.result.queries <= 11 for d in partial.differences)
    assert partial.differences[0].result.difference.value == 0


def test_runs_on_other_data_are_named_and_not_compared(tmp_path: Path) -> None:
    one, other = retrieval_run(tmp_path), answers_run(tmp_path)
    text = write(load([one.folder, other.folder]), tmp_path / "out").read_text("utf-8")
    check(text)
    assert "不能逐题比较" in text


# Looking up the words behind the ids


def test_question_files_and_beir_folders_say_what_ids_mean(tmp_path: Path) -> None:
    beir = tmp_path / "beir"
    (beir / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": "other-doc", "title": "别的", "text": "不相干的话"},
        {"_id": "doc-q1", "text": "该找到的话"},
    ]
    (beir / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), "utf-8")
    (beir / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "问的是什么"}) + "\n", "utf-8")
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tdoc-q1\t1\n", "utf-8")
    run = retrieval_run(tmp_path, ranks={"q1": 5})
    text = page(load([run.folder], [beir])[0])
    for words in ("问的是什么", "该找到的话", "不相干的话", "别的（other-doc）"):
        assert words in text
    questions = tmp_path / "questions.jsonl"
    gold = [{"any": [{"document": "某件", "quote": "某句"}]}]
    questions.write_text(
        json.dumps({"id": "q1", "question": "另一问", "kind": "fact", "gold": gold}) + "\n", "utf-8"
    )
    text = page(load([run.folder], [questions])[0])
    assert "另一问" in text
    assert "某句" in text


# Words and plots


def test_words_of_measures() -> None:
    assert word("nDCG@10").label == "nDCG@10"
    assert "前 10 条" in meaning("nDCG@10")
    for name in ("AP", "RR", "nDCG"):
        assert "{" not in meaning(name)
        assert "前" not in meaning(name)
    assert word("something_new").label == "something_new"
    assert meaning("false_refusals").endswith("越低越好。")
    assert percent(0.9999) == ">99.9%"
    assert (percent(1.0), percent(0.0), percent(0.5)) == ("100%", "0%", "50.0%")
    assert set(PRIMARY) == {"retrieval", "answers"}


@given(st.floats(1e-6, 1e9), st.integers(1, 10))
def test_ticks_cover_the_values_and_are_few(high: float, most: int) -> None:
    ticks = plots.nice_ticks(high, most)
    assert ticks[0] == 0
    assert ticks == sorted(set(ticks))
    assert ticks[-1] >= high * (1 - 1e-6)
    assert len(ticks) - 1 <= most


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_a_histogram_counts_every_value(values: list[float]) -> None:
    made = plots.histogram(values, Words("t", "d"), high=2)
    Checker(made)
    assert sum(map(int, re.findall(r"：(\d+) 题", made))) == len(values)


def test_plots_escape_their_words() -> None:
    words = Words("<script>", "<b>", x='"><i>', y="&")
    made = plots.histogram([1.0], words, markers=[(0.5, "<img>")]) + plots.strip(
        0.5, 0.4, 0.6, (0, 1), '"<u>'
    )
    assert not {"script", "b", "i", "img", "u"} & set(Checker(made).tags)


@given(st.lists(st.floats(-1, 1), max_size=30))
def test_differences_of_any_kind_can_be_drawn(values: list[float]) -> None:
    made = Checker(plots.sorted_differences(values, Words("t", "d")))
    assert "svg" in made.tags or not values


# Writing and publishing


def test_the_command_writes_and_publishes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = retrieval_run(tmp_path, "a").folder, retrieval_run(tmp_path, "b").folder
    assert report_command([first, second], publish=True, home=tmp_path / "home") == 0
    assert (first / "report.html").is_file()
    assert (first / "report.md").read_text("utf-8").startswith("# made-up")
    assert not (second / "report.html").exists()
    printed = capsys.readouterr().out.split("\n")
    assert printed[0] == str(first / "report.html")
    for name in ("a", "b"):
        folder = tmp_path / "home" / "evaluations" / name
        assert str(folder) in printed
        assert {path.name for path in folder.iterdir()} >= {
            "run.json",
            "summary.json",
            "headline.json",
            "report.html",
        }
        check((folder / "report.html").read_text("utf-8"))
        said = json.loads((folder / "headline.json").read_text("utf-8"))
        assert [figure["name"] for figure in said["figures"]] == ["nDCG@10", "Success@1", "Success@5"]
        assert said["done"] == 30
    assert "对照：b" in (tmp_path / "home/evaluations/a/report.html").read_text("utf-8")
    assert "对照：a" in (tmp_path / "home/evaluations/b/report.html").read_text("utf-8")


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report_command([broken_off(tmp_path)], tmp_path / "out", publish=True, home=tmp_path, as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert Path(printed["report"]).is_file()
    assert [Path(path).name for path in printed["published"]] == ["answers-partial"]


def test_publishing_again_replaces(tmp_path: Path) -> None:
    run = retrieval_run(tmp_path)
    for _ in range(2):
        folder = publish_run(load([run.folder]), 0, tmp_path / "home")
    assert not list(folder.glob("*.tmp"))
    again = load([folder])  # what was published is itself a run folder, without its queries
    assert again[0].run.info.id == run.info.id
    assert publish_run(again, 0, tmp_path / "home") == folder


@pytest.mark.parametrize("name", ["..", ".hidden", "a/b", "a\\b", "", "a" * 300, "a\nb", "-x"])
def test_an_id_that_is_no_plain_name_is_not_published(tmp_path: Path, name: str) -> None:
    run = retrieval_run(tmp_path)
    row = json.loads((run.folder / "run.json").read_text("utf-8"))
    (run.folder / "run.json").write_text(json.dumps(row | {"id": name}), "utf-8")
    with pytest.raises(RunError, match="不能用作文件夹名"):
        publish_run(load([run.folder]), 0, tmp_path / "home")
    assert not (tmp_path / "home").exists()
