"""A duplicate is merged by keyboard: what will be is shown before, and the other case shows both stories."""

from datetime import datetime

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_desk import LEGAL, case, waits
from web.test_desk import at_work, mine, say, work_off

SECOND = "Hello? I wrote to you about order 10023. <b>My lawyer</b> is waiting."


async def two_wait(shop: Site) -> tuple[str, str]:
    """One customer's matter, twice."""
    first = await waits(shop, LEGAL)
    second = await say(shop, SECOND, "C0012", conversation="mail-C0012")
    await work_off(shop)
    return first, str(second["case_id"])


async def test_WRK_10_a_duplicate_is_merged_by_keyboard(shop: Site, browser: Browser) -> None:
    into, one = await two_wait(shop)
    esme = await at_work(shop, "esme")
    for case_id in (into, one):
        assert (await esme.post(f"/desk/{case_id}/take")).status_code == 204
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 900}) as there:
        await _merge(there, one, into)
        await _read_both(there, one, into)
        assert there.complaints == []
    assert (await case(esme, one))["state"] == "resolved"
    taken = await say(shop, "And one more thing.", "C0012", conversation="mail-C0012")
    assert taken["case_id"] == into
    token = (await mine(esme, into))["token"]
    sent = await esme.post(f"/api/v1/cases/{into}/messages", json={"token": token, "text": "I am on it."})
    assert sent.status_code == 201
    await work_off(shop)
    rows = await shop.house.as_owner("SELECT conversation_id FROM newel.outbox ORDER BY seq DESC LIMIT 1")
    assert str(rows[0]["conversation_id"]) == taken["conversation_id"]


async def _merge(one: Seat, case_id: str, into: str) -> None:
    page = one.page
    await one.go(f"/desk/{case_id}")
    await page.keyboard.press("i")
    dialog = page.locator("#merge")
    await expect(dialog.locator("input[name=into]")).to_have_count(1)
    await page.keyboard.press("1")
    await expect(dialog.locator("#merge-preview")).to_contain_text("This cannot be undone")
    await expect(dialog.locator("#merge-preview")).to_contain_text("has the other case, and keeps it")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await one.axe() == []
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(f"**/desk/{into}")


async def _read_both(one: Seat, case_id: str, into: str) -> None:
    page, thread = one.page, one.page.locator("#thread")
    await expect(thread).to_contain_text("<b>My lawyer</b> is waiting.")
    await expect(thread.locator(".bubble", has_text="from the merged case").first).to_be_visible()
    await expect(thread).to_contain_text("merged another case into this one")
    assert await one.axe() == []
    await one.go(f"/desk/{case_id}")
    await page.get_by_role("link", name="Merged: it goes on here").click()
    await page.wait_for_url(f"**/desk/{into}")


async def test_a_merge_is_its_owners_or_a_supervisors(shop: Site) -> None:
    into, one = await two_wait(shop)
    esme, amara, ivan = [await at_work(shop, login) for login in ("esme", "amara", "ivan")]
    assert (await esme.post(f"/desk/{one}/take")).status_code == 204
    assert (await amara.get(f"/desk/{one}/merge")).status_code == 403
    assert (await amara.post(f"/api/v1/cases/{one}/merge", json={"into": into})).status_code == 403
    shown = (await esme.get(f"/desk/{one}/merge")).text
    assert into in shown
    assert "lawyer" not in shown
    other = await say(shop, "Where is order 10031?", "C0031")
    await work_off(shop)
    assert (await ivan.get(f"/desk/{one}/merge/{other['case_id']}")).status_code == 404
    said = await ivan.post(f"/api/v1/cases/{one}/merge", json={"into": other["case_id"]})
    assert said.status_code == 409
    assert (
        await esme.post(f"/api/v1/cases/{one}/merge", json={"into": into, "token": 999})
    ).status_code == 409
    done = await ivan.post(f"/api/v1/cases/{one}/merge", json={"into": into})
    assert (done.status_code, done.json()["case_id"]) == (201, into)
    assert (await ivan.post(f"/api/v1/cases/{one}/merge", json={"into": into})).status_code == 201
    for case_id, event in (
        (one, "It is the same matter as another case"),
        (into, "Another case of the same"),
    ):
        assert event in (await ivan.get(f"/cases/{case_id}/trace")).text


async def test_the_clock_of_the_preview_has_the_colour_of_every_clock(shop: Site) -> None:
    """Its own beginning goes along; without one no clock is warm or hot before it is late."""
    into, one = await two_wait(shop)
    esme = await at_work(shop, "esme")
    assert (await esme.post(f"/desk/{one}/take")).status_code == 204
    await shop.house.as_owner(
        "UPDATE newel.work_item SET due_at = due_at - interval '1 minute' WHERE case_id = $1", one
    )
    rows = await shop.house.as_owner("SELECT queued_at, due_at FROM newel.work_item WHERE case_id = $1", one)
    shown = (await esme.get(f"/desk/{one}/merge/{into}")).text.split("It is due earlier")[1]
    begun = datetime.fromisoformat(shown.split('data-started="')[1].split('"')[0])
    due = datetime.fromisoformat(shown.split('datetime="')[1].split('"')[0])
    assert [(row["queued_at"], row["due_at"]) for row in rows] == [(begun, due)]
