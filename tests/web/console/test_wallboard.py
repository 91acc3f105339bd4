"""The wallboard: a supervisor sees the floor and acts on it, with nobody doing any job behind it."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, expect

from newel.domain.access import ALLOWED, Act, Role
from newel.flow import weekly
from newel.store import wallboard
from web.conftest import ROOT, Site
from web.console.conftest import seat
from web.console.test_weekly import seen
from web.test_desk import work_off
from web.test_weekly import SIGNED, WEEKLY, a_week_later

LAWYER = "If this goes on I will call my lawyer."
PERSON = "human please"
ORDER = "Where is order 10023?"


async def say(site: Site, text: str, ref: str = "C0012") -> str:
    """A customer writes, in a conversation of their own; the case."""
    token = await site.token("intake")
    client = site.client(token)
    key = uuid4().hex
    said = await client.post(
        "/api/v1/messages",
        json={"external_id": key, "conversation": key, "customer": {"ref": ref}, "text": text},
    )
    assert said.status_code == 201, said.text
    return str(said.json()["case_id"])


async def come(site: Site, login: str) -> httpx.AsyncClient:
    """Somebody signs in and takes work."""
    client = await site.signed_in(login)
    assert (await client.put("/api/v1/me/presence", json={"presence": "available"})).status_code == 200
    return client


async def test_WRK_6_RTE_6_a_supervisor_works_the_floor_while_no_job_is_done(
    shop: Site, browser: Browser
) -> None:
    legal, person, asked = await say(shop, LAWYER), await say(shop, PERSON), await say(shop, ORDER)
    await come(shop, "esme")
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go("/wallboard")
        await expect(page.get_by_label("P2", exact=True).locator(".big")).to_have_text("2")
        await expect(page.locator("#person-esme")).to_contain_text("Here")
        await expect(page.locator("#person-hana, #person-june")).to_have_count(1)
        await expect(page.locator(f"#talk-{asked}")).to_contain_text("Answering")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []

        row = page.locator(f"#queued-{legal}")
        await expect(row).to_contain_text("Legal")
        await row.get_by_role("button", name="Assign").click()
        fits = page.locator("#assign .fit")
        await expect(fits.first).to_contain_text("Esme Hartley")
        await expect(fits.first).to_contain_text("fits best")
        junior = fits.filter(has_text="Ben Whitlock")
        await expect(junior).to_contain_text("takes no regulated P2 work")
        await expect(junior.get_by_role("button")).to_be_disabled()
        assert await one.axe() == []
        await fits.first.get_by_role("button", name="Assign to Esme Hartley").click()
        await expect(page.locator("#assign")).to_be_hidden()
        await expect(page.locator(f"#person-esme a[href='/desk/{legal}']")).to_be_visible()
        await expect(row).to_have_count(0)
        await one.keeps_its_place("[id^=queued-]")

        other = await say(shop, PERSON, "C0013")
        await expect(page.locator(f"#queued-{other}")).to_be_visible()
        queue = page.locator("[id^=queued-]")
        await expect(queue.first).to_have_id(f"queued-{person}")
        await page.locator(f"#queued-{other}").get_by_role("button", name="First in P2").click()
        await expect(queue.first).to_have_id(f"queued-{other}")
        await expect(queue.first).to_contain_text("first")

        await page.keyboard.press("f")
        await page.wait_for_url("**/wallboard?screen=true")
        await expect(page.locator(".rail")).to_be_hidden()
        assert await one.axe() == []
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/wallboard")
        assert one.complaints == []

        await page.locator(f"#talk-{asked}").get_by_role("button", name="Take over").click()
        await page.wait_for_url(f"**/desk/{asked}")
    after = await (await shop.signed_in("ivan")).get(f"/api/v1/cases/{asked}")
    assert (after.json()["state"], after.json()["tier"], after.json()["owner"]) == ("owned", 3, "ivan")
    rows = await shop.house.as_owner("SELECT 1 FROM newel.job WHERE case_id = $1 AND kind = 'answer'", asked)
    assert rows == []


async def test_WRK_6_RTE_6_all_that_waits_is_reached_and_given_out_by_hand_while_the_router_is_down(
    shop: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newel.web.console.wallboard.QUEUE_SHOWN", 2)
    legal = [await say(shop, LAWYER, f"C00{n}") for n in range(12, 17)]
    last = legal[-1]
    await come(shop, "esme")
    await shop.house.as_owner("UPDATE newel.job SET run_at = run_at - interval '2 minutes'")
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go("/wallboard")
        waiting = page.locator("section", has=page.locator("#waiting"))
        await expect(page.get_by_text("Routing stands still")).to_be_visible()
        await expect(waiting).to_contain_text("1–2 of 5")
        await page.keyboard.press("2")
        await page.wait_for_url("**/wallboard?priority=2#waiting")
        for shown in ("3–4 of 5", "5–5 of 5"):
            await page.keyboard.press("j")
            await expect(waiting).to_contain_text(shown)
        await expect(waiting.locator(".chip[href*='priority=2'] .chip-n")).to_have_text("5")
        await expect(waiting.locator(".chip[href*='priority=3'] .chip-n")).to_have_text("0")
        assert await one.axe() == []
        rows = waiting.locator("[id^=queued-]")
        await expect(rows).to_have_id(f"queued-{last}")
        await rows.get_by_role("button", name="Assign").press("Enter")
        await page.get_by_role("button", name="Assign to Esme Hartley").press("Enter")
        await expect(page.locator(f"#person-esme a[href='/desk/{last}']")).to_be_visible()
        await expect(waiting).to_contain_text("3–4 of 4")  # the last sheet is gone
        await expect(waiting.locator(".chip[href*='priority=2'] .chip-n")).to_have_text("4")
        await page.keyboard.press("3")
        await expect(waiting).to_contain_text("Nothing of this kind waits.")
        assert one.complaints == []
    [job] = await shop.house.as_owner(
        "SELECT owner_id IS NOT NULL AS given FROM newel.work_item WHERE case_id = $1", last
    )
    assert job["given"]


async def test_a_contact_reason_goes_by_its_title(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    assert ">How far is my order" in (await ivan.get("/kill-switch")).text
    what = {"what": "customer-support/order_status", "reason": "wrong dates"}
    assert (
        "Hearthwick customer support: How far is my order"
        in (await ivan.post("/kill-switch/check", data=what)).text
    )
    for path in ("/kill-switch/check", "/kill-switch"):
        blank = await ivan.post(path, data=what | {"reason": "   "})
        assert blank.status_code == 422
        assert blank.json()["detail"] == "The reason is not usable: say in a few words why"
    await ivan.post("/kill-switch", data=what)
    stopped, frame = (await ivan.get("/kill-switch")).text, (await ivan.get("/frame")).text
    for shown in (stopped, frame):
        assert "Hearthwick customer support: How far is my order" in shown
        assert "Order status" not in shown


async def test_TIR_14_the_kill_switch_is_pulled_in_two_steps_and_everybody_sees_it(
    shop: Site, browser: Browser
) -> None:
    async with seat(shop, browser, "amara") as other, seat(shop, browser, "ivan") as one:
        await other.go("/profile")
        page = one.page
        await one.go("/kill-switch")
        await page.get_by_label("Stop AI sending for").select_option("customer-support")
        await page.get_by_label("Why").fill("wrong refunds <b>again</b>")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Stops at once")).to_be_visible()
        assert await shop.house.as_owner("SELECT 1 FROM newel.kill_switch") == []
        assert await one.axe() == []
        await page.get_by_role("button", name="Stop AI sending now").press("Enter")
        banner = other.page.locator("#stopped .stopped")
        await expect(banner).to_contain_text("AI sending is stopped for")
        await expect(banner).to_contain_text("Hearthwick customer support")
        await expect(banner).to_contain_text("<b>again</b>")
        assert await other.axe() == []
        await other.page.emulate_media(color_scheme="dark")
        assert await other.axe() == []

        asked = await say(shop, ORDER)
        await asyncio.sleep(1)  # the quiet time of a burst
        await shop.drain()
        state = (await (await shop.signed_in("ivan")).get(f"/api/v1/cases/{asked}")).json()
        assert state["tier"] == 3

        await page.get_by_role("button", name="Let the AI send again").press("Enter")
        await expect(banner).to_have_count(0)
        await expect(page.get_by_text("Stopped now")).to_have_count(0)
        assert (one.complaints, other.complaints) == ([], [])


@pytest.mark.parametrize("path", ["/wallboard", "/kill-switch", "/knowledge/new"])
async def test_who_may_not_is_refused(site: Site, path: str) -> None:
    await site.person("ben", Role.RESOLVER, clearance="junior")
    ben = await site.signed_in("ben")
    assert (await ben.get(path, headers={"accept": "text/html"})).status_code == 403


async def test_the_board_says_that_routing_stands_still(shop: Site) -> None:
    await say(shop, LAWYER)
    await shop.house.as_owner(
        "UPDATE newel.job SET run_at = run_at - interval '2 minutes' WHERE kind = 'routing'"
    )
    ivan = await shop.signed_in("ivan")
    assert "Routing stands still" in (await ivan.get("/wallboard")).text
    await shop.drain()
    assert "stands still" not in (await ivan.get("/wallboard")).text


async def test_attainment_counts_what_ended_and_what_is_overdue(shop: Site) -> None:
    met, late = await say(shop, LAWYER), await say(shop, LAWYER, "C0013")
    overdue = (
        "UPDATE newel.sla_target SET due_at = newel.now() - interval '1 ms' WHERE case_id = $1 AND kind = $2"
    )
    await shop.house.as_owner(overdue, late, "resolution")
    esme, ivan = await come(shop, "esme"), await shop.signed_in("ivan")
    given = await ivan.post(f"/api/v1/cases/{met}/assignment", json={"login": "esme"})
    assert given.status_code == 201
    form = {"token": given.json()["token"], "category": "resolved", "cause": "edge_case", "seconds_spent": 5}
    done = await esme.post(f"/api/v1/cases/{met}/resolution", json=form)
    assert done.status_code == 201, done.text
    async with shop.wired.db.tx(ROOT, read_only=True) as tx:
        who = await tx.value("SELECT id FROM newel.staff WHERE login = 'ivan'")
        lanes = {lane.priority: lane for lane in await wallboard.lanes(tx, [], who)}
    assert (lanes[2].resolved.met, lanes[2].resolved.ended, lanes[2].late) == (1, 2, 1)
    assert lanes[2].resolved.percent == 50


NARROW = "started_at = newel.now() - interval '20 h', due_at = newel.now() + interval '{} min'"
AT_LAST = ((40, "hot"), (400, "warm"), (2000, "cool"))
"""Minutes of a clock that began twenty hours ago, and the colour of the share that is left."""


@pytest.mark.parametrize(("minutes", "heat"), AT_LAST)
async def test_WRK_6_what_is_due_next_has_one_colour_in_its_tile_its_row_and_on_the_desk(
    shop: Site, browser: Browser, minutes: int, heat: str
) -> None:
    case = await say(shop, LAWYER)
    await say(shop, "Mug arrived broken, order 10031, refund please", "C0017")
    await work_off(shop)
    narrow = NARROW.format(minutes)
    targets = f"UPDATE newel.sla_target SET {narrow} WHERE case_id = $1 AND state = 'running'"
    await shop.house.as_owner(targets, case)
    approval = f"UPDATE newel.approval SET {narrow.replace('started_at', 'created_at')}"
    await shop.house.as_owner(approval)
    async with seat(shop, browser, "ivan") as one:
        await one.go("/wallboard")
        places = ("[aria-label=P2]", f"#clock-{case}", "[aria-label=Approvals]", "[id^=approval-]")
        for place in places:
            await expect(one.page.locator(f"{place} time[data-due]")).to_have_attribute("data-heat", heat)
        await one.go(f"/desk/{case}")
        clocks = one.page.locator(".case-head time[data-due], .case-context time.due")
        await expect(clocks).to_have_count(3)
        for clock in await clocks.all():
            await expect(clock).to_have_attribute("data-heat", heat)


async def test_a_large_floor_shows_some_of_its_people_and_all_when_asked(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newel.web.console.wallboard.PEOPLE_SHOWN", 2)
    monkeypatch.setattr("newel.web.console.wallboard.FITS_SHOWN", 2)
    case = await say(shop, PERSON)
    ivan = await shop.signed_in("ivan")
    some = (await ivan.get("/wallboard")).text
    everybody = (await ivan.get("/wallboard?everybody=true")).text
    assert "Chat 0/3" in everybody
    assert "Senior · UK" in everybody
    whole = everybody.count('<tr id="person-')
    assert some.count('<tr id="person-') == 2
    assert whole > 2
    assert f"and {whole - 2} more behind these" in some
    assert "more behind these" not in everybody
    fits = (await ivan.get(f"/wallboard/cases/{case}/people")).text
    assert fits.count('class="fit') == 1 + 2
    assert "The 2 who fit best" in fits


SUPPORT = "#pool-customer-support"


async def test_RTE_5_WRK_6_the_overflow_pool_is_opened_with_a_reason_and_seen_by_everybody_at_once(
    shop: Site, browser: Browser
) -> None:
    await say(shop, PERSON)
    async with seat(shop, browser, "ivan") as other, seat(shop, browser, "ivan") as one:
        await other.go("/wallboard")
        seen = other.page.locator(SUPPORT)
        await expect(seen).to_contain_text("waiting of 8 usual, 12 %")
        await expect(seen).to_contain_text("closed")
        await expect(seen.locator(".members")).to_contain_text("Hana Sato")
        await expect(seen.locator(".members")).to_contain_text("0 of 2 from the pool")
        for n in range(2):
            await say(shop, PERSON, f"C001{n + 3}")
        await expect(seen).to_contain_text("waiting of 8 usual, 37 %")

        page = one.page
        await one.go("/wallboard")
        opens = page.locator(SUPPORT).get_by_role("button", name="Open the pool")
        await opens.press("Enter")
        dialog = page.locator("#overflow")
        await expect(dialog).to_contain_text("people step in")
        await expect(dialog.get_by_label("Why")).to_be_focused()
        assert await one.axe() == []
        await dialog.get_by_label("Why").fill("half the town <b>has no</b> power")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(dialog).to_be_hidden()
        await expect(seen).to_contain_text("half the town <b>has no</b> power")
        await expect(seen).to_contain_text("opened by Ivan Petrov")
        closes = seen.get_by_role("button", name="Close the pool")
        for scheme in ("light", "dark"):
            await other.page.emulate_media(color_scheme=scheme)
            assert await other.axe() == []
        await other.page.set_viewport_size({"width": 390, "height": 844})
        await expect(closes).to_be_visible()
        assert await other.axe() == []
        wide = await other.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        await closes.press("Enter")
        await expect(opens).to_be_visible()
        await expect(page.locator(SUPPORT)).not_to_contain_text("half the town")
        assert (one.complaints, other.complaints) == ([], [])
    told = await shop.house.as_owner(
        "SELECT event FROM newel.audit_event WHERE entity = 'overflow' ORDER BY seq"
    )
    assert [row["event"] for row in told] == ["overflow.opened", "overflow.closed"]


async def test_INT_3_WRK_6_a_late_weekly_review_comes_to_the_board_and_goes_as_it_is_signed_off(
    shop: Site, browser: Browser
) -> None:
    await a_week_later(shop)
    [due] = await shop.house.as_owner(
        "SELECT due_at - newel.now() AS left FROM newel.weekly WHERE workflow = 'customer-support'"
    )
    await shop.house.pass_time(due["left"] - timedelta(minutes=1))
    async with seat(shop, browser, "ivan") as one:
        page = one.page
        await one.go("/wallboard")
        row = page.locator("[id^=late-review-]").filter(has_text="Hearthwick customer support")
        await expect(page.locator("#person-esme")).to_be_visible()
        await expect(row).to_have_count(0)
        await shop.house.pass_time(timedelta(minutes=2))
        await weekly.watch(shop.wired)  # it tells that one is late: the board hears of it
        await expect(row).to_contain_text("Greta Lindqvist")
        await expect(row.locator("time")).to_be_visible()
        await seen(one)
        await row.get_by_role("link").click()
        await page.wait_for_url("**/weekly/*")
        review = page.url.rpartition("/")[2]

        await one.go("/wallboard")
        await expect(row).to_be_visible()
        greta = await shop.signed_in("greta")
        assert (await greta.post(f"{WEEKLY}/{review}/signature", json=SIGNED)).status_code == 204
        await expect(row).to_have_count(0)
        assert one.complaints == []


async def test_INT_3_WRK_6_who_may_not_see_reviews_sees_none_on_the_board(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newel.web.console.wallboard.REVIEWS_SHOWN", 1)
    await a_week_later(shop)
    await shop.house.pass_time(timedelta(days=7))
    ivan = await shop.signed_in("ivan")
    seen = (await ivan.get("/wallboard")).text
    assert "Weekly reviews overdue" in seen
    assert 'and 1 more · <a href="/weekly">' in seen
    monkeypatch.setitem(ALLOWED, Act.REVIEW, frozenset({Role.REVIEWER}))  # type: ignore[arg-type]
    unseen = await ivan.get("/wallboard")
    assert unseen.status_code == 200
    assert "overdue" not in unseen.text
    assert "Greta Lindqvist</td>" not in unseen.text
