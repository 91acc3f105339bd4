"""A playbook written anew in the browser: weighed, submitted, signed by others, in force."""

from html import unescape

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import seat

HERE = "/knowledge/playbooks/customer-support/order_status"
ABOVE_THE_MENU = """() => document.querySelector("#weighed h2").getBoundingClientRect().bottom
    <= document.querySelector(".rail").getBoundingClientRect().top"""


async def test_WRK_9_a_playbook_is_written_anew_and_waits_for_its_signatures(
    shop: Site, browser: Browser
) -> None:
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go(HERE)
        await page.keyboard.press("e")
        await page.wait_for_url(f"**{HERE}/draft")
        text = page.get_by_label("Text")
        before = await text.input_value()
        assert before.startswith("title: How far is my order")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        await text.fill(before.replace("risk: low", "risk: none at all"))
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#weighed")).to_contain_text("Line 2:")
        assert await one.axe() == []
        await text.fill(before.replace("Happy to look.", "Glad to look."))
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#weighed")).to_contain_text("Glad to look.")
        await expect(page.locator("#weighed")).to_contain_text("Others sign it before it runs")
        assert await one.axe() == []
        await page.get_by_role("button", name="Submit it to be signed").press("Enter")
        await page.wait_for_url("**/policy/customer-support/2")
        await expect(page.locator("#toasts")).to_contain_text("Version 2 is a draft now")
        await expect(page.get_by_text("still to sign").first).to_be_visible()
        await expect(page.get_by_role("button", name="Sign as")).to_have_count(0)
        assert one.complaints == []
    rows = await shop.house.as_owner(
        "SELECT number, state FROM newel.policy_version ORDER BY workflow, number"
    )
    assert [(row["number"], row["state"]) for row in rows] == [(1, "active"), (2, "draft"), (1, "active")]


async def test_what_a_change_would_do_is_brought_into_sight(shop: Site, browser: Browser) -> None:
    async with seat(shop, browser, "ivan", viewport={"width": 390, "height": 844}) as one:
        await one.go(f"{HERE}/draft")
        await one.page.keyboard.press("Control+Enter")
        await expect(one.page.locator("#weighed h2")).to_have_text("Nothing changes yet")
        await one.page.wait_for_function(ABOVE_THE_MENU)
        assert one.complaints == []


async def test_a_change_that_changes_no_behaviour_is_for_the_record(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    body = (await ivan.get(f"{HERE}/draft")).text
    plain = unescape(body.split("required>")[1].split("</textarea>")[0])
    title = plain.splitlines()[0]
    made = await ivan.post(
        f"{HERE}/check", data={"base": "1", "text": plain.replace(title, "title: Where is it")}
    )
    assert "for the record" in made.text
    assert "Playbook Where is it: the title goes from" in unescape(made.text)
    assert "order_status" not in made.text.replace(HERE, "")


async def test_a_text_that_reaches_further_is_refused_and_nothing_is_kept(shop: Site) -> None:
    ivan, ben = await shop.signed_in("ivan"), await shop.signed_in("ben")
    assert (await ben.get(f"{HERE}/draft")).status_code == 403
    assert (await ben.post(f"{HERE}/draft", data={"base": "1", "text": "title: x"})).status_code == 403
    assert (await ivan.get(f"{HERE}x/draft")).status_code == 404
    body = (await ivan.get(f"{HERE}/draft")).text
    written = body.split("required>")[1].split("</textarea>")[0]
    plain = written.replace("&#34;", '"').replace("&#39;", "'").replace("&gt;", ">").replace("&amp;", "&")
    same = await ivan.post(f"{HERE}/check", data={"base": "1", "text": plain})
    assert "Nothing changes yet" in same.text
    for path in ("check", "draft"):
        stale = await ivan.post(f"{HERE}/{path}", data={"base": "7", "text": plain})
        assert stale.status_code == 409
        for bad in ("title: x\n\x00", "x" * 200_000):
            refused = await ivan.post(f"{HERE}/{path}", data={"base": "1", "text": bad})
            assert refused.status_code == 422
    broken = await ivan.post(f"{HERE}/draft", data={"base": "1", "text": "title: [x"})
    assert broken.status_code == 422
    unchanged = await ivan.post(f"{HERE}/draft", data={"base": "1", "text": plain})
    assert unchanged.status_code in {409, 422}, unchanged.text
    assert len(await shop.house.as_owner("SELECT FROM newel.policy_version")) == 2
