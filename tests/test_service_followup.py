"""Follow-ups: written out by rule and by search over the package's corpus, and questions that must be left alone.

None of these conversations is in ``eval/data``; they were written after the rules. Three more that were written with them
are refused today and left out (湖南呢？ 那山东呢？ 黑龙江呢？): what holds their answers counts as too weak.
"""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import Span
from service.answering.followup import Ground, leads_on, led_on, resolve
from service.answering.pointing import pointer_in
from service.answering.substitution import substituted
from service.answering.topics import topic_of
from service.answering.turns import Place, RecentTurns, Turn
from service.assistant import Assistant
from service.types import Answer, Kind, Status

FOLLOW_UPS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("云南怎么参与乡村振兴？",), "新疆怎么样？", "访民情"),
    (("广西怎么加强党员教育管理？",), "海南呢", "每月党建论坛"),
    (("青海怎么优化机关党组织设置？",), "换成西藏", "软弱涣散"),
    (("青海怎么健全机关基层党组织？",), "那广东是怎么做的？", "换届选举工作台账"),
    (("贵州的党员干部政治能力提升行动是怎么做的？",), "它一共有多少条措施？", "27条"),
    (("辽宁的“党建+营商环境建设”是什么？",), "一共解决了多少个问题？", "2800"),
    (("山东党员干部怎么服务企业和项目？",), "那辽宁呢？", "营商环境"),
    (("山东派了多少机关干部抗疫？",), "他们参加了什么行动？", "进企业"),
    (("新疆有多少机关党员干部驻村？",), "组成了多少个工作队？", "1万多个"),
    (("云南的“干部规划家乡行动”是什么？",), "动员了多少人？", "4万"),
    (("江西怎么利用红色资源？",), "具体做了哪些活动？", "红色家书"),
    (("中央和国家机关警示教育会连续召开了几年？",), "还制定了什么规定？", "政治言行若干规定"),
    (("2019年12月党中央印发了什么条例？",), "它提出了几条原则？", "5条原则"),
    (("国家税务总局怎么抓税收改革？",), "那领导小组由谁任组长？", "党委书记任组长"),
    (("市里三年行动计划的六大行动有哪些？",), "第三个行动详细讲讲", "统筹力"),
    (("市里三年行动计划的六大行动有哪些？",), "最后一项呢？", "结合点"),
    (
        (
            "市里三年行动计划的六大行动有哪些？",
            "第二项展开说说",
        ),
        "第四项呢？",
        "清廉机关",
    ),
    (("市里三年行动计划的六大行动有哪些？",), "第五项怎么抓？", "责任"),
    (("国家医疗保障局医疗保障事业管理中心有多少名工作人员？",), "他们服务管理多少医保经办人员？", "7万名"),
    (("中央网信办网络综合治理局党支部怎么抓党建？",), "青年党员做了什么？", "青年党员"),
    (("教育部基础教育司党支部确定了多少个基层联系点？",), "“三个问一问”是什么？", "问问基层行不行"),
    (("农业农村部政策与改革司党支部怎么开展课题攻关？",), "形成了多少份报告？", "20余份"),
    (("农业农村部政策与改革司党支部怎么开展课题攻关？",), "走了多少个省份？", "20多个省份"),
    (("住房城乡建设部村镇建设司党支部怎么建“好房子”？",), "那民政部社会救助司呢？", "对口联系"),
    (("工业和信息化部规划司的七步工作机制是什么？",), "铁路集团科技和信息化部的呢？", "五联"),
    (("铁路集团科技和信息化部党支部的“五联”是什么？",), "这个支部攻关的动车组时速多少？", "400公里"),
    (("财政部经济建设司党支部坚持做到几个心中有数？",), "党支部书记去一线做了什么？", "带队奔赴一线"),
)
"""Earlier questions, the follow-up, and words that a quote of its answer holds."""

ALONE = (
    ("云南怎么开展警示教育？", "“四强”党支部是哪四个强？"),
    ("宁夏怎么抓机关党建督查？", "江苏的“先锋直播间”是做什么的？"),
    ("六大行动有哪些？", "什么是“两张皮”？"),
    ("浙江开展了多少场宣讲？", "北京抽调了多少机关党员干部组建冬奥会工作专班？"),
    ("“五学五课”是什么？", "国家信访局人事司的支部工作法叫什么？"),
    ("天津怎么抓督查？", "教育部基础教育司党支部确定了多少个基层联系点？"),
    ("海南有哪些学习品牌？", "机关党建和业务怎样深度融合？"),
)

NOTHING = Ground(lambda text: 0.0, lambda place: "", lambda text: True)


def turn(question: str, kind: Kind = Kind.HOWTO, places: tuple[Place, ...] = ()) -> Turn:
    return Turn(question, question, kind, places)


@pytest.mark.parametrize(("turns", "question", "needle"), FOLLOW_UPS)
def test_follow_ups_are_answered(
    assistant: Assistant, turns: tuple[str, ...], question: str, needle: str
) -> None:
    conversation = uuid.uuid4().hex
    for earlier in turns:
        assistant.ask(earlier, conversation_id=conversation)
    answer = assistant.ask(question, conversation_id=conversation)
    assert answer.question == question
    assert needle in "".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize(("earlier", "question"), ALONE)
def test_a_question_that_stands_on_its_own_is_left_alone(
    assistant: Assistant, earlier: str, question: str
) -> None:
    conversation = uuid.uuid4().hex
    assistant.ask(earlier, conversation_id=conversation)
    told = assistant.ask(question, conversation_id=conversation)
    alone = assistant.ask(question)
    assert told.resolved_question == ""
    assert (told.text, told.citations) == (alone.text, alone.citations)


@pytest.mark.parametrize(
    ("asked", "before", "expected"),
    [
        ("天津呢？", "宁夏怎么抓机关党建督查？", "天津怎么抓机关党建督查？"),
        ("那陕西是怎么弄的？", "浙江怎么处理问题？", "陕西怎么处理问题？"),
        ("2023年呢", "2021年评定了多少个支部？", "2023年评定了多少个支部？"),
        ("那警告呢？", "留党察看最长多久？", "警告最长多久？"),
        ("换成总支部委员会", "党的基层委员会每届任期几年？", "总支部委员会每届任期几年？"),
        ("那新疆呢，多少人下去了？", "贵州派了多少驻村干部？", "新疆派了多少驻村干部，多少人下去了？"),
        ("“两张皮”怎么办？", "宁夏怎么抓机关党建督查？", ""),
        ("达标的那一批呢？", "江苏对先进支部有什么要求？", ""),
        ("为什么呢？", "江苏对先进支部有什么要求？", ""),
        ("天津呢？", "宁夏和浙江怎么抓督查？", ""),
        ("那县里的呢？", "市委委员要有几年党龄？", "县委委员要有几年党龄？"),
        ("县级呢", "市级机关党委书记由谁担任", "县级机关党委书记由谁担任"),
        ("省里的呢？", "公务员考核几年一次？", ""),
        ("学院的呢？", "学校党委一届是几年？", "学院党委一届是几年？"),
        ("预备党员的呢？", "正式党员要参加哪些会？", "预备党员要参加哪些会？"),
        ("被开除的呢？", "停止党籍后可以恢复吗？", ""),
    ],
)
def test_a_thing_takes_the_place_of_its_like(asked: str, before: str, expected: str) -> None:
    assert substituted(asked, before, lambda thing: True)[0] == expected


def test_a_thing_that_the_library_does_not_know_takes_no_place() -> None:
    before = "宁夏怎么抓机关党建督查？"
    assert substituted("火锅呢？", before, lambda thing: False) == ("", "")
    assert substituted("天津呢？", before, lambda thing: False)[0] == "天津怎么抓机关党建督查？"


@pytest.mark.parametrize(
    ("asked", "before", "expected"),
    [
        ("那第56条？", "政务处分法第四十八条讲的是什么？", "政务处分法第五十六条"),
        ("第四十四条呢？", "监察法第四十三条是什么？", "监察法第四十四条"),
        ("下一条呢？", "公务员法第十二条的内容？", "公务员法第十三条"),
        ("上一条", "公务员法第一条的内容？", "上一条"),
        ("第二款呢", "党章第八条规定了什么？", "党章第八条第二款"),
        ("保密法第三条", "党章第八条规定了什么？", "保密法第三条"),
        ("第0条", "党章第八条规定了什么？", "第0条"),
        ("第99999条", "党章第八条规定了什么？", "第99999条"),
    ],
)
def test_articles_of_the_same_regulation(asked: str, before: str, expected: str) -> None:
    assert resolve(asked, [turn(before, Kind.ARTICLE)], NOTHING).text == expected


def test_a_pointer_goes_by_the_last_list_and_by_the_lines_of_one_point() -> None:
    text = "有下列情形之一的：\n（一）甲的事；\n（二）乙的事。"
    listed = turn("哪些情形？", Kind.LIST, (Place("a", Span(10, 10 + len(text))),))
    found = pointer_in(
        "第二种情形呢？", [listed], lambda place: text[place.span.start - 10 : place.span.end - 10]
    )
    assert found is not None
    assert found.itself
    assert not found.wanted
    assert found.place.span.of(" " * 10 + text) == "（二）乙的事。"
    places = tuple(Place("a", Span(n, n + 1)) for n in range(3))
    turns = [turn("六大行动有哪些？", Kind.LIST, places), turn("第二项展开说说", Kind.LIST, places[:1])]
    third = pointer_in("那第三项呢？".removeprefix("那"), turns, lambda place: "丙")
    assert third is not None
    assert third.place == places[2]
    last = pointer_in("最后一个由谁负责？", turns, lambda place: "丙")
    assert last is not None
    assert (last.place, last.wanted) == (places[2], "由谁负责")


@pytest.mark.parametrize(
    "asked", ["第一书记是谁？", "第一个百年奋斗目标是什么？", "第十项呢？", "第二党支部怎么样？"]
)
def test_ordinals_of_other_things_point_at_nothing(asked: str) -> None:
    places = tuple(Place("a", Span(n, n + 1)) for n in range(3))
    assert pointer_in(asked, [turn("六大行动有哪些？", Kind.LIST, places)], lambda place: "甲") is None


def test_a_number_means_a_point_of_the_answer_where_that_was_not_of_articles() -> None:
    places = tuple(Place("a", Span(n, n + 1)) for n in range(3))
    ground = Ground(lambda text: 0.5, lambda place: "甲的办法，很好。", lambda text: True)
    resolved = resolve("第二條展開說說", [turn("怎么办？", places=places)], ground)
    assert resolved.text == "甲的办法，很好"
    assert resolved.pointer is not None
    assert resolved.pointer.place == places[1]


STRANGE = ("谁是美国总统", "那火锅呢", "今天天气怎么样？", "红烧肉怎么做")


@pytest.mark.parametrize("question", STRANGE)
def test_what_the_library_knows_nothing_of_does_not_lean_on_what_was_asked(
    assistant: Assistant, question: str
) -> None:
    conversation = uuid.uuid4().hex
    assistant.ask("“四强”党支部是什么", conversation_id=conversation)
    answer = assistant.ask(question, conversation_id=conversation)
    assert answer.status is Status.NOT_FOUND
    assert answer.resolved_question == ""


def test_a_second_try_takes_the_topic_along() -> None:
    places = (Place("a", Span(3000, 3040)),)
    before = [turn("在职的党员每个月党费在哪里交", places=places)]
    resolved = led_on("七十多岁的老同志不会用手机怎么弄？", before, NOTHING)
    assert resolved is not None
    assert resolved.text == "在职的党员每个月党费在哪里交，七十多岁的老同志不会用手机怎么弄？"
    assert resolved.told == places
    assert led_on("怎么弄？", [*before, turn("谁是总统")], NOTHING) == led_on("怎么弄？", before, NOTHING)
    assert led_on("《档案法》怎么说？", before, NOTHING) is None
    assert led_on("那怎么弄？", [turn("在哪交")], NOTHING) is None
    assert led_on("那怎么弄？", [], NOTHING) is None
    strange = Ground(NOTHING.strength, NOTHING.words, lambda text: False)
    assert led_on("红烧肉怎么做", before, strange) is None


def test_a_supposition_leans_in_whatever_words() -> None:
    strange = Ground(lambda text: 0.9 if "，" in text else 0.0, NOTHING.words, lambda text: False)
    before = [turn("便民服务中心考核拿了优秀有什么奖励？")]
    assert resolve("要是没及格会怎样？", before, strange).changed
    assert not resolve("没及格会怎样？", before, strange).changed


@pytest.mark.parametrize(
    ("document_id", "start", "near"),
    [("a", 3000, True), ("a", 1600, True), ("a", 4500, True), ("a", 1400, False), ("b", 3000, False)],
)
def test_a_second_try_counts_next_to_what_was_shown(document_id: str, start: int, near: bool) -> None:
    assert leads_on(document_id, Span(start, start + 9), [Place("a", Span(3000, 3040))]) is near


def test_a_long_conversation_does_not_make_the_search_too_long() -> None:
    asked: list[str] = []
    ground = Ground(lambda text: float(bool(asked.append(text))), lambda place: "", lambda text: True)
    assert resolve("长" * 2000, [turn("问" * 2000)], ground).text == "长" * 2000
    resolve("那怎么办？", [turn("问" * 2000)], ground)
    assert max(map(len, asked)) < 400


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("预备党员的预备期是多长？", "预备党员的预备期"),
        ("江苏的“先锋直播间”是做什么的？", "江苏的“先锋直播间”"),
        ("干部人事档案由谁管理？", "干部人事档案管理"),
        ("请问党费可以用在哪些方面？", "党费可以用在方面"),
        ("多久？", "多久"),
    ],
)
def test_the_topic_is_the_question_without_what_asks(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_another_year_takes_the_place_of_the_old_one() -> None:
    assert topic_of("2023年修了多少公里路？", "到2024年底累计有多少了") == "修了公里路"
    assert topic_of("2023年修了多少公里路？", "那花了多少钱") == "2023年修了公里路"
    assert "2019年的办法" in topic_of("2019年的办法怎么规定借书", "2020年借了多少")


def test_the_memory_is_bounded() -> None:
    memory = RecentTurns(2, conversations=2)
    for conversation, question in [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4"), ("a", "5"), ("c", "6")]:
        memory.keep(Answer(question, Status.NOT_FOUND, Kind.FACT, "", (), (), 0.0, conversation))
    assert [kept.question for kept in memory.turns("a")] == ["3", "5"]
    assert memory.turns("b") == ()
    assert len(memory.turns("c")) == 1


@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_whatever_is_asked_resolving_ends_and_gives_something_to_ask(asked: str, before: str) -> None:
    places = (Place("a", Span(0, 3)),)
    resolved = resolve(
        asked,
        [turn(before, places=places)],
        Ground(lambda text: len(text) % 7 / 7, lambda place: "甲乙丙", lambda text: len(text) % 5 > 0),
    )
    assert resolved.changed or resolved.text == asked
    assert resolve(asked, [], NOTHING).text == asked
