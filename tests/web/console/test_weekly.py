"""The weekly review in the browser: by keyboard, a post-mortem is written, then the week is signed off."""

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_pages import LOOKS, WITHIN
from web.screenshots import SIZES
from web.test_weekly import a_week_later, missed


async def seen(one: Seat) -> None:
    """Nothing is wrong for anybody, in light and dark, on a screen and on a phone."""
    for size, scheme, _language in LOOKS:
        width, height = SIZES[size]
        await one.page.set_viewport_size({"width": width, "height": height})
        await one.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert await one.axe() == []
        assert await one.page.evaluate(WITHIN)
    await one.page.set_viewport_size({"width": SIZES["wide"][0], "height": SIZES["wide"][1]})
    await one.page.emulate_media(color_scheme="light")


async def test_INT_3_QUA_6_a_week_is_looked_back_on(shop: Site, browser: Browser) -> None:
    await missed(shop)
    await a_week_later(shop)
    async with seat(shop, browser, "ivan") as ivan:
        page = ivan.page
        await ivan.go("/policy")
        await page.keyboard.press("g")
        await page.keyboard.press("v")
        await page.wait_for_url("**/weekly")
        await expect(page.get_by_role("heading", name="Post-mortems to write")).to_contain_text("1")
        await seen(ivan)
        await page.get_by_role("link", name="Legal").first.click()
        await page.wait_for_url("**/post-mortems/*")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Post-mortem: Legal")
        await seen(ivan)
        await page.keyboard.press("w")
        await ivan.keeps_its_place("[name=why]")
        await page.select_option("[name=why]", "marker_missing")
        await page.fill("[name=missed]", "The ombudsman was named.")
        await page.select_option("[name=measure]", "marker")
        await page.fill("[name=remedy]", "The word is a marker.")
        await page.fill("[name=phrases]", "the ombudsman")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("heading", name="What it says")).to_be_visible()
        await seen(ivan)
        await page.get_by_role("link", name="customer-support/2").click()
        await page.wait_for_url("**/policy/customer-support/2")
        assert ivan.complaints == []

    async with seat(shop, browser, "greta") as greta:
        page = greta.page
        await greta.go("/weekly")
        row = page.locator("section", has=page.get_by_role("heading", name="Hearthwick customer support"))
        await row.locator("tbody tr").last.get_by_role("link").click()
        await page.wait_for_url("**/weekly/*")
        await expect(page.get_by_role("region", name="Misses", exact=True)).to_contain_text("Legal")
        await seen(greta)
        await page.keyboard.press("w")
        await greta.keeps_its_place("[name=notes]")
        await page.keyboard.type("One miss, and it is understood.")
        await page.fill("[name=decisions]", "The marker is signed this week.")
        await page.keyboard.press("Control+Enter")
        signed = page.get_by_role("region", name="Sign-off")
        await expect(signed).to_contain_text("The marker is signed this week.")
        await expect(page.get_by_role("region", name="Whose it is")).to_contain_text("Greta Lindqvist")
        await seen(greta)
        await page.keyboard.press("b")
        await page.wait_for_url("**/weekly")
        await expect(page.get_by_text("signed off").first).to_be_visible()
        assert greta.complaints == []
