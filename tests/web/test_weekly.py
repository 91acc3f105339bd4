"""Weekly reviews and post-mortems over HTTP: listed, written, signed off; refused in words."""

from datetime import timedelta
from uuid import uuid4

from newel.flow import weekly
from web.conftest import Site
from web.test_desk import say

WEEKLY, POST_MORTEMS = "/api/v1/weekly", "/api/v1/post-mortems"
SIGNED = {"notes": "One miss, and it is understood.", "decisions": "A phrase is added."}
NOTHING = {"why": "not_seen", "missed": "Anger.", "measure": "nothing", "remedy": "Once only."}
MARKER = NOTHING | {"measure": "marker", "phrases": ["the ombudsman"], "like": "legal.dictionary"}


async def missed(site: Site, cluster: str = "legal") -> str:
    """A case that Ivan took over and marked."""
    case_id: str = (await say(site, "Where is order 10023?"))["case_id"]
    ivan = await site.signed_in("ivan")
    taken = await ivan.post(f"/api/v1/cases/{case_id}/takeover")
    assert taken.status_code in {200, 201, 204}, taken.text
    marked = await ivan.post(f"/api/v1/cases/{case_id}/miss", json={"cluster": cluster})
    assert marked.status_code == 201, marked.text
    return case_id


async def a_week_later(site: Site) -> None:
    """Each workflow has the review of its first week."""
    await site.house.pass_time(timedelta(days=8))
    await weekly.watch(site.wired)


async def test_INT_3_QUA_6_a_week_is_looked_back_on_over_http(shop: Site) -> None:
    case_id = await missed(shop)
    await a_week_later(shop)
    greta, ivan = await shop.signed_in("greta"), await shop.signed_in("ivan")
    listed = (await greta.get(WEEKLY)).json()["weekly"]
    assert {one["workflow"] for one in listed} == {"customer-support", "invoice-exceptions"}
    of = (await greta.get(WEEKLY, params={"workflow": "customer-support"})).json()["weekly"]
    first = of[-1]
    assert first["figures"]["marked"] == [{"cluster": "legal", "times": 1}]
    at = f"{WEEKLY}/{first['id']}"
    found = (await greta.get(at)).json()
    (open_one,) = found["post_mortems"]
    assert (open_one["case_id"], open_one["owner_name"]) == (case_id, "Ivan Petrov")
    early = await greta.post(f"{at}/signature", json=SIGNED)
    assert (early.status_code, early.json()["code"]) == (422, "invalid")

    text = f"{POST_MORTEMS}/{open_one['id']}/text"
    assert (await greta.post(text, json=NOTHING)).status_code == 403
    written = await ivan.post(text, json=MARKER)
    assert written.status_code == 201, written.text
    assert (written.json()["draft"], written.json()["draft_state"]) == ("customer-support/2", "draft")
    assert (await ivan.post(text, json=NOTHING)).status_code == 409
    assert (await ivan.get(POST_MORTEMS, params={"state": "open"})).json()["post_mortems"] == []

    assert (await greta.post(f"{at}/signature", json=SIGNED)).status_code == 204
    again = await ivan.post(f"{at}/signature", json=SIGNED)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    done = (await greta.get(at)).json()["review"]
    assert (done["state"], done["signed_by"]) == ("signed", "Greta Lindqvist")


async def test_INV_18_of_an_erased_customer_the_page_says_why_nothing_is_written(shop: Site) -> None:
    await missed(shop)
    await shop.house.as_owner("UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = newel.now()")
    await a_week_later(shop)
    ivan = await shop.signed_in("ivan")
    (found,) = (await ivan.get(POST_MORTEMS, params={"state": "closed"})).json()["post_mortems"]
    page = (await ivan.get(f"/post-mortems/{found['id']}")).text
    assert "It cannot be written: the customer was erased." in page
    assert "/text" not in page
    assert "Every miss has its post-mortem." in (await ivan.get("/weekly")).text
    refused = await ivan.post(f"{POST_MORTEMS}/{found['id']}/text", json=NOTHING)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_who_may_not_and_what_is_not_there_are_refused(shop: Site) -> None:
    ivan, ben = await shop.signed_in("ivan"), await shop.signed_in("ben")
    for path in (WEEKLY, POST_MORTEMS, f"{WEEKLY}/{uuid4()}", f"{POST_MORTEMS}/{uuid4()}", "/weekly"):
        assert (await ben.get(path)).status_code == 403, path
    for path in (f"{WEEKLY}/{uuid4()}", f"{POST_MORTEMS}/{uuid4()}", f"/weekly/{uuid4()}"):
        assert (await ivan.get(path)).status_code == 404, path
    assert (await ivan.post(f"{WEEKLY}/{uuid4()}/signature", json=SIGNED)).status_code == 404
    for body in ({}, {"notes": "x"}, SIGNED | {"by": "me"}):
        assert (await ivan.post(f"{WEEKLY}/{uuid4()}/signature", json=body)).status_code == 422
    for body in ({}, NOTHING | {"why": "bad luck"}, NOTHING | {"phrases": ["a\nb"]}):
        assert (await ivan.post(f"{POST_MORTEMS}/{uuid4()}/text", json=body)).status_code == 422


async def test_a_token_reads_and_never_signs(shop: Site) -> None:
    await a_week_later(shop)
    client = shop.client(await shop.token("review"))
    (first, *_) = (await client.get(WEEKLY)).json()["weekly"]
    refused = await client.post(f"{WEEKLY}/{first['id']}/signature", json=SIGNED)
    assert refused.status_code == 403
