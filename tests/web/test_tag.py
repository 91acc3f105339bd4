"""Tags over HTTP: put on and taken off with the token of the work, and those in use to choose from."""

from web.conftest import Site
from web.test_desk import at_work, mine, say, work_off

LEGAL = "My lawyer will sue you over order 10023."


async def test_WRK_10_tags_are_put_on_and_taken_off(shop: Site) -> None:
    esme, ben = await at_work(shop, "esme"), await shop.signed_in("ben")
    taken = await say(shop, LEGAL)
    await work_off(shop)
    case = f"/api/v1/cases/{taken['case_id']}"
    token = (await mine(esme, taken["case_id"]))["token"]
    put = await esme.post(f"{case}/tags", json={"token": token, "add": ["Spring Fair", "#glaze"]})
    assert (put.status_code, put.json()) == (201, {"tags": ["glaze", "spring-fair"]}), put.text
    change = {"token": token, "add": ["late"], "remove": ["glaze", "never-was"]}
    assert (await esme.post(f"{case}/tags", json=change)).json() == {"tags": ["late", "spring-fair"]}
    assert (await esme.get(case)).json()["tags"] == ["late", "spring-fair"]
    assert (await ben.get("/api/v1/tags")).json() == {"tags": ["late", "spring-fair"]}

    another = await ben.post(f"{case}/tags", json={"token": token, "add": ["mine"]})
    assert (another.status_code, another.json()["code"]) == (403, "forbidden")
    stale = await esme.post(f"{case}/tags", json={"token": token + 1, "add": ["mine"]})
    assert stale.json()["code"] == "stale_token"
    for wrong in ({}, {"add": ["order 10023"]}, {"add": ["<b>"]}, {"add": ["x" * 33]}, {"add": "late"}):
        assert (await esme.post(f"{case}/tags", json={"token": token} | wrong)).status_code == 422
    assert (await esme.get(case)).json()["tags"] == ["late", "spring-fair"]


async def test_tags_are_a_persons_to_change(shop: Site) -> None:
    taken = await say(shop, LEGAL)
    await work_off(shop)
    machine = shop.client(await shop.token("work"))
    change = {"token": 0, "add": ["late"]}
    said = await machine.post(f"/api/v1/cases/{taken['case_id']}/tags", json=change)
    assert said.status_code == 403
    assert (await machine.get("/api/v1/tags")).json() == {"tags": []}
    assert (await (await shop.signed_in("june")).get("/api/v1/tags")).status_code == 403
