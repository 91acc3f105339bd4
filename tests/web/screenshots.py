"""Every page as people see it: `make screenshots` on a running demo, light and dark, in each size.

What each picture is looked at for: one clear next act; what is urgent seen in a second; columns aligned,
spacing even, density readable; empty, loading and error states; long names and big numbers; nothing cut
off at phone width or at twice the size; nothing that only colour says; no word of a machine (those that
``tests/web/raw.py`` knows, each walk over the pages finds). In another language (``--language fr``)
besides: no English left over, but for what the company wrote; numbers, dates and money as that language
writes them; longer words that still fit. A language written from right to left (``ar``) turns the pages
that do not speak it as well.

What needs a past of its own (a queue of thousands, an ended case that is opened again, a limit, articles
that contradict each other, files and scores in the chat, refusals) ``tests/web/console/test_scenes.py``
brings about on a house of its own: ``--scenes`` takes pictures of that alone, and needs no running demo.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, TimeoutError, async_playwright

from newel.web.catalogue import SOURCE
from newel.web.tongue import CUSTOMERS, tongue

PASSWORD = "hearthwick-demo"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES = {"wide": (1440, 900), "phone": (390, 844), "zoomed": (640, 400)}
SITE = "site=hearthwick"
TURNED = "document.documentElement.dir = 'rtl'"
PATIENCE_MS = 5_000
KEYS = "!"
SCENES = Path(__file__).parent / "console" / "test_scenes.py"
PRESSED = re.compile(r"[^A-Za-z0-9]")
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/sign-in",
        f"/chat?{SITE}",
        f"/help?{SITE}",
        f"/help?{SITE}&q=returns",
        f"/help?{SITE}&q=zzzz",
        f"/help/articles/nothing?{SITE}",
        f"/help/articles/returns-policy?{SITE}",
        f"/help/contact?{SITE}",
        f"/help/conversation?{SITE}",
    ),
    "amara": (
        "/desk",
        "/approvals",
        "/search",
        "/search?q=order",
        "/search?q=zzzz",
        "/profile",
        "/tour",
        "/nowhere",
    ),
    "esme": ("/desk", "/desk > .desk-list .case-row", "/review/mine"),
    "ivan": (
        "/desk",
        "/patterns",
        "/desk > .desk-list .case-row",
        "/desk > .desk-list .case-row > .case-acts a[href$=trace]",
        "/desk > .desk-list .case-row > !?",
        *(f"/desk > .desk-list .case-row > !{key}" for key in "etaszblimc"),
        "/desk > .desk-list .case-row > !g > !f",
        "/desk > !g > !n",
        "/desk > !Control+k",
        "/wallboard",
        "/kill-switch",
        "/search?q=order",
        "/search?q=order > #found a[href^='/customers/']",
        "/policy",
        "/policy > main a[href^='/policy/']",
        "/policy/customer-support/compare",
        "/knowledge",
        "/knowledge > main a[href^='/knowledge/articles/']",
        "/knowledge/playbooks/customer-support",
        "/knowledge/playbooks/customer-support > .playbook-list a",
        "/knowledge/playbooks/customer-support > .playbook-list a > a[href$='/draft']",
        "/knowledge/playbooks/customer-support > .playbook-list a > a[href$='/draft'] > !Control+Enter",
        "/knowledge/new",
        "/macros",
        "/macros > !c",
        "/explain",
    ),
    "greta": ("/review", "/review > .inbox-list a.line", "/review/results"),
    "farid": ("/approvals", "/approvals > !r"),
}
"""Who looks at which pages, which links they follow and which keys they press there (``!``); a page that
is not theirs to see is left out."""


def shots() -> Iterator[tuple[str, str, str]]:
    """Each combination of theme, size and person."""
    for theme in ("light", "dark"):
        for size in SIZES:
            for login in PAGES:
                yield theme, size, login


@dataclass(frozen=True)
class Look:
    """How pictures are taken: of which demo, where to, in which language, and of which pages."""

    url: str
    out: Path
    language: str = SOURCE
    only: str = ""
    whole: bool = False

    def name(self, path: str, login: str, theme: str, size: str) -> str:
        """A file's name; what is English needs no word of it."""
        spoken = () if self.language == SOURCE else (self.language,)
        return "-".join([_name(path), login or "nobody", theme, size, *spoken])


async def shoot(browser: Browser, look: Look, theme: Any, size: str, login: str) -> int:
    """All pages of one person in one look; how many pictures that made."""
    named = {path: look.name(path, login, theme, size) for path in PAGES[login]}
    wanted = {path: name for path, name in named.items() if look.only in name}
    if not wanted:
        return 0
    context = await _browser_of(browser, look, theme, size)
    page, made = await context.new_page(), 0
    if login:
        await _sign_in(page, look.url, login)
    for path, name in wanted.items():
        if await opened(page, look.url, _spoken(path, look.language)):
            if tongue(look.language).dir == "rtl":
                await page.evaluate(TURNED)
            await page.screenshot(path=look.out / f"{name}.png", full_page=look.whole)
            made += 1
        else:
            print(f"    not there: {path} as {login or 'nobody'}")
    await context.close()
    return made


async def _browser_of(browser: Browser, look: Look, theme: Any, size: str) -> BrowserContext:
    """A person's browser, which asks for their language."""
    width, height = SIZES[size]
    viewport: Any = {"width": width, "height": height}
    return await browser.new_context(viewport=viewport, color_scheme=theme, locale=look.language)


def _spoken(path: str, language: str) -> str:
    """The chat and the help pages speak what their site says."""
    return path.replace(SITE, f"{SITE}&language={language}")


async def opened(page: Page, url: str, path: str) -> bool:
    """Whether the page is there, after the links on the way to it were followed and the keys pressed."""
    first, *links = path.split(" > ")
    answer = await page.goto(url + first)
    if answer is None or answer.status == 403:
        return False
    for link in links:
        if link.startswith(KEYS):
            await page.keyboard.press(link.removeprefix(KEYS))
            continue
        found = await _leads(page, link)
        if found is None:
            return False
        await page.goto(url + found)
    await page.wait_for_timeout(700)
    return True


async def _leads(page: Page, link: str) -> str | None:
    """Where the first such link leads, once it is there; None when none comes."""
    try:
        return await page.locator(link).first.get_attribute("href", timeout=PATIENCE_MS)
    except TimeoutError:
        return None


def _name(path: str) -> str:
    """A file's name: the words of the address, how many links further, and the keys."""
    first, *links = path.split(" > ")
    keys = [PRESSED.sub("", link) or "help" for link in links if link.startswith(KEYS)]
    links = [link for link in links if not link.startswith(KEYS)]
    said = re.sub(r"[^a-z0-9]+", "-", first.replace(SITE, "").lower()).strip("-") or "front"
    return "-".join([said, *([str(len(links))] if links else []), *keys])


async def _sign_in(page: Page, url: str, login: str) -> None:
    await page.goto(f"{url}/sign-in")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("button")
    await page.wait_for_load_state()


async def main(look: Look) -> None:
    """Make all pictures of a running demo."""
    look.out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for theme, size, login in shots():
            made = await shoot(browser, look, theme, size, login)
            print(f"{made:3} pictures as {login or 'nobody'}, {theme}, {size}", flush=True)
        await browser.close()


def scenes(out: Path) -> int:
    """Pictures of what needs a past of its own; how the tests that bring it about ended."""
    environment = os.environ | {"NEWEL_PICTURES": str(out.resolve())}
    command = [sys.executable, "-m", "pytest", "-q", str(SCENES)]
    return subprocess.run(command, env=environment, check=False).returncode


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--out", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--language", choices=CUSTOMERS, default=SOURCE, help="what the browser asks for")
    parser.add_argument("--only", default="", help="a part of the names of the pictures that are wanted")
    parser.add_argument("--whole", action="store_true", help="pages to their end, not what a window shows")
    parser.add_argument("--scenes", action="store_true", help="only what needs a past of its own, of no demo")
    return parser.parse_args()


if __name__ == "__main__":
    said = vars(asked())
    if said.pop("scenes"):
        sys.exit(scenes(said["out"]))
    asyncio.run(main(Look(**said)))
