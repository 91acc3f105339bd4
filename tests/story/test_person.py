"""A person, please: what the customer asks for, or what they say, sends the case to people at once."""

from tests.story.day import Day, Json, until

TOO_LATE = "job.lost_lease"
INSIDE = ("tier", "trigger", "marker", "locked", "threshold", "score", "risk", "confidence", "legal")


def claimed_ai(day: Day, taken: Json) -> list[Json]:
    """The AI's messages of a case that were ever claimed for sending."""
    return day.rows(
        "SELECT m.id FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id"
        " WHERE m.case_id = $1::text::uuid AND m.drafted_by = 'ai' AND o.attempts > 0",
        taken["case_id"],
    )


def says_nothing_of_us(day: Day, taken: Json) -> None:
    """What the customer's channel gets tells nothing of how the house decides (SEC-7)."""
    assert set(taken) == {"message_id", "case_id", "conversation_id", "duplicate"}
    path = f"/api/v1/conversations/{taken['conversation_id']}/messages"
    text = day.channel.get(path).text.lower()
    assert [word for word in INSIDE if word in text] == []


def targets(day: Day, taken: Json) -> dict[str, Json]:
    return {target["kind"]: target for target in day.case(taken)["targets"]}


def test_SCN_4_INV_1_the_lawyer_is_somebodys_who_knows_the_law(day: Day) -> None:
    taken = day.say("Where is order 10501? If it is late again I'll call my lawyer.", "C0201")
    esme = day.owner(taken)
    assert esme.login == "esme"
    item = esme.item(taken["case_id"])
    assert (item["priority"], item["skills"], item["regulated"]) == (2, ["legal"], True)
    case = day.case(taken)
    assert (case["tier"], case["locked"]) == (3, True)
    running = targets(day, taken)
    assert {running[kind]["state"] for kind in ("first_response", "resolution")} == {"running"}
    (told,) = day.replied(taken, "system")
    assert "personally" in told["text"]
    says_nothing_of_us(day, taken)

    sent = esme.post(
        f"/api/v1/cases/{taken['case_id']}/messages", token=item["token"], text="I am Esme. I look into it."
    )
    assert sent["state"] == "owned"
    day.replied(taken, "person")
    assert targets(day, taken)["first_response"]["state"] == "met"
    esme.resolve(taken["case_id"])
    assert targets(day, taken)["resolution"]["state"] == "met"
    assert claimed_ai(day, taken) == []


def test_INV_1_a_marker_after_the_reply_stops_all_that_follows(day: Day) -> None:
    taken = day.say("Where is order 10157?", "C0157")
    day.replied(taken, "ai")
    again = day.say("Not good enough, I will sue you. And where is order 10457?", "C0157")
    assert again["case_id"] == taken["case_id"]
    esme = day.owner(taken)
    esme.resolve(taken["case_id"])
    assert len(claimed_ai(day, taken)) == 1
    assert [message["author"] for message in day.messages(taken)] == ["system", "ai", "system"]


def test_INV_4_human_please(day: Day) -> None:
    taken = day.say("human please", "C0163")
    owner = day.owner(taken)
    item = owner.item(taken["case_id"])
    assert (item["priority"], item["skills"], item["regulated"]) == (2, ["general"], False)
    again = day.say("Where is order 10463?", "C0163")
    assert again["case_id"] == taken["case_id"]
    owner.resolve(taken["case_id"], reply="Hello, a person here: your order is being packed.")
    day.replied(taken, "person")
    assert claimed_ai(day, taken) == []
    says_nothing_of_us(day, taken)


def test_INV_4_human_please_with_the_AI_switched_off(day: Day) -> None:
    with day.without_ai():
        taken = day.say("I want to talk to a real person", "C0199")
        owner = day.owner(taken)
        (told,) = day.replied(taken, "system")
        assert "personally" in told["text"]
        owner.resolve(taken["case_id"], reply="Here I am.")
        day.replied(taken, "person")
    assert day.people_worker.logged("matcher_ready") == 0
    assert claimed_ai(day, taken) == []


def test_OPS_8_what_nobody_marked_is_a_persons_where_the_AI_is_away(day: Day) -> None:
    with day.without_ai():
        asked = day.say("Where is order 10728?", "C0128")
        day.owner(day.say("I want to talk to a real person", "C0163", conversation="the worker is there"))
        assert day.case(asked)["state"] == "ai"
        day.pass_time(minutes=3)  # what has just begun would not yet say that the AI is away
        owner = day.owner(asked)
        (told,) = day.replied(asked, "system")
        assert "personally" in told["text"]
        running = targets(day, asked)
        assert {running[kind]["state"] for kind in ("first_response", "resolution")} == {"running"}
    (reasons,) = [step["detail"]["reasons"] for step in day.trace(asked) if step["event"] == "case.escalated"]
    assert reasons == ["ai_away"]
    owner.resolve(asked["case_id"], reply="Your order is on its way.")
    day.replied(asked, "person")
    assert claimed_ai(day, asked) == []
    later = day.say("Where is order 10771?", "C0171", conversation="when the AI is back")
    (reply,) = day.replied(later, "ai")
    assert reply["sources"] == ["order book, order 10771"]


def test_INT_5_a_message_that_comes_while_the_AI_drafts_supersedes_the_draft(day: Day) -> None:
    before = day.worker.logged(TOO_LATE)
    day.fault("slow", "/customers/C0070/orders", seconds=2)
    taken = day.say("Hello, where is my order please?", "C0070")
    until("the AI looks for the order", lambda: not day.faults())
    again = day.say("It is 10670", "C0070")
    assert again["case_id"] == taken["case_id"]
    (reply,) = day.replied(taken, "ai")
    assert "10670" in reply["text"]
    until("the first draft has come back", lambda: day.worker.logged(TOO_LATE) > before)
    assert len(day.replies(taken, "ai")) == 1
    made = [step for step in day.trace(taken) if step["event"].startswith("decision.")]
    assert len(made) == 1


def test_INV_1_a_legal_message_while_the_AI_drafts_leaves_no_AI_reply(day: Day) -> None:
    before = day.worker.logged(TOO_LATE)
    day.fault("slow", "/orders/10799", seconds=2)
    taken = day.say("Where is order 10799?", "C0199", conversation="another of C0199")
    until("the AI looks for the order", lambda: not day.faults())
    day.say("Forget it, my solicitor will write to you.", "C0199", conversation="another of C0199")
    esme = day.owner(taken)
    assert esme.login == "esme"
    until("the first draft has come back", lambda: day.worker.logged(TOO_LATE) > before)
    assert day.replies(taken, "ai") == []
    assert claimed_ai(day, taken) == []
    esme.resolve(taken["case_id"])
