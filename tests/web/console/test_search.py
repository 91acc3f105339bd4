"""Finding a case, a customer, an article: on the page and in the palette, by keyboard."""

from playwright.async_api import Browser, expect

from newel.flow import search
from web.conftest import Site
from web.console.conftest import seat


async def test_search_leads_to_cases_customers_and_articles(shop: Site, browser: Browser) -> None:
    token = await shop.token("intake")
    message = {
        "external_id": "s-1",
        "conversation": "s-1",
        "customer": {"ref": "C0012", "name": "Priya Nair"},
        "text": "My <b>turquoise</b> lamp hums. I will call my lawyer.",
    }
    assert (await shop.client(token).post("/api/v1/messages", json=message)).is_success
    while await search.index(shop.wired):
        pass
    async with seat(shop, browser, "ivan") as one:
        await one.go("/search")
        await one.page.get_by_role("searchbox").first.fill("turquoise")
        cases = one.page.get_by_role("region", name="Cases").first
        await expect(cases).to_contain_text("Priya N.")
        assert await one.axe() == []
        whose = await cases.get_by_role("link", name="Priya N.").get_attribute("href")
        await one.page.get_by_role("searchbox").first.fill("warranty")
        await expect(one.page.get_by_role("heading", name="Articles")).to_be_visible()
        article = await one.page.locator("[aria-labelledby=articles] a").first.get_attribute("href")
        await one.page.get_by_role("searchbox").first.fill("zzzz")
        await expect(one.page.get_by_text("Nothing found")).to_be_visible()
        await one.page.keyboard.press("Escape")
        await one.page.get_by_role("heading", name="Search").click()
        await one.page.keyboard.press("Control+k")
        await one.page.keyboard.type("turquoise")
        await expect(one.page.get_by_role("option").first).to_contain_text("Priya N.")
        assert await one.axe() == []
        await one.go(whose or "")
        await expect(one.page.get_by_role("heading", level=1)).to_have_text("Cases of Priya N.")
        await one.go(article or "")
        await expect(one.page.get_by_role("heading", name="About it")).to_be_visible()
        assert one.complaints == []


async def test_what_the_palette_finds_is_there_and_is_said_in_the_language_of_its_person(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    hits = (await ivan.get("/search/quick?q=warranty", headers={"accept-language": "es"})).json()
    articles = [hit for hit in hits if hit["hint"] == "artículo"]
    assert articles
    assert (await ivan.get(articles[0]["path"])).status_code == 200
