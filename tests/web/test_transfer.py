"""Over HTTP a case is noted on, passed on, put aside and passed up."""

from datetime import UTC, datetime, timedelta

from web.conftest import Site
from web.test_desk import at_work, mine, say, work_off


async def test_RTE_6_what_nobody_can_serve_is_refused_with_what_was_asked_and_what_to_do(shop: Site) -> None:
    esme = await at_work(shop, "esme")
    taken = await say(shop, "My lawyer will sue you over order 10023.")
    await work_off(shop)
    item = await mine(esme, taken["case_id"])
    asked = {"token": item["token"], "language": "nl", "skills": ["account_security"], "reason": "hers"}
    refused = await esme.post(f"/api/v1/cases/{taken['case_id']}/transfer", json=asked)
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "what you ask of the next person is not usable: nobody who may take it speaks Dutch and has all of"
        " this: account security. Ask for less, or name a person",
    )
    said = await esme.post(
        f"/desk/{taken['case_id']}/transfer",
        data=asked | {"to": "queue"},
        headers={"accept-language": "es"},
    )
    assert said.status_code == 422, said.text
    assert "neerlandés" in said.json()["detail"]
    assert "seguridad de la cuenta" in said.json()["detail"]


async def test_a_case_goes_from_hand_to_hand(shop: Site) -> None:
    esme, farid = await at_work(shop, "esme"), await at_work(shop, "farid")
    taken = await say(shop, "My lawyer will sue you over order 10023.")
    await work_off(shop)
    case = f"/api/v1/cases/{taken['case_id']}"
    item = await mine(esme, taken["case_id"])
    assert item["level"] == "L2"

    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    put = await esme.post(f"{case}/snooze", json={"token": item["token"], "until": until})
    assert (put.status_code, put.json()["state"]) == (201, "snoozed"), put.text
    naive = await esme.post(f"{case}/snooze", json={"token": item["token"], "until": "2026-12-01T09:00:00"})
    assert naive.status_code == 422
    assert (await esme.delete(f"{case}/snooze")).status_code == 422
    assert (await esme.delete(f"{case}/snooze?token={item['token']}")).status_code == 204

    noted = await esme.post(f"{case}/notes", json={"text": "@farid, have a look"})
    assert noted.json()["mentioned"] == ["farid"]
    assert [n["text"] for n in (await farid.get(f"{case}/notes")).json()["notes"]] == ["@farid, have a look"]
    passed = await esme.post(
        f"{case}/transfer", json={"token": item["token"], "login": "farid", "reason": "he knows her"}
    )
    assert (passed.status_code, passed.json()["owner"]) == (201, "farid"), passed.text
    again = {"token": item["token"], "to": "supervisor", "cause": "needs_authority", "reason": "too late"}
    assert (await esme.post(f"{case}/escalation", json=again)).json()["code"] == "stale_token"
    up = await farid.post(f"{case}/escalation", json=again | {"token": passed.json()["token"]})
    assert up.status_code == 201, up.text
    notes = (await farid.get(f"{case}/notes")).json()["notes"]
    assert {n["text"] for n in notes} >= {"@farid, have a look"}
    assert (await esme.get(f"{case}/notes")).status_code == 200
