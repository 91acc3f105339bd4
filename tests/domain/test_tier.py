"""The tier decision: every rule only raises, and each says why."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newel.domain.action import worth_minor
from newel.domain.answer import Basis, NoAnswer, Proposal
from newel.domain.commitment import commits
from newel.domain.playbook import Action
from newel.domain.policy.acts import Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import included, load_bundle
from newel.domain.tier import (
    Decision,
    Deflect,
    Escalate,
    Propose,
    Release,
    Signals,
    Standing,
    ceiling_minor,
    decide,
    dice_of,
    sampled,
)
from newel.domain.words import Assist, Cluster, Money, Priority, RiskClass

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "policy"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def bundle(name: str) -> Bundle:
    text = (FOLDER / name).read_text("utf-8")
    return load_bundle(text, name, {one: (FOLDER / one).read_text("utf-8") for one in included(text, name)})


POLICY, ITEMS = bundle("customer-support.yaml"), bundle("invoice-exceptions.yaml")
FACT = Proposal(
    basis=Basis.PLAYBOOK,
    contact_reason="order_status",
    reply="Order 10023 is on its way.",
    sources=("order book, order 10023",),
    confidence=0.95,
    calibrated=True,
    offers=("delivery-tracking",),
)
REFUND = msgspec.structs.replace(
    FACT,
    contact_reason="refund_damaged",
    reply="We have refunded £18.00.",
    risk_class=RiskClass.MEDIUM,
    action=Action("refund", {"order": "10031"}, Money(1800, "GBP"), Money(2195, "GBP")),
)
KNOWN = Standing(dice=0.999)


def but(proposal: Proposal, **changes: Any) -> Proposal:
    return msgspec.structs.replace(proposal, **changes)


def tier(decision: Decision) -> int:
    return 3 if isinstance(decision, Deflect) else int(decision.tier)


def test_TIR_2_facts_of_record_are_released_without_a_certificate() -> None:
    got = decide(Signals(), FACT, POLICY, KNOWN)
    assert got == Release(reasons=("facts_of_record",), policy_version=POLICY.version, sample=False)


def test_TIR_4_money_waits_for_a_person() -> None:
    got = decide(Signals(), REFUND, POLICY, KNOWN)
    assert isinstance(got, Propose)
    assert "action_on_money" in got.reasons


@pytest.mark.parametrize("class_", ["password_reset", "appointment", "appointment_change"])
def test_TIR_3_an_autonomous_class_of_the_signed_policy_is_released(class_: str) -> None:
    got = decide(Signals(), but(FACT, action=Action(class_, {"customer": "C0001"})), POLICY, KNOWN)
    assert isinstance(got, Release)
    assert got.reasons == ("autonomous_action",)


def test_SCN_12_risk_words_hold_at_T2_even_for_facts_and_autonomous_acts() -> None:
    words = Signals(tier_floor=2, clusters=(Cluster.RISK_WORDS,))
    reset = but(FACT, action=Action("password_reset", {}))
    assert tier(decide(words, FACT, POLICY, KNOWN)) == 2
    assert tier(decide(words, reset, POLICY, KNOWN)) == 2


def test_SCN_12_a_data_trigger_is_answered_by_an_autonomous_playbook_only() -> None:
    item = but(FACT, contact_reason="duplicate_invoice", risk_class=RiskClass.LOW)
    done = but(item, action=Action("invoice_void", {"invoice": "INV-20001"}))
    data = Signals(tier_floor=2, clusters=(Cluster.DATA,))
    more = Signals(tier_floor=3, clusters=(Cluster.DATA, Cluster.EMOTION))
    assert tier(decide(data, done, ITEMS, KNOWN)) == 1
    assert tier(decide(data, item, ITEMS, KNOWN)) == 2
    assert tier(decide(more, done, ITEMS, KNOWN)) == 3
    assert tier(decide(msgspec.structs.replace(data, locked=True), done, ITEMS, KNOWN)) == 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"confidence": 0.69}, "confidence_under_minimum"),
        ({"confidence": float("nan")}, "confidence_under_minimum"),
        ({"calibrated": False, "confidence": 1.0}, "confidence_not_calibrated"),
    ],
)
def test_SCN_11_an_unsure_answer_is_for_a_person(changes: dict[str, Any], reason: str) -> None:
    got = decide(Signals(), but(FACT, offers=(), **changes), POLICY, KNOWN)
    assert isinstance(got, Escalate)
    assert got.reasons[0] in {reason, "risk_over_maximum"}
    assert reason in got.reasons
    assert (got.priority, got.assist) == (Priority.P3, Assist.DRAFT)


def test_SCN_11_without_a_threshold_nothing_is_sure_enough() -> None:
    bare = msgspec.structs.replace(
        POLICY, thresholds={k: v for k, v in POLICY.thresholds.items() if k != "confidence_minimum"}
    )
    assert isinstance(decide(Signals(), but(FACT, offers=(), confidence=0.999), bare, KNOWN), Escalate)
    assert isinstance(decide(Signals(), FACT, POLICY, KNOWN), Release)


def test_TIR_12_deflection_once_for_want_of_confidence_alone() -> None:
    unsure = but(FACT, confidence=0.6)
    got = decide(Signals(), unsure, POLICY, KNOWN)
    assert isinstance(got, Deflect)
    assert got.articles == ("delivery-tracking",)
    again = msgspec.structs.replace(KNOWN, deflected=True)
    assert isinstance(decide(Signals(), unsure, POLICY, again), Escalate)
    assert isinstance(decide(Signals(tier_floor=3, locked=True), unsure, POLICY, KNOWN), Escalate)
    assert isinstance(decide(Signals(), but(unsure, offers=()), POLICY, KNOWN), Escalate)
    assert isinstance(decide(Signals(), unsure, ITEMS, KNOWN), Escalate)


def test_TIR_10_a_certified_threshold_can_only_be_stricter() -> None:
    strict = msgspec.structs.replace(KNOWN, certificates={"order_status": 0.99})
    loose = msgspec.structs.replace(KNOWN, certificates={"order_status": 0.1})
    assert tier(decide(Signals(), FACT, POLICY, strict)) == 3
    assert tier(decide(Signals(), but(FACT, confidence=0.6), POLICY, loose)) == 3


@pytest.mark.parametrize(
    "changed",
    [
        Signals(locked=True),
        Signals(tier_floor=3, clusters=(Cluster.LEGAL,)),
        Signals(error="timed out"),
        Signals(language="fr"),
        Signals(risk=0.99),
    ],
)
def test_each_signal_alone_sends_the_case_to_a_person(changed: Signals) -> None:
    assert isinstance(decide(changed, FACT, POLICY, KNOWN), Escalate)


def test_INV_1_the_kill_switch_stops_every_release() -> None:
    killed = msgspec.structs.replace(KNOWN, killed=True)
    got = decide(Signals(), FACT, POLICY, killed)
    assert isinstance(got, Escalate)
    assert "kill_switch" in got.reasons


def test_the_priority_assist_and_skills_of_the_markers_reach_the_person() -> None:
    signals = Signals(tier_floor=3, locked=True, priority=Priority.P1, assist=Assist.NONE, skills=("fraud",))
    got = decide(signals, but(FACT, skills=("orders",)), POLICY, KNOWN)
    assert isinstance(got, Escalate)
    assert (got.priority, got.assist, got.skills) == (Priority.P1, Assist.NONE, ("fraud", "orders"))


def test_no_answer_is_for_a_person_with_its_reasons() -> None:
    got = decide(Signals(), NoAnswer(reasons=("no_such_record:order",)), POLICY, KNOWN)
    assert isinstance(got, Escalate)
    assert got.reasons == ("no_answer:no_such_record:order",) or "risk_over_maximum" in got.reasons


def test_TIR_15_a_commitment_in_the_reply_raises_to_T2() -> None:
    got = decide(Signals(), but(FACT, reply="We guarantee that it comes tomorrow."), POLICY, KNOWN)
    assert isinstance(got, Propose)
    assert any(reason.startswith("commitment:guarantee") for reason in got.reasons)


def test_a_reply_without_a_source_needs_a_certificate() -> None:
    bare = but(FACT, sources=())
    certified = msgspec.structs.replace(KNOWN, certificates={"order_status": 0.9})
    assert decide(Signals(), bare, POLICY, KNOWN).reasons == ("no_certificate",)
    assert isinstance(decide(Signals(), bare, POLICY, certified), Release)


def test_a_fixed_text_of_the_signed_policy_needs_no_source() -> None:
    (said,) = POLICY.playbooks["thanks"].paths
    polite = but(FACT, sources=(), contact_reason="thanks", reply=said.reply)
    assert decide(Signals(), polite, POLICY, KNOWN).reasons == ("text_of_the_policy",)
    assert isinstance(decide(Signals(), but(polite, reply=said.reply + " Bye."), POLICY, KNOWN), Propose)


def test_TIR_13_an_unverified_customer_gets_no_act() -> None:
    nobody = msgspec.structs.replace(KNOWN, identity_level=0)
    got = decide(Signals(), but(FACT, action=Action("password_reset", {})), POLICY, nobody)
    assert isinstance(got, Escalate)
    assert "identity_not_verified" in got.reasons


@pytest.mark.parametrize(
    ("changes", "standing", "reason"),
    [
        ({"amount": Money(24000, "GBP"), "paid": Money(24000, "GBP")}, {}, "above_ceiling"),
        ({"paid": Money(1799, "GBP")}, {}, "above_ceiling"),
        (
            {"amount": Money(4000, "GBP"), "paid": Money(400_000, "GBP")},
            {"lifetime_value_minor": 400_000},
            "above_ceiling",
        ),
        ({"paid": None}, {}, "above_ceiling"),
        ({}, {"paid_minor": 1799}, "above_ceiling"),
        ({}, {"used_minor": 2400}, "above_ceiling"),
        ({"amount": None}, {}, "amount_unknown"),
        ({"amount": Money(1800, "EUR")}, {}, "amount_unknown"),
        ({"action": "unknown"}, {}, "unknown_action:unknown"),
    ],
)
def test_TIR_5_above_the_ceiling_it_is_a_persons(
    changes: dict[str, Any], standing: dict[str, Any], reason: str
) -> None:
    assert REFUND.action is not None
    action = msgspec.structs.replace(REFUND.action, **changes)
    got = decide(Signals(), but(REFUND, action=action), POLICY, Standing(**standing))
    assert isinstance(got, Escalate)
    assert reason in got.reasons


CEILING = Ceiling(
    owner="June", date=date(2026, 11, 20), cap_minor=5000, floor_minor=2500, lifetime_share=0.01
)
AMOUNTS = st.integers(-1000, 10**9)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_TIR_5_the_ceiling_holds_everywhere(lifetime: int, paid: int, used: int) -> None:
    most = ceiling_minor(CEILING, lifetime, paid, used)
    assert 0 <= most <= max(0, min(5000, paid))
    assert most + max(used, 0) <= max(5000, used)
    assert ceiling_minor(CEILING, lifetime, paid, used + 1) <= most
    assert ceiling_minor(CEILING, lifetime + 100, paid, used) >= most


@pytest.mark.parametrize(
    ("lifetime", "paid", "worth"),
    [(None, 4000, 0), (0, 4000, 0), (400_000, 400_000, 0), (400_000, 100_000, 300_000), (5000, None, 5000)],
)
def test_TIR_5_the_order_at_hand_does_not_raise_its_own_ceiling(
    lifetime: int | None, paid: int | None, worth: int
) -> None:
    assert worth_minor(lifetime, None if paid is None else Money(paid, "GBP")) == worth


@pytest.mark.parametrize(("lifetime", "most"), [(0, 2500), (250_000, 2500), (300_000, 3000), (10**8, 5000)])
def test_TIR_5_one_per_cent_of_lifetime_value_between_floor_and_cap(lifetime: int, most: int) -> None:
    assert ceiling_minor(CEILING, lifetime, 10**6, 0) == most


PROPOSALS = st.builds(
    but,
    st.sampled_from([FACT, REFUND, but(FACT, action=Action("appointment", {})), but(FACT, sources=())]),
    confidence=st.floats(0, 1),
    calibrated=st.booleans(),
    reply=st.sampled_from(["Here it is.", "We promise it.", "As an exception, yes."]),
    risk_class=st.sampled_from(list(RiskClass)),
)
SIGNALS = st.builds(
    Signals,
    tier_floor=st.integers(1, 3),
    locked=st.booleans(),
    risk=st.floats(0, 1),
    language=st.sampled_from(["", "en", "fr"]),
    clusters=st.lists(st.sampled_from(list(Cluster)), max_size=3).map(tuple),
)
STANDINGS = st.builds(
    Standing,
    lifetime_value_minor=st.integers(0, 10**6),
    used_minor=st.integers(0, 10**4),
    killed=st.booleans(),
    deflected=st.booleans(),
    identity_level=st.integers(0, 3),
    dice=st.floats(0, 1, exclude_max=True),
)


@given(SIGNALS, PROPOSALS, STANDINGS, SIGNALS)
def test_INV_17_more_signals_never_lower_a_tier(
    first: Signals, proposal: Proposal, standing: Standing, more: Signals
) -> None:
    """A text that makes the scan find more can raise the tier, never lower it."""
    assume(first.clusters or first.tier_floor == 1)  # a floor comes with the cluster that set it
    both = Signals(
        tier_floor=max(first.tier_floor, more.tier_floor),
        locked=first.locked or more.locked,
        risk=max(first.risk, more.risk),
        language=first.language,
        clusters=tuple(dict.fromkeys((*first.clusters, *more.clusters))),
    )
    assert tier(decide(both, proposal, POLICY, standing)) >= tier(decide(first, proposal, POLICY, standing))


@given(SIGNALS, PROPOSALS, STANDINGS, st.floats(0, 1))
def test_SCN_11_confidence_may_raise_a_tier_and_never_lowers_one(
    signals: Signals, proposal: Proposal, standing: Standing, other: float
) -> None:
    low, high = sorted((proposal.confidence, other))
    doubtful, sure = but(proposal, confidence=low), but(proposal, confidence=high)
    assert tier(decide(signals, doubtful, POLICY, standing)) >= tier(decide(signals, sure, POLICY, standing))
    perfect = but(proposal, confidence=1.0, calibrated=True)
    if not (set(signals.clusters) == {Cluster.DATA} and not signals.locked):
        assert tier(decide(signals, perfect, POLICY, standing)) >= signals.tier_floor


@given(SIGNALS, PROPOSALS, STANDINGS)
def test_INV_3_nothing_is_released_on_a_locked_case(s: Signals, p: Proposal, standing: Standing) -> None:
    locked = msgspec.structs.replace(s, locked=True)
    assert isinstance(decide(locked, p, POLICY, standing), Escalate)


@given(SIGNALS, PROPOSALS, STANDINGS)
def test_INV_14_every_decision_says_why_and_under_which_policy(
    s: Signals, p: Proposal, standing: Standing
) -> None:
    got = decide(s, p, POLICY, standing)
    assert got.reasons
    assert got.policy_version == POLICY.version


def test_QUA_2_the_sampling_mark_is_deterministic_and_of_the_gates_share() -> None:
    share = POLICY.gates[RiskClass.LOW].sample_share
    marked = sum(sampled(POLICY, RiskClass.LOW, dice_of(f"case-{n}")) for n in range(4000))
    assert abs(marked / 4000 - share) < 0.03
    assert dice_of("case-1") == dice_of("case-1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We GUARANTEE it", "guarantee"),
        ("we’ll\nrefund you", "we'll refund"),
        ("guarantees nothing", "guarantees"),
        ("the warranty ends", ""),
        ("it is unguaranteed", ""),
        ("we guar\u00adantee it", "guarantee"),
    ],
)
def test_commitments_are_found_as_words(text: str, found: str) -> None:
    assert commits(text, ("guarantee*", "we'll refund")) == found
    assert commits(text, ()) == ""
