"""A rejected proposal becomes a person's case, with the attempt beside it; its end teaches."""

from tests.story.day import Day, Json, until

EMAIL = "george.iqbal.private@example.com"
REPLY = "I have sent you a new plate by courier. I am sorry for the trouble."


def labels(day: Day, taken: Json) -> list[Json]:
    return day.rows(
        "SELECT l.* FROM newel.label l JOIN newel.feedback f ON f.id = l.feedback_id"
        " WHERE f.case_id = $1::text::uuid ORDER BY l.use",
        taken["case_id"],
    )


def test_TIR_6_RES_1_LRN_1_a_rejected_proposal_is_a_persons_and_teaches(day: Day) -> None:
    customer = day.books.get("/customers/C0140").json()
    assert customer["training_consent"]
    taken = day.say(
        f"The candle in order 10140 arrived broken, refund please. Write to {EMAIL}, {customer['name']}",
        "C0140",
    )
    approval = day.approval(taken)
    asked = day.person("amara").get(f"/api/v1/approvals/{approval}")
    draft = asked["reply"]
    assert [word for word in (EMAIL, *customer["name"].split()) if word in asked["message"]] == []
    rejected = day.person("amara").decide(approval, "reject", note="they asked for a new one by phone")
    assert rejected.json() == {"state": "rejected"}

    owner = day.owner(taken)
    attempt = owner.part(taken["case_id"], "ai_attempt", "ready")["value"]
    assert attempt["note"] == "attempt, not sent"
    assert attempt["reply"] == draft
    assert "broken" in str(owner.part(taken["case_id"], "request", "ready")["value"])
    assert EMAIL not in str(owner.parts(taken["case_id"]))
    assert day.case(taken)["assist"] == 2

    owner.resolve(
        taken["case_id"],
        cause="policy_conflict",
        ai_quality="incorrect_plausible",
        contact_reason="reship_damaged",
        note=f"rang {customer['name']}",
        reply=REPLY,
        seconds_spent=180,
    )
    day.becomes(taken, "resolved")
    (reply,) = day.replied(taken, "person")
    assert (reply["text"], reply["sources"]) == (REPLY, [])
    assert day.replies(taken, "ai") == []
    assert not owner.has(taken["case_id"])
    free = day.rows("SELECT load FROM newel.staff WHERE login = $1", owner.login)
    assert free == [{"load": len(owner.get("/api/v1/work")["mine"])}]

    until("it is ingested", lambda: labels(day, taken))
    calibration, training = labels(day, taken)
    assert (calibration["use"], calibration["right_answer"]) == ("calibration", False)
    assert (training["use"], training["contact_reason"]) == ("training", "reship_damaged")
    assert "broken" in training["masked_text"]
    told = str([calibration, training])
    assert [word for word in (EMAIL, *customer["name"].split()) if word in told] == []
    assert day.books.get("/ledger", params={"order": "10140"}).json()["count"] == 0
