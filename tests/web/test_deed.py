"""Acts of people over HTTP: the owner has one done, once; what keeps them from it has a code and words."""

from web.conftest import Site
from web.test_desk import at_work, mine, say, work_off

BROKEN = "I want to talk to a person. My order 10031 arrived broken."


async def test_INV_12_RES_1_the_owner_has_an_act_done_once(shop: Site) -> None:
    esme, ivan = await at_work(shop, "esme"), await at_work(shop, "ivan")
    taken = await say(shop, BROKEN, "C0017")
    await work_off(shop)
    await ivan.post(f"/api/v1/cases/{taken['case_id']}/assignment", json={"login": "esme"})
    path = f"/api/v1/cases/{taken['case_id']}/actions"
    token = (await mine(esme, taken["case_id"]))["token"]
    body = {"token": token, "playbook": "refund_damaged", "act": "refund", "amount_minor": 500, "key": "a1"}
    first, second = await esme.post(path, json=body), await esme.post(path, json=body)
    assert (first.status_code, second.status_code) == (201, 201), first.text
    assert first.json()["id"] == second.json()["id"]
    written = f"/api/v1/cases/{taken['case_id']}/messages"
    kept = await esme.post(written, json={"token": token, "text": "Refunded."})
    assert (kept.status_code, kept.json()["code"]) == (409, "act_unconfirmed")
    await work_off(shop)
    (done,) = (await esme.get(path)).json()["actions"]
    assert (done["state"], done["by"], done["amount"]["amount_minor"]) == ("confirmed", "Esme Hartley", 500)
    assert (done["arguments"]["order"], done["authority"]) == ("10031", "own_limit")
    assert (await esme.post(written, json={"token": token, "text": "Refunded."})).status_code == 201

    over = await esme.post(path, json=body | {"amount_minor": 1_000_000, "key": "a2"})
    assert (over.status_code, over.json()["code"]) == (422, "act_refused")
    assert over.json()["data"]["reason"] == "more_than_paid"
    assert "at most what was paid" in over.json()["detail"]
    others = await ivan.post(path, json=body | {"key": "a3"})
    assert (others.status_code, others.json()["code"]) == (409, "stale_token")
    assert (await shop.client(await shop.token("work")).post(path, json=body)).status_code == 403
    assert (await (await shop.signed_in("june")).get(path)).status_code == 403
