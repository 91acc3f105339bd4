"""Reviews over HTTP: the list, the case, the score, and who may."""

from typing import Any
from uuid import uuid4

from web.conftest import Site
from web.console.test_quality import answered, sample_all

MARKS = {
    "right": "met",
    "policy": "met",
    "whole": "partly",
    "hands": "met",
    "data": "not_asked",
    "tone": "met",
}


async def test_a_sampled_case_is_scored_once_by_whose_work_it_is_not(shop: Site) -> None:
    sample_all(shop)
    case_id = await answered(shop, "C0017", "I forgot my password, please send a reset link")
    greta, ivan, amara = [await shop.signed_in(login) for login in ("greta", "ivan", "amara")]
    said = (await greta.get("/api/v1/reviews")).json()
    assert [(one["case_id"], one["kind"], one["work"]) for one in said["reviews"]] == [
        (case_id, "sample", "ai")
    ]
    path = f"/api/v1/reviews/{said['reviews'][0]['id']}"
    shown: dict[str, Any] = (await greta.get(path)).json()
    assert set(shown["card"]["criteria"]) == set(MARKS)
    assert shown["talk"]
    assert (await amara.get(path)).status_code == 403
    assert (await amara.post(f"{path}/score", json={"marks": MARKS})).status_code == 403
    assert (await greta.post(f"{path}/score", json={"marks": {"right": "met"}})).status_code == 422
    assert (
        await greta.post(f"{path}/decision", json={"decision": "release", "marks": MARKS})
    ).status_code == 409
    found = await greta.post(f"{path}/score", json={"marks": MARKS, "remark": "Kind."})
    assert (found.status_code, found.json()["passed"], found.json()["value"]) == (201, True, 0.8846)
    assert (await ivan.post(f"{path}/score", json={"marks": MARKS})).status_code == 409
    results = (await greta.get("/api/v1/quality?weeks=4")).json()
    assert [(one["work"], one["passed"]["count"], one["passed"]["of"]) for one in results["weeks"]] == [
        ("ai", 1, 1)
    ]
    assert (await greta.get(f"/api/v1/reviews/{uuid4()}")).status_code == 404
    assert (await amara.get("/api/v1/reviews/mine")).json() == {"reviews": []}
