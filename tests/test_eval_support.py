"""The pairs that measure the check of a language model's sentences, and their table."""

from __future__ import annotations

from eval.support import Judged, chosen, table, wilson
from eval.support_pairs import Pair, make_pairs, sorts

TEXTS = [
    "党支部每年至少召开2次组织生活会，每次不少于3人参加，支部书记应当主持，党员不得无故缺席。"
    "支部委员会要加强学习、教育、管理、监督工作，定期研究问题，形成会议记录。"
    "上级党组织应当及时批准支部的请示，支部要按月收缴党费，按季度公示党费情况。"
    "机关工委建立督查制度，定期检查各支部工作，对发现的问题限期整改。"
    "第五次全体会议听取了工作报告，与会同志围绕报告展开了讨论，提出了修改意见。"
    "组织委员负责发展党员工作，宣传委员负责学习教育，纪检委员负责监督执纪。",
    "厂区食堂每天供应三餐，菜品由后勤部门采购，职工可以按成本价就餐，不得浪费粮食。",
]


def terms(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(0, len(text) - 1, 2)]


def test_the_same_texts_give_the_same_pairs_of_both_kinds() -> None:
    pairs = make_pairs(TEXTS, terms, 10)
    assert pairs == make_pairs(TEXTS, terms, 10)
    assert len(set(pairs)) == len(pairs)
    assert {pair.supported for pair in pairs} == {True, False}
    known = dict(sorts())
    assert all(known[pair.sort] is pair.supported for pair in pairs)
    assert {pair.sort for pair in pairs} >= {"前几个分句", "数字改动", "去掉否定", "换成反义", "多说一个分句"}


def test_an_unsupported_sentence_is_not_in_its_text() -> None:
    assert all(p.sentence not in p.cited for p in make_pairs(TEXTS, terms, 10) if not p.supported)


def test_the_threshold_lets_few_of_the_unsupported_pass() -> None:
    good, bad = Pair("加连接词", True, "甲", "甲"), Pair("换成反义", False, "乙", "甲")
    judged = [Judged(good, "", 0.9)] * 50 + [Judged(bad, "", 0.7)] * 10 + [Judged(bad, "数字", 1.0)] * 90
    assert chosen(judged) == 0.71
    shown = table(judged, 0.71)
    assert "| 加连接词 | 是 | 50 | 100.0% |" in shown
    assert "| 换成反义 | 否 | 100 | 0.0% |" in shown
    assert "10.0% |" in shown


def test_the_interval_of_a_share_says_something_at_the_ends() -> None:
    low, high = wilson(0, 100)
    assert abs(low) < 1e-9
    assert 0.03 < high < 0.04
    assert wilson(50, 100)[0] < 0.5 < wilson(50, 100)[1]
