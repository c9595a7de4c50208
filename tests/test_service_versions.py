"""Questions about a day and about versions: who speaks, what is said of it, and what the API tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from ingest.standing import Standings
from service.answering.versions import named_versions, version_labels
from service.api.app import create_app
from service.assistant import Assistant, Filters
from service.cli import app
from service.types import Answer, Kind, Status
from tests.regulation_samples import TODAY, id_of, open_on, regulations_home
from tests.test_ingest_standing import LIBRARY


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return regulations_home(tmp_path_factory.mktemp("regulations"))


@pytest.fixture(scope="module")
def today(home: Path) -> Iterator[Assistant]:
    with open_on(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(today: Assistant) -> TestClient:
    return TestClient(create_app(today))


REGISTER = Standings(LIBRARY, {item.id: item.text for item in LIBRARY}.__getitem__)


@pytest.mark.parametrize(
    ("question", "ids", "compare"),
    [
        ("护林员每周巡查几次", [], False),
        ("护林法规定护林员巡查几次", [], False),
        ("2019年的护林法规定护林员巡查几次", [], False),
        ("最新的护林法规定护林员巡查几次", [], False),
        ("2021年护林工作会议讲了什么", [], False),
        ("1998年的护林法规定护林员巡查几次", ["old"], False),
        ("护林法（1998年）怎么规定巡查", ["old"], False),
        ("护林法1998年版第五条", ["old"], False),
        ("2010年的护林法第五条", ["old"], False),
        ("旧版护林法第五条", ["old"], False),
        ("修订前的护林法怎么规定巡查", ["old"], False),
        ("来访登记条例规定几日内答复", [], False),
        ("2001年来访登记条例规定几日内答复", ["before"], False),
        ("门卫值守办法规定几班轮换", ["gone"], False),
        ("古树名木保护条例怎么分级", ["coming"], False),
        ("新旧护林法有什么区别", ["old", "new"], True),
        ("1998年版和2019年版护林法对巡查的规定有什么不同", ["old", "new"], True),
        ("护林法修订前后巡查要求有哪些变化", ["old", "new"], True),
        ("护林法修订后新增了哪些内容", ["old", "new"], True),
        ("来访登记条例和来访登记工作条例有什么区别", ["before", "after"], True),
        ("旧护林法和现在的有什么区别", ["old", "new"], True),
        ("原来的《护林法》怎么规定巡查", ["old"], False),
        ("1998年5月6日通过的护林法第五条", ["old"], False),
        ("护林法和门卫值守制度有什么区别", [], False),
        ("2019年的护林法和草原法有什么区别", [], False),
        ("护林法对养老的规定是什么", [], False),
        ("情况有变化的，护林法规定怎么办", [], False),
        ("护林法规定修改火险等级要经谁批准", [], False),
        ("2010年护林工作会议对护林法的宣传有何要求", [], False),
        ("护林巡查，1998年的法和2019年的法分别怎么要求", ["old", "new"], True),
        ("护林员补贴，老规定和新规定差在哪里", ["old", "new"], True),
        ("来访登记要写什么，2001年条例和2015年条例的说法有啥变化", ["before", "after"], True),
        ("巡查的间隔，老护林法和现行护林法一样吗", ["old", "new"], True),
        ("新护林法比1998年版多了哪些要求", ["old", "new"], True),
        ("采伐要办哪些手续，老条例和新条例有什么不同", [], False),
        ("2019年的条例和1998年的条例分别是谁发布的", [], False),
    ],
)
def test_which_versions_a_question_names(question: str, ids: list[str], compare: bool) -> None:
    named = named_versions(question, REGISTER.families, lambda identity: REGISTER.on(identity, TODAY))
    assert [version.ids[0] for version in named.versions] == ids
    assert named.compare is compare


@pytest.mark.parametrize(
    ("question", "text", "topic"),
    [
        ("1998年版和2019年版护林法对巡查的规定有什么不同?", "护林法对巡查的规定有什么不同?", True),
        ("新旧护林法有什么区别", "护林法有什么区别", False),
        ("护林法修订后新增了哪些主要内容？", "护林法修订后新增了哪些主要内容?", False),
    ],
)
def test_the_words_that_name_versions_are_not_searched_for(question: str, text: str, topic: bool) -> None:
    named = named_versions(question, REGISTER.families, lambda identity: REGISTER.on(identity, TODAY))
    assert (named.text, named.topic) == (text, topic)


def test_labels_tell_versions_apart() -> None:
    (family,) = (family for family in REGISTER.families if family.key == "护林法")
    assert version_labels(family.versions) == ("1998年版", "2019年版")
    assert len(set(version_labels((family.versions[0],) * 2))) == 2


def cited(answer: Answer) -> set[tuple[str, str, str]]:
    return {(c.title, c.published, c.status) for c in answer.citations}


OLD = ("中华人民共和国护林法", "1998-05-06", "已修订")
NEW = ("中华人民共和国护林法", "2019-12-28", "现行")
NOTE = "《中华人民共和国护林法》（1998年5月6日）自2020年7月1日起已被2019年12月28日修订的版本取代。"


def test_what_is_in_force_speaks(today: Assistant) -> None:
    answer = today.ask("护林员巡查不少于几次？")
    assert answer.status is Status.ANSWERED
    assert NEW in cited(answer)
    assert not answer.notes
    assert OLD not in cited(answer)


def test_a_version_that_is_named_speaks_and_is_marked(today: Assistant) -> None:
    answer = today.ask("1998年的护林法规定护林员巡查不少于几次？")
    assert cited(answer) == {OLD}
    assert answer.notes == (NOTE,)
    assert any("每周巡查" in claim.text for claim in answer.claims)


def test_an_article_is_that_of_the_version_in_force_on_the_day(today: Assistant) -> None:
    assert cited(today.ask("护林法第五条")) == {NEW}
    past = today.ask("护林法第五条", Filters(as_of=date(2010, 1, 1)))
    assert cited(past) == {(*OLD[:2], "现行")}
    assert not past.notes
    between = today.ask("护林法第五条", Filters(as_of=date(2020, 3, 1)))
    assert cited(between) == {(*OLD[:2], "现行")}
    assert cited(today.ask("旧版护林法第五条")) == {OLD}


def test_two_versions_are_put_beside_each_other(today: Assistant) -> None:
    answer = today.ask("1998年版和2019年版护林法对护林员巡查的规定有什么不同？")
    assert answer.kind is Kind.COMPARE
    assert cited(answer) == {OLD, NEW}
    assert {claim.label for claim in answer.claims} == {"1998年版", "2019年版"}
    assert answer.notes[0] == NOTE
    assert "新增2条" in answer.notes[1]
    article = today.ask("新旧护林法第五条有什么区别")
    assert [c.published for c in article.citations] == ["1998-05-06", "2019-12-28"]
    renamed = today.ask("来访登记条例第三条和来访登记工作条例第三条有什么区别")
    assert [c.published for c in renamed.citations] == ["2001-03-01", "2015-02-01"]


def test_a_question_for_the_differences_alone_is_answered_from_the_comparison(today: Assistant) -> None:
    answer = today.ask("新旧护林法有什么区别？")
    texts = [claim.text for claim in answer.claims]
    assert any("火险预警" in text for text in texts)
    assert any("二百元" in text for text in texts)
    for citation in answer.citations:
        assert citation.span.of(today.document(citation.document_id).text) == citation.quote


def test_what_only_an_older_text_has_is_not_answered_but_told(today: Assistant) -> None:
    answer = today.ask("违反护林法规定野外用火的处多少元罚款？")
    assert answer.status is Status.NOT_FOUND
    assert not answer.citations
    assert answer.notes[0].startswith(NOTE.rstrip("。"))
    assert "旧版" in answer.notes[-1]
    article = today.ask("来访登记工作条例第三条")
    assert article.status is Status.ANSWERED
    assert not article.notes


def test_documents_chosen_by_the_asker_speak_in_force_or_not(today: Assistant) -> None:
    chosen = Filters(document_ids=frozenset({id_of(today, "old_law.txt")}))
    answer = today.ask("护林员巡查不少于几次？", chosen)
    assert cited(answer) == {OLD}
    assert answer.notes == (NOTE,)


def test_a_named_version_that_the_filters_leave_out_is_not_found(today: Assistant) -> None:
    for question in ("旧版护林法第五条", "新旧护林法第五条有什么区别", "新旧护林法有什么区别"):
        answer = today.ask(question, Filters(as_of=date(1990, 1, 1)))
        assert answer.status is Status.NOT_FOUND
        assert not answer.citations


def test_filters_and_standing_work_together(today: Assistant) -> None:
    chosen = Filters(sources=frozenset({"全国人民代表大会常务委员会"}))
    assert cited(today.ask("护林员巡查不少于几次？", chosen)) == {NEW}


def test_what_is_to_come_speaks_only_when_named(today: Assistant, home: Path) -> None:
    answer = today.ask("古树名木保护条例第二条")
    assert {c.status for c in answer.citations} == {"尚未施行"}
    assert "2030年6月1日" in answer.notes[0]
    with open_on(home, date(2031, 1, 1)) as later:
        assert {c.status for c in later.ask("古树名木保护条例第二条").citations} == {"现行"}


def test_news_has_no_status_and_keeps_its_date(today: Assistant) -> None:
    answer = today.ask("护林工作会议对关心护林员的生活有什么强调？")
    assert {c.status for c in answer.citations if c.title == "护林工作会议召开"} == {""}
    before = today.ask("护林工作会议强调了什么？", Filters(as_of=date(2020, 1, 1)))
    assert "护林工作会议召开" not in {c.title for c in before.citations}


def test_the_families_are_worked_out_once(today: Assistant) -> None:
    generation = today.generation
    assert today.catalogue(generation) is today.catalogue(generation)


def test_the_api_tells_status_and_versions(client: TestClient, today: Assistant) -> None:
    rows = {row["id"]: row for row in client.get("/api/documents").json()["documents"]}
    old, new = id_of(today, "old_law.txt"), id_of(today, "new_law.txt")
    assert (rows[old]["status"], rows[old]["newer"]) == ("已修订", new)
    assert rows[id_of(today, "report.txt")]["versions"] == []
    shown = client.get(f"/api/documents/{new}").json()
    assert [(row["id"], row["status"]) for row in shown["versions"]] == [(old, "已修订"), (new, "现行")]
    answer = client.post("/api/ask", json={"question": "旧版护林法第五条"}).json()
    assert answer["notes"] == [NOTE]
    assert answer["citations"][0]["status"] == "已修订"


def test_the_api_compares_two_documents(client: TestClient, today: Assistant) -> None:
    ids = {"a": id_of(today, "old_law.txt"), "b": id_of(today, "new_law.txt")}
    found = client.get("/api/documents/diff", params=ids).json()
    assert found["counts"] == {"unchanged": 0, "changed": 3, "added": 2, "removed": 1, "renumbered": 3}
    texts = {side: client.get(f"/api/documents/{ids[side]}").json()["text"] for side in ids}
    stretches: list[tuple[str, dict[str, Any]]] = []
    for change in found["changes"]:
        stretches += [(side, change[side]["body"]) for side in ids if change[side]]
        stretches += [(side, run[side]) for run in change["runs"] for side in ids]
    assert all(texts[side][row["start"] : row["end"]] == row["words"] for side, row in stretches)
    assert client.get("/api/documents/diff", params={"a": ids["a"], "b": "nothing"}).status_code == 404
    assert client.get("/api/documents/diff", params={"a": ids["a"]}).status_code == 422


def test_the_command_line_compares_and_lists(home: Path, today: Assistant) -> None:
    old, new = id_of(today, "old_law.txt"), id_of(today, "new_law.txt")
    runner = CliRunner()
    told = runner.invoke(app, ["--home", str(home), "documents", "diff", old, new]).stdout
    assert "{+、培育+}" in told
    assert "第二条 → 第三条  只变序号" in told
    assert "[-违反本法规定" in told
    found = json.loads(
        runner.invoke(app, ["--home", str(home), "documents", "diff", old, new, "--json"]).stdout
    )
    assert found["a"]["id"] == old
    assert found["counts"]["added"] == 2
    listed = runner.invoke(app, ["--home", str(home), "documents", "list"]).stdout
    assert "已修订" in listed
    assert "2020-07-01施行" in listed
    shown = runner.invoke(app, ["--home", str(home), "documents", "show", old]).stdout
    assert "自2020年7月1日起已被2019年12月28日修订的版本取代" in shown
    assert new in shown
