"""Saved texts on their page: all may read them, a team's improvers change their own, by keyboard."""

import re

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import seat

NEW = {
    "workflow": "customer-support",
    "language": "en",
    "name": "lamp-care",
    "body": "Dust the lamp <b>dry</b>.",
}


async def test_WRK_2_a_text_is_written_found_changed_and_taken_away_by_keyboard(
    shop: Site, browser: Browser
) -> None:
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go("/profile")
        await page.keyboard.press("g")
        await page.keyboard.press("l")
        await page.wait_for_url("**/macros")
        await expect(page.locator("#texts li").first).to_contain_text("/")
        await page.keyboard.press("c")
        dialog = page.locator("#new-text")
        await dialog.locator("[name=name]").fill(NEW["name"])
        await dialog.locator("[name=body]").fill(NEW["body"])
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("Kept.")).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type("lamp <b>")
        row = page.locator("#texts li")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("Dust the lamp <b>dry</b>.")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        await row.locator("summary").press("Enter")
        await row.get_by_label("Text").fill("Dust it with {nothing}.")
        await row.get_by_role("button", name="Keep").press("Enter")
        await expect(page.get_by_text("its places are of these")).to_be_visible()
        await expect(row.get_by_label("Text")).to_have_value("Dust it with {nothing}.")
        await row.get_by_label("Text").fill("Dust it dry, {customer.first_name}.")
        await row.get_by_role("button", name="Keep").press("Enter")
        text = page.locator("#texts li", has_text="Dust it dry, {customer.first_name}.")
        await expect(text).to_be_visible()
        await text.get_by_role("button", name="Remove lamp-care").press("Enter")
        await expect(page.get_by_text("The text is gone.")).to_be_visible()
        await expect(text).to_have_count(0)
        assert [said for said in one.complaints if "422" not in said] == []


async def test_WRK_2_others_read_and_change_nothing(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    assert (await ivan.post("/macros", data=NEW)).status_code == 200
    [row] = await shop.house.as_owner("SELECT id, team FROM newel.macro WHERE name = 'lamp-care'")
    assert row["team"] == "inhouse"
    esme = await shop.signed_in("esme")
    shown = (await esme.get("/macros")).text
    assert "/lamp-care" in shown
    assert "Dust the lamp &lt;b&gt;dry&lt;/b&gt;." in shown
    assert "/removal" not in shown
    assert (await esme.post("/macros", data=NEW)).status_code == 403
    assert (await esme.post(f"/macros/{row['id']}/removal")).status_code == 403

    await shop.house.as_owner("UPDATE newel.staff SET team = 'partner' WHERE login = 'ivan'")
    shown = (await ivan.get("/macros")).text
    assert "Of other teams" in shown
    assert "/removal" not in shown
    for path, body in (("/macros", NEW), (f"/macros/{row['id']}/removal", {})):
        refused = await ivan.post(path, data=body)
        assert (refused.status_code, "its own people" in refused.json()["detail"]) == (422, True)


async def test_WRK_10_a_language_is_chosen_by_its_name_and_one_that_is_not_offered_is_refused(
    shop: Site,
) -> None:
    await shop.house.as_owner("UPDATE newel.staff SET languages = '{en,pt}' WHERE login = 'amara'")
    ivan = await shop.signed_in("ivan")
    head = {"title": "Opening hours", "collection": "delivery", "owner": "chloe"}
    for path, chosen, body in (("/macros", "es", NEW), ("/knowledge/new", "en", head)):
        page = (await ivan.get(path, headers={"accept-language": "es"})).text
        field = page.split('<select name="language"')[1].split("</select>")[0]
        offered = dict(re.findall(r'<option value="(\w+)"(?: selected)?>([^<]+)<', field))
        assert offered == {
            "de": "alemán",
            "en": "inglés",
            "es": "español",
            "fr": "francés",
            "pt": "portugués",
        }
        assert list(offered.values()) == sorted(offered.values())
        assert re.findall(r'value="(\w+)" selected', field) == [chosen]
        refused = await ivan.post(path, data={**body, "language": "nl"}, headers={"accept-language": "es"})
        assert refused.status_code == 422
        assert "elige uno de estos: de, en, es, fr, pt" in refused.json()["detail"]
        taken = await ivan.post(path, data={**body, "language": "pt"})
        assert taken.status_code == 200, taken.text
    draft = taken.headers["hx-redirect"]
    await shop.house.as_owner("UPDATE newel.staff SET languages = '{en}' WHERE login = 'amara'")
    assert '<option value="pt" selected>Portuguese<' in (await ivan.get(draft)).text
    kept = {**head, "language": "pt", "revision": "1", "body": "We close at noon."}
    assert (await ivan.post(draft, data={**kept, "language": "nl"})).status_code == 422
    assert (await ivan.post(draft, data=kept)).status_code == 200
