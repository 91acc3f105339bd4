"""The proof of an AI message says what let it leave, and does not hide what is missing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from newel.domain.proof import Signature, Version, proofs
from newel.domain.scan.receipt import Evidence
from newel.domain.sentence import said
from newel.domain.telling import TOLD, event_said, reason_said, told
from newel.domain.trace import By, Head, Step, Story

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
MESSAGE, PROPOSAL = uuid4(), uuid4()
RECEIPT = {"message_id": MESSAGE, "outcome": "scanned", "locked": False}
DECISION = {
    "proposal_id": PROPOSAL,
    "kind": "release",
    "reasons": ["facts_of_record"],
    "policy_version": "support/3",
    "signals": {"confidence": 0.97, "confidence_minimum": 0.7, "calibrated": True},
}
SENT = {"drafted_by": "ai", "author": "ai", "proposal_id": PROPOSAL, "text": "It left on Tuesday."}
VERSION = Version(
    version="support/3",
    activated_at=NOW,
    submitted_by="Ivan Petrov",
    signatures=(Signature(version="support/3", role="model_risk", name="June Adeyemi", at=NOW),),
)


def story(*said: tuple[str, str, dict[str, Any]]) -> Story:
    steps = tuple(
        Step(
            n=n,
            at=NOW + timedelta(seconds=n),
            stage=entity,
            event=event,
            by=By("ai", "answer"),
            entity=entity,
            entity_id=str(PROPOSAL) if entity == "proposal" else entity,
            state=event.split(".")[1],
            detail=detail,
        )
        for n, (entity, event, detail) in enumerate(said, 1)
    )
    head = Head(
        id=uuid4(),
        workflow="support",
        kind="conversation",
        contact_reason="order_status",
        language="en",
        state="waiting",
        tier=1,
        locked=False,
        priority=3,
        episode=1,
        policy_version="support/3",
        opened_at=NOW,
        resolved_at=None,
        owner_id=None,
    )
    return Story(case=head, opened=True, steps=steps)


ANSWERED = {
    "message_id": MESSAGE,
    "reasons": ["playbook", "lead=0.9"],
    "contact_reason": "order_status",
    "facts": {"order.state": "dispatched"},
    "sources": ["order book, order 10023"],
}
WHOLE = (
    ("receipt", "scan.scanned", RECEIPT),
    ("proposal", "proposal.released", ANSWERED),
    ("decision", "decision.release", DECISION),
    ("outbox", "outbox.pending", SENT),
    ("outbox", "outbox.claimed", {}),
    ("outbox", "outbox.delivered", {}),
)


def test_a_message_of_the_ai_is_proved_from_scan_to_delivery() -> None:
    (proof,) = proofs(story(*WHOLE), [VERSION])
    said = "\n".join(str(claim.says) for claim in proof.claims)
    assert all(claim.holds for claim in proof.claims)
    assert proof.left
    for part in (
        "found nothing",
        "playbook “Order status”",
        "the order's state: dispatched",
        "order book",
        "97.0%",
    ):
        assert part in said
    assert "at least 70%" in said
    assert "put forward by Ivan Petrov, signed by June Adeyemi (Model risk" in said
    assert {n for claim in proof.claims for n in claim.steps} == {1, 2, 3, 4, 5, 6}


def test_what_is_missing_or_wrong_is_said() -> None:
    (bare,) = proofs(story(("outbox", "outbox.pending", SENT)), [])
    assert [claim.holds for claim in bare.claims[:2]] == [False, False]
    assert not bare.left
    locked = (("receipt", "scan.scanned", RECEIPT | {"locked": True}), *WHOLE[1:])
    assert not proofs(story(*locked), [VERSION])[0].claims[0].holds
    unsure = DECISION | {"signals": {"confidence": 0.5, "confidence_minimum": 0.7, "calibrated": True}}
    (doubtful,) = proofs(story(*WHOLE[:2], ("decision", "decision.release", unsure), *WHOLE[3:]), [])
    assert "50.0%" in next(str(claim.says) for claim in doubtful.claims if not claim.holds)


def test_an_approval_and_its_action_are_part_of_the_proof() -> None:
    asked = {"proposal_id": PROPOSAL}
    done = {
        "proposal_id": PROPOSAL,
        "class": "refund",
        "authority": "approval",
        "amount": {"amount_minor": 1800, "currency": "GBP"},
        "reference": "RF-1",
    }
    between = (
        ("approval", "approval.pending", asked),
        ("approval", "approval.approved", {"decided_by": "Amara Osei"}),
        ("action", "action.authorised", done),
        ("action", "action.confirmed", {}),
    )
    (proof,) = proofs(story(*WHOLE[:3], *between, *WHOLE[3:]), [VERSION])
    said = "\n".join(str(claim.says) for claim in proof.claims)
    assert "Amara Osei approved exactly this" in said
    assert "Refund of 18.00 GBP was carried out once by authority of that approval" in said
    assert "reference RF-1" in said


def test_messages_of_people_and_fixed_texts_need_no_proof() -> None:
    assert proofs(story(("outbox", "outbox.pending", SENT | {"drafted_by": "person"})), []) == ()


def test_words_are_said_for_keys() -> None:
    assert str(event_said("approval.approved")) == "Approved"
    assert str(event_said("brand_new.event")) == "Brand new: event"
    assert str(reason_said("scan_floor:risk_words")) == "the scan saw (risk words)"
    assert str(reason_said("topic.safety")) == "Safety"
    path = "the AI has no answer (this path is a person's (sent, or lost))"
    assert str(reason_said("no_answer:path_leads_to_a_person:sent, or lost")) == path
    assert str(reason_said("facts_of_record")) == "it states facts of record with their sources"
    step = story(("decision", "decision.release", DECISION | {"tier": 1, "text": "said"})).steps[0]
    rows = {str(row.label): said(row.value) for row in told(step)}
    assert rows["Tier"] == "T1"
    assert rows["Signals: Confidence"] == "97.0%"
    assert told(step)[-1].text
    assert all(one.text[0].isupper() or one.text[0] == "“" for one in TOLD.values())


def test_what_several_readings_of_a_text_show_is_told_once() -> None:
    seen = [Evidence(3, 9, "lawyer"), Evidence(40, 46, "lawyer"), Evidence(11, 14, "sue")]
    (row,) = told(
        Step(
            n=1,
            at=NOW,
            stage="scan",
            event="scan.scanned",
            by=By(kind="system", id="scan"),
            entity="scan_receipt",
            entity_id="1",
            state=None,
            detail={"evidence": {"legal.dictionary": seen}},
        )
    )
    assert said(row.value) == "“lawyer”; “sue”"
