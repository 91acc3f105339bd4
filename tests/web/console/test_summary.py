"""The AI's summary above a case: said to be the AI's, masked, led to its sources, silent where it must be."""

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import seat
from web.console.test_desk import settled, waits
from web.test_desk import at_work, say, work_off


async def test_TIR_8_the_summary_stands_above_the_case_and_leads_to_its_sources(
    shop: Site, browser: Browser
) -> None:
    case_id = await waits(shop)
    await at_work(shop, "esme")
    await work_off(shop)
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 900}) as one:
        await one.go(f"/desk/{case_id}")
        await settled(one)
        summary = one.page.locator(".summary")
        await expect(summary).to_contain_text("made by the AI")
        await expect(summary).to_contain_text("My lawyer will sue you over order 10023!")
        await expect(summary).not_to_contain_text("priya@example.com")
        assert await one.axe() == []
        source = summary.get_by_label("To this message of the customer").first
        await source.press("Enter")
        target = (await source.get_attribute("href") or "").removeprefix("#")
        await expect(one.page.locator(f"[id='{target}']")).to_contain_text("My lawyer will sue you")
        await summary.locator("summary").press("Enter")
        await expect(summary.locator("dl")).to_be_hidden()
        assert one.complaints == []


async def test_TIR_8_it_speaks_the_readers_language_and_is_silent_where_the_ai_may_do_nothing(
    shop: Site,
) -> None:
    case_id = await waits(shop)
    esme, greta = await at_work(shop, "esme"), await at_work(shop, "greta")
    await work_off(shop)
    french = {"accept": "text/html", "accept-language": "fr"}
    shown = (await esme.get(f"/desk/{case_id}", headers=french)).text
    assert "Résumé" in shown
    assert "fait par l’IA" in shown
    fire = await say(shop, "Your lamp caught fire and burned my daughter's hand!", "C0040")
    await work_off(shop)
    page = await greta.get(f"/desk/{fire['case_id']}", headers={"accept": "text/html"})
    assert "burned my daughter" in page.text
    assert 'class="summary"' not in page.text
