"""The first five minutes, led by the tour: a question answered, a refund approved, a customer taken over."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.test_desk import work_off


async def settled(one: Seat, path: str) -> None:
    """Nothing is seriously wrong for anybody, in light and dark."""
    await one.go(path)
    for scheme in ("light", "dark"):
        await one.page.emulate_media(color_scheme=scheme)
        assert await one.axe() == []


async def writes(site: Site, page: Page, name: str) -> None:
    button = page.get_by_role("button", name=f"Let {name} write")
    await button.press("Enter")
    await expect(button).to_have_count(0)
    await work_off(site)


async def test_a_visitor_is_led_through_all_three_tiers(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser) as one:
        page = one.page
        await settled(one, "/sign-in")
        await page.get_by_role("button", name="Amara Osei").press("Enter")
        await page.wait_for_url("**/tour")

        await writes(shop, page, "Priya")
        step = page.locator("#step-answer")
        await expect(step.get_by_text("Source: order book, order 10023").first).to_be_visible()
        await expect(step.locator(".tour-marks .seen")).to_have_count(2)

        await writes(shop, page, "Tom")
        await page.get_by_role("link", name="Open the proposal").press("Enter")
        await expect(page.get_by_text("18.00").first).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_text("Approved.")).to_be_visible()
        await work_off(shop)

        await settled(one, "/tour")
        await expect(page.locator("#step-refund .tour-marks .seen")).to_have_count(4)
        await expect(page.get_by_text("Amara Osei has approved it with one key")).to_be_visible()
        await writes(shop, page, "Arjun")
        await page.get_by_role("button", name="Go on as Esme").press("Enter")
        await page.wait_for_url("**/desk/*")
        await expect(page.locator("mark").first).to_be_visible()
        await _takes_over(one, shop)
        assert one.complaints == []


async def _takes_over(one: Seat, shop: Site) -> None:
    """The third step: everything is in view before a word is written, and the tour sees it done."""
    page = one.page
    beside = page.locator(".case-context")
    await expect(beside).to_contain_text("Why it is here")
    await expect(page.locator(".bubble.theirs").first).to_be_visible()
    await expect(page.locator(".bubble.ai")).to_have_count(0)
    await page.locator("#text-reply").fill("I am Esme, a person. I put this right today.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".bubble.person")).to_contain_text("I put this right today.")
    await shop.house.pass_time(timedelta(minutes=1))  # until then it may be taken back
    await shop.drain()
    await settled(one, "/tour")
    step = page.locator("#step-anger")
    await expect(step).to_contain_text("Esme Hartley has it")
    await expect(step.locator(".tour-marks .seen")).to_have_count(4)
    await expect(step.locator(".tour-line.person")).to_contain_text("I put this right today.")


@pytest.mark.parametrize("code", ["en", "es", "fr"])
async def test_WRK_10_the_tour_shows_keys_as_the_caps_that_are_pressed(shop: Site, code: str) -> None:
    amara = await shop.signed_in("amara")
    steps = (await amara.get("/tour", headers={"accept-language": code})).text.split('<li class="card')[1:]
    shown = [re.findall("<kbd>([^<]+)</kbd>", step) for step in steps]
    assert shown == [[], ["a", "e", "r"], ["Ctrl ↵", "e"]]
    told = [re.search(r'</h2>\s*<p class="muted">(.*?)</p>', step) for step in steps]
    assert not [one for one in told if not one or re.search(r"\[|Ctrl-|\b[AER] \w+[,.]", one[1])]


async def test_what_is_no_step_of_the_tour_is_not_there(shop: Site, site: Site) -> None:
    amara = await shop.signed_in("amara")
    assert (await amara.post("/tour/nothing")).status_code == 404
    assert [(await amara.post("/tour/answer")).status_code for _ in range(2)] == [204, 204]
    assert len(await shop.house.as_owner("SELECT FROM newel.cases")) == 1
    assert (await shop.client().post("/tour/answer")).status_code in {401, 303, 403}
    await site.person("ada")
    assert (await (await site.signed_in("ada")).get("/tour")).status_code == 404
