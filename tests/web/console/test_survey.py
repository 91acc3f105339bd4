"""What customers answered, where people look: beside their case, and on the wallboard with its interval."""

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import seat
from web.console.test_desk import settled
from web.test_desk import at_work, say, work_off

LEGAL = "My lawyer will sue you over order 10023!"
ASKED = """
INSERT INTO newel.survey (id, case_id, conversation_id, episode, tier, asked_at, expires_at, kind)
SELECT gen_random_uuid(), c.id, c.conversation_id, $2 + n, 3, newel.now(), newel.now() + interval '9 days', $3
FROM newel.cases c, generate_series(1, $4) AS n WHERE c.id = $1
"""
ANSWERED = """
UPDATE newel.survey SET score = $2, answered_at = newel.now() - $1::integer * interval '1 second'
WHERE episode > $1::integer AND score IS NULL
"""


async def answered(shop: Site, case_id: str, episode: int, kind: str, score: int, times: int) -> None:
    """So many answers, as many seconds ago as their first episode has as its number."""
    await shop.house.as_owner(ASKED, case_id, episode, kind, times)
    await shop.house.as_owner(ANSWERED, episode, score)


async def test_RES_5_WRK_6_answers_stand_beside_the_case_and_on_the_wallboard(
    shop: Site, browser: Browser
) -> None:
    await at_work(shop, "esme")
    case_id = (await say(shop, LEGAL))["case_id"]
    await work_off(shop)
    await answered(shop, case_id, 300, "csat", 5, 18)
    await answered(shop, case_id, 200, "csat", 2, 2)
    await answered(shop, case_id, 100, "nps", 9, 3)
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 900}) as one:
        await one.go(f"/desk/{case_id}")
        await settled(one)
        customer = one.page.get_by_role("region", name="Customer")
        await expect(customer.get_by_role("list", name="Answered to surveys").locator("li")).to_have_count(3)
        await expect(customer).to_contain_text("Would recommend us 9 of 10")
        assert await one.axe() == []
        assert one.complaints == []
    async with seat(shop, browser, "ivan", viewport={"width": 1440, "height": 900}) as other:
        await other.go("/wallboard")
        said = other.page.get_by_label("What customers say")
        await expect(said).to_contain_text("90 %")
        await expect(said).to_contain_text("68–99 % · 20 answers")
        await expect(said).to_contain_text("too few answers")
        await expect(said).to_contain_text("3 of 20")
        for theme in ("dark", "light"):
            await other.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            assert await other.axe() == []
        assert other.complaints == []
