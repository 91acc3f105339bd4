"""Knowledge: found by words, read, written by one person and published by another."""

import pytest
from playwright.async_api import Browser, expect

from newel.store import knowledge as rows
from web.conftest import ROOT, Site
from web.console.conftest import seat
from web.console.test_chat import PHONE

CUT = """() => [...document.querySelectorAll("input[placeholder]")].filter((one) => {
    const style = getComputedStyle(one), pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return one.checkVisibility() && pen.measureText(one.placeholder).width > room;
}).map((one) => one.placeholder)"""
EVIL = "<script>window.hurt = 1</script> \u202e<img src=x onerror=alert(1)>"


async def test_an_article_names_its_owner_and_not_their_login(shop: Site) -> None:
    ben = await shop.signed_in("ben")
    shelf = (await ben.get("/knowledge")).text
    assert "<td>Amara Osei</td>" in shelf
    assert "<td>amara</td>" not in shelf
    alone = await ben.get("/knowledge/articles/returns-policy")
    owner = alone.text.split("<dt>Owner</dt><dd>")[1].split("</dd>")[0]
    assert " " in owner, owner


@pytest.mark.parametrize("code", ["es", "fr"])
async def test_on_a_phone_what_a_field_asks_for_is_not_cut(shop: Site, browser: Browser, code: str) -> None:
    async with seat(shop, browser, "ivan", viewport=PHONE, locale=code) as one:
        for path in ("/help", "/knowledge", "/macros"):
            await one.go(path)
            assert await one.page.evaluate(CUT) == [], path


async def test_WRK_9_one_person_writes_an_article_and_another_publishes_it(
    shop: Site, browser: Browser
) -> None:
    async with seat(shop, browser, "ivan") as writer, seat(shop, browser, "june") as reader:
        page = writer.page
        await writer.go("/knowledge")
        await page.get_by_role("searchbox").fill("postage return lab")
        await expect(page.locator("#article-returns-policy")).to_be_visible()
        await expect(page.locator("#article-care-rugs")).to_have_count(0)
        assert await writer.axe() == []
        await page.get_by_role("link", name="Returns within 30 days").click()
        await page.wait_for_url("**/knowledge/articles/returns-policy")
        await page.keyboard.press("e")
        await page.wait_for_url("**/knowledge/drafts/*")
        text = page.get_by_label("Text")
        await text.fill(
            f"# Returns\n\nItems can be returned within 40 days.\n\n- {EVIL}\n- {'w' * 100_000}"[:90_000]
        )
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("Somebody else reads it now").first).to_be_visible()
        await expect(page.get_by_role("button", name="Publish")).to_have_count(0)
        assert await writer.axe() == []

        found = await rows_of(shop, "returns-policy")
        for act in ("publication", "return"):
            client = await shop.signed_in("ivan")
            stale = {"revision": "1", "remark": "mend it"}
            refused = await client.post(f"/knowledge/drafts/{found}/{act}", data=stale)
            assert refused.status_code == 409, act
        own = await client.post(f"/knowledge/drafts/{found}/publication", data={"revision": "2"})
        assert own.status_code == 403

        await reader.go(page.url.removeprefix(shop.url))
        await expect(reader.page.locator("ins").first).to_be_visible()
        assert await reader.page.evaluate("window.hurt === undefined && document.images.length") == 1
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await reader.page.evaluate(wide)
        await reader.page.emulate_media(color_scheme="dark")
        assert await reader.axe() == []
        await reader.page.get_by_placeholder("What is to mend").fill("It is 30 days still.")
        await reader.page.keyboard.press("Enter")
        await expect(reader.page.get_by_text("is writing.")).to_be_visible()

        await page.reload()
        await expect(page.get_by_text("It is 30 days still.")).to_be_visible()
        await page.get_by_label("Text").fill("Items can be returned within 30 days of delivery.")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("Somebody else reads it now").first).to_be_visible()
        await reader.page.reload()
        await reader.page.get_by_role("button", name="Publish").press("Enter")
        await reader.page.wait_for_url("**/knowledge/articles/returns-policy")
        await expect(reader.page.get_by_text("Ivan Petrov wrote, June Adeyemi read")).to_be_visible()
        await reader.page.get_by_role("link", name="1", exact=True).click()
        await expect(reader.page.get_by_text("This is how it was.")).to_be_visible()
        assert (writer.complaints, reader.complaints) == ([], [])
    async with shop.wired.db.tx(ROOT, read_only=True) as tx:
        article = await rows.article(tx, "returns-policy")
    assert (article.version, article.body) == (2, "Items can be returned within 30 days of delivery.")


async def rows_of(shop: Site, article_id: str) -> str:
    async with shop.wired.db.tx(ROOT, read_only=True) as tx:
        found = await rows.draft_of(tx, article_id)
    assert found is not None
    return str(found.id)


async def test_a_draft_may_be_begun_once_taken_back_and_given_up(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    head = {
        "title": "Opening hours at Christmas",
        "collection": "delivery",
        "language": "en",
        "owner": "chloe",
    }
    begun = await ivan.post("/knowledge/new", data=head)
    draft = begun.headers["hx-redirect"]
    assert (await ivan.post("/knowledge/new", data=head)).status_code == 409
    empty = await ivan.post(f"{draft}/review", data={**head, "revision": "1"})
    assert empty.status_code == 400 or empty.json()["code"].startswith("invalid")
    saved = await ivan.post(draft, data={**head, "revision": "2", "body": "We close at noon."})
    assert saved.status_code == 200, saved.text
    assert (await ivan.post(f"{draft}/withdrawal", data={"revision": "3"})).status_code == 200
    assert (await ivan.post("/knowledge/articles/returns-policy/drafts")).status_code == 200
    ben = await shop.signed_in("ben")
    assert (await ben.get("/knowledge/articles/returns-policy")).status_code == 200
    assert (await ben.post("/knowledge/articles/care-rugs/drafts")).status_code == 403
    assert (await ben.get("/knowledge/articles/no-such")).status_code == 404
    odd = await ben.get("/knowledge", params={"q": "it's & (a:*) !! '; --", "collection": "help"})
    assert odd.status_code == 200


async def test_the_collection_of_an_article_is_chosen_or_named_by_keyboard(
    shop: Site, browser: Browser
) -> None:
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go("/knowledge/new")
        chosen = page.get_by_role("combobox", name="Collection", exact=True)
        named = page.get_by_label("Name of the new collection")
        assert "Returns and refunds" in await chosen.locator("option").all_text_contents()
        await expect(named).to_be_hidden()
        await page.get_by_label("Title").fill("Opening hours")
        await page.keyboard.press("Tab")
        await expect(chosen).to_be_focused()
        await page.keyboard.press("End")
        await expect(named).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(named).to_be_focused()
        assert await one.axe() == []
        await named.fill("Ouvertures d’été")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("small letters from a to z")).to_be_visible()
        await named.fill("Opening times")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/knowledge/drafts/*")
        await expect(page.locator("select[name=collection]")).to_have_value("opening_times")
        await expect(page.locator("[name=new_collection]")).to_be_hidden()


async def test_a_collection_that_is_not_offered_is_refused_by_a_sentence(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    head = {"title": "Opening hours", "language": "en", "owner": "chloe"}
    for given, said in (
        ({"collection": "delivry"}, "choose one that is offered, or name a new one"),
        ({"collection": ""}, "name it in up to 64 small letters from a to z"),
        ({"new_collection": "9 lives"}, "a letter first"),
        ({"new_collection": "x" * 65}, "up to 64"),
    ):
        refused = await ivan.post("/knowledge/new", data=head | given)
        assert (refused.status_code, said in refused.json()["detail"]) == (422, True), refused.text


async def test_LRN_9_articles_that_may_contradict_each_other_say_so(shop: Site) -> None:
    """In the list, on each of the two, and on the draft before anybody publishes it."""
    ivan = await shop.signed_in("ivan")
    for place in ("/knowledge", "/knowledge/articles/returns-policy"):
        assert "ay contradict" not in (await ivan.get(place)).text
    begun = await ivan.post("/knowledge/articles/exchanges/drafts")
    draft = begun.headers["hx-redirect"]
    head = {"title": "Exchanges", "collection": "returns_and_refunds", "language": "en", "owner": "chloe"}
    body = "Items can be returned within 14 days of delivery."
    saved = await ivan.post(draft, data={**head, "revision": "1", "body": body})
    assert saved.is_success, saved.text
    shown = (await ivan.get(draft)).text
    assert "May contradict" in shown
    assert ">Returns within 30 days</a>" in shown
    assert "There: <q>Items can be returned within 30 days of delivery.</q>" in shown
    assert (await ivan.post(f"{draft}/review", data={**head, "revision": "2", "body": body})).is_success
    june = await shop.signed_in("june")
    assert (await june.post(f"{draft}/publication", data={"revision": "3"})).is_success
    for article in ("exchanges", "returns-policy"):
        assert "May contradict" in (await june.get(f"/knowledge/articles/{article}")).text
    assert (await june.get("/knowledge")).text.count("may contradict another") == 2
