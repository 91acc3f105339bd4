"""The overflow pool over HTTP: how it stands, opened with a reason, closed; refused in words."""

from web.conftest import Site

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
