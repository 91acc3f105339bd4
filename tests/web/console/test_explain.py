"""Explain on a page: each view and rule, evidence marked, by keyboard; nothing of the text is kept."""

import re

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import seat

TEXT = "I will call my l4wyer <script>alert(1)</script> \u202e about order 10023"


async def test_SCN_a_text_is_explained_by_keyboard_and_stays_inert(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser, "amara") as one:
        page = one.page
        await one.go("/policy")
        await page.keyboard.press("g")
        await page.keyboard.press("e")
        await page.wait_for_url("**/explain")
        await page.get_by_label("What a customer might write").fill(TEXT)
        await page.keyboard.press("Control+Enter")
        told = page.locator("#told")
        await expect(told.get_by_role("heading", name="A person has it")).to_be_visible()
        await expect(told.locator(".explained")).to_contain_text("<script>alert(1)</script>")
        await expect(told.locator("mark", has_text="l4wyer")).to_have_attribute(
            "title", re.compile("Legal words")
        )
        await expect(told.locator(".rule.fires", has_text="legal.dictionary")).to_contain_text("l4wyer")
        rests = told.locator(".rule.rests", has_text="complexity.customs")
        await expect(rests).to_contain_text("None of its words occur")
        await expect(told.get_by_role("heading", name="How the text was read")).to_be_visible()
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        assert "l4wyer" not in page.url
        assert one.complaints == []


async def test_what_cannot_be_explained_says_why_and_nothing_is_written(shop: Site) -> None:
    amara = await shop.signed_in("amara")
    count = "SELECT (SELECT count(*) FROM newel.message) + (SELECT count(*) FROM newel.audit_event) AS n"
    before = (await shop.house.as_owner(count))[0]["n"]
    asked = {"workflow": "customer-support", "text": "Where is my order?"}
    told = (await amara.post("/explain", data=asked)).text
    assert "The AI may answer it" in told
    assert "for request is not over 0.5" in told  # the models are heard as in the intake
    long = "x " * 9_999 + "I will call my lawyer"
    assert (await amara.post("/explain", data=asked | {"text": long[-20_000:]})).status_code == 200
    assert (await amara.post("/explain", data=asked | {"text": long})).status_code == 422
    assert (await amara.post("/explain", data=asked | {"text": ""})).status_code == 422
    for workflow in ("invoice-exceptions", "no-such"):
        assert (await amara.post("/explain", data=asked | {"workflow": workflow})).status_code == 404
    assert (await shop.house.as_owner(count))[0]["n"] == before
    assert (await shop.client().post("/explain", data=asked)).status_code in {303, 401, 403}
