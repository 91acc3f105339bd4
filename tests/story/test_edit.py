"""Edit and release, and its limits: the approver's own, and the ceiling of the policy."""

from tests.story.day import Day
from tests.story.test_refund import refunds

TEXT = "I'm sorry about the mug. We have refunded £10.00, as we agreed on the phone."


def test_INV_12_an_edit_is_released_within_the_limit_and_refused_above_it(day: Day) -> None:
    taken = day.say("The mug in order 10043 arrived broken, refund please", "C0043")
    approval = day.approval(taken)
    amara = day.person("amara")
    above = amara.decide(approval, "edit", amount_minor=5500)
    assert above.status_code == 403
    assert above.headers["content-type"].startswith("application/problem+json")
    assert above.json()["code"] == "forbidden"
    assert "limit" in above.text
    beyond = amara.decide(approval, "edit", amount_minor=6501)
    assert (beyond.status_code, beyond.json()["code"]) == (422, "invalid")
    assert day.case(taken)["state"] == "approval"

    assert amara.decide(approval, "edit", text=TEXT, amount_minor=1000).json() == {"state": "approved"}
    (reply,) = day.replied(taken, "person")
    assert (reply["text"], reply["sources"]) == (TEXT, [])
    assert refunds(day, "10043") == [1000]


def test_INV_12_an_edit_above_the_ceiling_is_refused_whoever_releases_it(day: Day) -> None:
    taken = day.say("The napkins in order 10062 arrived torn and broken, refund please", "C0062")
    approval = day.approval(taken)
    ivan = day.person("ivan")
    refused = ivan.decide(approval, "edit", amount_minor=6000)
    assert (refused.status_code, refused.json()["code"]) == (422, "above_ceiling")
    assert refused.json()["data"]["amount_minor"] == 6000
    assert refused.json()["data"]["ceiling_minor"] < 6000
    assert day.case(taken)["state"] == "approval"
    assert ivan.decide(approval, "reject", note="too much").is_success
    owner = day.owner(taken)
    assert refunds(day, "10062") == []
    assert day.replies(taken, "person") == []
    owner.resolve(taken["case_id"])


def test_TIR_5_a_refund_above_the_ceiling_is_a_persons(day: Day) -> None:
    taken = day.say("The table lamp in order 10044 arrived broken, refund please", "C0020")
    owner = day.owner(taken)
    assert day.case(taken)["tier"] == 3
    decided = next(s for s in day.trace(taken) if s["event"] == "decision.escalate")
    assert "above_ceiling" in decided["detail"]["reasons"]
    assert day.replies(taken, "ai") == []
    assert refunds(day, "10044") == []
    owner.resolve(taken["case_id"], reply="I have refunded your lamp.")
    assert day.replied(taken, "person")[0]["text"] == "I have refunded your lamp."
