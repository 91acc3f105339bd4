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
        await _ended(one)
        assert [said for said in one.complaints if "409" not in said] == []
    rows = "SELECT data FROM newel.audit_event WHERE event IN ('resolution.made', 'case.resolved')"
    ends = [row["data"] for row in await shop.house.as_owner(rows)]
    assert ['"acts": ["refund"]' in one or '"acts":["refund"]' in one for one in ends] == [True, True]
    reasons = await shop.house.as_owner("SELECT contact_reason FROM newel.cases WHERE id = $1::uuid", case_id)
    assert [row["contact_reason"] for row in reasons] == ["refund_damaged"]
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


async def _ended(one: Seat) -> None:
    """The end names the act, and what it was about is the person's to say (RES-1)."""
    page, dialog = one.page, one.page.locator("#resolve")
    await page.locator("#text-reply").fill("")
    await page.locator("#text-reply").blur()
    await page.keyboard.press("e")
    await expect(dialog.locator("#done-here")).to_contain_text("Refund 10.00 GBP")
    await expect(dialog.locator("#done-here")).to_contain_text("confirmed")
    await dialog.locator("[name=contact_reason]").select_option("refund_damaged")
    assert await one.axe() == []
    await dialog.locator("[name=category][value=resolved]").check()
    await dialog.get_by_role("button", name="Resolve").press("Enter")
    await page.wait_for_url("**/desk")


async def test_INV_12_above_the_limit_approval_is_asked_for_by_keyboard_and_given(
    shop: Site, browser: Browser, systems: Systems
) -> None:
    await at_work(shop, "esme")
    case_id = (await say(shop, BROKEN, "C0017"))["case_id"]
    await work_off(shop)
    await shop.house.as_owner("UPDATE newel.staff SET limit_minor = 500 WHERE login = 'esme'")
    before = systems.count(**{"class": "refund"})
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 1000}) as one:
        await one.go(f"/desk/{case_id}")
        await _asked(one)
        assert one.complaints == []
    async with seat(shop, browser, "farid") as two:
        await two.go("/approvals")
        await expect(two.page.locator("#sheet")).to_contain_text("Esme Hartley")
        await expect(two.page.locator("#sheet")).to_contain_text("It is the second time.")
        assert await two.axe() == []
        await two.page.keyboard.press("a")
        await expect(two.page.locator("#sheet")).to_have_count(0)
        assert two.complaints == []
    await work_off(shop)
    assert systems.count(**{"class": "refund"}) - before == 1


async def _asked(one: Seat) -> None:
    page, keys = one.page, one.page.keyboard
    await page.locator("#playbook").select_option("refund_damaged")
    await expect(page.locator(".deeds [data-opens=asking-refund]")).to_be_visible()
    await page.locator("#playbook").blur()
    await keys.press(",")
    dialog = page.locator("#asking-refund")
    await expect(dialog.locator("[name=amount]")).to_have_value("18.00")
    assert await one.axe() == []
    await dialog.locator("[name=why]").fill("It is the second time.")
    await keys.press("Control+Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".case-head")).to_contain_text("Approval asked for")
    await expect(page.locator("#script")).to_contain_text("Until it is decided")
