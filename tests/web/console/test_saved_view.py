"""The desk's list by keyboard: several cases at once, each for itself, and views that are kept."""

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import Seat, seat
from web.test_desk import at_work, say, work_off

LEGAL = "This is the third time. My lawyer will sue you over order {order}!"
WAITING = "SELECT w.case_id, w.token, w.state FROM newel.work_item w ORDER BY w.due_at, w.id"


async def four_wait(shop: Site) -> list[str]:
    """One more than Esme may have."""
    await shop.house.as_owner("UPDATE newel.staff SET presence = 'away'")
    for n in (12, 14, 15, 16):
        await say(shop, LEGAL.format(order=10000 + n), f"C00{n}")
    await work_off(shop)
    return [str(row["case_id"]) for row in await shop.house.as_owner(WAITING)]


async def test_several_are_taken_and_snoozed_by_keyboard_and_a_view_is_kept(
    shop: Site, browser: Browser
) -> None:
    await four_wait(shop)
    await at_work(shop, "esme")
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 900}) as one:
        await one.go("/desk")
        await _take_four(one)
        await _prioritise_and_tag(one)
        await _snooze_two(one)
        await _keep_a_view(one)
        assert one.complaints == []
    rows = await shop.house.as_owner(
        "SELECT state, count(*) AS n FROM newel.cases GROUP BY state ORDER BY state"
    )
    assert {row["state"]: row["n"] for row in rows} == {"owned": 1, "queued": 1, "snoozed": 2}


async def _take_four(one: Seat) -> None:
    page, bar = one.page, one.page.locator("#bulk")
    await expect(bar).to_be_hidden()
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(bar).to_contain_text("1 chosen")
    for _ in range(3):
        await page.keyboard.press("j")
    await page.keyboard.press("Shift+X")
    await expect(bar).to_contain_text("4 chosen")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await one.axe() == []
    await page.keyboard.press("y")
    told = page.locator("#several-dialog")
    await expect(told).to_contain_text("3 cases are yours. Not done: 1.")
    await expect(told.locator(".fails")).to_have_count(1)
    await expect(told.locator(".fails")).to_contain_text("Legal words")
    assert await one.axe() == []
    await page.keyboard.press("Enter")
    await expect(told).to_be_hidden()
    await expect(bar).to_be_hidden()
    await expect(page.locator(".desk-list h2", has_text="Mine")).to_contain_text("3 of 3")


async def _prioritise_and_tag(one: Seat) -> None:
    page, keys, bar = one.page, one.page.keyboard, one.page.locator("#bulk")
    rows, toasts = page.locator(".desk-list .pickable"), page.locator("#toasts")
    for row in (0, 1):
        await rows.nth(row).locator(".case-row").focus()
        await keys.press("x")
    await keys.press("p")
    await keys.press("1")
    assert await one.axe() == []
    asks = page.locator("dialog[open]")
    await asks.get_by_label("Why").fill("the hearing is tomorrow")
    await keys.press("Control+Enter")
    await expect(toasts).to_contain_text("2 cases are P1.")
    await expect(rows.locator(".priority.p1")).to_have_count(2)
    await expect(bar).to_be_hidden()
    await one.keeps_its_place()
    for row in (0, 1):
        await rows.nth(row).locator(".case-row").focus()
        await keys.press("x")
    await keys.press("l")
    await asks.get_by_label("Put on").fill("Hearing, glaze")
    await keys.press("Control+Enter")
    await expect(toasts).to_contain_text("2 cases are tagged.")
    await expect(rows.nth(1).locator(".label")).to_have_text(["glaze", "hearing"])
    await rows.nth(0).locator(".case-row").focus()
    await keys.press("Enter")
    await page.wait_for_url("**/desk/*")
    head = page.locator(".case-head")
    await expect(head.locator(".label")).to_have_text(["glaze", "hearing"])
    assert await one.axe() == []
    await head.get_by_role("button", name="Take off the tag hearing").press("Enter")
    await expect(head.locator(".label")).to_have_text(["glaze"])
    await one.keeps_its_place(".case-head .label")
    await keys.press("l")
    await expect(page.locator("#tags-known option")).to_have_count(2)
    await keys.press("Escape")
    await page.get_by_role("navigation", name="Filter the queue").get_by_text("# hearing").click()
    await page.wait_for_url("**tag=hearing**")
    await expect(page.locator(".desk-none")).to_contain_text("Nothing of this kind waits.")
    await one.go("/desk")


async def _snooze_two(one: Seat) -> None:
    page = one.page
    await page.locator(".desk-list .case-row").first.focus()
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("z")
    await page.keyboard.press("1")
    await expect(page.locator("#toasts")).to_contain_text("2 cases are snoozed.")
    await expect(page.locator("#several-dialog")).to_be_hidden()


async def _keep_a_view(one: Seat) -> None:
    page = one.page
    await page.keyboard.press("2")
    await page.wait_for_url("**priority=2**")
    await page.keyboard.press("v")
    await page.get_by_label("Name").fill("Urgent law")
    await page.get_by_label("Show it to my team as well").check()
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**view=**")
    chip = page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Urgent law")
    await expect(chip).to_have_attribute("aria-current", "true")
    await expect(page.locator(".chip[aria-current=true]", has_text="P2")).to_be_visible()


async def test_a_view_is_its_teams_and_its_owners_to_remove(shop: Site) -> None:
    esme, amara, ivan = [await shop.signed_in(one) for one in ("esme", "amara", "ivan")]
    asked = {"workflow": "customer-support", "priority": "1", "language": "fr", "late": "true"}
    assert (await esme.post("/desk/views", data=asked | {"name": "Mine"})).status_code == 200
    assert (
        await esme.post("/desk/views", data=asked | {"name": "Ours", "shared": "true"})
    ).status_code == 200
    assert (
        await esme.post("/desk/views", data=asked | {"name": "Ours", "shared": "true"})
    ).status_code == 200
    assert (await esme.post("/desk/views", data=asked | {"name": "<b>"})).status_code == 422
    rows = await shop.house.as_owner("SELECT id, name FROM newel.saved_view ORDER BY name")
    mine, ours = [str(row["id"]) for row in rows]
    own, others = (await esme.get("/desk/list")).text, (await amara.get("/desk/list")).text
    assert (f"view={mine}" in own, f"view={ours}" in own) == (True, True)
    assert (f"view={mine}" in others, f"view={ours}" in others) == (False, True)
    shown = (await amara.get(f"/desk/list?view={ours}")).text
    assert ">French</a>" in shown
    assert (await amara.post(f"/desk/views/{ours}/removal")).status_code == 403
    assert (await ivan.post(f"/desk/views/{mine}/removal")).status_code == 403
    assert (await ivan.post(f"/desk/views/{ours}/removal")).status_code == 200
    assert (await esme.post(f"/desk/views/{ours}/removal")).status_code == 404
    assert f"view={ours}" not in (await amara.get("/desk/list")).text
    assert (await amara.get(f"/desk/list?view={ours}")).status_code == 200
    for n in range(19):
        assert (await esme.post("/desk/views", data={"name": f"v{n}"})).status_code == 200
    assert (await esme.post("/desk/views", data={"name": "one too many"})).status_code == 413
    events = await shop.house.as_owner(
        "SELECT event, count(*) AS n FROM newel.audit_event WHERE entity = 'saved_view' GROUP BY event"
    )
    assert {row["event"]: row["n"] for row in events} == {"saved_view.put": 22, "saved_view.removed": 1}


async def test_of_several_each_answers_for_itself(shop: Site) -> None:
    cases = await four_wait(shop)
    esme, ivan = await at_work(shop, "esme"), await at_work(shop, "ivan")
    assert (
        await esme.post("/desk/several/taking", data={"cases": [f"{one}:0" for one in cases[:2]]})
    ).is_success
    rows = {str(row["case_id"]): row["token"] for row in await shop.house.as_owner(WAITING)}
    stale, fresh = [f"{cases[0]}:{rows[cases[0]] + 7}", f"{cases[1]}:{rows[cases[1]]}"]
    sent = {"cases": [stale, fresh, f"{cases[2]}:0"], "reason": "it is about books", "login": "ivan"}
    told = (await esme.post("/desk/several/transfer", data=sent)).text
    assert told.count('class="fails"') == 2
    assert told.count('class="holds"') == 1
    assert (
        await ivan.post("/desk/several/snooze", data={"cases": [fresh], "until": "soon"})
    ).status_code == 422
    assert (await ivan.post("/desk/several/taking", data={"cases": "none"})).status_code == 422
    assert (await ivan.post("/desk/several/taking", data={})).status_code == 422
    for said in ("not a tag!", "order 10023", "x" * 33):
        bad = await ivan.post("/desk/several/tags", data={"cases": [fresh], "add": said})
        assert bad.status_code == 422
    assert (
        await esme.post("/desk/several/priority", data={"cases": [fresh], "priority": "1"})
    ).status_code == 422
    theirs = {"cases": [fresh, f"{cases[3]}:0"], "priority": "1", "reason": "it is urgent"}
    told = (await esme.post("/desk/several/priority", data=theirs)).text
    assert (told.count('class="fails"'), told.count('class="holds"')) == (1, 1)
    back = {"cases": [f"{cases[0]}:{rows[cases[0]]}"], "reason": "not for me"}
    assert "Case" not in (await esme.post("/desk/several/transfer", data=back)).text
    states = await shop.house.as_owner(
        "SELECT c.state, s.login FROM newel.cases c JOIN newel.work_item w"
        " ON w.case_id = c.id LEFT JOIN newel.staff s ON s.id = w.owner_id ORDER BY 1, 2"
    )
    assert [(row["state"], row["login"]) for row in states] == [
        ("owned", "ivan"), ("queued", None), ("queued", None), ("queued", None),
    ]  # fmt: skip
