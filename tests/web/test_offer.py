"""Recommendations over HTTP: what the owner may offer, used once, counted; nobody else is shown anything."""

from web.conftest import Site
from web.test_desk import at_work, mine, say, work_off

STATUS = "Where is order 99999?"


async def test_WRK_2_the_owner_is_shown_what_fits_and_uses_or_dismisses_it(shop: Site) -> None:
    esme, june = await at_work(shop, "esme"), await shop.signed_in("june")
    taken = await say(shop, STATUS, "C0025")
    await work_off(shop)
    case = f"/api/v1/cases/{taken['case_id']}/offers"
    said = await esme.get(case)
    assert said.status_code == 200, said.text
    pad, trimmer = said.json()["offers"]
    assert (pad["name"], pad["language"], said.json()["withheld"]) == ("cushion_pad", "en", None)
    assert "Linen cushion cover, sage" in pad["because"]
    assert "£14.00" in pad["text"]
    assert trimmer["name"] == "wick_trimmer"

    token = {"token": (await mine(esme, taken["case_id"]))["token"]}
    used = await esme.post(f"{case}/cushion_pad/use", json=token)
    assert (used.status_code, used.json()) == (201, {"name": "cushion_pad", "state": "used"})
    again = await esme.post(f"{case}/cushion_pad/dismissal", json=token)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await esme.post(f"{case}/never_was/use", json=token)).status_code == 404
    stale = await esme.post(f"{case}/wick_trimmer/use", json={"token": token["token"] + 1})
    assert stale.json()["code"] == "stale_token"
    assert (await esme.post(f"{case}/wick_trimmer/dismissal", json=token)).json()["state"] == "dismissed"
    assert (await esme.get(case)).json() == {"offers": [], "withheld": None}

    assert (await june.get(case)).status_code == 403
    assert (await shop.client(await shop.token("work")).get(case)).status_code == 403
    counts = (await june.get("/api/v1/offers")).json()["offers"]
    assert [(one["name"], one["shown"], one["used"], one["dismissed"]) for one in counts] == [
        ("cushion_pad", 1, 1, 0),
        ("wick_trimmer", 1, 0, 1),
    ]
    assert counts[0]["taken"]["of"] == 1
    assert (await june.get("/api/v1/offers?days=0")).status_code == 422


async def test_WRK_2_on_a_case_with_a_marker_nothing_is_offered(shop: Site) -> None:
    esme = await at_work(shop, "esme")
    taken = await say(shop, "My lawyer will sue you over order 10050.", "C0025")
    await work_off(shop)
    said = await esme.get(f"/api/v1/cases/{taken['case_id']}/offers")
    assert said.json() == {"offers": [], "withheld": "locked"}
    assert await shop.house.as_owner("SELECT FROM newel.offer") == []


async def test_WRK_2_the_page_of_who_does_not_have_the_case_is_shown_nothing_and_no_error(shop: Site) -> None:
    esme, ivan = await at_work(shop, "esme"), await shop.signed_in("ivan")
    case_id = (await say(shop, STATUS, "C0025"))["case_id"]
    await work_off(shop)
    assert "offer-cushion_pad" in (await esme.get(f"/desk/{case_id}/offers")).text
    shown = await ivan.get(f"/desk/{case_id}/offers")
    assert (shown.status_code, shown.text.strip()) == (200, "")
    assert (await ivan.get(f"/api/v1/cases/{case_id}/offers")).status_code == 403
