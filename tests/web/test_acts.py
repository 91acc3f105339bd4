"""The desk's acts over HTTP: a draft, an expert, macros, undo send, a mark, the customer's word, a batch."""

from web.conftest import Site
from web.test_desk import at_work, mine, say, seen, work_off

LEGAL = "My lawyer will sue you over order 10023."


async def test_the_owner_drafts_asks_fills_sends_and_takes_back(shop: Site) -> None:
    esme, farid = await at_work(shop, "esme"), await at_work(shop, "farid")
    taken = await say(shop, LEGAL)
    await work_off(shop)
    case = f"/api/v1/cases/{taken['case_id']}"
    token = (await mine(esme, taken["case_id"]))["token"]

    assert (await esme.get(f"{case}/draft")).json() == {
        "text": "",
        "attachments": [],
        "saved_at": None,
        "handed_over_by": None,
    }
    kept = await esme.put(f"{case}/draft", json={"token": token, "text": "Dear"})
    assert (kept.status_code, kept.json()["text"]) == (200, "Dear")
    stale = await esme.put(f"{case}/draft", json={"token": token + 1, "text": "Dear"})
    assert stale.json()["code"] == "stale_token"

    asked = await esme.post(
        f"{case}/questions", json={"token": token, "login": "farid", "text": "A threat?", "minutes": 5}
    )
    assert asked.status_code == 201, asked.text
    (question,) = (await farid.get("/api/v1/questions")).json()["questions"]
    assert (question["text"], question["asked_by"]) == ("A threat?", "esme")
    answer = f"/api/v1/questions/{question['id']}/answer"
    assert (await esme.post(answer, json={"text": "I say so"})).status_code == 403
    assert (await farid.post(answer, json={"text": "Only words."})).status_code == 201
    assert (await farid.post(answer, json={"text": "Or not."})).status_code == 409

    wanted = "/api/v1/macros?workflow=customer-support&language=en&words=greeting"
    (greeting,) = (await esme.get(wanted)).json()["macros"]
    filled = (await esme.get(f"{case}/macros/{greeting['id']}")).json()
    assert "I am Esme" in filled["text"]
    assert (await esme.delete(f"/api/v1/macros/{greeting['id']}")).status_code == 403

    reply = {"token": token, "text": filled["text"], "hold_seconds": 60}
    assert (await esme.post(f"{case}/messages", json=reply)).status_code == 201
    back = await esme.post(f"{case}/withdrawal", json={"token": token})
    assert (back.status_code, back.json()["text"]) == (201, filled["text"].strip())
    assert (await esme.post(f"{case}/withdrawal", json={"token": token})).status_code == 409
    assert (await esme.get(f"{case}/draft")).json()["text"] == filled["text"].strip()
    await work_off(shop)
    assert "person" not in {m["author"] for m in await seen(shop, taken["conversation_id"])}


async def test_RES_5_and_QUA_6_the_customer_and_the_desk_have_their_say(shop: Site) -> None:
    esme, ivan = await at_work(shop, "esme"), await at_work(shop, "ivan")
    taken = await say(shop, LEGAL)
    await work_off(shop)
    case, conversation = f"/api/v1/cases/{taken['case_id']}", taken["conversation_id"]
    flagged = await esme.post(f"{case}/miss", json={"cluster": "emotion"})
    assert (flagged.status_code, flagged.json()["code"]) == (409, "conflict")
    token = (await mine(esme, taken["case_id"]))["token"]
    ended = await esme.post(f"{case}/resolution", json={"token": token, "category": "resolved"})
    assert ended.status_code == 201, ended.text

    channel = shop.client(await shop.token("read_conversation"))
    offered = (await channel.get(f"/api/v1/conversations/{conversation}/survey")).json()
    answer = f"/api/v1/surveys/{offered['token']}"
    customer = shop.client()
    assert offered["kind"] == "csat"
    off = await customer.post(answer, json={"score": 6})
    assert (off.status_code, off.json()["code"]) == (422, "invalid")
    assert "it goes from 1 to 5" in off.text
    assert (await customer.post(answer, json={"score": 11})).status_code == 422
    assert (await customer.post(answer, json={"score": 0})).status_code == 422
    thanked = await customer.post(answer, json={"score": 4, "comment": "kind"})
    assert (thanked.status_code, thanked.json()) == (201, {"thanks": True})
    assert (await customer.post(answer, json={"score": 1})).status_code == 409
    assert (await customer.post("/api/v1/surveys/no-token", json={"score": 1})).status_code == 404
    (average,) = (await ivan.get("/api/v1/surveys?days=1")).json()["averages"]
    assert (average["tier"], average["answered"], average["average"]) == (3, 1, 4.0)
    assert (average["kind"], average["satisfied"], average["nps"]) == ("csat", 1, None)
    assert (await esme.get("/api/v1/surveys")).status_code == 200
    assert (await ivan.get("/api/v1/misses")).json() == {"misses": []}


async def test_approvals_work_and_the_queue_over_http(shop: Site) -> None:
    chloe, ben, ivan = (
        await shop.signed_in("chloe"),
        await shop.signed_in("ben"),
        await at_work(shop, "ivan"),
    )
    taken = await say(shop, "My mug arrived broken, order 10031, refund please", ref="C0017")
    await work_off(shop)
    marked = await chloe.post(f"/api/v1/cases/{taken['case_id']}/miss", json={"cluster": "emotion"})
    assert marked.status_code == 201, marked.text
    (waiting,) = (await chloe.get("/api/v1/approvals")).json()["approvals"]
    both = {"ids": [waiting["id"], waiting["id"]], "decision": "reject", "note": "no photo"}
    done = await chloe.post("/api/v1/approvals/decisions", json=both)
    assert (done.status_code, [one["state"] for one in done.json()["approvals"]]) == (201, ["rejected"])
    late = await chloe.post(f"/api/v1/approvals/{waiting['id']}/withdrawal", json={"note": "too late"})
    assert late.status_code == 409
    assert (await ben.post("/api/v1/work/batches", json={"most": 0})).status_code == 422
    assert (await ben.post(f"/api/v1/cases/{taken['case_id']}/place", json={})).status_code == 403
    (miss,) = (await ivan.get("/api/v1/misses?days=1")).json()["misses"]
    assert (miss["cluster"], miss["marked_by"], miss["tier"]) == ("emotion", "chloe", 2)
