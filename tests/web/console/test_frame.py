"""The frame of every page: the bell rings once, what was seen is seen, and the menu counts."""

from playwright.async_api import Browser, expect

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
        await expect(page.locator("[data-count=notices]")).to_be_hidden()
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
