"""Pages in other languages, and from right to left: the customer's chat, and the console."""

from collections.abc import Sequence

import pytest
from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_wallboard import LAWYER, say

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def sees_well(one: Seat, schemes: Sequence[str] = ("light", "dark")) -> None:
    """Nothing is wrong for people who cannot see well, and nothing runs out of the window."""
    for scheme in schemes:
        await one.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert await one.axe() == []
    assert await one.page.evaluate(WIDER) <= 0
    assert one.complaints == []


@pytest.mark.parametrize(
    ("code", "way", "person", "written", "sent"),
    [
        ("es", "ltr", "Hablar con una persona", "Escriba un mensaje", "Enviado"),
        ("ar", "rtl", "التحدث إلى موظف", "اكتبوا رسالة", "أُرسلت"),
    ],
)
async def test_WRK_10_a_customer_talks_in_their_language_and_direction(
    shop: Site, browser: Browser, code: str, way: str, person: str, written: str, sent: str
) -> None:
    async with seat(shop, browser, viewport={"width": 390, "height": 760}) as one:
        page = one.page
        await one.go(f"/chat?site=hearthwick&language={code}")
        await page.wait_for_selector("body[data-ready]")
        assert await page.get_attribute("html", "lang") == code
        assert await page.get_attribute("html", "dir") == way
        await expect(page.locator("#person")).to_have_text(person)
        await expect(page.get_by_placeholder(written)).to_be_visible()
        await page.fill("#text", "Order 10023: <b>when</b>?")
        await page.press("#text", "Enter")
        line = page.locator(".line.customer").last
        await expect(line.locator(".said")).to_have_attribute("dir", "auto")
        await expect(line.locator(".state")).to_contain_text(sent)
        start, end = await page.evaluate(
            "(() => { const b = document.querySelector('.line.customer').getBoundingClientRect();"
            " return [b.left, window.innerWidth - b.right]; })()"
        )
        assert (start < end) == (way == "rtl")
        await page.click("#person")
        await expect(page.locator(".line.customer .said").last).not_to_contain_text("I would like")
        await sees_well(one)


async def test_WRK_10_the_help_pages_stand_from_right_to_left(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser, viewport={"width": 390, "height": 760}) as one:
        page = one.page
        for path in ("/help", "/help/articles/returns-policy", "/help/contact"):
            await one.go(f"{path}?site=hearthwick&language=ar")
            assert await page.get_attribute("html", "dir") == "rtl"
            await sees_well(one)
        await page.locator("#send").click()
        await expect(page.locator("#name-problem")).to_have_text("أخبرونا باسمكم.")
        await page.fill("#name", "Priya Nair")
        await page.fill("#email", "priya@example.com")
        await page.fill("#message", "Order 10023: when?")
        await page.locator("#send").click()
        await expect(page.locator("#sent")).to_have_text("استلمنا رسالتكم")
        chat = page.frame_locator(".help-window iframe")
        await expect(chat.locator("html")).to_have_attribute("lang", "ar")
        await sees_well(one, ("light",))


async def test_the_chat_speaks_the_browsers_language_where_the_site_says_none(shop: Site) -> None:
    async with shop.client() as client:
        for accepted, code in (("fr-CH,fr;q=0.9", "fr"), ("xx", "en"), ("", "en"), ("<script>", "en")):
            shown = await client.get("/chat?site=shop", headers={"accept-language": accepted})
            assert f'<html lang="{code}"' in shown.text
        asked = await client.get("/chat?site=shop&language=ar-EG", headers={"accept-language": "fr"})
        assert '<html lang="ar" dir="rtl"' in asked.text
        loader = (await client.get("/chat.js")).text
        assert "تحدثوا معنا" in loader
        assert "/* words by language */" not in loader


BROKEN = """[...document.querySelectorAll(".rail-entry > span:not(.count, .avatar, .dot, .rail-name)")]
    .filter((one) => one.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(one).lineHeight))
    .map((one) => one.textContent)"""
"""Names of the menu that do not stand on one line."""


async def test_the_console_is_told_its_language_once(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go("/profile")
        await page.get_by_label("Français").click()
        await expect(page.locator("h2#looks")).to_have_text("Apparence des pages")
        assert await page.get_attribute("html", "lang") == "fr"
        await expect(page.locator("nav.rail")).to_contain_text("Tableau")
        await one.go("/desk")
        await expect(page.locator(".desk-none").first).to_have_text("Rien pour l’instant.")
        await page.get_by_role("button", name="Prendre n", exact=True).click()
        await expect(page.locator(".toast")).to_contain_text("Rien ne vous attend")
        await sees_well(one, ("light",))
        await one.go("/profile")
        assert await page.evaluate(BROKEN) == []
        await page.get_by_label("Español").click()
        await expect(page.locator("h2#looks")).not_to_have_text("Apparence des pages")
        assert await page.evaluate(BROKEN) == []
        languages = page.get_by_role("region", name="Idioma de las páginas")
        await languages.get_by_label("Según el navegador").click()
        await expect(page.locator("h2#looks")).to_have_text("How the pages look")


async def test_the_dialogs_of_the_desk_speak_the_persons_language(shop: Site) -> None:
    case = await say(shop, LAWYER)
    ivan = await shop.signed_in("ivan")
    html = {"accept": "text/html"}
    for code, texts in (
        ("es", ("¿Cómo terminó?", "Información facilitada", "Posponer hasta", "Fusionar definitivamente")),
        (
            "fr",
            ("Comment s’est-il terminé ?", "Information fournie", "Mettre en veille jusqu’à", "Les garder"),
        ),
    ):
        ivan.cookies.set("newel_language", code)
        shown = (await ivan.get(f"/desk/{case}", headers=html)).text
        assert [text for text in texts if text not in shown] == []
        assert "How did it end?" not in shown
        others = (await ivan.get(f"/desk/{case}/merge", headers=html)).text
        assert "Nothing to merge with" not in others
    sent = await ivan.post("/desk/several/taking", data={"cases": [f"{case}:0"]}, headers=html)
    assert "dossier" in sent.headers["hx-trigger"]


async def test_the_sign_in_speaks_the_browsers_language(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser, locale="es-MX") as one:
        await one.go("/sign-in")
        await expect(one.page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
        await one.page.fill("[name=login]", "ivan")
        await one.page.fill("[name=password]", "not the right one")
        await one.page.press("[name=password]", "Enter")
        await expect(one.page.get_by_role("alert")).to_contain_text("no son correctos")
        assert await one.axe() == []


async def test_the_console_stands_from_right_to_left(shop: Site, browser: Browser) -> None:
    await say(shop, LAWYER)
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        for path in ("/profile", "/desk", "/approvals", "/wallboard", "/review", "/knowledge"):
            await one.go(path)
            await page.evaluate("document.documentElement.dir = 'rtl'")
            assert await page.evaluate(WIDER) <= 0, path
            rail = await page.locator("nav.rail").bounding_box()
            main = await page.locator("#main").bounding_box()
            assert rail is not None, path
            assert main is not None, path
            assert rail["x"] > main["x"], path
        assert await one.axe() == []
        assert one.complaints == []
