"""The structure of regulations: headings, 款 项 目, headers; regulations made at random are read back."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import ChunkSettings, chunk
from ingest.header import header_of
from ingest.library_rows import metadata_json, metadata_of
from ingest.metadata import extract
from ingest.numerals import chinese_number, to_chinese
from ingest.regulation_tree import Article, Regulation
from ingest.regulations import display, parse_regulation
from ingest.repair import repair
from ingest.sections import find_sections
from ingest.types import Metadata

TAIL = "\n第二条 本条例适用于各级机关。\n第三条 本条例自2019年5月6日起施行。\n"


def parsed(text: str) -> Regulation:
    regulation = parse_regulation(text)
    assert regulation is not None
    return regulation


def numbers(regulation: Regulation) -> list[tuple[int, int]]:
    return [(article.number, article.sub) for article in regulation.articles]


def shape(article: Article) -> list[list[int]]:
    """For each 款 the numbers of its 项."""
    return [[item.number for item in paragraph.items] for paragraph in article.paragraphs]


@given(st.integers(1, 9999))
def test_numerals_go_both_ways(number: int) -> None:
    assert chinese_number(to_chinese(number)) == number


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("一百二十", 120), ("一百〇三", 103), ("两百", 200), ("二〇", 20), ("１２", 12), ("十", 10)],
)
def test_numerals_of_headings(numeral: str, value: int) -> None:
    assert chinese_number(numeral) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第一条 甲。" + TAIL, [(1, 0), (2, 0), (3, 0)]),
        ("第一条为了做好工作。\n第二条适用于机关。\n第三条自发布之日起施行。", [(1, 0), (2, 0), (3, 0)]),
        ("第 一 条　甲。\n第 二 条　乙。\n第 三 条　丙。", [(1, 0), (2, 0), (3, 0)]),
        ("**第一条** 甲。\n\n**第二条**乙。\n\n### 第三条 丙。", [(1, 0), (2, 0), (3, 0)]),
        ("第一条\n甲。\n第二条\n乙。\n第三条\n丙。", [(1, 0), (2, 0), (3, 0)]),
        ("第1条 甲。\n第2条 乙。\n第3条 丙。", [(1, 0), (2, 0), (3, 0)]),
        ("第一条 甲。\n第一条之一 乙。\n第一条之二 丙。" + TAIL, [(1, 0), (1, 1), (1, 2), (2, 0), (3, 0)]),
        ("第一条 依照本条例第七条、\n第九条规定处理。" + TAIL, [(1, 0), (2, 0), (3, 0)]),
        ("第一条 违反本条例\n第二条 规定的，予以处分。" + TAIL, [(1, 0), (2, 0), (3, 0)]),
        ("第一条 甲。\n第二条规定的情形，从其规定。" + TAIL, [(1, 0), (2, 0), (3, 0)]),
        ("第一条 甲。\n第二十条第二款的情形除外。" + TAIL, [(1, 0), (2, 0), (3, 0)]),
        ("第一条 甲，没有句号\n第二条 乙。\n第三条 丙。", [(1, 0), (2, 0), (3, 0)]),
        ("第一条 甲。" + TAIL + "附件\n第一条 子。\n第二条 丑。", [(1, 0), (2, 0), (3, 0), (1, 0), (2, 0)]),
        ("第一条 甲。\n组织设置\n第三条 乙。\n第四条 丙。", [(1, 0), (3, 0), (4, 0)]),
        (
            "第一条 甲。\n第二条 乙，和\n第三条 丙。\n第三条 丁。\n第四条 戊。",
            [(1, 0), (2, 0), (3, 0), (4, 0)],
        ),
        ("第一百一十九条 甲。\n第一百二十条 乙。\n第一百二十条之一 丙。", [(119, 0), (120, 0), (120, 1)]),
        ("第四十条 甲。\n第四十二条 乙。\n第四十三条 丙。", [(40, 0), (42, 0), (43, 0)]),
    ],
)
def test_articles_begin_at_line_starts_only(text: str, found: list[tuple[int, int]]) -> None:
    assert numbers(parsed(text)) == found


@pytest.mark.parametrize(
    "text", ["", "第一条 甲。\n第二条 乙。", "第一条，坚持学习。\n第二条，坚持实干。\n第三条，坚持创新。"]
)
def test_what_is_no_regulation(text: str) -> None:
    assert parse_regulation(text) is None


@pytest.mark.parametrize(
    ("heading", "kind", "title"),
    [
        ("第一章 总则", "章", "第一章 总则"),
        ("第一章总则", "章", "第一章 总则"),
        ("第 一 章　总 则", "章", "第一章 总则"),
        ("## 第一章 总 则", "章", "第一章 总则"),
        ("**第一编 基本制度**", "编", "第一编 基本制度"),
        ("第一章\n总则", "章", "第一章 总则"),
        ("总 则", "总则", "总则"),
        ("总　纲\n中国共产党是先锋队。", "总纲", "总纲"),
        ("序言\n历史悠久。", "序言", "序言"),
        ("目录\n第一章 总则\n第二章 附则\n第一章 总则", "章", "第一章 总则"),
    ],
)
def test_divisions_before_the_first_article(heading: str, kind: str, title: str) -> None:
    divisions = parsed(f"某某条例\n{heading}\n第一条 甲。{TAIL}").divisions
    assert [(division.kind, division.title) for division in divisions] == [(kind, title)]


def test_divisions_nest_and_lose_no_article() -> None:
    text = (
        "第一编 甲\n第一章 乙\n第一节 丙\n第一条 一。\n第二节 丁\n第二条 二。\n第二章 戊\n第三条 三。\n"
        "管理监督\n第四条 四。\n附则\n第五条 五。\n附件1：名单\n名单一份。\n"
    )
    regulation = parsed(text)
    assert [(d.title, d.rank) for d in regulation.divisions] == [
        ("第一编 甲", 1),
        ("第一章 乙", 3),
        ("第一节 丙", 4),
        ("第二节 丁", 4),
        ("第二章 戊", 3),
        ("管理监督", 3),
        ("附则", 3),
        ("附件1：名单", 1),
    ]
    assert regulation.articles[4].span.of(text) == "第五条 五。"
    paths = [section.path for section in find_sections(text, Metadata())]
    assert ("第一编 甲", "第一章 乙", "第二节 丁", "第二条") in paths
    assert ("第一编 甲", "管理监督", "第四条") in paths
    assert paths[-1] == ("附件1：名单",)


def test_a_heading_that_lost_its_number_stands_over_the_next_article() -> None:
    text = "某某条例\n总则\n第一条 甲。\n组织设置\n第三条 乙。\n第四条 丙。\n附：名单\n张三"
    regulation = parsed(text)
    assert [d.title for d in regulation.divisions] == ["总则", "组织设置", "附：名单"]
    assert regulation.articles[-1].span.of(text) == "第四条 丙。"


def test_a_reference_to_a_chapter_is_no_heading() -> None:
    regulation = parsed("第一章 总则\n第一条 本法第二章、\n第三章适用于任免机关\n给予处分。" + TAIL)
    assert [division.title for division in regulation.divisions] == ["第一章 总则"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("甲。\n乙。", [[], []]),
        ("有下列情形的：\n（一）甲；\n（二）乙。\n丙。", [[1, 2], []]),
        ("（一）甲；\n（二）乙。", [[1, 2]]),
        ("如下：\n1.甲；\n2．乙；\n3、丙。", [[1, 2, 3]]),
        ("如下：\n①甲；\n②乙。", [[1, 2]]),
        ("如下：\n(1)甲；\n(2)乙。", [[1, 2]]),
        ("如下：\n（一）甲，\n续；\n（二）乙。\n再说明。\n（三）丙。\n丁。", [[1, 2, 3], []]),
        ("如下：\n（一）甲；\n（二）乙。\n另有：\n（一）丙；\n（二）丁。", [[1, 2], [1, 2]]),
        ("比例为\n1.5倍。", [[]]),
        ("开展\n3次活动。", [[]]),
        ("句子断在这里\n又接下去。\n第二款。", [[], []]),
    ],
)
def test_paragraphs_and_items(body: str, expected: list[list[int]]) -> None:
    assert shape(parsed(f"第一条 {body}{TAIL}").articles[0]) == expected


def test_points_below_items() -> None:
    article = parsed(f"第一条 如下：\n（一）甲：\n1.子；\n2.丑；\n（二）乙。{TAIL}").articles[0]
    (paragraph,) = article.paragraphs
    assert [(i.label, [s.label for s in i.subitems]) for i in paragraph.items] == [
        ("（一）", ["1.", "2."]),
        ("（二）", []),
    ]


# --- random regulations -----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "党组织应当加强教育管理",
        "依照本条例第七条、第九条规定办理",
        "按照前款第（二）项的要求",
        "坚持实事求是，注重实效",
        "每年开展1次评议，为期3个月",
        "（以下简称机关）负责指导",
    ]
)


@dataclass(frozen=True)
class Made:
    """A regulation to write: article numbers, and the numbers of 项 in every 款."""

    articles: tuple[tuple[tuple[int, int], tuple[int, ...]], ...]
    text: str


@st.composite
def regulations(draw: st.DrawFn) -> Made:
    """A regulation of three to twelve articles, its headings in one of the ways that people set them."""
    style = draw(st.sampled_from(["{} {}", "{}　{}", "{}{}", "**{}** {}", "# {} {}", "{}\n{}"]))
    spread = draw(st.booleans())
    number, sub, lines, articles = 0, 0, ["某某工作条例"], []
    for _ in range(draw(st.integers(3, 12))):
        added = number > 0 and draw(st.integers(0, 5)) == 0
        number, sub = (number, sub + 1) if added else (number + 1, 0)
        if draw(st.integers(0, 4)) == 0:
            lines.append(f"第{to_chinese(len(lines))}章 管理 监督")
        name = f"第{to_chinese(number)}条" + (f"之{to_chinese(sub)}" if sub else "")
        body, items = _body(draw)
        lines.append(style.format(" ".join(name) if spread else name, body))
        articles.append(((number, sub), items))
    return Made(tuple(articles), "\n".join(lines))


def _body(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    lines, counts = [], []
    for index in range(draw(st.integers(1, 3))):
        lead = "机关" + draw(WORDS) if index == 0 else draw(WORDS)
        count = draw(st.integers(0, 4))
        broken = draw(st.booleans())
        lead = lead.replace("、第", "、\n第") if broken else lead
        lines.append(lead + ("：" if count else "。"))
        for item in range(1, count + 1):
            words = draw(WORDS).replace("，", "，\n") if draw(st.booleans()) else draw(WORDS)
            lines.append(f"（{to_chinese(item)}）{words}" + ("。" if item == count else "；"))
        counts.append(count)
    return "\n".join(lines), tuple(counts)


@given(regulations())
def test_random_regulations_are_read_back(made: Made) -> None:
    for text in (made.text, repair(made.text).text):
        regulation = parsed(text)
        found = [((a.number, a.sub), tuple(len(p.items) for p in a.paragraphs)) for a in regulation.articles]
        assert found == list(made.articles)


@given(regulations() | st.text(alphabet="第一二三条章 \n。：（）1.、附件之#*", max_size=300))
def test_parts_lie_in_one_another_and_in_order(made: Made | str) -> None:
    text = made if isinstance(made, str) else made.text
    regulation = parse_regulation(text)
    if regulation is None:
        return
    at = 0
    for article in regulation.articles:
        assert article.span.start >= at
        at = article.heading.end
        for paragraph in article.paragraphs:
            assert paragraph.span.start >= at
            assert article.span.contains(paragraph.span)
            at = paragraph.span.start
            for item in paragraph.items:
                assert item.span.start >= at
                assert paragraph.span.contains(item.span)
                assert all(item.span.contains(subitem.span) for subitem in item.subitems)
                at = item.span.end
            at = paragraph.span.end
        assert article.span.end == at
    for one in regulation.divisions:
        assert one.span.contains(one.heading)
        for other in regulation.divisions:
            assert (
                not one.span.overlaps(other.span)
                or one.span.contains(other.span)
                or other.span.contains(one.span)
            )


@given(regulations())
def test_passages_of_a_regulation_tile_it_and_keep_items_whole(made: Made) -> None:
    settings = ChunkSettings(least=10, target=40, most=60, hard=500)
    passages = chunk("d", made.text, find_sections(made.text, Metadata()), settings)
    assert "".join(passage.text for passage in passages) == made.text
    starts = {passage.span.start for passage in passages}
    for article in parsed(made.text).articles:
        for item in (item for paragraph in article.paragraphs for item in paragraph.items[1:]):
            assert not any(item.span.start < start < item.span.end for start in starts)


def test_an_article_that_fits_is_one_passage() -> None:
    text = "第一条 " + "\n".join(["党组织应当加强教育管理，每年开展评议。" * 3] * 5) + TAIL
    passages = chunk("d", text, find_sections(text, Metadata()))
    assert [passage.text[:3] for passage in passages] == ["第一条", "第二条", "第三条"]


@pytest.mark.parametrize(
    "text",
    [
        "第" * 300_000,
        "第一" * 150_000 + "条",
        " " * 500_000,
        ("\u2003" * 500 + "\n") * 1000,
        "第一条 甲。\n" * 40_000,
        "第一条\n（一）\n1.\n" * 20_000,
        "#" * 300_000,
        "第一章" * 100_000,
        "附件\n" * 80_000,
        "总则\n第一章 总则\n" * 30_000,
        "第" + "九" * 300_000 + "条",
        "第一条 " + "（一）甲；\n乙。\n" * 40_000 + TAIL,
        "2019年5月6日" * 40_000 + "\n第一条 甲。" + TAIL,
    ],
    ids=lambda text: text[:6].strip() or "blank",
)
def test_hostile_text_is_read_in_time_and_never_raises(text: str) -> None:
    started = time.process_time()
    regulation = parse_regulation(text)
    if regulation:
        header_of(text, regulation)
    assert time.process_time() - started < 6


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    regulation = parse_regulation(text)
    assert regulation is None or all(a.span.end <= len(text) for a in regulation.articles)
    assert isinstance(extract(text + TAIL + "\n第一条 甲。", Metadata()), Metadata)


# --- headers ----------------------------------------------------------------------------------------------------


def test_a_header_with_a_history() -> None:
    text = (
        "中国共产党某某工作条例\n（2009年11月5日中共中央政治局常委会会议审议批准，2010年8月13日中共中央发布，"
        "2021年4月16日中共中央修订）\n第一章 总则\n第一条 甲。\n第二条 乙。\n第三条 本条例自发布之日起施行。\n"
    )
    known = extract(text, Metadata())
    assert (known.title, known.source) == ("中国共产党某某工作条例", "中共中央")
    assert (known.published, known.effective) == ("2021-04-16", "2021-04-16")


def test_a_red_head_and_a_notice_above_the_title() -> None:
    text = (
        "中共中央办公厅文件\n中办发〔2019〕5号\n中共中央办公厅关于印发《某某规定》的通知\n《某某规定（试行）》\n"
        "第一条 甲。" + TAIL
    )
    known = extract(text, Metadata())
    assert (known.title, known.source) == ("某某规定（试行）", "中共中央办公厅")
    assert (known.document_number, known.effective) == ("中办发〔2019〕5号", "2019-05-06")
    assert known.published == ""


def test_an_amended_act_does_not_guess_when_it_came_into_force() -> None:
    text = (
        "中华人民共和国某某法\n1992年4月3日 第七届全国人民代表大会第五次会议通过\n"
        "2021年12月24日 第十三届全国人民代表大会常务委员会第三十二次会议《关于修改〈某某法〉的决定》第三次修正\n"
        "第一条 甲。\n第二条 乙。\n第三条 本法自公布之日起施行。"
    )
    known = extract(text, Metadata(title="登记的题目", effective="2022-01-01"))
    assert known.title == "中华人民共和国某某法"
    assert (known.published, known.source) == ("2021-12-24", "全国人民代表大会常务委员会")
    assert known.effective == "2022-01-01"


def test_stored_metadata_of_before_and_of_now_are_read() -> None:
    assert metadata_of('{"title":"旧"}') == Metadata(title="旧")
    known = Metadata(title="新", document_number="国务院令第786号", effective="2024-09-01")
    assert metadata_of(metadata_json(known)) == known


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("总 则", "总则"),
        ("党 员", "党员"),
        ("理论武装 凝心铸魂", "理论武装 凝心铸魂"),
        ("纪 律 处 分", "纪律处分"),
    ],
)
def test_titles_are_shown_without_strays(title: str, shown: str) -> None:
    assert display(title) == shown


def test_traditional_script_is_read_and_its_titles_are_as_written() -> None:
    text = (
        "第一章 總則\n第一條 為規範學習，制定本辦法。\n第二條 學習應當：\n（一）聯繫實際；\n（二）學以致用。\n"
        "第二章\n組織 與領導\n第三條 由書記負責。\n附則\n第四條 自發布之日起施行。"
    )
    regulation = parse_regulation(text)
    assert regulation is not None
    assert [division.title for division in regulation.divisions] == [
        "第一章 總則",
        "第二章 組織 與領導",
        "附則",
    ]
    assert [article.title for article in regulation.articles] == [f"第{n}條" for n in "一二三四"]
    assert [item.span.of(text) for item in regulation.articles[1].paragraphs[0].items] == [
        "（一）聯繫實際；",
        "（二）學以致用。",
    ]
