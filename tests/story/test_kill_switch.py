"""The kill switch: a supervisor stops the AI's answers at once, and lets it go on."""

from tests.story.day import Day


def test_OPS_1_while_the_switch_is_on_a_person_answers(day: Day) -> None:
    ivan = day.person("ivan")
    refused = day.person("amara").http.post(
        "/api/v1/kill-switches", json={"reason": "let me", "workflow": "customer-support"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    switch = ivan.post(
        "/api/v1/kill-switches",
        reason="it tells wrong days",
        workflow="customer-support",
        contact_reason="order_status",
    )["id"]
    try:
        taken = day.say("Where is order 10463?", "C0163", conversation="stopped")
        owner = day.owner(taken)
        (told,) = [s for s in day.trace(taken) if s["event"] == "decision.escalate"]
        assert "kill_switch" in told["detail"]["reasons"]
        assert day.replies(taken, "ai") == []
    finally:
        assert ivan.http.delete(f"/api/v1/kill-switches/{switch}").is_success
    owner.resolve(taken["case_id"], reply="It is being packed.")

    after = day.say("Where is order 10118?", "C0118", conversation="released")
    (reply,) = day.replied(after, "ai")
    assert reply["sources"] == ["order book, order 10118"]
