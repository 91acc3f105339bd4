"""The weekly review: what the house passed once is looked back on, and is a person's from then on.

It has a house of its own, as it takes the clock from Wednesday to the Wednesday after.
"""

from tests.story.day import Day, Json, Person, until

SUPPORT = "customer-support"
CIRCLE = "the lantern circle"
POST_MORTEM = {
    "why": "marker_missing",
    "missed": "A dispute was taken to the circle, and the AI told where the parcel is.",
    "measure": "marker",
    "remedy": "Who names the circle talks to Esme.",
    "phrases": [CIRCLE],
    "like": "legal.dictionary",
}
SIGNED = {"notes": "One miss, and it is understood.", "decisions": "Esme writes to the circle."}


def days_later(day: Day, days: int) -> None:
    """The clock moves on; who was signed in has to sign in again."""
    day.pass_time(days=days)
    day.people.clear()


def is_done(person: Person, path: str, **said: str) -> int:
    """What a form of the console is answered."""
    return person.http.post(path, data=said).status_code


def review(day: Day) -> Json | None:
    """The newest review of the week, as who does it sees it."""
    found = day.person("greta").get(f"/api/v1/weekly?workflow={SUPPORT}")["weekly"]
    return found[0] if found else None


def overdue(day: Day) -> Json | None:
    found = review(day)
    return found if found and found["overdue_at"] else None


def hears(day: Day, login: str, path: str) -> bool:
    """Whether the bell of somebody leads there."""
    return path in day.person(login).http.get("/frame").text


def post_mortem_of(day: Day, taken: Json) -> Json:
    found = day.person("ivan").get("/api/v1/post-mortems")["post_mortems"]
    return next(one for one in found if one["case_id"] == taken["case_id"])


def test_INT_3_QUA_6_POL_2_what_was_missed_is_a_persons_after_the_week_is_looked_back_on(week: Day) -> None:
    taken = week.say(f"Where is order 10110? The question is with {CIRCLE} too.", "C0110")
    week.replied(taken, "ai")
    assert week.case(taken)["tier"] == 1

    ivan, june = week.person("ivan"), week.person("june")
    assert ivan.http.post(f"/api/v1/cases/{taken['case_id']}/takeover").is_success
    ivan.post(f"/api/v1/cases/{taken['case_id']}/miss", cluster="legal")
    opened = post_mortem_of(week, taken)
    assert (opened["state"], opened["owner_name"]) == ("open", "Ivan Petrov")
    written = ivan.post(f"/api/v1/post-mortems/{opened['id']}/text", **POST_MORTEM)
    assert written["draft_state"] == "draft"
    ivan.resolve(taken["case_id"], reply="A person here: I have written to the circle.")

    draft = f"/policy/{written['draft']}"
    assert is_done(june, f"{draft}/activation") == 409  # nobody has signed it
    assert is_done(june, f"{draft}/signature", role="legal_compliance") == 200
    assert is_done(june, f"{draft}/activation") == 200
    assert post_mortem_of(week, taken)["draft_state"] == "active"

    days_later(week, 5)
    monday = until("the week has its review", lambda: review(week))
    assert (monday["week"], monday["state"], monday["owner_name"]) == (
        "2026-11-23",
        "open",
        "Greta Lindqvist",
    )
    assert monday["figures"]["marked"] == [{"cluster": "legal", "times": 1}]
    assert monday["figures"]["post_mortems"] == {"written": 1, "open": 0, "overdue": 0}
    page = f"/weekly/{monday['id']}"
    assert hears(week, "greta", page)
    assert not hears(week, "ivan", page)
    assert page not in week.person("ivan").http.get("/wallboard").text

    days_later(week, 2)
    late = until("it is told that the review is late", lambda: overdue(week))
    assert (late["id"], late["figures"]) == (monday["id"], monday["figures"])
    assert hears(week, "ivan", page)
    assert page in week.person("ivan").http.get("/wallboard").text
    greta = week.person("greta")
    sheet = greta.get(f"/api/v1{page}")
    assert [one["id"] for one in sheet["post_mortems"]] == [opened["id"]]
    assert greta.http.post(f"/api/v1{page}/signature", json=SIGNED).status_code == 204
    signed = greta.get(f"/api/v1{page}")["review"]
    assert (signed["state"], signed["signed_by"], signed["notes"]) == (
        "signed",
        "Greta Lindqvist",
        SIGNED["notes"],
    )
    assert page not in week.person("ivan").http.get("/wallboard").text

    again = week.say("Where is order 10111? The lantern circle has my letter too.", "C0111")
    esme = week.owner(again)
    assert esme.login == "esme"
    item = esme.item(again["case_id"])
    assert (item["priority"], item["skills"], item["regulated"]) == (2, ["legal"], True)
    fired = str(esme.part(again["case_id"], "trigger", "ready")["value"])
    assert f"legal.pm_{opened['id'][:8]}" in fired
    assert week.case(again)["locked"]
    assert week.replies(again, "ai") == []
    esme.resolve(again["case_id"], reply="Esme here. I have your letter.")
    (reply,) = week.replied(again, "person")
    assert reply["text"] == "Esme here. I have your letter."
