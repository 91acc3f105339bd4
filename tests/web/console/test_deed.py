"""An act of the owner in the real browser: one key, one confirmation, and its outcome beside the case."""

import re

from playwright.async_api import Browser, expect

from web.conftest import Site, Systems
from web.console.conftest import Seat, seat
from web.test_desk import at_work, say, work_off

BROKEN = "I want to talk to a person. My mug arrived broken, order 10031."


async def test_WRK_1_INV_12_the_owner_refunds_by_keyboard_and_sees_it_confirmed(
    shop: Site, browser: Browser, systems: Systems
) -> None:
    await at_work(shop, "esme")
    case_id = (await say(shop, BROKEN, "C0017"))["case_id"]
    await work_off(shop)
    before = systems.count(**{"class": "refund"})
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 1000}) as one:
        await one.go(f"/desk/{case_id}")
        await _done(one)
        await work_off(shop)
        await expect(one.page.locator("[data-deed]")).to_contain_text("confirmed")
        await expect(one.page.locator("#unsettled .switch")).to_have_count(0)
        assert await one.axe() == []
        assert [said for said in one.complaints if "409" not in said] == []
    assert systems.count(**{"class": "refund"}) - before == 1


async def _done(one: Seat) -> None:
    page, keys = one.page, one.page.keyboard
    await page.locator("#playbook").select_option("refund_damaged")
    act = page.locator(".deeds .button").first
    await expect(act).to_contain_text("Refund 18.00 GBP")
    assert await one.axe() == []
    await page.locator("#playbook").blur()
    await keys.press(".")
    dialog = page.locator("#deed-refund")
    await expect(dialog).to_be_visible()
    await expect(dialog).to_contain_text("Your limit")
    await expect(dialog).to_contain_text("200.00 GBP")
    await expect(dialog.locator("[name=amount]")).to_have_value("18.00")
    assert await one.axe() == []
    await dialog.locator("[name=amount]").fill("10.00")
    await keys.press("Control+Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator("[data-deed]")).to_contain_text(re.compile("Refund 10.00 GBP.*pending", re.S))
    await page.locator("#text-reply").fill("It is refunded.")
    await keys.press("Control+Enter")
    await expect(page.locator("#toasts")).to_contain_text("not confirmed yet")
    await expect(page.locator("#text-reply")).to_have_value("It is refunded.")
