"""Answers are complete for each kind of question: over small texts of our own, in words that no rule was written for."""

from __future__ import annotations

import pytest

from ingest.types import Metadata, Span
from retriever.analyzer import Analyzer
from service.answering.chronicle import (
    asks_history,
    force_article,
    front_lines,
    named_documents,
)
from service.answering.compose import Point
from service.answering.demands import asks_number, has_number, is_about, measure_of, names_of
from service.answering.figures import date_in, dated
from service.answering.outline import asks_only_for, asks_whole, lead_sentences, section_named
from service.answering.question import understand
from service.answering.series import series_in
from service.answering.structure import member_points, outline_points
from service.types import Kind
from tests.answer_fakes import ANALYZER, document

REGULATION = """社区图书室管理办法
2011年3月2日 某市人民政府第5次常务会议通过
2019年8月15日 某市人民政府第31次常务会议修订
第一章 总则
第一条 为了办好社区图书室，方便居民阅读，制定本办法。
第二条 社区图书室由社区居民委员会管理，街道办事处给予指导。
第二章 借阅
第三条 居民凭借阅证借书，每次不超过五册。
第四条 借书期限为三十日，可以续借一次。
第三章 附则
第五条 本办法自2019年10月1日起施行。《居民阅览室管理规定》同时废止。
"""
SPEECH = """在农村道路养护动员会上的讲话

同志们，今天开会部署道路养护工作，请大家认真落实。

一、认清道路养护的重要意义

(一)养护道路是方便群众出行的民生工程

路好不好走，群众最有发言权。

(二)养护道路是促进农产品外销的实际行动

路通了，菜才能卖得出去。

二、抓好道路养护的重点任务

第一，查清底数。各乡镇要把破损路段逐一登记。第二，分段包干。每一段路都要有人负责。第三，定期巡查。巡查记录要存档。
"""


def texts(points: list[Point]) -> list[str]:
    return [point.span.of(point.document.text) for point in points]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("图书室一共有多少册书", True),
        ("续借期是几天", True),
        ("办证要几个工作日", True),
        ("啥时候开门", True),
        ("有几名管理员", True),
        ("参加的人占比", True),
        ("好几个居民反映没书看，怎么办", False),
        ("帮我归纳几条管理要求", False),
        ("这几年成立过哪些小组", False),
        ("养护分哪几个步骤", False),
        ("整个工程有几个阶段", False),
        ("请列举几条措施", False),
    ],
)
def test_a_number_is_asked_for_only_where_every_answer_holds_one(question: str, number: bool) -> None:
    assert asks_number(question) is number


@pytest.mark.parametrize(
    ("text", "measure", "holds"),
    [
        ("须有三分之二以上的人同意", "人", True),
        ("旷工超过十五个工作日", "天", True),
        ("须过半数通过", "", True),
        ("自收到之日起三十日内", "天", True),
        ("每次不超过五册书", "天", False),
        ("参加活动的人次突破百万", "人", True),
        ("参加活动的人次逐年增加", "人", False),
        ("去年起开展", "", True),
        ("应当妥善保管", "", False),
        ("备选的地块三处", "", True),
        ("这里有一种办法", "", False),
    ],
)
def test_numbers_in_their_measures(text: str, measure: str, holds: bool) -> None:
    assert has_number(text, measure) is holds


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("浙江2021年修了多少公里路", ("浙江", "2021")),
        ("2024年动员会讲话提了什么要求", ()),
        ("2019年的办法对借书怎么规定", ()),
        ("2023—2025年行动计划的目标", ()),
        ("2012年以来修了几次", ()),
        ("我2020年6月入职，年限怎么算", ()),
        ("从2019年到现在有哪些变化", ()),
        ("2020年和2022年各办了几次活动", ("2020", "2022")),
        ("云南第一党支部的做法", ("云南", "第一党支")),
        ("2018年通过的章程", ()),
    ],
)
def test_years_that_name_a_text_are_not_demanded(question: str, names: tuple[str, ...]) -> None:
    found = names_of(question)
    assert tuple(name[:4] for name in found) == names
    assert is_about("".join(found), found)


@pytest.mark.parametrize(
    ("question", "text", "meets"),
    [
        ("借阅证从哪一年算起", "借阅证的年限从领证之日起计算。", True),
        ("借阅证从哪一年算起", "借阅证由管理员发放。", False),
        ("书架多久清点一次", "管理员应当定期清点书架。", True),
        ("书架多久清点一次", "管理员应当清点书架。", False),
        ("读者一年也就来几次，书该怎么管", "管理员应当把书收好。", True),
        ("读者一年可以续借几次", "读者可以续借。", False),
        ("心得最晚哪天要交", "每人写一份不少于1500字的心得。", False),
        ("心得最晚哪天要交", "心得于月底前交给楼长。", True),
        ("新书什么时候上架", "新书编号后立即上架。", True),
        ("老馆员啥时候在图书室", "老馆员逢集日上午在图书室修书。", True),
        ("什么时候最要防火", "晚上10点到凌晨最要防火。", True),
        ("新书什么时候上架", "〔2024〕12号文件规定了上架的办法。", False),
    ],
)
def test_what_a_question_of_time_takes_for_an_answer(question: str, text: str, meets: bool) -> None:
    assert (not asks_number(question) or has_number(text, measure_of(question))) is meets


@pytest.mark.parametrize(
    ("question", "name", "only"),
    [
        ("借书办法讲了什么", "借书办法", True),
        ("国务院的借书办法具体是哪八条？", "借书办法", True),
        ("请介绍一下借书办法的主要内容", "借书办法", True),
        ("借书办法一共有几章", "借书办法", True),
        ("什么是借书办法", "借书办法", True),
        ("借书办法对押金怎么规定", "借书办法", False),
        ("借书办法的罚则是什么", "借书办法", False),
        ("借书办法是谁发布的", "借书办法", False),
        ("怎么借书", "", False),
    ],
)
def test_questions_for_the_whole_of_a_text(question: str, name: str, only: bool) -> None:
    assert asks_only_for(question, name) is only


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("图书室管理办法是哪年通过的", True),
        ("这个办法改过几次", True),
        ("办法什么时候开始施行", True),
        ("办法的施行日期", True),
        ("它取代了什么规定", True),
        ("那篇报道哪天登的", True),
        ("新办法一来哪个规定就作废了", True),
        ("历次修订的情况", True),
        ("办法何时公布", True),
        ("图书室几点开门", False),
        ("怎样改进管理办法", False),
        ("哪些书可以借", False),
    ],
)
def test_questions_about_the_history_of_a_text(question: str, asks: bool) -> None:
    assert asks_history(question) is asks


def test_a_text_tells_its_dates_in_header_and_last_articles() -> None:
    source = document(REGULATION)
    header, article = front_lines(source), force_article(source)
    assert header is not None
    assert article is not None
    assert header.of(REGULATION).startswith("2011年3月2日")
    assert header.of(REGULATION).endswith("修订")
    assert article.of(REGULATION).startswith("第五条")
    assert article.of(REGULATION).endswith("同时废止。")
    assert front_lines(document("只有一段话，没有日期。\n")) is None


def test_the_name_of_another_text_is_not_cut_down_to_fit() -> None:
    titles = [("a", "信访工作条例"), ("b", "中华人民共和国公务员法")]
    assert named_documents("现行的信访工作条例哪天发布", titles) == (["a"], "信访工作条例")
    assert named_documents("公务员法改过几次", titles)[0] == ["b"]
    assert named_documents("干部考核工作条例哪年施行", titles)[0] == []
    assert named_documents("图书室哪天开门", titles) == ([], "")


def test_a_section_is_named_by_number_or_heading() -> None:
    source = document(SPEECH, metadata=Metadata(title="在农村道路养护动员会上的讲话", kind="讲话"))

    def path(question: str) -> str:
        section = section_named(understand(question, ANALYZER), source)
        return section.path[-1][:2] if section else ""

    assert path("讲话第二部分讲了什么") == "二、"
    assert path("最后一部分说了什么") == "二、"
    assert path("概括一下道路养护的重要意义") == "一、"
    assert path("第九部分讲了什么") == ""
    assert asks_whole(understand("这篇讲话讲了什么", ANALYZER), source)
    assert not asks_whole(understand("概括一下冬季除雪车辆的调度安排", ANALYZER), source)


def test_of_sections_about_the_same_the_side_asked_about_decides() -> None:
    text = (
        "一、认清修好全乡所有灌溉水渠的意义\n\n水是庄稼的命。\n\n二、把握修好全乡所有灌溉水渠的步骤\n\n先查后修。\n\n"
        "三、做好修好全乡所有灌溉水渠的保障\n\n各村出工。\n"
    )
    source = document(text, metadata=Metadata(title="在水渠整修会上的讲话", kind="讲话"))
    asked = "讲话从哪几个方面讲修好全乡所有灌溉水渠"
    section = section_named(understand(f"{asked}为什么重要", ANALYZER), source)
    assert section is not None
    assert section.path[-1].startswith("一、")
    assert section_named(understand(asked, ANALYZER), source) is None


def test_outlines_have_every_part_or_none() -> None:
    source = document(SPEECH, metadata=Metadata(title="在农村道路养护动员会上的讲话", kind="讲话"))
    whole = texts(outline_points(understand("这篇讲话讲了什么", ANALYZER), source))
    assert [line[:2] for line in whole] == ["一、", "二、"]
    first = texts(outline_points(understand("讲话第一部分讲了什么", ANALYZER), source))
    assert [line[:3] for line in first] == ["(一)", "(二)"]
    assert outline_points(understand("讲话第一部分提了哪五条意义", ANALYZER), source) == []


def test_numbered_sentences_are_a_list() -> None:
    source = document(SPEECH)
    (series,) = series_in(source)
    assert [span.of(SPEECH)[:7] for span in series.members] == [
        "第一，查清底数",
        "第二，分段包干",
        "第三，定期巡查",
    ]
    points = member_points(understand("养护提了哪三项任务", ANALYZER), [source], lambda text: 1.0)
    assert len(points) == 3
    assert member_points(understand("养护提了哪六项任务", ANALYZER), [source], lambda text: 1.0) == []


def test_leading_sentences_are_verbatim_and_whole() -> None:
    for span in lead_sentences(document(SPEECH), Span(0, len(SPEECH))):
        assert span.of(SPEECH).endswith("。")
        assert "\n" not in span.of(SPEECH)


def test_figures_of_different_dates_stand_beside_each_other() -> None:
    old = document("截至2021年6月，全市建成图书室120个。", "a", Metadata(published="2021-07-01"))
    new = document("目前全市建成图书室305个。", "b", Metadata(published="2024-03-02"))
    points = [Point(d, Span(0, len(d.text)), (), Span(0, len(d.text)), 1.0) for d in (old, new)]
    assert [(p.document.id, p.label) for p in dated(points, "图书室")] == [
        ("b", "2024年3月2日"),
        ("a", "2021年6月"),
    ]
    assert dated(points[:1], "图书室") == points[:1]
    assert dated(points, "阅览室") == points
    assert date_in("去年新建18个。", new) == "2023"
    assert date_in("新建18个。", document("新建18个。", "c", Metadata())) == ""


@pytest.mark.parametrize(
    ("question", "kind", "members"),
    [
        ("借书证分几种", Kind.LIST, 0),
        ("道路养护分为几个阶段", Kind.LIST, 0),
        ("经费可以用在哪些地方", Kind.LIST, 0),
        ("有哪些支部做得好", Kind.CASE, 0),
        ("“三强”要求在哪四个“严”上用力", Kind.LIST, 4),
        ("二十大报告提出的六项要求是什么", Kind.LIST, 6),
        ("三局支部有哪些活动", Kind.LIST, 0),
        ("一次能借几册书", Kind.HOWTO, 0),
        ("一共建成多少个图书室", Kind.FACT, 0),
        ("归纳一下道路养护的任务", Kind.SUMMARY, 0),
    ],
)
def test_kinds_and_numbers_of_members(question: str, kind: Kind, members: int) -> None:
    asked = understand(question, ANALYZER)
    assert (asked.kind, asked.members) == (kind, members)


def test_the_noun_counted_may_stand_before_the_number() -> None:
    assert understand("到年底累计有多少了？", ANALYZER).counted == ""
    assert understand("社区图书室到底建了多少个？我看说法不一", ANALYZER).counted.endswith("图书室")


@pytest.mark.parametrize(
    "question", ["七大工程是哪七个", "七大工程是哪七项？", "七大工程分别是什么", "哪七大工程"]
)
def test_what_is_counted_is_named_once(question: str) -> None:
    asked = understand(question, ANALYZER)
    assert (asked.members, asked.thing) == (7, "工程")


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("预备期为一年。", True),
        ("应当在30个工作日内答复。", True),
        ("每半年至少召开一次会议。", True),
        ("一般不少于三个月。", True),
        ("要有两名正式党员作介绍人。", False),
        ("2019年印发了这份意见。", False),
        ("共有5条措施。", False),
    ],
)
def test_how_long_is_answered_by_a_span_of_time(text: str, long: bool) -> None:
    measure = measure_of("要培养考察多长时间")
    assert measure == measure_of("多久开一次")
    assert has_number(text, measure) is long


@pytest.mark.parametrize("question", ["公务员可以兼职吗？", "预备党员能不能参加选举", "这种情况是否需要回避"])
def test_a_yes_or_no_question_is_answered_in_few_points(question: str) -> None:
    assert understand(question, Analyzer()).kind is Kind.FACT


def test_a_year_before_dates_only_what_stands_in_its_clause() -> None:
    text = "在去年规划的基础上印发方案，3年来评定的支部累计达到5354个。"
    paper = document(text, metadata=Metadata(published="2024-12-07"))
    assert date_in(text, paper, "支部") == "2024-12-07"
    assert date_in("去年评定支部2128个。", paper, "支部") == "2023"
