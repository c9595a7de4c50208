"""What differs between two texts: every part once, spans verbatim, nothing where nothing changed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.alignment import align
from ingest.comparison import Change, compare
from ingest.regulations import parse_regulation
from tests.regulation_samples import NEW_LAW, NEW_NAME, OLD_LAW, OLD_NAME

REGULATIONS = Path(__file__).parents[2] / "shared" / "data" / "regulations" / "text"
PAIRS = [("baomifa_2010", "baomifa_2024"), ("xinfang_2005", "xinfang_2022")]

articles = st.lists(
    st.text("甲乙丙丁戊己庚辛，。 （）", max_size=30).map(lambda words: f"甲{words}"), min_size=3, max_size=8
)


def regulation(bodies: list[str]) -> str:
    numbers = "一二三四五六七八"
    return "某条例\n" + "".join(
        f"第{number}条 {body}\n" for number, body in zip(numbers, bodies, strict=False)
    )


def plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split())


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(c.kind, c.a.label if c.a else "", c.b.label if c.b else "") for c in changes]


def check(a: str, b: str, changes: tuple[Change, ...]) -> None:
    """Every article of both stands in exactly one change; runs tile the bodies; equal runs are equal."""
    for text, side in ((a, [c.a for c in changes]), (b, [c.b for c in changes])):
        spans = [part.span for part in side if part and part.label]
        tree = parse_regulation(text)
        assert sorted(spans) == sorted(article.span for article in (tree.articles if tree else ()))
    for change in changes:
        for part, runs in ((change.a, [r.a for r in change.runs]), (change.b, [r.b for r in change.runs])):
            if part and change.runs:
                assert [run.start for run in runs[1:]] == [run.end for run in runs[:-1]]
                assert (runs[0].start, runs[-1].end) == (part.body.start, part.body.end)
        for run in change.runs:
            assert plain(run.a.of(a)) == plain(run.b.of(b)) or run.op != "equal"
            assert bool(run.a.of(a).strip()) == (run.op != "insert")
            assert bool(run.b.of(b).strip()) == (run.op != "delete")
        if change.kind in ("unchanged", "renumbered"):
            assert change.a
            assert change.b
            assert all(run.op == "equal" for run in change.runs)
            assert (change.a.label == change.b.label) == (change.kind == "unchanged")


def test_a_revised_law() -> None:
    changes = compare(OLD_LAW, NEW_LAW)
    check(OLD_LAW, NEW_LAW, changes)
    assert told(changes) == [
        ("changed", "第一条", "第一条"),
        ("added", "", "第二条"),
        ("renumbered", "第二条", "第三条"),
        ("renumbered", "第三条", "第四条"),
        ("renumbered", "第四条", "第五条"),
        ("changed", "第五条", "第六条"),
        ("removed", "第六条", ""),
        ("added", "", "第七条"),
        ("changed", "第七条", "第八条"),
    ]
    first = changes[0]
    assert [(run.op, run.b.of(NEW_LAW)) for run in first.runs] == [
        ("equal", "为了保护"),
        ("insert", "、培育"),
        ("equal", "森林资源，维护生态安全，制定本法。"),
    ]
    assert first.a
    assert first.a.path == ("第一章 总则",)


def test_a_number_changes_as_a_whole() -> None:
    last = compare(OLD_LAW, NEW_LAW)[-1]
    assert [(run.a.of(OLD_LAW), run.b.of(NEW_LAW)) for run in last.runs if run.op == "replace"] == [
        ("1998", "2020")
    ]


def test_an_article_that_moved_is_found() -> None:
    bodies = [
        "来访人应当出示身份证件。",
        "登记机构应当当场登记。",
        "复查机构应当听取意见。",
        "费用由财政保障。",
    ]
    a, b = regulation(bodies), regulation([*bodies[1:], bodies[0]])
    changes = compare(a, b)
    check(a, b, changes)
    assert [(change.kind, change.moved) for change in changes] == [("renumbered", False)] * 3 + [
        ("renumbered", True)
    ]


def test_layout_and_width_are_no_difference() -> None:
    noisy = OLD_NAME.replace("，", "，\n").replace("第三条 ", "第三条　").replace("（", "(")
    assert {change.kind for change in compare(OLD_NAME, noisy)} == {"unchanged"}


def test_texts_without_articles_are_compared_by_paragraphs() -> None:
    a, b = "标题\n第一段讲守护森林。\n第二段讲巡查。", "标题\n第二段讲巡查。\n第三段是新的内容。"
    assert [(c.kind, c.a.body.of(a) if c.a else "") for c in compare(a, b)] == [
        ("unchanged", "标题"),
        ("removed", "第一段讲守护森林。"),
        ("unchanged", "第二段讲巡查。"),
        ("added", ""),
    ]
    assert compare("", "") == ()


def test_what_stands_outside_of_articles_is_compared_too() -> None:
    a = "某章程\n总 纲\n本会是群众组织。\n第一章 会员\n" + OLD_NAME.split("\n", 2)[2]
    b = a.replace("群众组织", "群众团体")
    changes = compare(a, b)
    check(a, b, changes)
    assert [c.kind for c in changes].count("changed") == 1
    assert changes[0].kind == "changed"


@given(articles, articles)
def test_every_article_stands_once_and_spans_are_verbatim(a: list[str], b: list[str]) -> None:
    one, other = regulation(a), regulation(b)
    assume(parse_regulation(one) and parse_regulation(other))
    check(one, other, compare(one, other))


@given(articles)
def test_a_text_does_not_differ_from_itself(bodies: list[str]) -> None:
    text = regulation(bodies)
    assert {(change.kind, change.moved) for change in compare(text, text)} <= {("unchanged", False)}


@given(
    st.lists(st.text("甲乙丙", max_size=6), max_size=8), st.lists(st.text("甲乙丙", max_size=6), max_size=8)
)
def test_an_alignment_has_every_index_once_in_the_order_of_the_second(a: list[str], b: list[str]) -> None:
    pairs = align(a, b)
    assert sorted(i for i, _ in pairs if i is not None) == list(range(len(a)))
    assert [j for _, j in pairs if j is not None] == list(range(len(b)))


@pytest.mark.skipif(not REGULATIONS.is_dir(), reason="the regulations are not beside the repository")
@pytest.mark.parametrize("names", PAIRS)
def test_real_regulations(names: tuple[str, str]) -> None:
    a, b = ((REGULATIONS / f"{name}.txt").read_text("utf-8") for name in names)
    check(a, b, compare(a, b))
    check(b, a, compare(b, a))


def test_a_replaced_regulation() -> None:
    changes = compare(OLD_NAME, NEW_NAME)
    check(OLD_NAME, NEW_NAME, changes)
    assert [kind for kind, _, _ in told(changes)] == [
        "changed",
        "unchanged",
        "changed",
        "unchanged",
        "added",
        "changed",
    ]
