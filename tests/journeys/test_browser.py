"""The playground's page in a real browser, over the real program: what a newcomer does in the first minutes."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.async_api import Browser, Locator, Page, Route, async_playwright, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
SLOW = 20_000  # milliseconds: two busy cores
expect.set_options(timeout=SLOW)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM HERE, SO NOBODY LOOKS AT THE PLAYGROUND'S PAGE")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`touchpoint demo` in a process of its own, in a folder without settings and with a token that must not matter."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "BOT_TOKEN": "not a token"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0"],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", program.stdout.readline())
        assert found is not None
        yield found[0]
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=SLOW / 1000) == 0


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    """The page in Vietnamese; any error in its scripts fails the test."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(SLOW)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(f"{address}/vi")
    yield opened
    await opened.close()
    assert errors == []


async def open_chat(page: Page, name: str) -> Locator:
    """Open somebody's chat; returns its messages."""
    await page.locator("#chats a", has=page.locator(".name", has_text=name)).first.click()
    await expect(page.locator("#chat-title")).to_have_text(name)
    return page.locator("#log")


async def say(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.keyboard.press("Enter")


async def test_a_customer_answers_with_one_tap_and_says_why(page: Page) -> None:
    log = await open_chat(page, "Nguyễn Thị An")
    await log.get_by_role("button", name="9", exact=True).click()
    await expect(log.locator(".message").last).to_contain_text("Chị đã chọn 9/10")
    await expect(log.locator(".message").last).to_contain_text("Điều gì khiến chị hài lòng nhất?")
    await say(page, "Nhân viên tư vấn rất nhiệt tình.")
    await expect(log.locator(".message").last).to_contain_text("Cả đội bên em rất vui")
    await expect(log.locator(".message").first).to_contain_text("đã sửa")


async def test_a_customer_skips_the_reason_in_english(page: Page) -> None:
    log = await open_chat(page, "Emily Carter")
    await log.get_by_role("button", name="2", exact=True).click()
    await log.get_by_role("button", name="Skip").click()
    await expect(log.get_by_role("button", name="Skip")).to_have_count(0)
    await expect(log.locator(".message").last).to_contain_text("You chose 2 out of 10")
    told = await open_chat(page, "Tổ chăm sóc")
    await expect(told).to_contain_text("Emily Carter")


async def test_staff_see_a_report_with_its_picture(page: Page) -> None:
    log = await open_chat(page, "Lê Thu Hà")
    await say(page, "/report nps 90d")
    picture = log.locator(".message", has_text="90 ngày qua").locator(".photo img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500


async def test_the_clock_moved_a_day_brings_a_birthday_greeting(page: Page) -> None:
    log = await open_chat(page, "Phạm Văn Dũng")
    date = await page.locator("#clock-date").inner_text()
    await page.get_by_role("button", name="+1 ngày").click()
    await expect(log.locator(".message").last).to_contain_text("Chúc mừng sinh nhật anh Dũng")
    await expect(page.locator("#clock-date")).not_to_have_text(date)
    await expect(page.get_by_role("button", name="+1 ngày")).to_be_enabled()


async def test_a_deep_link_is_followed_with_the_start_button(page: Page) -> None:
    log = await open_chat(page, "Đỗ Thị Lan")
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(log.locator(".message").last).to_contain_text("chị Lan")


async def test_what_comes_while_a_chat_is_being_read_is_shown_once(page: Page) -> None:
    log = await open_chat(page, "Hoàng Thu Giang")
    told: asyncio.Queue[str] = asyncio.Queue()
    network = await page.context.new_cdp_session(page)
    network.on("Network.eventSourceMessageReceived", lambda event: told.put_nowait(event["data"]))
    await network.send("Network.enable")

    async def say_and_hear(text: str) -> None:
        await say(page, text)
        while f'"text": "{text}"' not in await told.get():
            pass

    async def read_between(route: Route) -> None:
        await say_and_hear("/help")
        read = await route.fetch()
        await say_and_hear("/privacy")
        await route.fulfill(response=read)

    await page.route("**/api/chats/*", read_between, times=1)
    async with page.expect_response("**/api/chats/*") as answer:
        await page.evaluate("dispatchEvent(new Event('hashchange'))")
    await (await answer.value).finished()
    own = log.locator(".message.own")
    await expect(own.filter(has_text="/privacy")).to_have_count(1)
    await expect(own.filter(has_text="/help")).to_have_count(1)


async def test_everybody_else_is_found_by_name_without_accents(page: Page) -> None:
    await expect(page.locator("#chats a").first).to_be_visible()
    shown = await page.locator("#chats li").count()
    await page.fill("#search", "nguyen duc anh")
    await expect(page.locator("#chats li .name")).to_have_text(["Nguyễn Đức Anh"])
    await page.fill("#search", "")
    await expect(page.locator("#chats li")).to_have_count(shown)


async def test_the_page_speaks_both_languages(page: Page) -> None:
    await page.get_by_role("link", name="EN", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("button", name="+30 days")).to_be_visible()
    await page.get_by_role("link", name="VI", exact=True).click()
    await expect(page.get_by_role("button", name="+30 ngày")).to_be_visible()


async def test_on_a_phone_a_chat_fills_the_page_and_nothing_sticks_out(page: Page) -> None:
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await open_chat(page, "Trần Quốc Bảo")
    await expect(page.locator(".chats")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await page.get_by_role("link", name="Về danh sách").click()
    await expect(page.locator("#chats")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


async def test_on_a_phone_a_picture_opens_in_its_own_size_and_can_be_seen_whole(page: Page) -> None:
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    log = await open_chat(page, "Lê Thu Hà")
    await say(page, "/report funnel 30d")
    await log.locator(".message", has_text="30 ngày qua").locator(".photo").click()
    pane, picture = page.locator(".lightbox .pane"), page.locator("#lightbox-image")
    room = "pane => pane.scrollWidth > 2 * pane.clientWidth"
    await picture.evaluate("image => image.decode()")
    assert await pane.evaluate(room)
    await picture.click()
    assert not await pane.evaluate(room)


async def test_the_box_to_write_in_scrolls_only_when_it_is_full(page: Page) -> None:
    await open_chat(page, "Lê Thu Hà")
    box, scrolls = (
        page.locator("#text"),
        "box => getComputedStyle(box).overflowY + (box.scrollHeight > box.clientHeight)",
    )
    await box.fill("một\nhai")
    assert await box.evaluate(scrolls) == "hiddenfalse"
    await box.fill("dòng\n" * 12)
    assert await box.evaluate(scrolls) == "autotrue"
