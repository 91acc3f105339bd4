"""The inbox of approvals, in the browser: by keyboard, one after the other, and two people at once."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from demo.process import Systems
from web.conftest import Site
from web.console.conftest import Seat, seat
from web.test_desk import say, work_off

BROKEN = "The {what} in order {order} arrived broken, refund please"
TEN = (
    ("C0001", BROKEN.format(what="tealights", order=10601)),
    ("C0005", BROKEN.format(what="salt cellar", order=10005)),
    ("C0011", BROKEN.format(what="cereal bowl", order=10011)),
    ("C0017", "Mug arrived broken, order 10031, refund please"),
    ("C0026", BROKEN.format(what="soy candle", order=10026)),
    ("C0028", BROKEN.format(what="soy candle", order=10028)),
    ("C0030", BROKEN.format(what="stoneware mug", order=10630)),
    ("C0033", BROKEN.format(what="stoneware mug", order=10033)),
    ("C0035", BROKEN.format(what="stoneware mug", order=10635)),
    ("C0047", "Order 10647 never arrived, I want a refund"),
)
HOSTILE = (
    "\u202esdrow\u202c <b>now</b> The soy candle in order 10614 arrived broken, refund please\n"
    + "x" * 100_000
)


async def proposed(site: Site, *said: tuple[str, str]) -> list[str]:
    """The cases of these messages, each with its proposal in the inbox."""
    cases = [(await say(site, text, ref))["case_id"] for ref, text in said]
    await work_off(site)
    rows = await site.house.as_owner("SELECT case_id::text FROM newel.approval WHERE state = 'pending'")
    assert sorted(cases) == sorted(row["case_id"] for row in rows), "each became a proposal"
    return cases


async def state_of(site: Site, case_id: str) -> str:
    rows = await site.house.as_owner(
        "SELECT state FROM newel.approval WHERE case_id = $1::uuid ORDER BY created_at DESC, edited DESC",
        case_id,
    )
    return str(rows[0]["state"])


async def at_hand(one: Seat) -> str:
    return str(await one.page.locator("#sheet").get_attribute("data-approval"))


async def more_are_shown(one: Seat) -> None:
    """The list begins with so many, and shows the rest when it is asked to."""
    await one.go("/approvals?shown=3")
    await expect(one.page.locator(".line-row")).to_have_count(3)
    await one.page.get_by_role("link", name="Show more of the 10").press("Enter")
    await expect(one.page.locator(".line-row")).to_have_count(10)
    await expect(one.page.get_by_role("link", name="Show more")).to_have_count(0)


async def moved_on(one: Seat, before: str) -> None:
    """The next proposal is there, by itself."""
    await expect(one.page.locator("#sheet")).not_to_have_attribute("data-approval", before)


async def test_ten_proposals_are_decided_by_keyboard_alone(
    shop: Site, browser: Browser, systems: Systems
) -> None:
    cases = await proposed(shop, *TEN)
    before = systems.count(**{"class": "refund"})
    async with seat(shop, browser, "amara") as one:
        page = one.page
        await page.keyboard.press("g")
        await page.keyboard.press("a")
        await page.wait_for_url("**/approvals")
        await expect(page.get_by_text("10 waiting")).to_be_visible()
        await more_are_shown(one)
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme)
            assert await one.axe() == []
        loads = await page.evaluate("performance.timeOrigin")

        await page.keyboard.press("e")
        await expect(page.get_by_role("textbox", name="Reply")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Approve A")).to_be_visible()
        await page.keyboard.press("e")
        text = "I am sorry about that. We have refunded part of it today."
        await page.get_by_role("textbox", name="Reply").fill(text)
        amount = page.get_by_role("textbox", name="Amount")
        await amount.fill("4000")
        await expect(page.get_by_role("alert")).to_contain_text("at most")
        await expect(page.get_by_role("button", name="Release")).to_be_disabled()
        await amount.fill("5.00")
        first = await at_hand(one)
        await page.keyboard.press("Control+Enter")
        await moved_on(one, first)

        rejected = await at_hand(one)
        await page.wait_for_timeout(350)
        await page.keyboard.press("r")
        await page.keyboard.press("2")
        await page.keyboard.press("Tab")
        await page.keyboard.type("The photo shows another product.")
        await page.keyboard.press("Control+Enter")
        await moved_on(one, rejected)

        for left in range(8, 0, -1):
            await expect(page.get_by_text(f"{left} waiting")).to_be_visible()
            shown = await at_hand(one)
            await page.wait_for_timeout(350)
            await page.keyboard.press("a")
            if left > 1:
                await moved_on(one, shown)
        await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
        await one.keeps_its_place()
        assert await page.evaluate("performance.timeOrigin") == loads, "no page was loaded in between"
        assert one.complaints == []

    await work_off(shop)
    states = [await state_of(shop, case_id) for case_id in cases]
    assert sorted(states) == ["approved"] * 9 + ["rejected"]
    assert systems.count(**{"class": "refund"}) - before == 9
    await rejected_goes_on(shop, cases[states.index("rejected")])


async def rejected_goes_on(site: Site, case_id: str) -> None:
    """A person has the case, with the attempt, the reason and the note of who rejected it."""
    auditor = await site.signed_in("ivan")
    steps = (await auditor.get(f"/api/v1/cases/{case_id}/trace")).json()["steps"]
    told = {step["event"]: step["detail"] for step in steps}
    assert told["approval.rejected"]["ended_for"] == "wrong_action"
    assert told["note.written"]["text"] == "The photo shows another product."
    assert told["case.escalated"]["primary"] == "approval.rejected"
    parts = await site.house.as_owner(
        "SELECT c.part FROM newel.context_part c JOIN newel.context_package p ON p.id = c.package_id "
        "WHERE p.case_id = $1::uuid",
        case_id,
    )
    assert "ai_attempt" in {row["part"] for row in parts}


async def test_of_two_approvers_one_wins_and_the_other_is_told_and_led_on(
    shop: Site, browser: Browser, systems: Systems
) -> None:
    await proposed(shop, *TEN[:2])
    before = systems.count(**{"class": "refund"})
    async with seat(shop, browser, "amara") as amara, seat(shop, browser, "chloe") as chloe:
        for one in (amara, chloe):
            await one.go("/approvals")
        shown = await at_hand(amara)
        assert await at_hand(chloe) == shown
        await chloe.page.route("**/fate", lambda route: route.abort())
        await chloe.page.route("**/live?*", lambda route: route.abort())
        await amara.page.keyboard.press("a")
        await moved_on(amara, shown)
        await chloe.page.keyboard.press("a")
        await moved_on(chloe, shown)
        await expect(chloe.page.get_by_role("alert")).to_contain_text("Amara Osei approved it")
        await chloe.page.unroute_all()

        await chloe.go("/approvals")
        last = await at_hand(chloe)
        assert await at_hand(amara) == last
        await chloe.page.keyboard.press("e")
        await chloe.page.get_by_role("textbox", name="Reply").fill("half a sentence of mine")
        await amara.page.wait_for_timeout(350)
        await amara.page.keyboard.press("a")
        await expect(chloe.page.locator("#fate")).to_contain_text("Amara Osei approved it")
        await expect(chloe.page.get_by_role("textbox", name="Reply")).to_have_value("half a sentence of mine")
        await expect(chloe.page.get_by_role("button", name="Release")).to_have_count(0)
    await work_off(shop)
    assert systems.count(**{"class": "refund"}) - before == 2


async def test_what_exceeds_my_limit_says_so_and_what_has_ended_says_why(
    shop: Site, browser: Browser
) -> None:
    cases = await proposed(shop, ("C0043", "The mug in order 10043 arrived broken, refund please"), TEN[3])
    await shop.house.as_owner("UPDATE newel.staff SET limit_minor = 1000 WHERE login = 'amara'")
    async with seat(shop, browser, "amara") as one:
        page = one.page
        await one.go("/approvals")
        await expect(page.get_by_role("button", name="Approve A")).to_be_disabled()
        await expect(page.locator(".acts-why")).to_contain_text("Needs somebody with a limit of")
        await page.keyboard.press("a")
        await page.keyboard.press("e")
        await page.get_by_role("textbox", name="Amount").fill("9.99")
        await expect(page.get_by_role("button", name="Release")).to_be_enabled()
        await page.keyboard.press("Escape")
        (asked,) = await shop.house.as_owner(
            "SELECT case_id::text, id::text FROM newel.approval WHERE id = $1::uuid", await at_hand(one)
        )
        ref = "C0043" if asked["case_id"] == cases[0] else "C0017"
        await say(shop, "And one more thing about it", ref)
        await expect(page.locator("#fate")).to_contain_text("customer has written again")
        await expect(page.get_by_role("button", name="Approve A")).to_have_count(0)
        assert await one.axe() == []
        await page.keyboard.press("n")
        await moved_on(one, asked["id"])
        assert one.complaints == []


async def test_several_of_one_class_are_approved_together(
    shop: Site, browser: Browser, systems: Systems
) -> None:
    await proposed(shop, *TEN[:3], ("C0002", "Please cancel order 10302"))
    before = systems.count(**{"class": "refund"})
    async with seat(shop, browser, "amara") as one:
        page = one.page
        await one.go("/approvals")
        await page.get_by_role("button", name="3 × Refund Broken on arrival, money back").click()
        await expect(page.locator(".line-pick:checked")).to_have_count(3)
        await page.locator(".line-pick:checked").first.uncheck()
        assert await one.axe() == []
        await page.get_by_role("button", name="Approve 2 together").click()
        await expect(page.get_by_text("2 waiting")).to_be_visible()
        await expect(page.locator(".toast")).to_contain_text("2 approved")
        assert one.complaints == []
    await work_off(shop)
    assert systems.count(**{"class": "refund"}) - before == 2


async def test_what_a_customer_wrote_stays_inert(shop: Site, browser: Browser) -> None:
    await proposed(shop, ("C0014", HOSTILE))
    async with seat(shop, browser, "amara", viewport={"width": 390, "height": 844}) as one:
        await one.go("/approvals")
        await expect(one.page.locator(".talk .said")).to_contain_text("<b>now</b>")
        assert await one.page.locator(".talk b").count() == 0
        wide = await one.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, "a long line does not widen the page"
        assert await one.axe() == []
        assert one.complaints == []


async def test_CTX_3_an_approver_sees_personal_data_only_by_an_act_that_is_recorded(
    shop: Site, browser: Browser
) -> None:
    mine = "Mug arrived broken, order 10031, refund please. Write to tom.new@example.org"
    await proposed(shop, ("C0017", mine))
    async with seat(shop, browser, "amara") as one:
        await one.go("/approvals")
        said = one.page.locator("#sheet .talk .said")
        await expect(said).to_contain_text("order 10031, refund please. Write to")
        assert "example.org" not in await one.page.content()
        assert "Ashdown" not in await one.page.content()
        await said.get_by_role("button", name="hidden, show it").press("Enter")
        await expect(said).to_contain_text("tom.new@example.org")
        assert await one.axe() == []
        assert one.complaints == []
    events = "SELECT event, data->>'field' FROM newel.audit_event WHERE event LIKE 'approval.%ed'"
    seen = [tuple(row) for row in await shop.house.as_owner(events)]
    assert ("approval.opened", None) in seen
    assert ("approval.revealed", "email-1") in seen
    amara = await shop.signed_in("amara")
    (row,) = await shop.house.as_owner("SELECT id FROM newel.approval")
    assert (await amara.post(f"/approvals/{row['id']}/reveal", data={"field": "email-9"})).status_code == 404


@pytest.mark.parametrize(
    ("language", "day"), [("en", r"[A-Z][a-z]{2} \d{1,2}, \d{4}"), ("fr", r"\d{1,2} [a-zéû]{3,5}\.? \d{4}")]
)
async def test_why_it_is_proposed_names_days_as_people_write_them(
    shop: Site, language: str, day: str
) -> None:
    await proposed(shop, ("C0017", "Mug arrived broken, order 10031, refund please"))
    (row,) = await shop.house.as_owner("SELECT id FROM newel.approval")
    amara = await shop.signed_in("amara")
    kept = (await amara.get(f"/api/v1/approvals/{row['id']}")).json()["justification"]
    assert re.search(r"delivered \d{4}-\d\d-\d\d,", kept), "a program reads it as the systems keep it"
    html = {"accept": "text/html", "accept-language": language}
    (why,) = re.findall('class="sheet-why"[^>]*>([^<]*)<', (await amara.get("/approvals", headers=html)).text)
    assert re.search(rf"delivered {day}, reported damaged", why)


async def test_an_answer_without_an_act_waits_among_the_others(shop: Site) -> None:
    await proposed(shop, ("C0026", "Please cancel my order"))
    shown = await (await shop.signed_in("amara")).get("/approvals", headers={"accept": "text/html"})
    assert shown.status_code == 200
    assert "Answer only" in shown.text
    assert "Which order is it about?" in shown.text, "the sheet beside the list"


async def test_only_approvers_see_the_inbox(shop: Site) -> None:
    ben = await shop.signed_in("ben")
    assert (await ben.get("/approvals")).status_code == 403
    assert (await ben.post(f"/approvals/{uuid4()}/decision", data={"decision": "approve"})).status_code == 403
    amara = await shop.signed_in("amara")
    html = {"accept": "text/html"}
    assert (await amara.get(f"/approvals/{uuid4()}", headers=html)).status_code == 404


@pytest.mark.parametrize(
    "form", [{"decision": "approve", "place": "-1"}, {"decision": "edit", "amount": "1e9"}, {}]
)
async def test_a_form_that_is_wrong_decides_nothing(shop: Site, form: dict[str, str]) -> None:
    (case_id,) = await proposed(shop, TEN[3])
    (row,) = await shop.house.as_owner("SELECT id FROM newel.approval WHERE case_id = $1::uuid", case_id)
    amara = await shop.signed_in("amara")
    assert (await amara.post(f"/approvals/{row['id']}/decision", data=form)).status_code == 422
    assert await state_of(shop, case_id) == "pending"


async def test_QUA_6_an_approver_says_at_the_proposal_that_it_should_have_been_t3(
    shop: Site, browser: Browser
) -> None:
    (case_id,) = await proposed(shop, TEN[3])
    async with seat(shop, browser, "amara") as one:
        await one.go("/approvals")
        await one.page.keyboard.press("m")
        await expect(one.page.locator("#missed")).to_be_visible()
        assert await one.axe() == []
        await one.page.keyboard.press("1")
        await expect(one.page.locator("#toasts")).to_contain_text("Marked for the weekly review.")
        await one.go("/approvals")
        await expect(one.page.locator("#sheet")).to_be_visible()
        await expect(one.page.locator("[data-opens=missed]")).to_have_count(0)
        assert one.complaints == []
    marked = await shop.house.as_owner("SELECT case_id::text, tier FROM newel.miss")
    assert [(row["case_id"], row["tier"]) for row in marked] == [(case_id, 2)]
