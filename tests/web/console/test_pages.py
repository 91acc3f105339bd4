"""Each page that pictures are made of: open to everybody, within any screen, in words of people."""

import pytest
from playwright.async_api import Browser, expect

from newel.flow import search
from web import raw
from web.conftest import Site
from web.console.conftest import seat
from web.console.test_quality import RESET, answered, sample_all
from web.screenshots import PAGES, SIZES, opened
from web.test_desk import at_work, say, work_off

SAID = (
    ("C0012", "This is the third time. My lawyer will sue you over order 10023!"),
    ("C0017", "Mug arrived broken, order 10031, refund please"),
    ("C0020", "Where is order 10023?"),
    ("C0021", "human please, about order 10031. " + "Donaudampfschifffahrtsgesellschaft" * 20),
)
WITHIN = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SMALL = """for (const at of [0, 14]) {
    const tiny = document.createElement("button");
    tiny.ariaLabel = "tiny";
    tiny.style.cssText = `position:absolute; top:4px; left:${at + 4}px; width:12px; height:12px;`
        + "padding:0; min-height:0";
    document.querySelector("main").append(tiny);
}"""
LOOKS = (("wide", "light", "en"), ("phone", "dark", "fr"), ("zoomed", "light", "es"))


async def full(shop: Site) -> None:
    """Something to see on every page of everybody: a page that is not there is looked at by nobody."""
    for person in ("ivan", "esme", "amara"):
        await at_work(shop, person)
    cases = [(await say(shop, text, ref))["case_id"] for ref, text in SAID]
    await work_off(shop)
    sample_all(shop)
    await answered(shop, "C0005", RESET)
    ivan = await shop.signed_in("ivan")
    assert (await ivan.post(f"/wallboard/cases/{cases[0]}/takeover")).status_code == 200
    given = await ivan.post(f"/api/v1/cases/{cases[-1]}/assignment", json={"login": "esme"})
    assert given.status_code in {201, 409}, given.text  # she may have it already
    while await search.index(shop.wired):
        pass


@pytest.mark.parametrize("login", [login for login in PAGES if login])
async def test_WRK_10_no_page_shuts_anybody_out_or_leaves_the_screen(
    shop: Site, browser: Browser, login: str
) -> None:
    await full(shop)
    for size, scheme, spoken in LOOKS:
        width, height = SIZES[size]
        look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": spoken}
        async with seat(shop, browser, login, **look) as one:
            for path in PAGES[login]:
                assert await opened(one.page, shop.url, path), f"{path} is not there for {login}"
                assert await one.axe() == [], (path, size, scheme)
                assert await one.page.evaluate(WITHIN), (path, size)
                assert await raw.found(one.page) == [], (path, spoken)
            assert [said for said in one.complaints if "404" not in said] == []


async def test_WCAG_2_5_8_a_target_that_is_too_small_is_found(shop: Site, browser: Browser) -> None:
    """Axe leaves that rule out unless it is asked for, as on each page here."""
    async with seat(shop, browser) as one:
        await one.go("/sign-in")
        assert await one.axe() == []
        await one.page.evaluate(SMALL)
        assert [found.partition(":")[0] for found in await one.axe()] == ["target-size"] * 2


ZOOMED = ((1440, 900), (1280, 720))


async def test_WCAG_1_4_4_the_desk_is_worked_at_twice_the_size(shop: Site, browser: Browser) -> None:
    """A browser at 200 % has half the pixels of its window."""
    ref, text = SAID[0]
    client = shop.client(await shop.token("intake"))
    await client.put(f"/api/v1/customers/{ref}", json={"name": "Priya Nair", "email": "priya@example.com"})
    case_id = (await say(shop, text, ref))["case_id"]
    await work_off(shop)
    esme = await at_work(shop, "esme")
    await esme.post(f"/desk/{case_id}/take")
    await work_off(shop)
    for width, height in ZOOMED:
        look = {"viewport": {"width": width // 2, "height": height // 2}, "device_scale_factor": 2}
        async with seat(shop, browser, "esme", **look) as one:
            page = one.page
            await one.go("/desk")
            await page.locator(f"[data-case='{case_id}']").press("Enter")
            await page.wait_for_url(f"**/desk/{case_id}*")
            await expect(page.locator("dd > button.veil").nth(1)).to_be_visible()
            await page.locator("#text-reply").fill("I look into it now.")
            for button in ("Send", "Resolve", "Transfer", "Snooze"):
                shown = page.locator("#case").get_by_role("button", name=button, exact=False).first
                await shown.scroll_into_view_if_needed()
                await expect(shown).to_be_in_viewport(ratio=1)
            assert await page.evaluate(WITHIN)
            assert await one.axe() == []
            assert one.complaints == []


SAYS = "words => document.querySelector('main').append(words)"
SPOKEN_BY_MACHINES = (
    "order_status",
    "order.state is placed",
    "2026-11-27T06:53:00",
    "a131d737-bf8f-4bd6-82cc-9905633fa4cd",
    "log_odds=3.17; lead=0.95",
    "{order.no}",
    "undefined",
)


async def test_a_word_of_a_machine_is_found_on_a_page(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser) as one:
        await one.go("/sign-in")
        assert await raw.found(one.page) == []
        for said in SPOKEN_BY_MACHINES:
            await one.page.evaluate(SAYS, said)
        assert [said for said in SPOKEN_BY_MACHINES if raw.raw(said)] == list(SPOKEN_BY_MACHINES)
        assert await raw.found(one.page) == list(SPOKEN_BY_MACHINES)
        assert not raw.raw("Priya, priya@example.com: {customer.first_name}, {order}, 1,234,567.89 GBP")
