"""Lessons kept: their own file, one owner, no save lost, excerpts looked for again when documents change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import Span
from service import build
from service.api.app import create_app
from service.api.lesson_models import LessonIn, LessonOut
from service.assistant import Assistant
from service.errors import LessonConflict, LessonError, LessonInvalid, LessonNotFound
from service.lesson.editing import accepted
from service.lesson.recheck import rechecked
from service.lesson.store import Lessons
from service.lesson.types import Excerpt, ExcerptState, Lesson, Part, Point, Section
from service.settings import Settings
from service.types import Citation

ME, OTHER = "a" * 32, "b" * 32
ASKED = LessonIn(topic="党建")


def lesson(title: str = "题", *points: Point) -> Lesson:
    sections = tuple(Section(part, part.value, 5, points if part is Part.WHY else ()) for part in Part)
    return Lesson("", "党建", title, "支部书记", 40, sections)


def store_in(home: Path, **settings: Any) -> Lessons:
    return Lessons(Settings(home=home, **settings))


def test_nothing_is_written_before_the_first_lesson(tmp_path: Path) -> None:
    store = store_in(tmp_path / "new")
    assert store.of_owner(ME) == []
    for call in (lambda: store.get("x"), lambda: store.delete("x"), lambda: store.save(lesson())):
        with pytest.raises(LessonNotFound):
            call()
    assert not (tmp_path / "new").exists()
    store.add(lesson(), ASKED, ME)
    assert (tmp_path / "new" / "lessons.sqlite3").exists()


def test_an_owner_sees_only_his_own_and_an_id_is_enough_without_a_token(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    mine, his = store.add(lesson("我的"), ASKED, ME), store.add(lesson("他的"), ASKED, OTHER)
    assert [row.id for row in store.of_owner(ME)] == [mine.id]
    assert store.of_owner("") == []
    for call in (store.get, store.delete):
        with pytest.raises(LessonNotFound):
            call(his.id, ME)
    with pytest.raises(LessonNotFound):
        store.save(his, ME)
    assert store.get(his.id).lesson == his
    assert store.get(mine.id, ME).asked == ASKED
    store.delete(mine.id, ME)
    with pytest.raises(LessonNotFound):
        store.get(mine.id, ME)


def test_a_save_of_an_older_revision_is_refused(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first = store.add(lesson(), ASKED, ME)
    second = store.save(replace(first, title="改"), ME)
    assert (second.revision, second.title, second.created) == (2, "改", first.created)
    with pytest.raises(LessonConflict, match="另一个窗口"):
        store.save(replace(first, title="又改"), ME)
    assert store.get(first.id, ME).lesson == second


def test_of_saves_at_once_one_wins_and_none_is_lost_unsaid(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first = store.add(lesson(), ASKED, ME)

    def save(number: int) -> bool:
        try:
            store.save(replace(first, title=f"第{number}个"), ME)
        except LessonConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(save, range(16)))
    assert won.count(True) == 1
    assert store.get(first.id, ME).lesson.title == f"第{won.index(True)}个"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store_in(tmp_path).add(lesson(str(n)), ASKED, ME), range(12)))
    assert len(store.of_owner(ME)) == 13


def test_an_owners_lessons_never_leave_by_themselves(tmp_path: Path) -> None:
    store = store_in(tmp_path, lessons_per_owner=2)
    for owner in (ME, ME, OTHER):
        store.add(lesson(), ASKED, owner)
    with pytest.raises(LessonInvalid, match="先删除"):
        store.add(lesson(), ASKED, ME)
    nobodys = [store.add(lesson(), ASKED) for _ in range(3)]
    with pytest.raises(LessonNotFound):
        store.get(nobodys[0].id)
    assert store.get(nobodys[2].id).lesson == nobodys[2]


def test_a_file_that_is_not_ours_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "lessons.sqlite3"
    path.write_bytes(b"not a database at all, sorry" * 50)
    with pytest.raises(LessonError, match="已损坏"):
        store_in(tmp_path).of_owner(ME)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(LessonError, match="别的程序"):
        store_in(tmp_path).add(lesson(), ASKED, ME)


TEXT = "某某党支部的做法\n党支部把学习会搬到一线，推动党建和业务深度融合。\n党支部建立清单制度，每季度检查一次。\n"
QUOTE = "党支部建立清单制度，每季度检查一次。"


def opened(home: Path, *files: Path) -> Assistant:
    settings = Settings(home=home)
    build.ingest(settings, files, progress=lambda *_: None)
    return build.open_assistant(settings)


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[tuple[Assistant, Path]]:
    file = tmp_path / "做法.txt"
    file.write_text(TEXT, encoding="utf-8")
    assistant = opened(tmp_path / "home", file)
    yield assistant, file
    assistant.close()


def quoting(assistant: Assistant, quote: str) -> Lesson:
    view = assistant.view()
    document = view.document(assistant.documents()[0].id)
    start = document.text.index(quote)
    citation = view.cite(view.point_at(document, Span(start, start + len(quote))))
    assert citation is not None
    return lesson("题", Point("p1", quote, (Excerpt(citation),)))


def only(found: Lesson) -> Excerpt:
    (point,) = next(section.points for section in found.sections if section.part is Part.WHY)
    return point.excerpts[0]


def renew(assistant: Assistant, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    build.ingest(assistant.settings, [file], progress=lambda *_: None)
    assistant.look_again()


def test_excerpts_are_looked_for_again(changing: tuple[Assistant, Path]) -> None:
    assistant, file = changing
    kept = quoting(assistant, QUOTE)
    assert only(rechecked(kept, assistant.view())) == only(kept)
    renew(
        assistant,
        file,
        TEXT.replace("某某党支部的做法\n", "某某党支部的做法\n开头加了一段新的话，位置因此变动。\n"),
    )
    moved = only(rechecked(kept, assistant.view()))
    assert moved.state is ExcerptState.MOVED
    assert moved.citation.quote == QUOTE
    assert moved.citation.span.start > only(kept).citation.span.start
    assert "还在" in moved.remark
    renew(assistant, file, TEXT.replace("每季度", "每个月"))
    gone = only(rechecked(kept, assistant.view()))
    assert gone.state is ExcerptState.VANISHED
    assert gone.citation == only(kept).citation
    build.remove(assistant.settings, only(kept).citation.document_id, progress=lambda *_: None)
    assistant.look_again()
    assert "不在资料库" in only(rechecked(kept, assistant.view())).remark


def test_excerpts_of_what_is_no_more_in_force_are_flagged(tmp_path: Path) -> None:
    files = []
    for year, often in (("2018", "每季度"), ("2023", "每月")):
        file = tmp_path / f"{year}.txt"
        file.write_text(
            f"某某市党支部工作条例\n（{year}年3月1日某某市委发布）\n第一章 总则\n第一条 为了加强党支部建设，制定本条例。\n"
            f"第二条 党支部党员大会{often}召开一次。\n第三条 本条例自{year}年4月1日起施行。\n",
            encoding="utf-8",
        )
        files.append(file)
    assistant = opened(tmp_path / "home", *files)
    view = assistant.view()
    old = next(row for row in assistant.documents() if row.metadata.published.startswith("2018"))
    document = view.document(old.id)
    for quote, said in (("每季度召开一次", "没有一字不差"), ("为了加强党支部建设", "一字未改")):
        start = document.text.index(quote)
        citation = view.cite(view.point_at(document, Span(start, start + len(quote))))
        assert citation is not None
        found = only(rechecked(lesson("题", Point("p1", quote, (Excerpt(citation),))), view))
        assert found.state is ExcerptState.SUPERSEDED
        assert "2023" in found.remark
        assert said in found.remark
    assistant.close()


def test_own_words_are_marked_and_quotes_kept_verbatim(changing: tuple[Assistant, Path]) -> None:
    assistant, file = changing
    stored, view = quoting(assistant, QUOTE), assistant.view()
    (point,) = next(s.points for s in stored.sections if s.part is Part.WHY)

    def saved(**changes: Any) -> Point:
        return next(
            s.points[0]
            for s in accepted(with_point(stored, replace(point, **changes)), stored, view).sections
            if s.part is Part.WHY
        )

    assert not saved().own
    assert not saved(text="每季度检查一次").own  # words of the excerpt
    assert saved(text="我自己的提法").own
    assert saved(answer="我自己的答案").own
    assert not saved(note="我补充一个例子").own
    assert saved(warnings=("编的提示",)).warnings == ()
    forged = replace(point.excerpts[0].citation, quote="改过的话")
    with pytest.raises(LessonInvalid, match="不一致"):
        saved(excerpts=(Excerpt(forged),))
    dressed = replace(point.excerpts[0].citation, title="假标题", rank="中央法规", published="1999-01-01")
    assert saved(excerpts=(Excerpt(dressed),)).excerpts[0].citation == point.excerpts[0].citation
    renew(assistant, file, "别的内容。党支部开展活动。\n")
    view = assistant.view()
    assert saved().excerpts == point.excerpts  # vanished, but as it was stored


def with_point(of: Lesson, *points: Point) -> Lesson:
    return replace(
        of, sections=tuple(replace(s, points=points if s.part is Part.WHY else ()) for s in of.sections)
    )


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
CITATIONS = st.builds(
    Citation,
    st.integers(1, 99),
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    st.integers(0, 99).map(lambda n: Span(n, n + 5)),
    st.integers(0, 99).map(lambda n: Span(n, n + 50)),
    WORDS,
    WORDS,
    st.floats(0, 1),
    WORDS,
    WORDS,
    WORDS,
    st.lists(st.integers(1, 9)).map(tuple),
    WORDS,
)
POINTS = st.builds(
    Point,
    st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
    WORDS,
    st.lists(st.builds(Excerpt, CITATIONS, st.sampled_from(ExcerptState), WORDS), max_size=2).map(tuple),
    st.booleans(),
    WORDS,
    WORDS,
    st.lists(WORDS, max_size=2).map(tuple),
)
SECTIONS = st.builds(
    Section, st.sampled_from(Part), WORDS, st.integers(0, 480), st.lists(POINTS, max_size=2).map(tuple), WORDS
)
LESSONS = st.builds(
    Lesson, WORDS, WORDS, WORDS, WORDS, st.integers(1, 480), st.lists(SECTIONS, max_size=3).map(tuple)
)


@given(LESSONS)
def test_the_published_form_loses_nothing(made: Lesson) -> None:
    text = LessonOut.of(made).model_dump_json()
    assert LessonOut.model_validate_json(text).to_lesson() == made


@pytest.fixture(scope="module")
def client(corpus_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service over the corpus, its lessons kept elsewhere."""
    assistant = build.open_assistant(Settings(home=corpus_home))
    app = create_app(assistant)
    app.state.lessons = Lessons(Settings(home=tmp_path_factory.mktemp("lessons")))
    with TestClient(app, headers={"X-Dangjian-Owner": ME}) as opened_client:
        yield opened_client


@pytest.fixture(scope="module")
def made(client: TestClient) -> dict[str, Any]:
    asked = {"topic": "党建与业务深度融合", "audience": "支部书记", "minutes": 60}
    response = client.post("/api/lessons", json=asked)
    assert response.status_code == 201
    body: dict[str, Any] = response.json()
    return body


def test_a_lesson_is_made_listed_opened_saved_and_deleted(client: TestClient) -> None:
    one = client.post("/api/lessons", json={"topic": "青年理论学习", "minutes": 30}).json()
    assert one["revision"] == 1
    (row,) = [r for r in client.get("/api/lessons").json()["lessons"] if r["id"] == one["id"]]
    assert set(row) == {"id", "title", "topic", "audience", "minutes", "updated", "created"}
    address = f"/api/lessons/{one['id']}"
    assert client.get(address).json() == one
    assert client.get("/api/lessons", headers={"X-Dangjian-Owner": OTHER}).json() == {"lessons": []}
    assert client.get(address, headers={"X-Dangjian-Owner": OTHER}).status_code == 404
    saved = client.put(address, json=one)
    assert saved.status_code == 200
    assert {**saved.json(), "revision": 1, "updated": one["updated"]} == one
    again = client.put(address, json=one)
    assert again.status_code == 409
    assert "重新载入" in again.json()["detail"]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_editing_keeps_what_the_trainer_did(client: TestClient, made: dict[str, Any]) -> None:
    address = f"/api/lessons/{made['id']}"
    lesson_now = client.get(address).json()
    how, why = (next(s for s in lesson_now["sections"] if s["part"] == p) for p in ("how", "why"))
    why["points"].append(how["points"].pop(0))
    how["points"].reverse()
    how["points"][0]["note"] = "联系本单位实际讲"
    how["points"].append({"id": "own-1", "text": "身边的例子", "own": True, "excerpts": []})
    how["minutes"] += 3
    lesson_now["title"] = "新题目"
    saved = client.put(address, json=lesson_now).json()
    expected = {**lesson_now, "revision": saved["revision"], "updated": saved["updated"]}
    how["points"][-1] |= {"note": "", "answer": "", "warnings": []}
    assert saved == expected
    assert client.get(address).json() == saved


def test_what_may_not_be_saved(client: TestClient, made: dict[str, Any]) -> None:
    address = f"/api/lessons/{made['id']}"
    for spoil, status in (
        (lambda p: p["excerpts"][0]["citation"].update(quote="改过的话"), 422),
        (lambda p: p["excerpts"][0]["citation"].update(document_id="没有", quote="没有"), 422),
        (lambda p: p["excerpts"][0]["citation"].update(start=9, end=3), 422),
        (lambda p: p["excerpts"][0]["citation"].update(start=-9), 422),
        (lambda p: p.update(note="长" * 5001), 422),
        (lambda p: p.update(id="两 段"), 422),
        (lambda p: p.update(note="half \ud800"), 200),
    ):
        now = client.get(address).json()
        point = next(p for s in now["sections"] for p in s["points"] if p["excerpts"])
        spoil(point)  # type: ignore[no-untyped-call]
        response = client.put(address, content=json.dumps(now), headers={"Content-Type": "application/json"})
        assert response.status_code == status, response.text
        assert status == 200 or any("\u4e00" <= char <= "\u9fff" for char in response.json()["detail"])


def test_candidates_are_verbatim_and_new(client: TestClient, made: dict[str, Any]) -> None:
    point = next(p for s in made["sections"] if s["part"] == "how" for p in s["points"])
    address = f"/api/lessons/{made['id']}/points/{point['id']}/candidates"
    taken = [
        (e["citation"]["document_id"], e["citation"]["start"], e["citation"]["end"])
        for s in client.get(f"/api/lessons/{made['id']}").json()["sections"]
        for p in s["points"]
        for e in p["excerpts"]
    ]
    for url, params in ((address, {}), (address, {"q": "督查"}), ("/api/lessons/candidates", {"q": "督查"})):
        found = [c["citation"] for c in client.get(url, params=params).json()["candidates"]]
        assert found
        for c in found:
            text = client.get(f"/api/documents/{c['document_id']}").json()["text"]
            assert text[c["start"] : c["end"]] == c["quote"]
            if url == address:
                assert not any(d == c["document_id"] and a < c["end"] and c["start"] < b for d, a, b in taken)
    assert client.get(address.replace(point["id"], "none")).status_code == 404
    assert client.get("/api/lessons/candidates", params={"q": " "}).status_code == 422


@pytest.mark.parametrize(("kind", "start"), [("md", b"# "), ("docx", b"PK"), ("pptx", b"PK")])
def test_exports_open_from_a_plain_link(
    client: TestClient, made: dict[str, Any], kind: str, start: bytes
) -> None:
    response = client.get(
        f"/api/lessons/{made['id']}/export", params={"format": kind}, headers={"X-Dangjian-Owner": ""}
    )
    assert response.status_code == 200
    assert response.content.startswith(start)
    assert f'filename="lesson.{kind}"' in response.headers["content-disposition"]


@pytest.mark.parametrize(
    "body", [{}, {"topic": " "}, {"topic": "党" * 101}, {"topic": "党建", "minutes": 3}, {"topic": "？！"}]
)
def test_what_cannot_be_asked_for(client: TestClient, body: dict[str, Any]) -> None:
    response = client.post("/api/lessons", json=body)
    assert response.status_code == 422
    assert response.json()["detail"]
