"""A package that opens at once, whatever hangs: the gap is named, and filled in later."""

from tests.story.day import Day


def test_CTX_4_a_history_that_hangs_keeps_no_P1_package_shut(day: Day) -> None:
    day.fault("hang", "/history/C0024", seconds=10)
    taken = day.say("Someone hacked my account and ordered things in my name!", "C0024")
    case_id = taken["case_id"]
    farid = day.owner(taken)
    assert farid.login == "farid"
    item = farid.item(case_id)
    assert (item["priority"], item["skills"]) == (1, ["account_security", "fraud"])

    parts = farid.parts(case_id)
    assert parts["history"]["state"] != "ready"
    assert "ai_attempt" not in parts
    said = farid.part(case_id, "request", "ready")["value"]["messages"][0]["text"]
    assert "hacked" in said
    assert "topic.account_security" in str(farid.part(case_id, "trigger", "ready")["value"])
    assert farid.part(case_id, "history", "gap")["gap"] == "not_in_time"

    filled = farid.part(case_id, "history", "ready")
    assert filled["value"]["source"] == "past contacts of C0024"
    assert filled["value"]["count"] >= 1
    farid.resolve(case_id, category="redirected")
    assert day.replies(taken, "ai") == []
