"""Signing in, the frame of every page, and what a browser is told to refuse."""

from datetime import timedelta

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


async def test_whoever_travels_names_their_zone_and_a_cases_story_is_told_in_it(
    shop: Site, browser: Browser
) -> None:
    case_id = await waits(shop)
    zones = {"Asia/Tokyo": 9, "America/Bogota": -5}
    [row] = await shop.house.as_owner("SELECT opened_at FROM newel.cases WHERE id = $1", case_id)
    async with seat(shop, browser, "ivan", timezone_id="Asia/Tokyo") as one:
        for zone, hours in zones.items():
            await one.go(f"/cases/{case_id}/trace")
            there = (row["opened_at"] + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")
            await expect(one.page.locator(".trace-head time").first).to_have_text(there)
            await expect(one.page.get_by_text(f"Times are shown as in {zone}.")).to_be_visible()
            await one.go("/profile")
            await one.page.get_by_label("Another time zone").fill("America/Bogota")
            await one.page.keyboard.press("Enter")
            await expect(one.page.locator("html")).to_have_attribute("data-zone", "America/Bogota")
        assert one.complaints == []


async def test_presence_in_the_profile_and_in_the_menu_are_one(shop: Site, browser: Browser) -> None:
    await at_work(shop, "esme")
    ivan = await shop.signed_in("ivan")
    async with seat(shop, browser, "esme") as one:
        page = one.page
        await one.go("/profile")
        here = page.get_by_role("button", name="I take new work", pressed=True)
        away = page.get_by_role("button", name="I take none at present", pressed=True)
        await expect(here).to_be_visible()
        await page.get_by_role("button", name="I take none at present").press("Enter")
        await expect(away).to_be_focused()
        await expect(page.locator("#presence").get_by_role("button", name="Away")).to_be_visible()
        await page.locator("#presence button").press("Enter")
        await expect(here).to_be_visible()
        [row] = await shop.house.as_owner("SELECT id FROM newel.staff WHERE login = 'esme'")
        await ivan.post(f"/wallboard/people/{row['id']}/presence")
        await expect(away).to_be_visible()
        await expect(page.locator("table")).to_contain_text("Monday")
        await expect(page.get_by_text("A supervisor plans them.")).to_contain_text("Europe/London")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        assert one.complaints == []


async def test_WCAG_2_1_4_single_keys_are_turned_off_and_on_again(shop: Site, browser: Browser) -> None:
    case_id = await waits(shop)
    await at_work(shop, "esme")
    async with seat(shop, browser, "esme") as one:
        page = one.page
        await one.go("/profile")
        off = page.locator("main").get_by_label("Turn single-key shortcuts off")
        await off.check()
        await one.go("/desk")
        await expect(page.locator(f"[data-case='{case_id}']")).to_be_visible()
        for key in ("n", "?", "g", "w"):
            await page.keyboard.press(key)
        await page.keyboard.press("Control+k")
        await expect(page.locator("#palette")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#keys-sheet")).to_be_hidden()
        assert page.url.endswith("/desk")
        [row] = await shop.house.as_owner("SELECT state FROM newel.work_item WHERE case_id = $1", case_id)
        assert row["state"] == "queued"
        await page.get_by_role("button", name="Keys").press("Enter")
        sheet = page.locator("#keys-sheet").get_by_label("Turn single-key shortcuts off")
        await expect(sheet).to_be_checked()
        await sheet.press("Space")
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await page.wait_for_url(f"**/desk/{case_id}")
        assert one.complaints == []


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
