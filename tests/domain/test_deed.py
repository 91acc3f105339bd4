"""What a person may do by their own authority: never above limit, ceiling or what was paid (INV-12)."""

from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.test_tier import POLICY
from newel.domain.deed import Hand, Hindrance, Matter, Why, hindrance, room
from newel.domain.playbook import Action
from newel.domain.words import Money

TOM, OTHER = uuid4(), uuid4()
HANDS = st.builds(Hand, limit_minor=st.integers(0, 200_000), customer_id=st.sampled_from([None, TOM, OTHER]))
MATTERS = st.builds(
    Matter,
    customer_id=st.just(TOM),
    identity_level=st.integers(0, 2),
    lifetime_value_minor=st.none() | st.integers(0, 10**7),
    used_minor=st.integers(0, 10_000),
    unsettled=st.sets(st.sampled_from(["refund", "reshipment"])).map(frozenset),
)
SUMS = st.builds(Money, st.integers(-10, 10_000), st.sampled_from(["GBP", "GBP", "GBP", "EUR"]))
ACTS = st.builds(
    Action,
    action=st.sampled_from(["refund", "credit", "reshipment", "password_reset", "nothing"]),
    args=st.just({"order": "10031"}),
    amount=st.none() | SUMS,
    paid=st.none() | SUMS,
)
RIGHT, FINE = Hand(limit_minor=5000), Matter(customer_id=TOM, identity_level=1)
REFUND = Action("refund", {"order": "10031"}, Money(1800, "GBP"), Money(2195, "GBP"))


@given(HANDS, MATTERS, ACTS)
def test_INV_12_what_is_not_hindered_is_within_every_bound(hand: Hand, matter: Matter, act: Action) -> None:
    if hindrance(hand, matter, act, POLICY):
        return
    kind = POLICY.actions[act.action]
    assert hand.customer_id != matter.customer_id
    assert act.action not in matter.unsettled
    assert matter.identity_level >= kind.identity_level
    assert hand.limit_minor > 0 or kind.autonomous
    if act.amount is None:
        assert kind.effect != "money"
        return
    assert 0 < act.amount.amount_minor <= room(hand, matter, act, POLICY).most_minor <= hand.limit_minor
    assert act.amount.amount_minor <= (act.paid or act.amount).amount_minor
    assert act.amount.amount_minor + matter.used_minor <= POLICY.ceilings[kind.ceiling].cap_minor


@given(HANDS, MATTERS, ACTS, st.integers(1, 5000))
def test_INV_12_more_is_never_allowed_where_less_is_not(
    hand: Hand, matter: Matter, act: Action, more: int
) -> None:
    if act.amount is None or act.amount.amount_minor <= 0 or act.paid is None:
        return
    dearer = msgspec.structs.replace(act, amount=Money(act.amount.amount_minor + more, act.amount.currency))
    if hindrance(hand, matter, act, POLICY):
        assert hindrance(hand, matter, dearer, POLICY)


@pytest.mark.parametrize(
    ("hand", "matter", "act", "why"),
    [
        ({}, {}, {}, None),
        ({}, {}, {"action": "nothing"}, Why.UNKNOWN_ACT),
        ({"customer_id": TOM}, {}, {}, Why.OWN_BENEFIT),
        ({}, {"unsettled": frozenset({"refund"})}, {}, Why.UNDER_WAY),
        ({}, {"unsettled": frozenset({"reshipment"})}, {}, None),
        ({}, {"identity_level": 0}, {}, Why.IDENTITY),
        ({}, {}, {"amount": None}, Why.NO_AMOUNT),
        ({}, {}, {"amount": Money(1800, "EUR")}, Why.NO_AMOUNT),
        ({}, {}, {"amount": Money(0, "GBP")}, Why.NOT_PAID),
        ({}, {}, {"amount": Money(2196, "GBP")}, Why.NOT_PAID),
        ({}, {}, {"action": "reshipment"}, Why.NO_CEILING),
        ({}, {"used_minor": 701}, {}, Why.ABOVE_CEILING),
        ({}, {"used_minor": 700}, {}, None),
        ({"limit_minor": 1799}, {}, {}, Why.OVER_LIMIT),
        ({"limit_minor": 1800}, {}, {}, None),
        ({"limit_minor": 0}, {}, {"action": "reshipment", "amount": None}, Why.NO_LIMIT),
        ({"limit_minor": 1}, {}, {"action": "reshipment", "amount": None}, None),
        ({"limit_minor": 0}, {}, {"action": "password_reset", "amount": None}, None),
    ],
)
def test_INV_12_each_bound_says_what_it_is(
    hand: dict[str, object], matter: dict[str, object], act: dict[str, object], why: Why | None
) -> None:
    found = hindrance(
        msgspec.structs.replace(RIGHT, **hand),
        msgspec.structs.replace(FINE, **matter),
        msgspec.structs.replace(REFUND, **act),
        POLICY,
    )
    assert (found.why if found else None) == why


def test_over_the_limit_it_names_who_may() -> None:
    matter = msgspec.structs.replace(FINE, others=("Esme Hartley", "Hana Sato"))
    found = hindrance(Hand(limit_minor=100), matter, REFUND, POLICY)
    assert isinstance(found, Hindrance)
    assert str(found.says).endswith("pass the case to somebody with a higher one: Esme Hartley, Hana Sato")
    assert str(found.refuse("refund")).startswith("This is not done: it is above your limit of 1.00")
