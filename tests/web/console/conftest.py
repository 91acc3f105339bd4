"""A real browser on the real house: Debian's Chromium, driven by Playwright, on the demo company."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from web.conftest import Site

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), "")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TARGETS = {"rules": {"target-size": {"enabled": True}}}
"""WCAG 2.2 AA: axe leaves its rule on the size of targets out unless it is asked."""
SERIOUS = {"serious", "critical"}
PATIENCE_MS = 20_000
"""Machines are shared: a slow page is no wrong page."""
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests cannot run; in CI that is a failure and not a way out.

    There a browser that shares its machine gets a second try; the first failure is told all the same.
    """
    if os.environ.get("CI"):
        mark = pytest.mark.flaky(reruns=1)
    elif not CHROMIUM:
        mark = pytest.mark.skip(reason="no Chromium here: apt-get install chromium")
    else:
        return
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(mark)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield started
        await started.close()


@dataclass
class Seat:
    """One person in front of one browser; what its pages complain about is kept."""

    site: Site
    context: BrowserContext
    page: Page
    complaints: list[str]

    async def go(self, path: str) -> None:
        await self.page.goto(self.site.url + path)

    async def sign_in(self, login: str) -> None:
        await self.go("/sign-in")
        await self.page.fill("[name=login]", login)
        await self.page.fill("[name=password]", self.site.password)
        await self.page.press("[name=password]", "Enter")
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)

    async def keeps_its_place(self, at: str = ":focus") -> None:
        """Something has the focus, and not the page as a whole."""
        await expect(self.page.locator(":focus")).to_have_count(1)
        await expect(self.page.locator(at).first).to_be_focused()

    async def axe(self) -> list[str]:
        """What is seriously wrong for people who cannot see, hear or point, and what is too small to hit."""
        found = await Axe().run(self.page, options=TARGETS)
        return [
            f"{v['id']}: {n['html']}"
            for v in found.response["violations"]
            if v["impact"] in SERIOUS
            for n in v["nodes"]
        ]


@asynccontextmanager
async def seat(site: Site, browser: Browser, login: str = "", **options: object) -> AsyncIterator[Seat]:
    """A browser of its own, signed in as ``login`` if one is given."""
    options = {"reduced_motion": "reduce", **options}  # colours in the middle of a change are nobody's
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    page = await context.new_page()
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    made = Seat(site, context, page, complaints)
    if login:
        await made.sign_in(login)
    try:
        yield made
    finally:
        await context.close()
