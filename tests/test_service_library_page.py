"""The page 资料库 in a real browser, against the real service."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from service import build
from service.settings import Settings
from tests.page_actions import ask, eventually
from tests.regulation_samples import NEW_LAW, OLD_LAW
from tests.uploading_service import LOOKOUT, QUESTION, notice, quiet, served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MARKUP = "<img src=x onerror=window.injected=1>"
SECRET = "红岩精神1949"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("library") / "资料"
    folder.mkdir()
    (folder / "旧法.txt").write_text(OLD_LAW, encoding="utf-8")
    (folder / "新法.txt").write_text(NEW_LAW, encoding="utf-8")
    (folder / "甲.txt").write_bytes(notice("甲"))
    (folder / "标记.txt").write_bytes(f"关于{MARKUP}事项的通知\n各单位：\n请登记。\n".encode())
    made = Settings(home=folder.parent / "home", allow_changes=True)
    build.ingest(made, [folder], progress=quiet)
    return made


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with served(settings) as made:
        yield made


@pytest.fixture
def copied(settings: Settings, tmp_path: Path) -> Settings:
    """The same documents in a home of its own."""
    shutil.copytree(settings.home, tmp_path / "home")
    return Settings(home=tmp_path / "home", allow_changes=True)


@pytest.fixture
def library(browser_page: Page, address: str) -> Page:
    return opened(browser_page, address)


def opened(page: Page, address: str, query: str = "") -> Page:
    """The page with its documents."""
    page.goto(f"{address}/library.html{query}")
    page.get_by_test_id("document-count").get_by_text(re.compile("份")).wait_for()
    return page


def watch(page: Page, address: str) -> list[str]:
    """Fills with what the page fails at, and with what it asks of anybody but the service."""
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("request", lambda r: failures.append(r.url) if not r.url.startswith((address, "data:")) else None)
    return failures


def row(page: Page, title: str) -> Locator:
    return page.get_by_test_id("document").filter(
        has=page.get_by_test_id("document-title").get_by_text(title)
    )


def shown(page: Page) -> list[str]:
    return page.get_by_test_id("document-title").all_text_contents()


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files and wait for the end of it."""
    chosen: Any = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    page.get_by_test_id("upload").set_input_files(chosen)
    page.get_by_test_id("upload-status").get_by_text("处理完成").wait_for(timeout=60_000)


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {node['target']}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


def test_an_upload_is_answered_from_removed_and_restored(browser_page: Page, copied: Settings) -> None:
    with served(copied) as address:
        failures = watch(browser_page, address)
        page = opened(browser_page, address)
        upload(page, ("瞭望.txt", LOOKOUT), ("空.txt", b""), ("程序.exe", b"MZ"))
        items = page.get_by_test_id("upload-item")
        eventually(
            lambda: (
                [items.nth(n).get_attribute("data-outcome") for n in range(3)]
                == ["added", "failed", "failed"]
            )
        )
        expect(items.nth(1)).to_contain_text("文件是空的；请", use_inner_text=True)
        expect(items.nth(2)).to_contain_text("不支持“.exe”格式", use_inner_text=True)
        expect(page.get_by_test_id("upload-status")).to_have_text(
            "处理完成：入库 1 份，失败 2 份。", use_inner_text=True
        )
        items.nth(0).get_by_test_id("upload-open").click()
        page.get_by_test_id("source").get_by_text("护林办公室").wait_for()
        page.keyboard.press("Escape")
        page.reload()
        items.nth(2).wait_for()
        expect(items.nth(0), "the results outlive a reload").to_contain_text("新增", use_inner_text=True)

        page.goto(address)
        expect(ask(page, QUESTION)).to_contain_text("护林办公室", use_inner_text=True)
        page.get_by_test_id("citation").first.click()
        page.get_by_test_id("source").get_by_text("关于做好瞭望塔巡查工作的通知").first.wait_for()

        opened(page, address)
        row(page, "瞭望塔").get_by_test_id("remove").click()
        undo = page.get_by_test_id("undo-remove")
        undo.wait_for()
        expect(undo).to_be_focused()
        page.get_by_test_id("removed-item").wait_for()
        expect(page.get_by_test_id("document-count")).to_have_text("共 4 份资料", use_inner_text=True)
        page.goto(address)
        page.get_by_test_id("new-conversation").click()
        ask(page, QUESTION)
        expect(page.get_by_test_id("answer").last.get_by_text("护林办公室")).to_have_count(0)

        opened(page, address)
        page.get_by_test_id("restore").click()
        row(page, "瞭望塔").wait_for()
        row(page, "瞭望塔").get_by_test_id("remove").click()
        undo.click()
        row(page, "瞭望塔").wait_for()
        page.get_by_test_id("removed-item").wait_for(state="detached")
        page.goto(address)
        page.get_by_test_id("new-conversation").click()
        expect(ask(page, QUESTION)).to_contain_text("护林办公室", use_inner_text=True)
        assert failures == []


def test_files_can_be_dropped_anywhere(browser_page: Page, copied: Settings) -> None:
    with served(copied) as address:
        page = opened(browser_page, address)
        page.evaluate(
            """() => {
              const data = new DataTransfer();
              data.items.add(new File(["关于乙事项的通知\\n请登记。\\n"], "乙.txt"));
              for (const type of ["dragenter", "dragover", "drop"])
                document.body.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
            }"""
        )
        page.get_by_test_id("upload-status").get_by_text("入库 1 份").wait_for(timeout=60_000)
        row(page, "关于乙事项的通知").wait_for()
        expect(row(page, "关于乙事项的通知")).to_have_count(1)


def test_a_correction_shows_what_was_detected_and_can_be_taken_back(
    browser_page: Page, copied: Settings
) -> None:
    with served(copied) as address:
        page = opened(browser_page, address)
        row(page, "关于甲事项的通知").get_by_test_id("details-toggle").click()
        details = page.get_by_test_id("details")
        details.get_by_test_id("correct").click()
        details.get_by_test_id("field-published").fill("去年")
        details.get_by_test_id("save").click()
        alert = details.get_by_role("alert")
        alert.wait_for()
        expect(alert).to_contain_text("“发布日期” 应写成 2024-12-07", use_inner_text=True)
        wrong = details.get_by_test_id("field-published")
        eventually(
            lambda: wrong.evaluate("node => node === document.activeElement && node.ariaInvalid") == "true"
        )
        details.get_by_test_id("field-published").fill("2024-05")
        details.get_by_test_id("field-title").fill(f"改过的{MARKUP}")
        details.get_by_test_id("save").click()
        details.get_by_text("已保存：标题、发布日期。").wait_for()
        eventually(lambda: f"改过的{MARKUP}" in shown(page))
        title = details.locator("[data-field=title]")
        eventually(lambda: title.inner_text().split("\n")[-1] == "识别为：关于甲事项的通知")
        expect(title).to_contain_text("人工更正", use_inner_text=True)
        assert page.evaluate("window.injected") is None
        details.get_by_test_id("undo-correct").click()
        details.get_by_text("已恢复").wait_for()
        eventually(lambda: "关于甲事项的通知" in shown(page))

        details.get_by_test_id("correct").click()
        details.get_by_test_id("field-kind").select_option("讲话")
        details.get_by_test_id("save").click()
        details.locator("[data-field=kind]").get_by_text("人工更正").wait_for()
        details.get_by_test_id("correct").click()
        details.get_by_test_id("undo-kind").click()
        details.get_by_test_id("save").click()
        details.get_by_text("已保存：性质。").wait_for()
        expect(details.get_by_text("人工更正")).to_have_count(0)


def test_filters_narrow_and_the_address_remembers_them(library: Page, address: str) -> None:
    eventually(lambda: len(shown(library)) == 4)
    library.get_by_test_id("filter-kind").select_option("法规")
    eventually(lambda: shown(library) == ["中华人民共和国护林法"] * 2)
    expect(library.get_by_test_id("document-count")).to_contain_text(
        "符合条件的 2 份，共 4 份", use_inner_text=True
    )
    library.get_by_test_id("filter-status").select_option("已修订")
    eventually(lambda: len(shown(library)) == 1)
    library.get_by_test_id("filter-from").fill("2010")
    library.get_by_text("没有符合条件的资料").wait_for()
    library.reload()
    library.get_by_text("没有符合条件的资料").wait_for()
    library.get_by_test_id("filter-clear").click()
    eventually(lambda: len(shown(library)) == 4)
    library.get_by_test_id("filter-to").fill("2000-01")
    eventually(lambda: len(shown(library)) == 1)
    library.get_by_test_id("filter-to").fill("2000-")
    eventually(lambda: len(shown(library)) == 4, "half a date leaves nothing out")
    library.get_by_test_id("filter-clear").click()
    library.get_by_test_id("filter-search").fill("护林 全国人民代表大会")
    eventually(lambda: shown(library) == ["中华人民共和国护林法"] * 2)
    library.get_by_test_id("filter-sort").select_option("published")
    dates = library.locator("[data-label=发布日期]").all_text_contents()
    assert dates == ["2019年12月28日", "1998年5月6日"]
    opened(library, address, "?source=nirgends")
    library.get_by_text("没有符合条件的资料").wait_for()


def test_versions_lead_to_their_comparison(library: Page) -> None:
    library.get_by_test_id("filter-status").select_option("现行")
    row(library, "护林法").get_by_test_id("details-toggle").click()
    versions = library.get_by_test_id("versions").locator("li")
    versions.first.wait_for()
    eventually(
        lambda: (
            [re.sub(r"\s+", " ", text) for text in versions.all_inner_texts()]
            == [
                "1998 版 已修订 1998年5月6日发布，1998年7月1日施行 逐条对照",
                "2019 版 现行 2019年12月28日发布，2020年7月1日施行 本资料",
            ]
        )
    )
    library.get_by_test_id("compare").click()
    library.get_by_test_id("change").first.wait_for()


def test_the_original_can_be_downloaded(library: Page) -> None:
    row(library, "关于甲事项的通知").get_by_test_id("details-toggle").click()
    with library.expect_download() as download:
        library.get_by_test_id("download").click()
    assert download.value.suggested_filename == "甲.txt"
    assert Path(download.value.path()).read_bytes() == notice("甲")


def test_markup_in_titles_and_names_stays_text(library: Page) -> None:
    eventually(lambda: any(MARKUP in title for title in shown(library)))
    library.get_by_test_id("filter-search").fill("onerror")
    row(library, "onerror").get_by_test_id("details-toggle").click()
    library.get_by_test_id("details").get_by_text(MARKUP).first.wait_for()
    chosen: Any = {"name": f"{MARKUP}.exe", "mimeType": "", "buffer": b"MZ"}
    library.get_by_test_id("upload").set_input_files(chosen)
    library.get_by_test_id("upload-status").get_by_text("失败 1 份").wait_for(timeout=60_000)
    expect(library.get_by_test_id("upload-item")).to_contain_text(MARKUP, use_inner_text=True)
    assert library.evaluate("window.injected") is None
    expect(library.locator("img[src=x]")).to_have_count(0)
    library.get_by_test_id("upload-clear").click()
    expect(library.get_by_test_id("upload-item")).to_have_count(0)


def test_all_works_from_the_keyboard(library: Page) -> None:
    library.get_by_test_id("filter-search").focus()
    library.keyboard.type("甲事项")
    for _ in range(20):
        library.keyboard.press("Tab")
        if library.evaluate("document.activeElement.dataset.testid") == "document-title":
            break
    library.keyboard.press("Enter")
    library.get_by_test_id("source").get_by_text("办公室负责登记").wait_for()
    library.keyboard.press("Escape")
    expect(library.locator(":focus")).to_have_attribute("data-testid", "document-title")
    library.keyboard.press("Tab")
    library.keyboard.press("Space")
    library.get_by_test_id("correct").wait_for()
    expect(library.get_by_test_id("details-toggle")).to_have_attribute("aria-expanded", "true")
    library.get_by_test_id("correct").focus()
    library.keyboard.press("Enter")
    expect(library.locator(":focus")).to_have_attribute("data-testid", "field-title")
    library.keyboard.press("Escape")
    expect(library.locator(":focus")).to_have_attribute("data-testid", "correct")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1024, "dark"), (360, "light"), (360, "dark")])
def test_nothing_overflows_and_axe_finds_nothing_serious(
    chromium: Any, address: str, width: int, theme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 780}, color_scheme=theme, locale="zh-CN"
    )
    page = context.new_page()
    failures = watch(page, address)
    opened(page, address)

    def check() -> None:
        for place in ("document.documentElement", "document.querySelector('#library')"):
            assert page.evaluate(f"{place}.scrollWidth - {place}.clientWidth") <= 0
        assert serious(page) == []

    check()
    row(page, "护林法").first.get_by_test_id("details-toggle").click()
    page.get_by_test_id("versions").wait_for()
    check()
    page.get_by_test_id("correct").click()
    check()
    display = page.get_by_test_id("document").first.evaluate("node => getComputedStyle(node).display")
    assert display == ("flex" if width == 360 else "table-row")
    assert failures == []
    context.close()


def test_where_changes_are_not_allowed_the_page_says_how(browser_page: Page, settings: Settings) -> None:
    with served(settings.model_copy(update={"allow_changes": False})) as address:
        page = opened(browser_page, address)
        note = page.get_by_test_id("read-only")
        note.locator("summary").click()
        expect(note).to_contain_text("DANGJIAN_ALLOW_CHANGES=true", use_inner_text=True)
        expect(page.get_by_test_id("upload")).to_be_hidden()
        row(page, "关于甲事项的通知").get_by_test_id("details-toggle").click()
        page.get_by_test_id("download").wait_for()
        eventually(
            lambda: page.get_by_test_id("correct").count() + page.get_by_test_id("remove").count() == 0
        )
        assert serious(page) == []


def test_the_password_opens_the_controls_for_this_tab(browser_page: Page, settings: Settings) -> None:
    guarded = Settings(home=settings.home, allow_changes=True, manager_password=SECRET)
    with served(guarded) as address:
        page = opened(browser_page, address)
        expect(page.get_by_test_id("remove")).to_have_count(0)
        page.get_by_test_id("password").fill("不是这个口令")
        page.keyboard.press("Enter")
        page.get_by_text("管理口令不对；请重新输入").wait_for()
        assert serious(page) == []
        page.get_by_test_id("password").fill(SECRET)
        page.keyboard.press("Enter")
        page.get_by_test_id("remove").first.wait_for()
        page.reload()
        page.get_by_test_id("remove").first.wait_for()
        page.get_by_test_id("leave").click()
        page.get_by_test_id("password").wait_for()
        expect(page.get_by_test_id("remove")).to_have_count(0)


def test_the_chat_page_leads_here(browser_page: Page, address: str) -> None:
    browser_page.goto(address)
    browser_page.get_by_role("link", name="资料库").click()
    browser_page.get_by_test_id("document").first.wait_for()
    expect(browser_page.get_by_test_id("documents")).to_be_visible()
