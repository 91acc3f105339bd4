"""A case's priority over HTTP: raised by whoever reaches it, lowered by a supervisor alone."""

from typing import Any

import httpx

from web.conftest import Site
from web.test_desk import at_work, mine, say, work_off

LEGAL = "My lawyer will sue you over order 10023."


async def _put(client: httpx.AsyncClient, item: dict[str, Any], to: Any, **more: Any) -> httpx.Response:
    body = {"token": item["token"], "priority": to, "reason": "she travels tomorrow"} | more
    return await client.put(f"/api/v1/cases/{item['case_id']}/priority", json=body)


async def test_WRK_10_the_owner_raises_it_and_a_supervisor_lowers_it(shop: Site) -> None:
    esme, ivan = await at_work(shop, "esme"), await shop.signed_in("ivan")
    taken = await say(shop, LEGAL)
    await work_off(shop)
    item = await mine(esme, taken["case_id"])
    raised = await _put(esme, item, 1)
    assert (raised.status_code, raised.json()["priority"]) == (200, 1), raised.text
    assert raised.json()["due_at"] < item["due_at"]
    (note,) = (await esme.get(f"/api/v1/cases/{taken['case_id']}/notes")).json()["notes"]
    assert note["text"] == "she travels tomorrow"

    again, lower = await _put(esme, item, 1), await _put(esme, item, 3)
    assert (again.status_code, lower.status_code) == (409, 403)
    locked = await _put(ivan, item, 3)
    assert (locked.status_code, locked.json()["code"]) == (409, "conflict")
    stale = await _put(ivan, item, 3, token=item["token"] + 1)
    assert stale.json()["code"] == "stale_token"
    assert (await mine(esme, taken["case_id"]))["priority"] == 1


async def test_what_is_no_priority_and_who_is_no_person_is_refused(shop: Site) -> None:
    esme = await at_work(shop, "esme")
    taken = await say(shop, LEGAL)
    await work_off(shop)
    item = await mine(esme, taken["case_id"])
    for priority in (0, 4, "P1", None):
        assert (await _put(esme, item, priority)).status_code == 422
    assert (await _put(esme, item, 1, reason="x")).status_code == 422
    machine = shop.client(await shop.token("work", "assign"))
    assert (await _put(machine, item, 1)).status_code == 403
    assert (await _put(await shop.signed_in("june"), item, 1)).status_code == 403
    assert (await mine(esme, taken["case_id"]))["priority"] == item["priority"]
