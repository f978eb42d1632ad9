"""`python -m tests.screenshots`: takes the pictures of docs/ anew, from a playground of its own."""

import asyncio
import sys
from pathlib import Path
from shutil import which

from playwright.async_api import Page, async_playwright

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 1280
SHORT, TALL = 800, 1180


async def main() -> None:
    """Start the playground, play a customer, look on as staff, and save what each sees."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    try:
        await _take(address=(await program.stdout.readline()).decode().split()[-1])
    finally:
        program.terminate()
        await program.wait()


async def _take(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": WIDTH, "height": SHORT})
        await page.goto(f"{address}/vi")
        await _answer(page)
        await page.screenshot(path=DOCS / "chat.png")
        await page.set_viewport_size({"width": WIDTH, "height": TALL})
        await _look_at_report(page)
        await page.screenshot(path=DOCS / "report.png")
        await browser.close()


async def _answer(page: Page) -> None:
    await page.locator("#chats a", has_text="Nguyễn Thị An").click()
    await page.get_by_role("button", name="9", exact=True).click()
    await page.locator("#log").get_by_text("hài lòng nhất?").wait_for()
    await page.fill("#text", "Nhân viên tư vấn rất nhiệt tình, giao hàng đúng hẹn.")
    await page.mouse.move(WIDTH - 40, SHORT / 2)


async def _look_at_report(page: Page) -> None:
    await page.locator("#chats a", has_text="Lê Thu Hà").click()
    await page.locator(".message img").last.evaluate("image => image.decode()")


if __name__ == "__main__":
    asyncio.run(main())
