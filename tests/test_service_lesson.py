"""Lessons composed from the library: verbatim, in the trainers' form, honest about what is missing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.types import Span
from service import build
from service.assistant import Assistant
from service.errors import QuestionError
from service.lesson.cues import words_for
from service.lesson.figures import _figures
from service.lesson.lines import case_line, line_for
from service.lesson.making import make
from service.lesson.naming import whose
from service.lesson.quiz import BLANK, quiz
from service.lesson.recheck import place_of
from service.lesson.timing import SHARES, point_count, share_out
from service.lesson.types import Excerpt, Lesson, Part, Point
from service.scope import Filters
from service.settings import Settings
from service.types import Citation

TOPICS = (
    "党建与业务深度融合",
    "如何破解“两张皮”？",
    "机关党建责任制",
    "支部標準化規範化建設",
    "青年理论学习",
)
TAUGHT = (Part.OPENING, Part.WHY, Part.WHAT, Part.VIEW, Part.HOW)
HOSTILE = st.text(max_size=100) | st.text(
    alphabet="党建“”《》（）、，。！？：；\n\0\ud800\u202e🎉a1", max_size=40
)


def lesson_on(assistant: Assistant, topic: str, audience: str = "", minutes: int = 60) -> Lesson:
    return make(assistant, topic, audience, minutes, Filters())


def excerpts_of(lesson: Lesson, *parts: Part) -> list[Excerpt]:
    sections = [section for section in lesson.sections if not parts or section.part in parts]
    return [e for section in sections for point in section.points for e in point.excerpts]


def points_of(lesson: Lesson, part: Part) -> tuple[Point, ...]:
    return next(section.points for section in lesson.sections if section.part is part)


def check_whole(lesson: Lesson, assistant: Assistant, minutes: int) -> None:
    """What holds of every lesson whatever it is about."""
    assert [section.part for section in lesson.sections] == list(Part)
    assert sum(section.minutes for section in lesson.sections) == minutes == lesson.minutes
    ids = [point.id for section in lesson.sections for point in section.points]
    assert len(set(ids)) == len(ids)
    for section in lesson.sections:
        assert section.points or section.missing
        assert all(point.text and not point.own and not point.note for point in section.points)
    for excerpt in excerpts_of(lesson):
        citation = excerpt.citation
        document = assistant.document(citation.document_id)
        assert citation.span.of(document.text) == citation.quote
        assert citation.quote.strip()
        assert citation.text_sha256 == document.text_sha256
    places = [(e.citation.document_id, e.citation.span) for e in excerpts_of(lesson, *TAUGHT)]
    assert not any(a[0] == b[0] and a[1].overlaps(b[1]) for a, b in combinations(places, 2))
    numbered = {(e.citation.document_id, e.citation.span): e.citation.id for e in excerpts_of(lesson)}
    assert sorted(numbered.values()) == list(range(1, len(numbered) + 1))
    for point in points_of(lesson, Part.QUIZ):
        assert point.answer
        assert point.answer in point.excerpts[0].citation.quote


@pytest.mark.parametrize(
    ("topic", "audience", "minutes"),
    list(
        zip(
            TOPICS,
            ("支部书记", "", "入党积极分子", "机关领导干部", "党员"),
            (60, 17, 180, 45, 90),
            strict=True,
        )
    ),
)
def test_a_lesson_is_whole_and_verbatim(
    assistant: Assistant, topic: str, audience: str, minutes: int
) -> None:
    lesson = lesson_on(assistant, topic, audience, minutes)
    check_whole(lesson, assistant, minutes)
    assert excerpts_of(lesson, *TAUGHT)
    assert points_of(lesson, Part.READING)


def test_nothing_is_left_to_chance(assistant: Assistant) -> None:
    assert lesson_on(assistant, TOPICS[2], "党员") == lesson_on(assistant, TOPICS[2], "党员")


def test_longer_lessons_have_more_points(assistant: Assistant) -> None:
    short, long = (lesson_on(assistant, TOPICS[0], minutes=minutes) for minutes in (20, 240))
    assert len(points_of(short, Part.HOW)) < len(points_of(long, Part.HOW))


def test_problems_are_told_as_problems_and_cases_by_whose_they_are(assistant: Assistant) -> None:
    lesson = lesson_on(assistant, "党建与业务深度融合", "支部书记", 60)
    assert any("融合不够紧" in point.text for point in points_of(lesson, Part.VIEW))
    names = [whose(point.excerpts[0].citation.quote) for point in points_of(lesson, Part.HOW)]
    named = [name for name in names if name]
    assert len(named) >= 2
    assert len(set(named)) == len(named)
    what = next(section for section in lesson.sections if section.part is Part.WHAT)
    assert "没有找到政策规定的原文" in what.missing  # the corpus tells of rules, but has none


def test_a_topic_that_the_library_has_nothing_on_is_said_to_be_missing(assistant: Assistant) -> None:
    for topic in ("量子计算机的纠错码", "发展对象的政治审查"):
        lesson = lesson_on(assistant, topic)
        check_whole(lesson, assistant, 60)
        assert not excerpts_of(lesson)
    assert "中国共产党发展党员工作细则" in next(s.missing for s in lesson.sections if s.part is Part.WHAT)


def test_filters_hold(assistant: Assistant) -> None:
    lesson = make(assistant, TOPICS[0], "", 60, Filters(natures=frozenset({"要求"})))
    assert {e.citation.nature for e in excerpts_of(lesson)} == {"要求"}


@settings(max_examples=40)
@given(HOSTILE)
def test_hostile_topics_give_a_lesson_or_a_clear_refusal(assistant: Assistant, topic: str) -> None:
    with suppress(QuestionError):
        check_whole(lesson_on(assistant, topic, minutes=30), assistant, 30)


@pytest.mark.parametrize("topic", ["", " \n", "？！", "\0"])
def test_a_topic_without_words_is_refused(assistant: Assistant, topic: str) -> None:
    with pytest.raises(QuestionError, match="主题"):
        lesson_on(assistant, topic)


def test_what_is_too_long_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="主题太长"):
        lesson_on(assistant, "党建" * 60)
    with pytest.raises(QuestionError, match="听众太长"):
        lesson_on(assistant, "党建", "书记" * 30)


RULES = """某某党支部工作规定
（2021年3月1日某某党委发布）
第一章 总则
第一条 为了加强党支部学习会建设，提高党员素质，根据《中国共产党章程》，制定本规定。
第二条 党支部学习会是党员学习理论、交流思想的基本制度。
第二章 召开
第三条 党支部学习会每季度至少召开1次，由党支部书记主持，应到会党员不少于三分之二。
第四条 党支部学习会的基本任务是：
（一）学习党的创新理论；
（二）讨论支部重要事项；
（三）交流思想和工作。
第三章 纪律
第五条 党员不得无故缺席党支部学习会，不得泄露党支部学习会讨论的内容。对无故缺席的，给予批评教育。
"""
REPORT = """某局党支部学习会的做法
天津市某局党支部把党支部学习会搬到一线，建立“一会一题”制度，去年召开党支部学习会12次。
有的党支部学习会流于形式，原因在于准备不足、重数量轻质量。
截至2024年6月，全市开好党支部学习会的先进党支部达到320个。
"""
OLDER = """某市党支部学习会情况
2023年，全市开好党支部学习会的先进党支部达到280个。
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("small")
    for name, text in (("规定.txt", RULES), ("做法.txt", REPORT), ("情况.txt", OLDER)):
        (folder / name).write_text(text, encoding="utf-8")
    own = Settings(home=folder / "home")
    build.ingest(own, [folder / n for n in ("规定.txt", "做法.txt", "情况.txt")], progress=lambda *_: None)
    return build.open_assistant(own)


def test_every_part_finds_what_is_its_own(small: Assistant) -> None:
    lesson = lesson_on(small, "党支部学习会", "支部书记", 60)
    check_whole(lesson, small, 60)
    quotes = {part: " ".join(e.citation.quote for e in excerpts_of(lesson, part)) for part in Part}
    assert "为了加强党支部学习会建设" in quotes[Part.WHY]
    assert "是党员学习理论、交流思想的基本制度" in quotes[Part.WHAT]
    assert "流于形式" in quotes[Part.VIEW]
    assert "天津市某局党支部" in quotes[Part.HOW]
    assert "每季度至少召开1次" in quotes[Part.HOW] + quotes[Part.WHAT]
    assert any(point.answer for point in points_of(lesson, Part.QUIZ))


def test_figures_that_differ_are_flagged_with_their_dates(small: Assistant) -> None:
    lesson = lesson_on(small, "党支部学习会先进党支部", "", 120)
    warnings = [w for section in lesson.sections for point in section.points for w in point.warnings]
    assert any("320个（2024年6月）" in w and "280个（2023年）" in w for w in warnings)


@given(st.integers(1, 2000))
def test_minutes_add_up(minutes: int) -> None:
    shares = share_out(minutes)
    assert sum(shares.values()) == minutes
    assert all(abs(shares[part] - minutes * SHARES[part] / 100) < 1 for part in Part)
    assert all(point_count(part, minutes) <= point_count(part, minutes + 10) for part in Part)


PLAIN: Callable[[str], float] = lambda run: 0.0  # noqa: E731
CLAUSES = st.text(alphabet="党建业务融合“”‘’《》（），。；：\n第一条不得", min_size=1, max_size=200)


@given(CLAUSES, st.booleans())
def test_a_line_is_words_of_its_excerpt(text: str, whole: bool) -> None:
    line = line_for(text, (), PLAIN, (), headed=False, whole=whole)
    assert line in text
    assert len(line) <= 70


def test_lines() -> None:
    rule = "第三条 未经批准，不得泄露党支部会议内容；违反的，给予批评。"
    assert line_for(rule, (), lambda run: "泄露" in run, (), headed=False, whole=True).startswith(
        "未经批准，不得泄露"
    )
    heading = ("(六)实施融合发展行动",)
    text = "坚持找准结合点，推动融合发展，" + "持续用力、久久为功，" * 6 + "见到实效。"
    assert line_for(text, heading, PLAIN, (), headed=True, whole=False) == "实施融合发展行动"
    assert line_for(text, heading, PLAIN, ("实施融合发展行动",), headed=True, whole=False) in text
    case = "天津市某局党支部坚持开门搞活动，推动党建和业务深度融合，成效明显。"
    assert case_line(case, "天津市某局党支部", lambda run: float(run.startswith("推动"))) == (
        "天津市某局党支部：推动党建和业务深度融合，成效明显"
    )


def test_whose_deed_it_is() -> None:
    assert whose("最高人民法院知识产权法庭第二党支部坚持学习。") == "最高人民法院知识产权法庭第二党支部"
    assert whose("山西印发责任清单。") == "山西"
    assert whose("加强和推进机关党支部建设，必须强化责任。") == ""
    assert whose("各级机关党委要带头。") == ""


def excerpt(quote: str) -> Excerpt:
    return Excerpt(Citation(1, "d", "", "", quote, Span(0, len(quote)), Span(0, len(quote)), "", "", 1.0, ""))


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("第三条 党支部学习会每季度至少召开1次，由党支部书记主持。", "1次"),
        ("党员教育培训每年集中学习时间一般不少于32学时，由基层党委组织。", "32学时"),
        ("深化创建政治功能强、班子强的“四强”党支部，发挥党员作用。", "四强"),
        ("按照个人自评、党员互评、民主测评的程序，组织党员进行评议。", "党员互评"),
        ("本规定所称国家秘密，是指关系国家安全和利益的事项，由法律规定。", "国家秘密"),
    ],
)
def test_quiz_questions_ask_for_what_tells(quote: str, answer: str) -> None:
    told = {Part.WHAT: (Point("p1", "", (excerpt(quote),)),)}
    (question,) = quiz(told, (), PLAIN, 3)
    assert question.answer == answer
    assert question.text.count(BLANK) == 1
    assert answer not in question.text


@pytest.mark.parametrize(
    "quote",
    [
        "2022年2月，工委部署开展专项工作，推动落实重要指示精神。",
        "党员要发挥作用，做好本职工作，带头干事创业。",
        "每月选取两个周四下午开展活动，由党员干部讲解成果。",
    ],
)
def test_dates_and_plain_words_are_not_asked_for(quote: str) -> None:
    assert quiz({Part.WHAT: (Point("p1", "", (excerpt(quote),)),)}, (), PLAIN, 3) == []


@given(st.text(alphabet="党“”、，。：0123456789年次（一二）是指\n", min_size=1, max_size=120))
def test_answers_are_words_of_the_excerpt(quote: str) -> None:
    for question in quiz({Part.HOW: (Point("p1", "", (excerpt(quote),)),)}, (), PLAIN, 8):
        assert question.answer
        assert question.answer in quote


def test_audiences_have_words() -> None:
    assert "书记" in words_for("党支部书记")
    assert "领导干部" in words_for("机关领导干部")
    assert "先锋模范" in words_for("普通党员")
    assert "入党" in words_for("入党积极分子")
    assert words_for("退休教师") == ("退休教师",)
    assert words_for(" ") == ()


def test_figures_of_the_same_thing() -> None:
    (a,), (b,) = (list(_figures(t)) for t in ("先进党支部达到320个。", "先进党支部达280个。"))
    (c,) = _figures("培训班320个。")
    assert a.is_of_the_same(b)
    assert a.value != b.value
    assert not a.is_of_the_same(c)


@given(
    st.text(alphabet="甲乙", max_size=30),
    st.text(alphabet="甲乙", min_size=1, max_size=4),
    st.integers(0, 40),
)
def test_words_are_found_again_wherever_they_stand(text: str, quote: str, near: int) -> None:
    from ingest.types import Document, Metadata

    document = Document("d", "", "", "", text, "", (), Metadata(), ())
    span = place_of(document, quote, near)
    assert (span is None) == (quote not in text)
    if span is not None:
        assert span.of(text) == quote
        others = [i for i in range(len(text)) if text.startswith(quote, i)]
        assert abs(span.start - near) == min(abs(i - near) for i in others)


def test_compose_leaves_the_home_alone(assistant: Assistant, corpus_home: Path) -> None:
    before = set(corpus_home.glob("*.sqlite3"))
    lesson_on(assistant, TOPICS[0])
    assert set(corpus_home.glob("*.sqlite3")) == before
