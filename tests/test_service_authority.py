"""Rank and nature in answers and filters: what binds stands first, and says that it does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ingest.authority import NATURES
from ingest.metadata import RANKS
from ingest.types import Passage, Span
from retriever.analyzer import Analyzer
from retriever.types import Hit
from service import build
from service.answering.compose import group_leads
from service.answering.question import understand
from service.answering.selection import by_nature, prefer
from service.answering.units import Unit
from service.api.app import create_app
from service.assistant import Assistant, Filters
from service.cli import app as command_line
from service.errors import FilterError
from service.settings import Settings
from service.types import Kind
from tests.authority_home import QUESTION, write_documents

ANALYZER = Analyzer()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_documents(tmp_path_factory.mktemp("authority") / "documents")
    settings = Settings(home=folder.parent / "home")
    build.ingest(settings, (folder,), progress=lambda stage, done, total: None)
    return settings.home


@pytest.fixture(scope="module")
def library(home: Path) -> Iterator[Assistant]:
    opened = build.open_assistant(Settings(home=home))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(library: Assistant) -> TestClient:
    # No lifespan: the assistant is closed by its own fixture.
    return TestClient(create_app(library), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("党费收缴有什么规定？", "规定"),
        ("开展督查的依据是什么", "规定"),
        ("按规定支部大会多久开一次", "规定"),
        ("预备党员能不能当支部书记", "规定"),
        ("是否允许用公款旅游", "规定"),
        ("督查办法是怎么规定的", "规定"),
        ("江苏抓支部建设有哪些做法", "做法"),
        ("有什么好的经验", "做法"),
        ("天津督查是怎么做的？", "做法"),
        ("“强基”方面有哪些要求和做法？", ""),
        ("落实八项规定有哪些典型案例", ""),
        ("如何破解“两张皮”", ""),
        ("能不能告诉我有多少个支部", ""),
        ("档案是怎么来的", ""),
    ],
)
def test_what_a_question_wants(question: str, wanted: str) -> None:
    assert understand(question, ANALYZER).wants == wanted


def unit(nature: str, score: float, start: int = 0) -> Unit:
    passage = Passage("p", nature or "无", Span(0, 9), "一二三四五六七八九")
    return Unit(Hit(passage, 0.5), Span(start, start + 1), "一", 0.5, 0.5, score)


def nature(which: Unit) -> str:
    return which.hit.passage.document_id.replace("无", "")


UNITS = st.lists(
    st.builds(unit, st.sampled_from(NATURES), st.floats(0.5, 2), st.integers(0, 8)), max_size=8
).map(lambda units: sorted(units, key=lambda u: -u.score))


@given(UNITS, st.sampled_from(NATURES))
def test_groups_stand_in_order_and_keep_theirs(units: list[Unit], wanted: str) -> None:
    order = [wanted, *NATURES] if wanted else list(NATURES)
    grouped = by_nature(units, nature, wanted)
    places = [order.index(nature(u)) for u in grouped]
    assert places == sorted(places)
    for one in NATURES:
        own = [u for u in units if nature(u) == one]
        assert [u for u in grouped if nature(u) == one] in (own, [])
    if units:
        assert units[0] in grouped


def test_a_rule_leads_where_it_speaks_to_the_question_as_well() -> None:
    practice, rule, aside = unit("做法", 1.0), unit("规定", 0.9), unit("规定", 0.7)
    assert by_nature([practice, rule], nature) == [rule, practice]
    assert by_nature([practice, rule], nature, "做法") == [practice, rule]
    assert by_nature([practice, aside], nature) == [practice]
    assert by_nature([rule, unit("做法", 0.65)], nature)[0] == rule


def test_a_rule_that_was_read_to_answer_less_does_not_lead() -> None:
    practice, rule = replace(unit("做法", 1.0), read=0.05), unit("规定", 0.95)
    assert by_nature([practice, replace(rule, read=0.04)], nature)[0].read == 0.04
    assert by_nature([practice, replace(rule, read=0.0)], nature) == [practice]
    assert by_nature([practice, rule], nature) == [practice]
    assert by_nature([practice, rule], nature, "规定") == [rule, practice]


def test_a_preference_decides_between_equals_only() -> None:
    practice, near, far = unit("做法", 1.0), unit("规定", 0.95), unit("规定", 0.6)
    wanted = prefer([practice, near, far], lambda u: nature(u) == "规定")
    assert [nature(u) for u in wanted] == ["规定", "做法", "规定"]
    assert wanted[1] is practice
    assert wanted[0] == replace(near, score=wanted[0].score)


def test_lines_over_groups() -> None:
    natures = ["规定", "规定", "要求", "做法"]
    assert group_leads(Kind.HOWTO, natures) == ["规定：", "", "讲话要求：", "做法："]
    assert group_leads(Kind.FACT, natures) == [""] * 4
    assert group_leads(Kind.HOWTO, ["做法", "做法"]) == ["", ""]


def ask(client: TestClient, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/api/ask", json={"question": QUESTION, **body}).json()
    return answer


def test_a_mixed_answer_says_which_is_which_and_numbers_through(client: TestClient) -> None:
    answer = ask(client)
    assert answer["kind"] == "howto"
    natures = [claim["nature"] for claim in answer["claims"]]
    assert set(natures) == {"规定", "要求", "做法"}
    assert natures == sorted(natures, key=NATURES.index)
    lines = answer["answer"].split("\n")
    leads = [line for line in lines if line in ("规定：", "讲话要求：", "做法：")]
    assert leads == ["规定：", "讲话要求：", "做法："]
    numbers = [int(match.group(1)) for line in lines if (match := re.match(r"(\d+)\. ", line))]
    assert numbers == list(range(1, len(answer["claims"]) + 1))
    for citation in answer["citations"]:
        assert (citation["rank"], citation["nature"]) in {
            ("中央法规", "规定"),
            ("讲话", "要求"),
            ("经验材料", "做法"),
        }
    for claim in answer["claims"]:
        cited = next(c for c in answer["citations"] if c["id"] == claim["citations"][0])
        assert (claim["text"], claim["nature"]) == (cited["quote"], cited["nature"])


@pytest.mark.parametrize(
    ("filters", "ranks"),
    [
        ({"natures": ["规定"]}, {"中央法规"}),
        ({"natures": ["做法"]}, {"经验材料"}),
        ({"ranks": ["讲话", "经验材料"]}, {"讲话", "经验材料"}),
        ({"ranks": ["中央法规"], "natures": ["规定"]}, {"中央法规"}),
    ],
)
def test_filters(client: TestClient, filters: dict[str, list[str]], ranks: set[str]) -> None:
    assert {citation["rank"] for citation in ask(client, filters=filters)["citations"]} == ranks


def test_filters_that_leave_nothing(client: TestClient) -> None:
    assert ask(client, filters={"ranks": ["国家法律"]})["status"] == "not_found"
    assert ask(client, filters={"ranks": ["中央法规"], "natures": ["做法"]})["status"] == "not_found"


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
@pytest.mark.parametrize(
    ("name", "known"), [("ranks", [r for r in RANKS if r]), ("natures", [n for n in NATURES if n])]
)
def test_an_unknown_filter_lists_the_known(
    client: TestClient, path: str, name: str, known: list[str]
) -> None:
    response = client.post(path, json={"question": QUESTION, "filters": {name: ["圣旨"]}})
    assert response.status_code == 422
    assert response.json()["title"] == "筛选条件不对"
    assert "圣旨" in response.json()["detail"]
    assert all(value in response.json()["detail"] for value in known)


def test_search_takes_the_same_filters(client: TestClient) -> None:
    everything = client.get("/api/search", params={"q": "督查"}).json()["hits"]
    titles = {hit["title"]: hit["document_id"] for hit in everything}
    assert len(titles) == 3
    rule = titles["中国共产党督查工作条例"]
    for params in (
        {"rank": "中央法规"},
        {"nature": "规定"},
        {"kind": "法规"},
        {"source": "中共中央"},
        {"document_id": rule},
    ):
        hits = client.get("/api/search", params={"q": "督查", **params}).json()["hits"]
        assert {hit["document_id"] for hit in hits} == {rule}, params
    two = client.get("/api/search", params={"q": "督查", "rank": ["中央法规", "讲话"]}).json()["hits"]
    assert len({hit["document_id"] for hit in two}) == 2
    early = client.get("/api/search", params={"q": "督查", "as_of": "2020-01-01"}).json()["hits"]
    assert rule not in {hit["document_id"] for hit in early}
    refused = client.get("/api/search", params={"q": "督查", "nature": "圣旨"})
    assert refused.status_code == 422
    assert "规定、要求、做法" in refused.json()["detail"]


def test_documents_tell_who_speaks(client: TestClient) -> None:
    rows = {row["title"]: row for row in client.get("/api/documents").json()["documents"]}
    rule = rows["中国共产党督查工作条例"]
    assert (rule["rank"], rule["nature"], rule["interpreter"]) == ("中央法规", "规定", "中央办公厅")
    assert client.get(f"/api/documents/{rule['id']}").json()["rank"] == "中央法规"


def test_filters_are_empty_or_checked() -> None:
    assert not Filters()
    assert Filters(natures=frozenset({"做法"}))
    assert Filters(as_of=date(2024, 1, 1))
    with pytest.raises(FilterError, match="可用的层级：中央法规"):
        Filters(ranks=frozenset({"圣旨"}))


def run(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(command_line, ["--home", str(home), *arguments])


def test_the_command_line_filters_and_shows(home: Path) -> None:
    answer = json.loads(run(home, "ask", QUESTION, "--nature", "做法", "--nature", "要求", "--json").stdout)
    assert {c["rank"] for c in answer["citations"]} == {"讲话", "经验材料"}
    hits = json.loads(run(home, "search", "督查", "--rank", "中央法规", "--kind", "法规", "--json").stdout)
    assert {hit["title"] for hit in hits["hits"]} == {"中国共产党督查工作条例"}
    none = json.loads(
        run(home, "ask", QUESTION, "--as-of", "2020-01-01", "--rank", "中央法规", "--json").stdout
    )
    assert none["status"] == "not_found"
    shown = run(home, "ask", QUESTION).stdout
    assert shown.index("规定：") < shown.index("讲话要求：") < shown.index("做法：")
    assert "［中央法规 · 规定］" in shown
    identity = hits["hits"][0]["document_id"]
    assert "层级：中央法规 · 规定\n解释机关：中央办公厅" in run(home, "documents", "show", identity).stdout


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--rank", "圣旨", "可用的层级"),
        ("--nature", "圣旨", "规定、要求、做法"),
        ("--kind", "圣旨", "可用的性质"),
        ("--as-of", "昨天", "2024-12-07"),
    ],
)
def test_a_wrong_option_names_what_there_is(home: Path, option: str, value: str, words: str) -> None:
    result = run(home, "ask", QUESTION, option, value)
    assert result.exit_code != 0
    assert isinstance(result.exception, FilterError)
    assert words in str(result.exception)
