"""A package that opens at once, whatever hangs: the gap is named, and filled in later."""

from tests.story.day import Day, Json, Person, until


def part(owner: Person, taken: Json, name: str) -> Json:
    parts = owner.get(f"/api/v1/cases/{taken['case_id']}/context")["parts"]
    return next(one for one in parts if one["part"] == name)


def test_CTX_4_a_history_that_hangs_keeps_no_P1_package_shut(day: Day) -> None:
    day.fault("hang", "/history/C0024", seconds=10)
    taken = day.say("Someone hacked my account and ordered things in my name!", "C0024")
    farid = day.owner(taken)
    assert farid.login == "farid"
    item = farid.item(taken["case_id"])
    assert (item["priority"], item["skills"]) == (1, ["account_security"])

    opened = farid.get(f"/api/v1/cases/{taken['case_id']}/context")
    parts = {one["part"]: one for one in opened["parts"]}
    assert parts["history"]["state"] != "ready"
    assert parts["request"]["state"] == "ready"
    assert "hacked" in parts["request"]["value"]["messages"][0]["text"]
    assert "topic.account_security" in str(parts["trigger"]["value"])
    assert "ai_attempt" not in parts

    gap = until("the gap is named", lambda: (p := part(farid, taken, "history"))["state"] == "gap" and p)
    assert gap["gap"] == "not_in_time"
    filled = until("it is filled in", lambda: (p := part(farid, taken, "history"))["state"] == "ready" and p)
    assert filled["value"]["source"] == "past contacts of C0024"
    assert filled["value"]["count"] >= 1
    farid.resolve(taken["case_id"], category="redirected")
    assert day.replies(taken, "ai") == []
