"""Each page that pictures are made of: open to everybody, light and dark, within the screen of a phone."""

import pytest
from playwright.async_api import Browser

from web.conftest import Site
from web.console.conftest import seat
from web.screenshots import PAGES, SITE, SIZES, opened
from web.test_desk import at_work, say, work_off

SAID = (
    ("C0012", "This is the third time. My lawyer will sue you over order 10023!"),
    ("C0017", "Mug arrived broken, order 10031, refund please"),
    ("C0020", "Where is order 10023?"),
    ("C0021", "human please, about order 10031. " + "Donaudampfschifffahrtsgesellschaft" * 20),
)
WITHIN = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
LOOKS = (("wide", "light"), ("phone", "dark"))


@pytest.mark.parametrize("login", [login for login in PAGES if login])
async def test_WRK_10_no_page_shuts_anybody_out_or_leaves_the_screen(
    shop: Site, browser: Browser, login: str
) -> None:
    for person in ("ivan", "esme", "amara"):
        await at_work(shop, person)
    for ref, text in SAID:
        await say(shop, text, ref)
    await work_off(shop)
    for size, scheme in LOOKS:
        width, height = SIZES[size]
        look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
        async with seat(shop, browser, login, **look) as one:
            for path in PAGES[login]:
                if SITE not in path and await opened(one.page, shop.url, path):
                    assert await one.axe() == [], (path, size, scheme)
                    assert await one.page.evaluate(WITHIN), (path, size)
            assert [said for said in one.complaints if "404" not in said] == []
