"""The second opinion: it can only send to a person, and silence is no consent."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.test_tier import FACT, ITEMS, KNOWN, POLICY, REFUND, but, tier

from newel.domain.answer import NoAnswer, Proposal
from newel.domain.playbook import Action
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.opinion import JUDGED, NONE, UNHEARD, Opinion
from newel.domain.tier import Deflect, Escalate, Propose, Release, Signals, Standing, decide, may_leave
from newel.domain.words import Assist, Cluster, Priority, RiskClass

WHEN = {"legal.dictionary": "the law", "topic.safety": "somebody may come to harm"}
OPINION = Opinion(model="reader", when=WHEN, owner="June", date=date(2026, 11, 28))
ASKING: Bundle = msgspec.structs.replace(POLICY, opinion=OPINION)
UNSURE = but(FACT, confidence=0.6)
SAID = st.sampled_from(["", NONE, JUDGED, UNHEARD, *WHEN, "value.vip", "no such trigger"])


def signals(opinion: str, **more: Any) -> Signals:
    return Signals(opinion=opinion, **more)


@given(
    said=SAID,
    answer=st.sampled_from([FACT, REFUND, UNSURE, NoAnswer(reasons=("no_such_record",))]),
    floor=st.integers(1, 3),
    asked=st.booleans(),
)
def test_INV_17_an_opinion_never_lowers_a_tier(
    said: str, answer: Proposal | NoAnswer, floor: int, asked: bool
) -> None:
    policy = ASKING if asked else POLICY
    alone = decide(signals("", tier_floor=floor), answer, POLICY, KNOWN)
    assert tier(decide(signals(said, tier_floor=floor), answer, policy, KNOWN)) >= tier(alone)


@given(said=SAID, standing=st.sampled_from([KNOWN, Standing(dice=0.999, deflected=True)]))
def test_SCN_11_nothing_leaves_that_no_opinion_consents_to(said: str, standing: Standing) -> None:
    got = decide(signals(said), FACT, ASKING, standing)
    assert isinstance(got, Release) is (said in (NONE, JUDGED))
    offered = decide(signals(said), UNSURE, ASKING, standing)
    assert isinstance(offered, Escalate) is (said not in (NONE, JUDGED) or standing.deflected)


def test_what_an_opinion_names_has_the_effect_of_its_trigger() -> None:
    got = decide(signals("topic.safety", skills=("orders",)), FACT, ASKING, KNOWN)
    assert isinstance(got, Escalate)
    assert got.reasons == ("opinion:topic.safety",)
    assert (got.priority, got.assist, got.preset) == (Priority.P1, Assist.NONE, "safety")
    assert got.lock
    assert got.regulated
    assert set(got.skills) == {"orders", "safety"}


def test_where_no_opinion_comes_a_person_approves() -> None:
    got = decide(signals(UNHEARD), FACT, ASKING, KNOWN)
    assert isinstance(got, Propose)
    assert got.reasons == ("opinion_unheard",)
    assert decide(signals("value.vip"), FACT, ASKING, KNOWN) == got


def test_an_opinion_that_names_nothing_is_among_the_grounds() -> None:
    assert decide(signals(NONE), FACT, ASKING, KNOWN).reasons == ("facts_of_record", "second_opinion")
    assert decide(signals(JUDGED), FACT, ASKING, KNOWN).reasons == ("facts_of_record",)


VOID = Action("invoice_void", {})
ITEM = but(FACT, contact_reason="duplicate_invoice", risk_class=RiskClass.LOW, action=VOID)
DATA = Signals(tier_floor=2, clusters=(Cluster.DATA,))


@pytest.mark.parametrize(
    ("given_", "answer", "policy", "asked"),
    [
        (Signals(), FACT, ASKING, True),
        (Signals(), UNSURE, ASKING, True),
        (DATA, ITEM, msgspec.structs.replace(ITEMS, opinion=OPINION), True),
        (Signals(), FACT, POLICY, False),
        (Signals(), but(UNSURE, offers=()), ASKING, False),
        (Signals(), REFUND, ASKING, False),
        (Signals(), but(FACT, reply="We guarantee that it comes tomorrow."), ASKING, False),
        (Signals(), but(FACT, sources=()), ASKING, False),
        (Signals(), NoAnswer(reasons=()), ASKING, False),
        (Signals(language="fr"), FACT, ASKING, False),
        (Signals(risk=0.99), FACT, ASKING, False),
        (Signals(tier_floor=2), FACT, ASKING, False),
        (Signals(locked=True), FACT, ASKING, False),
        (Signals(error="TimeoutError"), FACT, ASKING, False),
    ],
)
def test_it_is_asked_only_of_what_might_leave_without_a_person(
    given_: Signals, answer: Proposal | NoAnswer, policy: Bundle, asked: bool
) -> None:
    assert may_leave(given_, answer, policy) is asked


@given(
    floor=st.integers(1, 3),
    answer=st.sampled_from([FACT, REFUND, UNSURE, NoAnswer(reasons=("no_such_record",))]),
    standing=st.sampled_from([KNOWN, Standing(dice=0.999, deflected=True), Standing(killed=True)]),
)
def test_SCN_11_whatever_leaves_was_to_be_asked_about_and_nothing_else_says_that_it_was_not(
    floor: int, answer: Proposal | NoAnswer, standing: Standing
) -> None:
    silent = Signals(tier_floor=floor)
    consented = decide(msgspec.structs.replace(silent, opinion=NONE), answer, ASKING, standing)
    leaves = isinstance(consented, Release | Deflect)
    assert not leaves or may_leave(silent, answer, ASKING)
    assert ("opinion_unheard" in decide(silent, answer, ASKING, standing).reasons) <= leaves
