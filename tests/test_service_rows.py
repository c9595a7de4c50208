"""Rows of tables and timetables, lines such as 联系电话：…, and prose whose last mark is a dash or lost, as evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import is_row, is_sentence, is_unended
from ingest.types import Metadata, Span
from service.answering.rows import head_of, is_head, without_edges
from service.answering.units import Unit
from tests.answer_fakes import document, hits, library_of, maker

TABLE = (
    "图书室值班安排\n值班安排如下，请各楼照此执行。\n"
    "| 日期 | 带班的人 | 值班的人 | 电话 |\n"
    "| 1月28日（除夕） | 周明 | 李静、王浩 | 8801 |\n"
    "| 1月29日（初一） | 陈立 | 赵敏、孙宁 | 8802 |\n"
    "值班时间：每天8:30至次日8:30\n"
    "值班的人要守在图书室里，不得提早离开。\n"
)
TIMES = (
    "附件2 读书活动安排\n3月5日 第一期：怎样修补旧书 图书室二楼\n5月7日 第二期：怎样给书编号 图书室一楼\n"
    "借书证当场办好，工本费由图书室出。（责任单位：三号楼管理组）\n"
)


def units(question: str, text: str, title: str = "") -> list[Unit]:
    source = document(text, metadata=Metadata(title=title))
    found = maker(question, source).units(hits(source))
    assert all(unit.span.of(text) == unit.text for unit in found)
    return found


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        ("| 1月28日 | 周明 | 李静 |", True),
        ("| 甲单位 | 三号楼 |", True),
        ("联系电话：0571-8801", True),
        ("（责任单位：三号楼管理组）", True),
        ("3月5日 第一期：怎样修补旧书 图书室二楼", True),
        ("1.报名时间：三月上旬", True),
        ("（一）准备阶段（2月至3月）", False),
        ("第十二条 2024年的安排", False),
        ("一、2024年工作回顾", False),
        ("附件：", False),
        ("图书室值班安排", False),
        ("值班的人要守在图书室里2小时。", False),
        ("2024年", False),
        ("3月5日，" + "甲" * 220, False),
    ],
)
def test_a_row_tells_something_and_is_no_sentence(line: str, tells: bool) -> None:
    assert is_row(line) is tells


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        (
            "各楼的管理员按照“先修补、再编号、后上架”的次序整理旧书，三个月里理出了一千二百册，还请居民来帮忙",
            True,
        ),
        (
            "各楼的管理员按照“先修补、再编号、后上架”的次序整理旧书，三个月里理出了一千二百册，还请居民来帮忙：",
            False,
        ),
        (
            "各楼的管理员按照“先修补、再编号、后上架”的次序整理旧书，三个月里理出了一千二百册，还请居民来帮忙。",
            False,
        ),
        (
            "| 各楼的管理员按照“先修补、再编号” | 三个月里理出了一千二百册，还请居民来帮忙，人人都来 | 甲 |",
            False,
        ),
        ("（三）健全图书室管理制度，让旧书有人修、新书有人编", False),
        ("图" * 60, False),
    ],
)
def test_prose_without_its_last_mark_is_told_from_headings(line: str, tells: bool) -> None:
    assert is_unended(line) is tells


def test_prose_before_a_dash_and_at_a_lost_mark_is_quoted() -> None:
    first = "各楼牢牢记住“修旧书、编新号”的总要求，把图书室越办越好——"
    last = (
        "管理员说，今后还要把每一册旧书都修补好，让来借书的居民找得到、看得清、带得走，越来越愿意到图书室里来"
    )
    found = units("图书室的总要求是什么", f"图书室纪事\n{first}\n三号楼先做了起来。\n{last}\n")
    assert found[0].text == first
    assert last in {unit.text for unit in found}
    assert "图书室纪事" not in {unit.text for unit in found}


FAQ = "图书室问答\n问：丢了借书证怎么补办？\n答：到三号楼写一张条子，当场补办，不收钱。\n问：图书室几点开门？\n答：每天上午九点。\n"


def test_a_question_of_the_text_is_quoted_only_with_its_answer() -> None:
    found = units("丢了借书证怎么补办", FAQ)
    assert found[0].text == "问：丢了借书证怎么补办？\n答：到三号楼写一张条子，当场补办，不收钱。"
    assert not any(unit.text.endswith("？") for unit in found)
    assert not any(unit.text.startswith("问：图书室几点") for unit in found)


def test_a_short_sentence_is_quoted_and_a_shorter_one_is_not() -> None:
    found = {
        unit.text
        for unit in units("空白的借书证能先盖章吗", "空白借书证不盖章。\n仅此而已。\n图书室每天都开门。\n")
    }
    assert "空白借书证不盖章。" in found
    assert "仅此而已。" not in found


@given(st.text("|：:12月 （）一、。\n第条甲", max_size=30))
def test_no_row_is_a_sentence(text: str) -> None:
    assert not (is_row(text) and is_sentence(text))


def test_rows_are_quoted_with_the_head_of_their_table() -> None:
    by_text = {unit.text: unit for unit in units("初一谁带班", TABLE, "图书室值班安排")}
    row = by_text["1月29日（初一） | 陈立 | 赵敏、孙宁 | 8802"]
    assert row.head == "日期 | 带班的人 | 值班的人 | 电话"
    assert row.told == f"{row.head} {row.text}"
    assert by_text["值班时间：每天8:30至次日8:30"].head == ""
    assert "日期 | 带班的人 | 值班的人 | 电话" not in by_text
    assert "图书室值班安排" not in by_text


def test_a_row_counts_the_words_of_its_head() -> None:
    rows = [unit for unit in units("带班的人", TABLE) if unit.head]
    assert rows
    assert all(row.coverage > 0.5 for row in rows)


PAGE = """<html><head><title>图书室值班安排</title></head><body><h1>图书室值班安排</h1>
<p>现将新年期间图书室值班安排通知如下，请各楼照此执行。</p><table>
<tr><th>日期</th><th>带班的人</th><th>值班的人</th></tr>
<tr><td>1月28日（除夕）</td><td>周明</td><td>李静、王浩</td></tr>
<tr><td>1月29日（初一）</td><td>陈立</td><td>赵敏、孙宁</td></tr></table>
<p>值班的人要守在图书室里，不得提早离开。</p></body></html>"""


def test_a_table_answers_with_its_head_before_the_row(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    with library_of(tmp_path / "a.html") as assistant:
        claim = assistant.ask("除夕那天谁在图书室值班").claims[0]
    assert claim.text == "1月28日（除夕） | 周明 | 李静、王浩"
    assert claim.label == "日期 | 带班的人 | 值班的人"


def test_lines_of_a_timetable_are_quoted() -> None:
    found = units("第二期是哪天", TIMES)
    assert found[0].text == "5月7日 第二期：怎样给书编号 图书室一楼"


def test_what_stands_in_brackets_behind_a_sentence_brings_it() -> None:
    assert "借书证当场办好，工本费由图书室出。（责任单位：三号楼管理组）" in {
        unit.text for unit in units("办借书证的责任单位是哪个", TIMES)
    }


def test_heads_and_edges() -> None:
    first, second = (TABLE.index(words) for words in ("| 日期", "| 1月28日"))
    head, row = Span(first, second), Span(second, TABLE.index("\n", second))
    assert is_head(TABLE, head)
    assert not is_head(TABLE, row)
    assert head_of(TABLE, head) == ""
    assert head_of(TABLE, row) == "日期 | 带班的人 | 值班的人 | 电话"
    assert without_edges(TABLE, row).of(TABLE) == "1月28日（除夕） | 周明 | 李静、王浩 | 8801"
    assert without_edges(TABLE, Span(0, 7)) == Span(0, 7)
    assert not is_head("| 甲 | 乙 |", Span(0, 9))


@given(st.text("|甲1 \n。", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_text_has_a_head_or_none(text: str, start: int, length: int) -> None:
    row = Span(min(start, len(text)), min(start + length, len(text)))
    assert isinstance(is_head(text, row), bool)
    assert head_of(text, row) in text
    assert row.contains(without_edges(text, row))
