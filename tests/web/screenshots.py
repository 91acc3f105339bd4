"""Every page as people see it: `make screenshots` on a running demo, light and dark, wide and on a phone.

What each picture is looked at for: one clear next act; what is urgent seen in a second; columns aligned,
spacing even, density readable; empty, loading and error states; long names and big numbers; nothing cut
off at phone width; nothing that only colour says.
"""

import argparse
import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

PASSWORD = "hearthwick-demo"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/sign-in",
        "/chat?site=hearthwick",
        "/help?site=hearthwick",
        "/help/articles/returns-policy?site=hearthwick",
        "/help/contact?site=hearthwick",
        "/help/conversation?site=hearthwick",
    ),
    "amara": ("/desk", "/approvals", "/search?q=order", "/profile", "/nowhere"),
    "esme": ("/desk",),
    "ivan": ("/desk", "/wallboard", "/search?q=order", "/policy", "/knowledge", "/explain"),
    "greta": ("/review", "/review/results"),
    "farid": ("/approvals",),
}
"""Who looks at which pages; a page that this person may not see is left out of the pictures."""


def shots() -> Iterator[tuple[str, str, str]]:
    """Each combination of theme, size and person."""
    for theme in ("light", "dark"):
        for size in SIZES:
            for login in PAGES:
                yield theme, size, login


async def shoot(browser: Browser, url: str, out: Path, theme: Any, size: str, login: str) -> int:
    """All pages of one person in one look; how many pictures that made."""
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page, made = await context.new_page(), 0
    if login:
        await _sign_in(page, url, login)
    for path in PAGES[login]:
        answer = await page.goto(url + path)
        if answer is None or answer.status == 403:
            continue
        await page.wait_for_timeout(400)
        name = path.strip("/").replace("/", "-").partition("?")[0] or "front"
        await page.screenshot(path=out / f"{name}-{login or 'nobody'}-{theme}-{size}.png")
        made += 1
    await context.close()
    return made


async def _sign_in(page: Page, url: str, login: str) -> None:
    await page.goto(f"{url}/sign-in")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("button")
    await page.wait_for_load_state()


async def main(url: str, out: Path) -> None:
    """Make all pictures of a running demo."""
    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for theme, size, login in shots():
            made = await shoot(browser, url, out, theme, size, login)
            print(f"{made:3} pictures as {login or 'nobody'}, {theme}, {size}")
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--out", type=Path, default=Path("build/screenshots"))
    options = parser.parse_args()
    asyncio.run(main(options.url, options.out))
