"""The frame of every page: the bell rings once, what was seen is seen, and the menu counts."""

from uuid import UUID

import httpx
from playwright.async_api import Browser, expect

from newel.domain.access import system
from newel.store import notice as notices
from newel.store.notice import APPROVERS, Notice
from web.conftest import Site
from web.console.conftest import seat
from web.console.test_wallboard import LAWYER, come, say


async def test_a_notice_is_told_once_listed_and_seen(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser, "esme") as one:
        page = one.page
        await one.go("/profile")
        await expect(page.locator("[data-count=notices]")).to_be_hidden()
        await page.wait_for_selector("#notices .empty", state="attached")
        case = await say(shop, LAWYER)
        ivan = await come(shop, "ivan")
        given = await ivan.post(f"/api/v1/cases/{case}/assignment", json={"login": "esme"})
        assert given.status_code == 201
        await expect(page.locator(".toast", has_text="A case is yours")).to_be_visible()
        await expect(page.locator("[data-count=notices]")).to_have_text("1")

        await page.reload()
        await expect(page.locator("[data-count=notices]")).to_have_text("1")
        await expect(page.locator(".toast")).to_have_count(0)
        await page.keyboard.press("g")
        await page.keyboard.press("n")
        row = page.locator(".notice", has_text="A case is yours")
        await expect(row.get_by_role("link", name="Open")).to_have_attribute("href", f"/desk/{case}")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        await row.get_by_role("button", name="Seen: A case is yours").press("Enter")
        await expect(page.get_by_text("Nothing new")).to_be_visible()
        await one.keeps_its_place("#notices-title")
        await expect(page.locator("[data-count=notices]")).to_be_hidden()
        assert one.complaints == []


async def test_the_keyboard_keeps_its_place_where_a_notice_is_taken_away(
    shop: Site, browser: Browser
) -> None:
    ivan = await come(shop, "ivan")
    await come(shop, "esme")
    for ref in ("C0012", "C0013", "C0014"):
        case = await say(shop, LAWYER, ref)
        await ivan.post(f"/api/v1/cases/{case}/assignment", json={"login": "esme"})
    async with seat(shop, browser, "esme") as one:
        page = one.page
        await one.go("/profile")
        await expect(page.locator("[data-count=notices]")).to_have_text("3")
        await page.keyboard.press("g")
        await page.keyboard.press("n")
        rows = page.locator(".notice")
        middle, last = [await rows.nth(n).get_attribute("id") for n in (1, 2)]
        await page.locator(f"#{middle}").get_by_role("button", name="Seen").press("Enter")
        await expect(rows).to_have_count(2)
        await one.keeps_its_place(f"#{last}")
        await page.keyboard.press("Tab")
        await expect(page.locator(f"#{last}").get_by_role("link", name="Open")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(rows).to_have_count(1)
        await one.keeps_its_place(".notice")
        await page.keyboard.press("Escape")
        await expect(page.locator("#notices-sheet")).to_be_hidden()
        assert one.complaints == []


BEHIND = """behind => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => behind });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_tab_behind_others_tells_by_its_title_and_the_rest_when_it_is_looked_at(
    shop: Site, browser: Browser
) -> None:
    case = await say(shop, LAWYER)
    ivan = await come(shop, "ivan")
    async with seat(shop, browser, "esme") as one:
        page = one.page
        soon = "const was = setInterval; window.setInterval = (act, ms) => was(act, ms === 20000 ? 300 : ms)"
        await page.add_init_script(soon)
        await one.go("/profile")
        await page.wait_for_selector("#notices .empty", state="attached")
        await page.evaluate(BEHIND, True)
        given = await ivan.post(f"/api/v1/cases/{case}/assignment", json={"login": "esme"})
        assert given.status_code == 201
        await expect(page).to_have_title("(1) Your profile · Newel")
        await expect(page.locator(".toast")).to_have_count(0)
        await page.evaluate(BEHIND, False)
        await expect(page.locator(".toast", has_text="A case is yours")).to_be_visible()
        assert one.complaints == []


async def test_what_is_anothers_cannot_be_seen_for_them(shop: Site) -> None:
    case = await say(shop, LAWYER)
    ivan = await come(shop, "ivan")
    await ivan.post(f"/api/v1/cases/{case}/assignment", json={"login": "esme"})
    rows = await shop.house.as_owner("SELECT id FROM newel.notice WHERE kind = 'assigned'")
    (notice,) = [row["id"] for row in rows]
    amara, esme = await shop.signed_in("amara"), await shop.signed_in("esme")
    assert (await amara.post(f"/notices/{notice}/seen")).status_code == 404
    assert "A case is yours" not in (await amara.get("/frame")).text
    counted = (await esme.get("/frame")).text
    assert 'data-counts="mine" value="1"' in counted
    assert 'data-counts="notices" value="1"' in counted
    await esme.post("/notices/seen")
    assert 'data-counts="notices" value="0"' in (await esme.get("/frame")).text


async def test_a_key_pressed_at_once_sends_no_plain_form(shop: Site, browser: Browser) -> None:
    """Even while htmx would still wait for its first timer."""
    async with seat(shop, browser, "ivan") as one:
        slow = "const was = setTimeout; window.setTimeout = (act, ms) => was(act, ms || 3000)"
        await one.page.add_init_script(slow)
        await one.go("/knowledge/articles/returns-policy")
        await one.page.keyboard.press("e")
        await one.page.wait_for_url("**/knowledge/drafts/*")
        assert one.complaints == []


async def test_what_a_role_is_told_each_of_its_people_sees_for_themselves(shop: Site) -> None:
    case = UUID(await say(shop, LAWYER))
    for about in ("one", "two"):
        async with shop.wired.db.tx(system("test")) as tx:
            await notices.add(
                tx, Notice(kind="sla.approval.75", case_id=case, address=APPROVERS, about=about)
            )
    rows = await shop.house.as_owner("SELECT id FROM newel.notice WHERE address = $1", APPROVERS)
    amara, chloe = await shop.signed_in("amara"), await shop.signed_in("chloe")
    ben = await shop.signed_in("ben")

    async def unseen(client: httpx.AsyncClient) -> str:
        shown = (await client.get("/frame")).text
        return shown.split('data-counts="notices" value="')[1].split('"')[0]

    assert [await unseen(one) for one in (amara, chloe, ben)] == ["2", "2", "0"]
    assert (await ben.post(f"/notices/{rows[0]['id']}/seen")).status_code == 404
    assert (await amara.post(f"/notices/{rows[0]['id']}/seen")).status_code == 200
    assert (await amara.post(f"/notices/{rows[0]['id']}/seen")).status_code == 404
    assert [await unseen(one) for one in (amara, chloe)] == ["1", "2"]
    await amara.post("/notices/seen")
    assert [await unseen(one) for one in (amara, chloe)] == ["0", "2"]
    async with shop.wired.db.tx(system("test")) as tx:
        await notices.add(tx, Notice(kind="sla.approval.100", case_id=case, address=APPROVERS, about="three"))
    assert [await unseen(one) for one in (amara, chloe)] == ["1", "3"]
