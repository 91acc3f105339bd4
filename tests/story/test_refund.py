"""A refund: proposed by the AI, released by a person, done once whatever happens on its way."""

from collections.abc import Callable

import pytest
from tests.story.day import Day, Json, until


def at(steps: list[Json], event: str, last: bool = False) -> int:
    """The place of an event in the story of a case."""
    found = [step["n"] for step in steps if step["event"] == event]
    assert found, f"no {event} in {[step['event'] for step in steps]}"
    return int(found[-1 if last else 0])


def refunds(day: Day, order: str) -> list[int]:
    """The refunds of an order in the payment system's own ledger."""
    rows = day.books.get("/ledger", params={"class": "refund", "order": order}).json()["rows"]
    return [row["answer"]["amount"]["amount_minor"] for row in rows]


def test_INV_11_12_19_a_broken_mug_is_refunded_once_and_told_afterwards(day: Day) -> None:
    said = "Mug arrived broken, order 10031, refund please"
    taken = day.say(said, "C0017")
    approval = day.approval(taken)
    amara = day.person("amara")
    assert approval in [row["id"] for row in amara.get("/api/v1/approvals")["approvals"]]
    asked = amara.get(f"/api/v1/approvals/{approval}")
    assert asked["message"] == said
    assert "We have refunded 18.00" in asked["reply"].replace("£", "")
    assert asked["action"]["action"] == "refund"
    assert asked["action"]["amount"] == {"amount_minor": 1800, "currency": "GBP"}
    assert asked["action"]["args"]["order"] == "10031"
    assert "10031" in asked["justification"]
    assert asked["sources"] == ["order book, order 10031"]
    assert day.messages(taken) == []
    assert refunds(day, "10031") == []

    assert amara.decide(approval).json() == {"state": "approved"}
    twice = amara.decide(approval)
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")

    (reply,) = day.replied(taken, "person")
    assert reply["text"] == asked["reply"]
    assert reply["sources"] == ["order book, order 10031"]
    assert refunds(day, "10031") == [1800]
    day.becomes(taken, "waiting")
    tells_all(day.trace(taken))


def tells_all(steps: list[Json]) -> None:
    """The trace tells the whole story in its order, each step with an actor and a time."""
    order = [
        at(steps, "message.received"),
        at(steps, "scan.scanned"),
        at(steps, "proposal.pending"),
        at(steps, "decision.propose"),
        at(steps, "approval.approved"),
        at(steps, "action.claimed"),
        at(steps, "action.confirmed"),
        at(steps, "outbox.pending"),
        at(steps, "outbox.claimed"),
    ]
    assert order == sorted(order)
    assert all(step["by"]["kind"] and step["at"] for step in steps)
    told = {step["event"]: step for step in steps}
    assert told["approval.approved"]["by"]["name"] == "Amara Osei"
    assert told["decision.propose"]["detail"]["policy_version"].startswith("customer-support/")
    assert told["decision.propose"]["detail"]["reasons"]
    assert told["message.received"]["detail"]["text"].startswith("Mug arrived broken")


def late(day: Day) -> None:
    day.fault("slow", "/payments/refunds", method="POST", seconds=9)


def lost(day: Day) -> None:
    day.fault("lose_answer", "/payments/refunds", method="POST")


def failing(day: Day) -> None:
    day.fault("fail", "/payments/refunds", method="POST")


def twice(day: Day) -> None:
    day.fault("replay", "/payments/refunds", method="POST")


BROKEN = "The {what} in order {order} arrived broken, refund please"
NEVER_CAME = "Order {order} never arrived, I want a refund"


def released(day: Day, text: str, ref: str) -> Json:
    """A refund that somebody has released."""
    taken = day.say(text, ref)
    assert day.person("amara").decide(day.approval(taken)).status_code == 201
    return taken


def paid_once(day: Day, taken: Json, order: str, minor: int) -> None:
    (reply,) = day.replied(taken, "person")
    assert "We have refunded" in reply["text"]
    assert refunds(day, order) == [minor]
    steps = day.trace(taken)
    assert at(steps, "action.confirmed") < at(steps, "outbox.pending")


@pytest.mark.parametrize(
    ("order", "ref", "what", "minor", "plan"),
    [
        ("10366", "C0066", "dinner plate", 1900, late),
        ("10449", "C0149", "candle", 1900, lost),
        ("10574", "C0274", "mug", 1800, failing),
        ("10602", "C0002", "mug", 1800, twice),
    ],
    ids=["late", "lost", "failing", "twice"],
)
def test_INV_11_it_is_paid_once_whatever_goes_wrong_over_there(
    day: Day, order: str, ref: str, what: str, minor: int, plan: Callable[[Day], None]
) -> None:
    plan(day)
    taken = released(day, BROKEN.format(what=what, order=order), ref)
    paid_once(day, taken, order, minor)
    assert day.faults() == []


def test_INV_11_it_is_paid_once_though_the_worker_is_killed(day: Day) -> None:
    """kill -9 in the middle of one call, and between the decision and the execution of another."""
    decided = day.say(NEVER_CAME.format(order=10647), "C0047")
    approval = day.approval(decided)
    day.fault("hang", "/payments/refunds", method="POST", seconds=3)
    calling = released(day, NEVER_CAME.format(order=10502), "C0202")
    until("the payment system has the call", lambda: not day.faults())
    day.worker.freeze()
    assert day.person("amara").decide(approval).status_code == 201
    day.worker.kill()
    for taken in (calling, decided):
        assert "action.confirmed" not in [step["event"] for step in day.trace(taken)]
    day.pass_time(seconds=61)
    day.worker.start()
    paid_once(day, calling, "10502", 2295)
    paid_once(day, decided, "10647", 2195)


def test_INV_11_a_parcel_without_a_key_is_sent_once_though_nobody_heard_the_answer(day: Day) -> None:
    taken = day.say("One mug was missing from order 10756, please send it", "C0156")
    approval = day.approval(taken)
    day.fault("lose_answer", "/warehouse/reshipments", method="POST")
    assert day.person("chloe").decide(approval).status_code == 201
    (reply,) = day.replied(taken, "person")
    assert "on its way" in reply["text"]
    assert day.faults() == []
    ledger = day.books.get("/ledger", params={"class": "reshipment", "order": "10756"}).json()
    assert ledger["count"] == 1
