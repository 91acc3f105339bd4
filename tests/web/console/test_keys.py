"""The shortcuts of two keys: each that the sheet names is pressed, and leads where it says."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_desk import settled
from web.test_desk import at_work, say, work_off

MENU = {
    "g d": "/desk",
    "g a": "/approvals",
    "g r": "/review",
    "g o": "/patterns",
    "g v": "/weekly",
    "g w": "/wallboard",
    "g s": "/search",
    "g k": "/knowledge",
    "g y": "/policy",
    "g e": "/explain",
    "g x": "/kill-switch",
    "g t": "/tour",
    "g p": "/profile",
    "g n": "#notices-sheet",
}
"""What leads on from everywhere; a page that opens is an address, a dialog its name."""
OF_A_CASE = {"g i": "#preference", "g f": "#pattern"}
BEGINS = {"e": "category", "s": "to", "b": "to_tier", "c": "priority", "t": "login"}
"""Which question a dialog begins with."""
ELSEWHERE = {
    "/profile": {"g l": "/macros", "g m": "/review/mine"},
    "/knowledge": {"g l": "/macros"},
    "/macros": {"g l": "/macros"},
    "/review": {"g q": "/review/results"},
}


async def test_WCAG_2_1_1_each_shortcut_of_two_keys_leads_where_the_sheet_says(
    shop: Site, browser: Browser
) -> None:
    await at_work(shop, "esme")
    case_id = (await say(shop, "My lawyer will sue you over order 10023!"))["case_id"]
    await work_off(shop)
    ivan = await shop.signed_in("ivan")
    assert (await ivan.post(f"/wallboard/cases/{case_id}/takeover")).status_code == 200
    async with seat(shop, browser, "ivan", viewport={"width": 1440, "height": 1000}) as one:
        await one.go(f"/desk/{case_id}")
        await settled(one)
        await expect(one.page.get_by_role("button", name="Always a person")).to_be_visible()
        assert await named(one) == {*MENU, *OF_A_CASE}
        for keys, to in (OF_A_CASE | MENU).items():
            await leads(one, f"/desk/{case_id}", keys, to)
        for path, more in ELSEWHERE.items():
            await one.go(path)
            assert await named(one) == {*MENU, *more}
            for keys, to in more.items():
                await leads(one, path, keys, to)
        assert one.complaints == []


async def named(one: Seat) -> set[str]:
    """The shortcuts of two keys that the sheet of this page names."""
    await one.page.keyboard.press("?")
    rows = one.page.locator("#keys-sheet dt", has=one.page.locator("kbd:first-child:has-text('g')"))
    await expect(rows.first).to_be_visible()
    said = [" ".join(text.split()) for text in await rows.all_inner_texts()]
    await one.page.keyboard.press("Escape")
    await expect(one.page.locator("#keys-sheet")).to_be_hidden()
    return {keys for keys in said if keys.startswith("g ")}


async def leads(one: Seat, path: str, keys: str, to: str) -> None:
    """Pressed on a page, the keys open another one, or a dialog."""
    if not one.page.url.endswith(path):
        await one.go(path)
    if to.startswith("#"):
        await pressed(one, keys)
        await expect(one.page.locator(to)).to_be_visible()
        await one.page.keyboard.press("Escape")
        await expect(one.page.locator(to)).to_be_hidden()
    else:  # a page may lead to itself: its address alone does not say that it was loaded anew
        async with one.page.expect_navigation(url=re.compile(rf"{re.escape(to)}(\?.*)?$")):
            await pressed(one, keys)


async def pressed(one: Seat, keys: str) -> None:
    for key in keys.split():
        await one.page.keyboard.press(key)


async def test_a_dialog_begins_where_its_question_is(shop: Site, browser: Browser) -> None:
    """Not at what closes it; where one press decides (a snooze, a mark), nothing is at hand as yet."""
    async with own_case(shop, browser) as one:
        for key, first in BEGINS.items():
            await one.page.keyboard.press(key)
            await expect(one.page.locator("dialog[open] :focus")).to_have_attribute("name", first)
            await one.page.keyboard.press("Escape")
            await expect(one.page.locator("dialog[open]")).to_have_count(0)
        await one.page.keyboard.press("z")
        await expect(one.page.locator("dialog[open] :focus")).to_have_attribute("data-closes", "")
        assert one.complaints == []


HOVERED = {
    "en": ("Ask an expert (a)", "Snooze (z)", "Merge into another case (i)", "This happens again (g f)"),
    "es": (
        "Consultar a un experto (a)",
        "Posponer (z)",
        "Fusionar con otro caso (i)",
        "Esto se repite (g f)",
    ),
    "fr": (
        "Consulter un expert (a)",
        "Mettre en veille (z)",
        "Fusionner avec un autre dossier (i)",
        "Cela se répète (g f)",
    ),
}


@pytest.mark.parametrize("code", HOVERED)
async def test_what_may_be_done_with_a_case_stands_on_one_line_and_says_its_name_and_keys(
    shop: Site, browser: Browser, code: str
) -> None:
    async with own_case(shop, browser, code) as one:
        acts = one.page.locator(".case-acts > :is(button, a)")
        ends = await acts.evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
        assert len(ends) >= 9
        assert max(ends) - min(ends) < 2
        for keys, title in zip(("a", "z", "i", "g f"), HOVERED[code], strict=True):
            act = one.page.locator(f".case-acts [data-keys='{keys}']")
            await act.hover()
            await expect(act).to_have_attribute("title", title)
        assert one.complaints == []


async def test_a_name_is_said_also_where_the_page_is_asked_for_anew_under_the_pointer(
    shop: Site, browser: Browser
) -> None:
    async with own_case(shop, browser, "en") as one:
        act = one.page.locator(".case-acts [data-keys='a']")
        await act.hover()
        await expect(act).to_have_attribute("title", HOVERED["en"][0])
        # What is asked for anew is laid over what stands there: the element stays, what was set on it goes.
        await act.evaluate("one => one.removeAttribute('title')")
        await one.page.evaluate("document.dispatchEvent(new CustomEvent('htmx:after:swap'))")
        await expect(act).to_have_attribute("title", HOVERED["en"][0])
        assert one.complaints == []


@asynccontextmanager
async def own_case(shop: Site, browser: Browser, code: str = "en") -> AsyncIterator[Seat]:
    """A supervisor at a case of theirs, on a screen of a usual width."""
    await at_work(shop, "esme")
    case_id = (await say(shop, "My lawyer will sue you over order 10023!"))["case_id"]
    await work_off(shop)
    ivan = await shop.signed_in("ivan")
    assert (await ivan.post(f"/wallboard/cases/{case_id}/takeover")).status_code == 200
    wide = {"width": 1440, "height": 900}
    async with seat(shop, browser, "ivan", viewport=wide, locale=code) as one:
        await one.go(f"/desk/{case_id}")
        await settled(one)
        yield one
