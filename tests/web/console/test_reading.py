"""Ended cases on the desk: one like mine is read beside it, by keyboard; what I had is opened again."""

from uuid import UUID

from playwright.async_api import Browser, expect

from newel.store.live import of_case
from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_desk import settled, waits
from web.test_desk import at_work, mine, work_off


async def ended(shop: Site) -> str:
    """A legal case that Esme had and ended, her note with it."""
    case_id = await waits(shop)
    esme = await at_work(shop, "esme")
    await work_off(shop)
    item = await mine(esme, case_id)
    said = {"token": item["token"], "category": "resolved", "note": "calmed down"}
    assert (await esme.post(f"/api/v1/cases/{case_id}/resolution", json=said)).status_code == 201
    return case_id


async def test_WRK_2_a_case_like_mine_is_read_and_opened_again_by_keyboard(
    shop: Site, browser: Browser
) -> None:
    before = await ended(shop)
    now = await waits(shop, ref="C0040")
    await at_work(shop, "esme")
    await work_off(shop)
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 900}) as one:
        await one.go(f"/desk/{now}")
        await settled(one)
        await _read(one, before, now)
        async with one.page.expect_response(f"**/desk/{before}/case?beside={now}"):
            shop.wired.db.waker.changed([of_case(UUID(before))])  # it is asked for anew, and still read
        await one.page.keyboard.press("o")
        await one.page.wait_for_url(f"**/desk/{now}")
        await one.go(f"/desk/{before}")
        await _open_again(one)
        assert one.complaints == []


async def _read(one: Seat, before: str, now: str) -> None:
    similar = one.page.get_by_role("region", name="Cases like this one")
    await similar.locator("summary").press("Enter")
    await similar.get_by_role("button", name="Resolved").press("Enter")
    await one.page.wait_for_url(f"**/desk/{before}?beside={now}")
    await expect(one.page.get_by_role("region", name="How it ended")).to_contain_text("calmed down")
    await expect(one.page.locator("#thread")).to_contain_text("My lawyer will sue you")
    await expect(one.page.locator("#thread")).not_to_contain_text("priya@example.com")
    await expect(one.page.locator("#thread button.veil, .composer")).to_have_count(0)
    assert await one.axe() == []


async def _open_again(one: Seat) -> None:
    await one.page.keyboard.press("e")
    await expect(one.page.locator("#reopen textarea")).to_be_focused()
    assert await one.axe() == []
    await one.page.locator("#reopen textarea").fill("She wrote to me by post.")
    await one.page.keyboard.press("Control+Enter")
    await expect(one.page.locator(".case-head")).to_contain_text("Yours")
    await expect(one.page.locator("#thread")).to_contain_text("She wrote to me by post.")
