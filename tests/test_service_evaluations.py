"""The page 评测: the list of published runs, their reports, and what may not get out or in."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from eval.report import load, publish_run
from service.api.app import create_app
from service.assistant import Assistant
from tests.eval_runs import answers_run, broken_off, retrieval_run

if TYPE_CHECKING:
    from playwright.sync_api import Page

WEB = Path(__file__).parents[1] / "service" / "web"
MARKUP = '<img src=x onerror="window.injected=1">'


def at(assistant: Assistant, home: Path) -> Assistant:
    """The same assistant with its evaluations in another home."""
    settings = assistant.settings.model_copy(update={"home": home})
    return Assistant(assistant.library, assistant.retriever, assistant.analyzer, settings)


@pytest.fixture
def client(assistant: Assistant, tmp_path: Path) -> TestClient:
    # No lifespan: the library is shared and closed by its own fixture.
    return TestClient(create_app(at(assistant, tmp_path / "home")), raise_server_exceptions=False)


def publish(tmp_path: Path, *folders: Path) -> None:
    for folder in folders:
        publish_run(load([folder]), 0, tmp_path / "home")


def set_finished(folder: Path, when: str, **changes: Any) -> None:
    path = folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"finished": when} | changes), "utf-8")


# The list


def test_a_home_without_evaluations_has_an_empty_list(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/api/evaluations").json() == {"evaluations": [], "unreadable": []}
    assert not (tmp_path / "home").exists(), "looking must not write"


def test_the_newest_run_comes_first(client: TestClient, tmp_path: Path) -> None:
    old, new = retrieval_run(tmp_path, "old").folder, answers_run(tmp_path, "new").folder
    set_finished(old, "2026-01-01T00:00:00+00:00")
    set_finished(new, "2026-02-01T00:00:00+00:00")
    publish(tmp_path, new, old)
    rows = client.get("/api/evaluations").json()["evaluations"]
    assert [row["id"] for row in rows] == ["new", "old"]
    assert [row["kind"] for row in rows] == ["answers", "retrieval"]
    assert all(row["complete"] and row["dataset"] == "made-up" and row["split"] == "dev" for row in rows)
    assert [figure["label"] for figure in rows[0]["figures"]] == [
        "依据命中",
        "首条命中",
        "拒答召回率",
        "误拒率",
    ]
    assert rows[0]["figures"][3]["better"] == "low"
    assert rows[1]["configuration"] == "fused"
    for row in rows:
        report = client.get(f"/{row['report']}")
        assert report.status_code == 200
        assert row["id"] in report.text


def test_an_unfinished_run_is_marked(client: TestClient, tmp_path: Path) -> None:
    publish(tmp_path, broken_off(tmp_path))
    (row,) = client.get("/api/evaluations").json()["evaluations"]
    assert (row["complete"], row["done"], row["queries"], row["finished"]) == (False, 11, 40, "")


def test_a_plain_run_folder_is_shown_by_the_names_it_has(client: TestClient, tmp_path: Path) -> None:
    home = tmp_path / "home" / "evaluations"
    retrieval_run(home, "by-hand")
    (row,) = client.get("/api/evaluations").json()["evaluations"]
    assert [figure["label"] for figure in row["figures"]] == ["nDCG@10", "Success@1", "Success@5"]
    assert row["report"] is None


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"kind": 1}',
        '{"kind": "answers", "dataset": "d", "queries": "many"}',
        '{"kind": "answers", "dataset": "d", "queries": 1e999}',
        '{"kind": "answers", "dataset": "d", "queries": 1, "configuration": 5}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_a_folder_that_is_no_run_is_named_and_hides_nothing(
    client: TestClient, tmp_path: Path, content: str
) -> None:
    publish(tmp_path, retrieval_run(tmp_path, "good").folder)
    bad = tmp_path / "home" / "evaluations" / "bad"
    bad.mkdir()
    (bad / "run.json").write_text(content, "latin-1")
    listed = client.get("/api/evaluations").json()
    assert [row["id"] for row in listed["evaluations"]] == ["good"]
    assert listed["unreadable"] == ["bad"]


@pytest.mark.parametrize(
    "measure", [{"value": float("nan"), "low": 0, "high": 1}, {"value": "a"}, {"low": 1}, 3, None]
)
def test_a_figure_that_is_no_number_is_not_sent(client: TestClient, tmp_path: Path, measure: object) -> None:
    folder = retrieval_run(tmp_path / "home" / "evaluations", "bad").folder
    (folder / "summary.json").write_text(json.dumps({"measures": {"nDCG@10": measure}}), "utf-8")
    assert client.get("/api/evaluations").json() == {"evaluations": [], "unreadable": ["bad"]}


def test_lone_surrogates_do_not_break_the_list(client: TestClient, tmp_path: Path) -> None:
    folder = retrieval_run(tmp_path / "home" / "evaluations", "odd").folder
    text = (folder / "run.json").read_text("utf-8").replace("made-up", "\\ud800")
    (folder / "run.json").write_text(text, "utf-8")
    assert client.get("/api/evaluations").json()["evaluations"][0]["dataset"] == "?"


# The reports


def test_a_report_may_use_its_own_style_and_nothing_else(client: TestClient, tmp_path: Path) -> None:
    publish(tmp_path, retrieval_run(tmp_path, "a").folder)
    response = client.get("/evaluations/a/report.html")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in client.get("/evaluations.html").headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/evaluations/../report.html",
        "/evaluations/%2e%2e/report.html",
        "/evaluations/..%2f..%2foutside/report.html",
        "/evaluations/%2e%2e%2foutside/report.html",
        "/evaluations/..%5coutside/report.html",
        "/evaluations/%2fetc/report.html",
        "/evaluations/./report.html",
        "/evaluations//report.html",
        "/evaluations/a%00/report.html",
        "/evaluations/a/run.json",
        "/evaluations/a/queries.jsonl",
        "/evaluations/link/report.html",
        "/evaluations/inner/report.html",
        "/evaluations/missing/report.html",
        "/evaluations/%F0%A0%AE%B7/report.html",
        f"/evaluations/{'a' * 5000}/report.html",
    ],
)
def test_nothing_but_reports_of_this_home_is_served(client: TestClient, tmp_path: Path, path: str) -> None:
    publish(tmp_path, retrieval_run(tmp_path, "a").folder)
    outside = tmp_path / "outside"
    outside.mkdir()
    for place in (outside, tmp_path / "home", tmp_path):
        (place / "report.html").write_text("secret", "utf-8")
    home = tmp_path / "home" / "evaluations"
    (home / "link").symlink_to(outside)
    (home / "inner").mkdir()
    (home / "inner" / "report.html").symlink_to(outside / "report.html")
    response = client.get(path)
    assert response.status_code == 404
    assert "secret" not in response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert "link" not in [row["id"] for row in client.get("/api/evaluations").json()["evaluations"]]


def test_the_page_obeys_its_content_security_policy() -> None:
    html = (WEB / "evaluations.html").read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


# The page


@contextmanager
def serving(app: Any) -> Iterator[str]:
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def site(assistant: Assistant, tmp_path: Path) -> Iterator[str]:
    with serving(create_app(at(assistant, tmp_path / "home"))) as address:
        yield address


@pytest.mark.browser
def test_the_page_lists_runs_and_opens_their_reports(browser_page: Page, site: str, tmp_path: Path) -> None:
    old, new = retrieval_run(tmp_path, "old").folder, answers_run(tmp_path, "new", dataset=MARKUP).folder
    set_finished(old, "2026-01-01T00:00:00+00:00")
    set_finished(new, "2026-02-01T00:00:00+00:00")
    publish(tmp_path, old, new)
    complaints: list[str] = []
    requests: list[str] = []
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.on("request", lambda request: requests.append(request.url))

    browser_page.goto(site)
    browser_page.get_by_role("link", name="评测").click()
    cards = browser_page.get_by_test_id("evaluation")
    cards.nth(1).wait_for()
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text(MARKUP)
    expect(cards.nth(0)).to_contain_text("依据命中")
    expect(cards.nth(0)).to_contain_text("越低越好")
    expect(cards.nth(1).locator(".run-value").first).to_contain_text("0.")
    cards.nth(0).get_by_role("link").click()
    browser_page.get_by_role("heading", level=1, name=MARKUP).wait_for()
    expect(browser_page.locator("svg.plot")).to_have_count(4)
    colour = browser_page.locator("h1").evaluate("node => getComputedStyle(node).fontSize")
    assert colour != "32px", "the report's own style must apply"
    browser_page.go_back()
    browser_page.get_by_role("link", name="问答", exact=True).click()
    browser_page.get_by_test_id("question").wait_for()
    assert browser_page.evaluate("window.injected") is None
    assert complaints == []
    assert [url for url in requests if not url.startswith(site)] == []


@pytest.mark.browser
def test_the_empty_page_says_how_to_make_a_run(browser_page: Page, site: str) -> None:
    browser_page.goto(f"{site}/evaluations.html")
    text = browser_page.get_by_test_id("no-evaluations").text_content() or ""
    assert "dangjian-eval answers --questions" in text
    assert "--publish" in text


@pytest.mark.browser
def test_a_failure_is_shown_and_can_be_tried_again(browser_page: Page, site: str) -> None:
    browser_page.route("**/api/evaluations", lambda route: route.abort())
    browser_page.goto(f"{site}/evaluations.html")
    browser_page.get_by_text("连接不上服务").wait_for()
    browser_page.unroute("**/api/evaluations")
    browser_page.get_by_role("button", name="重试").click()
    browser_page.get_by_test_id("no-evaluations").wait_for()
    expect(browser_page.get_by_text("连接不上服务")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_neither_page_nor_report_scrolls_sideways(
    chromium: Any, site: str, tmp_path: Path, width: int, scheme: str
) -> None:
    runs = [
        retrieval_run(tmp_path, "x" * 120).folder,
        retrieval_run(tmp_path, "b").folder,
        broken_off(tmp_path),
    ]
    publish_run(load(runs), 0, tmp_path / "home")
    publish(tmp_path, runs[2])
    context = chromium.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    for path in (
        f"evaluations/{'x' * 120}/report.html",
        "evaluations/answers-partial/report.html",
        "evaluations.html",
    ):
        page.goto(f"{site}/{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    context.close()
