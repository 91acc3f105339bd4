"""The help page in the browser: from a question to its source, to the form, to a person in the same chat."""

from playwright.async_api import Browser, expect

from samples import png
from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_chat import PHONE

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \u202egnp.exe " + "A" * 3_000


async def fits(one: Seat) -> bool:
    found: bool = await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return found


async def filled_in(one: Seat) -> None:
    """The form says what is missing, keeps what was typed, and offers articles till a person is asked for."""
    page = one.page
    await page.locator("#send").click()
    await expect(page.locator("#name-problem")).to_have_text("Tell us your name.")
    await expect(page.locator("#name")).to_be_focused()
    await page.fill("#name", "Priya Nair")
    await page.fill("#email", "priya@example")
    await page.fill("#order", "my blue one")
    await page.fill("#message", "How much is standard delivery to Leeds?")
    await expect(page.locator("#suggested details")).not_to_have_count(0)
    await expect(page.locator("#name-problem")).to_be_empty()
    await page.locator("#send").click()
    await page.fill("#email", "priya@example.com")
    await page.locator("#send").click()
    await expect(page.locator("#order-problem")).to_contain_text("does not look like an order number")
    await expect(page.locator("#message")).to_have_value("How much is standard delivery to Leeds?")
    assert await one.axe() == []
    await page.fill("#order", "")
    await page.fill("#message", f"My pan rusts, and I want to talk to a person. {HOSTILE}")
    await expect(page.locator("#suggested")).to_be_hidden()
    await page.reload()
    await expect(page.locator("#message")).to_have_value(
        f"My pan rusts, and I want to talk to a person. {HOSTILE}"
    )


async def test_CHN_5_a_question_finds_its_source_and_what_it_does_not_solve_reaches_a_person_in_the_chat(
    shop: Site, browser: Browser
) -> None:
    async with seat(shop, browser) as one:
        page = one.page
        await one.go("/help?site=hearthwick")
        assert await one.axe() == []
        await page.locator("#q").press_sequentially("How do I season a cast iron pan?")
        await expect(page.locator(".help-answer .help-source")).to_have_text(
            "Source: Care of cast iron and carbon steel"
        )
        await expect(page.locator("#topics")).to_be_hidden()
        assert "q=How" in page.url
        assert await one.axe() == []
        await page.locator(".help-answer a").click()
        await page.get_by_role("button", name="No", exact=True).click()
        await expect(page.locator("#judged-title")).to_contain_text("Let us answer you")
        assert await one.axe() == []
        await page.locator("#judged").get_by_role("link", name="Write to us").click()

        await filled_in(one)
        file = {"name": "pan.png", "mimeType": "image/png", "buffer": png()}
        await page.locator("#files").set_input_files(file)  # type: ignore[arg-type]
        await expect(page.locator(".chosen-one.ready")).to_have_count(1)
        await page.locator("#send").dblclick()

        await expect(page.locator("#sent")).to_have_text("We have your message")
        await expect(page.locator(".help-who")).to_contain_text("will answer you")
        chat = page.frame_locator(".help-window iframe")
        await expect(chat.locator(".line.customer .said")).to_contain_text("My pan rusts")
        await expect(chat.locator(".line.customer .shot")).to_have_count(1)
        assert await one.axe() == []
        [case] = await shop.house.as_owner("SELECT id, tier FROM newel.cases")
        assert case["tier"] == 3
        ivan = await shop.signed_in("ivan")
        token = (await ivan.post(f"/api/v1/cases/{case['id']}/takeover")).json()["token"]
        reply = {"token": token, "text": "Hello Priya, I look after your pan."}
        await ivan.post(f"/api/v1/cases/{case['id']}/messages", json=reply)
        await shop.drain()
        await expect(chat.locator(".line.person .said")).to_have_text("Hello Priya, I look after your pan.")
        await page.reload()
        await expect(chat.locator(".line.person .said")).to_have_text("Hello Priya, I look after your pan.")
        await one.go("/help?site=hearthwick")
        await page.get_by_role("link", name="Your conversation").click()
        await expect(chat.locator(".line.customer")).to_have_count(1)
        assert [row["n"] for row in await shop.house.as_owner("SELECT count(*) AS n FROM newel.cases")] == [1]
        assert "owned" not in await page.title()
        assert [said for said in one.complaints if "422" not in said] == []  # the order number, by the server


async def test_by_keyboard_on_a_dark_phone_at_twice_the_size_a_person_is_one_tap_away(
    shop: Site, browser: Browser
) -> None:
    half = {"width": PHONE["width"] // 2 + 125, "height": PHONE["height"] // 2}  # 320 px wide: 200 % and more
    async with seat(shop, browser, viewport=half, color_scheme="dark") as one:
        for path in (
            "/help",
            "/help?q=gift+cards",
            "/help/articles/returns-policy",
            "/help/contact",
            "/help/nothing",
        ):
            await one.go(path)
            assert await fits(one), path
            assert await one.axe() == [], path
        await one.go("/help/articles/returns-policy")
        for _ in range(12):
            await one.page.keyboard.press("Tab")
            if await one.page.evaluate("document.activeElement.textContent.includes('Talk to a person')"):
                break
        await one.page.keyboard.press("Enter")
        await expect(one.page.locator("#sent")).to_be_visible()
        chat = one.page.frame_locator(".help-window iframe")
        await expect(chat.locator(".line.customer .said")).to_have_text(
            "I would like to talk to a person, please."
        )
        assert await fits(one)
        assert await one.axe() == []
        told = [said for said in one.complaints if "404" not in said]
        assert told == []
