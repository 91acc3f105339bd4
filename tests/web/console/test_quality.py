"""The review desk, in the browser: by keyboard alone, a held answer first, then samples; text stays inert."""

from uuid import uuid4

import msgspec
from playwright.async_api import Browser, expect

from newel.domain.words import RiskClass
from newel.flow.house import Running
from newel.store.db import Tx
from web.conftest import Site
from web.console.conftest import Seat, seat
from web.test_desk import say, work_off

RESET = "I forgot my password, please send a reset link"
HOSTILE = "Where is order 10023? <b>Thank you</b>"


def shares(site: Site, **given: float) -> None:
    """The running policy with these shares in each of its gates."""
    inner = site.wired.running

    async def running(tx: Tx, workflow: str) -> Running:
        found = await inner(tx, workflow)
        gates = {risk: msgspec.structs.replace(found.bundle.gates[risk], **given) for risk in RiskClass}
        bundle = msgspec.structs.replace(found.bundle, gates=gates)
        return Running(**{**found.__dict__, "bundle": bundle})

    object.__setattr__(site.wired, "running", running)


def sample_all(site: Site) -> None:
    shares(site, sample_share=1.0)


async def answered(site: Site, ref: str, text: str) -> str:
    """A case that the AI answered, and that is over."""
    case_id: str = (await say(site, text, ref))["case_id"]
    await work_off(site)
    await site.house.as_owner("UPDATE newel.cases SET due_at = newel.now() WHERE id = $1::uuid", case_id)
    await site.house.as_owner("UPDATE newel.job SET run_at = newel.now() WHERE kind = 'settle'")
    await work_off(site)
    return case_id


async def waits(site: Site, ref: str, text: str) -> str:
    """A case whose answer waits for a reviewer."""
    case_id: str = (await say(site, text, ref))["case_id"]
    await work_off(site)
    (row,) = await site.house.as_owner("SELECT state FROM newel.cases WHERE id = $1::uuid", case_id)
    assert row["state"] == "held"
    return case_id


async def counted(site: Site, login: str) -> str:
    """How many reviews the menu of a person counts."""
    shown = (await (await site.signed_in(login)).get("/frame")).text
    return shown.split('data-counts="reviews" value="')[1].split('"')[0]


async def test_WRK_7_the_menu_counts_what_one_may_review(shop: Site) -> None:
    sample_all(shop)
    case = await answered(shop, "C0012", RESET)
    assert [await counted(shop, login) for login in ("greta", "ivan", "amara")] == ["1", "1", "0"]
    await shop.house.as_owner(
        "UPDATE newel.staff SET customer_id = c.customer_id FROM newel.cases c"
        " WHERE c.id = $1::uuid AND login = 'greta'",
        case,
    )
    assert [await counted(shop, login) for login in ("greta", "ivan")] == ["0", "1"]


async def at_hand(one: Seat) -> str:
    return str(await one.page.locator("#sheet").get_attribute("data-review"))


async def moved_on(one: Seat, before: str) -> None:
    await expect(one.page.locator("#sheet")).not_to_have_attribute("data-review", before)
    await one.page.wait_for_timeout(350)


async def test_WRK_7_reviews_are_done_by_keyboard_alone(shop: Site, browser: Browser) -> None:
    sample_all(shop)
    await answered(shop, "C0001", RESET)
    await answered(shop, "C0005", RESET)
    shares(shop, held_share=1.0)
    first = await waits(shop, "C0012", HOSTILE)
    async with seat(shop, browser, "greta") as one:
        page = one.page
        await page.keyboard.press("g")
        await page.keyboard.press("r")
        await page.wait_for_url("**/review")
        await expect(page.get_by_text("3 open")).to_be_visible()
        await expect(page.get_by_text("Waits to leave", exact=False).first).to_be_visible()
        assert await page.locator(".talk b, .talk script").count() == 0
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme)
            assert await one.axe() == []
        loads = await page.evaluate("performance.timeOrigin")

        held = await at_hand(one)
        await page.keyboard.press("3")
        await expect(page.locator("#score")).to_have_text("0 %")
        await page.keyboard.press("m")
        await expect(page.get_by_role("button", name="Release R")).to_be_disabled()
        await page.keyboard.press("e")
        await page.get_by_label("Your corrected answer").fill(
            "It is on its way, and arrives tomorrow morning."
        )
        await page.keyboard.press("Control+Enter")
        await moved_on(one, held)

        sampled = await at_hand(one)
        for key in "113102":
            await page.keyboard.press(key)
        await page.keyboard.press("c")
        await page.keyboard.type("Say where the link goes.")
        await page.keyboard.press("Control+Enter")
        await moved_on(one, sampled)
        await page.keyboard.press("m")
        await expect(page.locator("#score")).to_have_text("100 %")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("Nothing waits for a review")).to_be_visible()
        await one.keeps_its_place()
        assert await page.evaluate("performance.timeOrigin") == loads, "no page was loaded in between"

        await page.keyboard.press("g")
        await page.keyboard.press("q")
        await page.wait_for_url("**/review/results")
        await expect(page.get_by_role("table").first).to_contain_text("The AI released it")
        assert await one.axe() == []
        assert one.complaints == []
    await work_off(shop)
    sent = await shop.house.as_owner(
        "SELECT m.author, o.state FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id"
        " WHERE o.case_id = $1::uuid AND m.author <> 'system'",
        first,
    )
    assert [(row["author"], row["state"]) for row in sent] == [("person", "delivered")]
    scores = await shop.house.as_owner("SELECT state, score, passed FROM newel.review ORDER BY ended_at")
    assert [(row["state"], row["passed"]) for row in scores] == [
        ("corrected", False), ("done", False), ("done", True)
    ]  # fmt: skip


async def test_the_review_desk_is_for_reviewers_and_a_wrong_form_judges_nothing(shop: Site) -> None:
    shares(shop, held_share=1.0)
    await waits(shop, "C0012", "Where is order 10023?")
    (row,) = await shop.house.as_owner("SELECT id FROM newel.review")
    greta, ben = await shop.signed_in("greta"), await shop.signed_in("ben")
    path = f"/review/{row['id']}"
    assert (await ben.get(path)).status_code == 403
    assert (await ben.post(f"{path}/verdict", data={"decision": "release"})).status_code == 403
    for form in (
        {"decision": "release"},
        {"decision": "release", "mark.right": "best"},
        {"decision": "burn"},
    ):
        assert (await greta.post(f"{path}/verdict", data=form)).status_code == 422
    assert (await greta.get(f"/review/{uuid4()}", headers={"accept": "text/html"})).status_code == 404
    (row,) = await shop.house.as_owner("SELECT state FROM newel.review")
    assert row["state"] == "open"
    mine = await ben.get("/review/mine", headers={"accept": "text/html"})
    assert "No review yet" in mine.text
