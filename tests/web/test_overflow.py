"""The overflow pool over HTTP: how it stands, opened with a reason, closed; refused in words."""

import json
from dataclasses import replace

from msgspec import structs

from web.conftest import Site
from web.test_desk import at_work, say, work_off

POOLS = "/api/v1/overflow-pools"
OPENING = f"{POOLS}/customer-support/opening"


async def test_RTE_5_a_supervisor_opens_and_closes_a_pool(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    before = {one["workflow"]: one for one in (await ivan.get(POOLS)).json()["pools"]}
    support = before["customer-support"]
    assert list(before) == ["customer-support", "invoice-exceptions"]
    assert (support["depth"], support["normal_depth"], support["alert_percent"]) == (0, 8, 150)
    assert (support["open"], support["opened_at"]) == (False, None)
    hana = next(one for one in support["members"] if one["login"] == "hana")
    assert (hana["held"], hana["capacity"]) == (0, 6)

    opened = await ivan.post(OPENING, json={"reason": "half the town has no power"})
    assert opened.status_code == 204, opened.text
    (now, other) = (await ivan.get(POOLS)).json()["pools"]
    assert (now["open"], now["reason"], other["open"]) == (True, "half the town has no power", False)
    again = await ivan.post(OPENING, json={"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await ivan.delete(OPENING)).status_code == 204
    assert (await ivan.delete(OPENING)).status_code == 409


async def test_a_body_that_says_no_reason_is_refused(shop: Site) -> None:
    ivan = await shop.signed_in("ivan")
    for body in ({}, {"reason": "x"}, {"reason": 7}, {"reason": "busy", "for": "ever"}, []):
        assert (await ivan.post(OPENING, json=body)).status_code == 422, body
    assert await shop.house.as_owner("SELECT FROM newel.overflow") == []


async def test_unknown_workflows_and_those_who_may_not_are_refused(shop: Site) -> None:
    ivan, ben = await shop.signed_in("ivan"), await shop.signed_in("ben")
    reason = {"reason": "busy"}
    for path in (f"{POOLS}/no-such-workflow/opening", f"{POOLS}/%00/opening", f"{POOLS}/{'x' * 400}/opening"):
        unknown = await ivan.post(path, json=reason)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found"), path
        assert (await ivan.delete(path)).status_code == 404
        page = path.replace("/api/v1/overflow-pools", "/wallboard/overflow")
        assert (await ivan.get(page)).status_code == 404
    for answer in (
        await ben.get(POOLS),
        await ben.post(OPENING, json=reason),
        await ben.delete(OPENING),
        await ben.get("/wallboard/overflow/customer-support/opening"),
        await ben.post("/wallboard/overflow/customer-support/opening", data=reason),
        await ben.post("/wallboard/overflow/customer-support/closing"),
    ):
        assert answer.status_code == 403
    machine = shop.client(await shop.token("assign"))
    assert (await machine.post(OPENING, json=reason)).status_code == 204


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL_WEEK = json.dumps({day: ["00:00-24:00"] for day in DAYS})
SPANISH = {"accept-language": "es"}


async def test_RTE_5_the_desk_says_which_queue_has_lent_a_case_and_until_when(shop: Site) -> None:
    await shop.house.as_owner("UPDATE newel.staff SET presence = 'away', shifts = $1::jsonb", ALL_WEEK)
    ivan, hana = await shop.signed_in("ivan"), await at_work(shop, "hana")
    assert (await ivan.post(OPENING, json={"reason": "half the town has no power"})).status_code == 204
    taken = await say(shop, "human please")
    await work_off(shop)
    row = f'id="row-{taken["case_id"]}"'
    listed, opened = await hana.get("/desk/list"), await hana.get(f"/desk/{taken['case_id']}")
    assert row in listed.text
    assert listed.text.count("Lent by Hearthwick customer support until it is resolved") == 1
    assert opened.text.count("Lent by Hearthwick customer support until it is resolved") == 2
    french = await hana.get("/desk/list", headers={"accept-language": "fr"})
    assert "Prêté par Hearthwick customer support jusqu’à sa résolution" in french.text
    assert (await ivan.delete(OPENING)).status_code == 204
    assert "Lent by Hearthwick customer support" in (await hana.get("/desk/list")).text
    assert "Lent by" not in (await ivan.get("/desk/list")).text


async def test_RTE_6_by_hand_the_board_says_who_is_kept_for_the_pool(shop: Site) -> None:
    ivan, taken = await shop.signed_in("ivan"), await say(shop, "human please")
    running = shop.wired.in_force()["customer-support"]
    rule = structs.replace(running.bundle.overflow, people=("amara",))
    kept = replace(running, bundle=structs.replace(running.bundle, overflow=rule))
    shop.wired.in_force()["customer-support"] = kept  # type: ignore[index]  # the shop's own, by hand
    people = f"/wallboard/cases/{taken['case_id']}/people"
    assert (await ivan.get(people)).text.count("is kept for the overflow pool, which is closed") == 1
    spanish = (await ivan.get(people, headers=SPANISH)).text
    assert "se reserva para el refuerzo, que está cerrado" in spanish
    assert "está fuera de su turno" in spanish or "no está disponible" in spanish
    assert (await ivan.post(OPENING, json={"reason": "half the town has no power"})).status_code == 204
    assert "is kept for the overflow pool, which is open" in (await ivan.get(people)).text
