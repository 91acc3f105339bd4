"""Recommendations in the real browser: shown with why, one key to the reply, gone with a marker."""

import re

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.test_desk import at_work, say, work_off

STATUS = "Where is order 99999?"


async def test_WRK_2_a_recommendation_goes_into_the_reply_or_away(shop: Site, browser: Browser) -> None:
    await at_work(shop, "esme")
    jean = (await say(shop, STATUS, "C0025"))["case_id"]
    tom = (await say(shop, STATUS, "C0017"))["case_id"]
    await work_off(shop)
    ivan = await shop.signed_in("ivan")
    for case_id in (jean, tom):
        given = await ivan.post(f"/api/v1/cases/{case_id}/assignment", json={"login": "esme"})
        assert given.status_code in {201, 409}, given.text  # 409: it is hers already
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 1000}) as one:
        await one.go(f"/desk/{jean}")
        await _used_and_dismissed(one)
        await one.go(f"/desk/{tom}")
        await expect(one.page.locator("#offer-moss_bowl")).to_contain_text("Pasta bowl in moss")
        await say(shop, "My lawyer will sue you!", "C0017")
        await expect(one.page.locator("#offer-moss_bowl")).to_have_count(0)
        assert one.complaints == []
    assert await _states(shop) == {"cushion_pad": "used", "wick_trimmer": "dismissed", "moss_bowl": "shown"}
    async with seat(shop, browser, "ivan") as one:
        await one.go("/review/results")
        row = one.page.get_by_role("row", name=re.compile("Cushion pad"))
        await expect(row).to_contain_text("100 %")
        assert await one.axe() == []
        assert one.complaints == []


async def test_WCAG_2_4_3_the_keyboard_goes_to_the_next_recommendation_and_then_to_a_heading(
    shop: Site, browser: Browser
) -> None:
    esme = await at_work(shop, "esme")
    case_id = (await say(shop, STATUS, "C0025"))["case_id"]
    await work_off(shop)
    await esme.post(f"/desk/{case_id}/take")
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 1000}) as one:
        await one.go(f"/desk/{case_id}")
        shown = one.page.locator(".panel.offers article")
        await expect(shown).to_have_count(2)
        gone, kept = [await shown.nth(n).get_attribute("id") for n in (0, 1)]
        for offer, place in ((gone, f"#{kept}"), (kept, ".case-context h3")):
            await one.page.locator(f"#{offer}").get_by_role("button", name="Not here").press("Enter")
            await expect(one.page.locator(f"#{offer}")).to_have_count(0)
            await one.keeps_its_place(place)
        assert one.complaints == []


async def _used_and_dismissed(one: Seat) -> None:
    page, keys = one.page, one.page.keyboard
    pad, trimmer = page.locator("#offer-cushion_pad"), page.locator("#offer-wick_trimmer")
    await expect(pad).to_contain_text("Linen cushion cover, sage")
    await expect(pad.locator("blockquote")).to_contain_text("costs £14.00")
    await expect(page.locator(".panel.offers")).to_contain_text("Nothing is sent by itself")
    for theme in ("dark", "light"):
        await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert await one.axe() == []
    await page.locator("#text-reply").fill("I look into it.")
    await page.locator("#text-reply").blur()
    await keys.press("d")
    await expect(page.locator("#text-reply")).to_have_value(re.compile("I look into it.\n\nOne more thing"))
    await expect(pad).to_have_count(0)
    await expect(page.locator(".bubble.person")).to_have_count(0)
    await trimmer.get_by_role("button", name="Not here: Wick trimmer").press("Enter")
    await expect(page.locator(".panel.offers")).to_have_count(0)
    await one.keeps_its_place(".case-context h3")
    await expect(page.locator("#text-reply")).to_have_value(re.compile("One more thing"))


async def _states(shop: Site) -> dict[str, str]:
    rows = await shop.house.as_owner("SELECT name, state FROM newel.offer")
    return {row["name"]: row["state"] for row in rows}
