"""Signing in, the frame of every page, and what a browser is told to refuse."""

import pytest
from playwright.async_api import Browser, expect

from newel.domain.access import Role
from web.conftest import Site
from web.console.conftest import seat
from web.console.test_desk import waits
from web.test_desk import at_work


@pytest.fixture
async def staffed(site: Site) -> Site:
    await site.person("amara", Role.RESOLVER, Role.APPROVER, clearance="senior")
    await site.person("audit", Role.AUDITOR)
    return site


async def test_a_wrong_password_is_said_on_the_same_page(staffed: Site, browser: Browser) -> None:
    async with seat(staffed, browser) as one:
        await one.go("/sign-in?next=/profile")
        await one.page.fill("[name=login]", "amara")
        await one.page.fill("[name=password]", "not the right one")
        await one.page.click("button")
        await expect(one.page.get_by_role("alert")).to_contain_text("wrong")
        assert await one.page.input_value("[name=login]") == "amara"
        await one.page.fill("[name=password]", staffed.password)
        await one.page.click("button")
        await one.page.wait_for_url("**/profile")


async def test_who_was_signed_out_comes_back_to_where_they_were(staffed: Site, browser: Browser) -> None:
    async with seat(staffed, browser, "amara") as one:
        await one.go("/profile")
        await staffed.house.as_owner("UPDATE newel.staff_session SET ended_at = clock_timestamp()")
        await one.page.get_by_role("button", name="Away").click()
        await one.page.wait_for_url("**/sign-in?next=%2Fprofile")
        await expect(one.page.get_by_text("Sign in to go on where you were.")).to_be_visible()
        assert await one.axe() == []
        await one.page.fill("[name=login]", "amara")
        await one.page.fill("[name=password]", staffed.password)
        await one.page.click("button")
        await one.page.wait_for_url("**/profile")
        await one.page.evaluate("sessionStorage.setItem('newel.text.x.reply', 'not for others')")
        await one.page.get_by_role("button", name="Sign out").click()
        await one.page.wait_for_url("**/sign-in")
        assert await one.page.evaluate("sessionStorage.length") == 0


async def test_times_are_shown_in_the_zone_that_was_chosen(shop: Site, browser: Browser) -> None:
    case_id = await waits(shop)
    esme = await at_work(shop, "esme")
    await esme.post(f"/desk/{case_id}/take")
    assert (await esme.post("/zone", data={"zone": "Europe/Atlantis"})).status_code == 422
    async with seat(shop, browser, "esme", timezone_id="Asia/Tokyo") as one:
        await one.go("/profile")
        await one.page.get_by_label("UTC").check()
        await expect(one.page.locator("html")).to_have_attribute("data-zone", "UTC")
        assert await one.axe() == []
        await one.go(f"/desk/{case_id}")
        await one.page.keyboard.press("z")
        await one.page.keyboard.press("3")
        await one.page.wait_for_url("**/desk")
        await one.go("/profile")
        await one.page.get_by_label("As the browser says").last.check()
        await expect(one.page.locator("html")).not_to_have_attribute("data-zone", "UTC")
    [row] = await shop.house.as_owner("SELECT due_at FROM newel.cases WHERE state = 'snoozed'")
    assert (row["due_at"].hour, row["due_at"].minute) == (9, 0)


async def test_a_page_asks_to_sign_in_first_and_never_leads_elsewhere(staffed: Site) -> None:
    html = {"accept": "text/html"}
    async with staffed.client() as client:
        asked = await client.get("/profile", headers=html)
        assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fprofile")
        for away in ("https://example.com", "//example.com", "/\\example.com"):
            shown = await client.get("/sign-in", params={"next": away}, headers=html)
            assert "example.com" not in shown.text


async def test_another_sites_form_signs_nobody_in(staffed: Site) -> None:
    form = {"login": "amara", "password": staffed.password}
    async with staffed.client() as client:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://example.com"}):
            refused = await client.post("/sign-in", data=form, headers=headers)
            assert refused.status_code == 403
            assert "set-cookie" not in refused.headers


async def test_what_a_form_sends_needs_the_sessions_token(staffed: Site) -> None:
    client = await staffed.signed_in("amara")
    del client.headers["x-newel-csrf"]
    refused = await client.post("/presence", data={"presence": "available"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")


async def test_SEC_5_pages_run_no_script_and_no_style_of_others(staffed: Site) -> None:
    client = await staffed.signed_in("amara")
    policy = (await client.get("/profile")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_profile_works_by_keyboard_and_for_everybody(staffed: Site, browser: Browser) -> None:
    async with seat(staffed, browser, "amara") as one:
        await one.go("/profile")
        for theme in ("Dark", "Light"):
            await one.page.get_by_label(theme).check()
            await expect(one.page.locator("html")).to_have_attribute("data-theme", theme.lower())
            assert await one.axe() == []
        await one.page.keyboard.press("?")
        await expect(one.page.get_by_role("dialog")).to_contain_text("Go to your profile")
        await one.page.keyboard.press("Escape")
        await one.page.get_by_role("button", name="Away").click()
        await expect(one.page.get_by_role("button", name="Available")).to_be_visible()
        await one.page.get_by_role("button", name="Sign out").click()
        await one.page.wait_for_url("**/sign-in")
        assert one.complaints == []


async def test_who_may_nothing_here_sees_no_way_in(staffed: Site, browser: Browser) -> None:
    async with seat(staffed, browser, "audit") as one:
        await one.go("/")
        await one.page.wait_for_url("**/profile")
        await expect(one.page.get_by_role("link", name="Desk")).to_have_count(0)


async def test_an_unknown_page_says_so_in_words(staffed: Site, browser: Browser) -> None:
    async with seat(staffed, browser, "amara") as one:
        await one.go("/nowhere")
        await expect(one.page.get_by_role("heading")).to_have_text("This is not here")
