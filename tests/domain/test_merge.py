"""Merging: what fits, and that a survivor only rises (INV-1, 17), whatever is merged into it."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from newel.domain import escalation, intake
from newel.domain import merge as rule
from newel.domain.escalation import Order
from newel.domain.intake import Open
from newel.domain.merge import Carried, Foreseen, Side
from newel.domain.words import Assist, Priority

CUSTOMER = UUID(int=1)
SKILLS = st.sets(st.sampled_from(["orders", "legal", "refunds"])).map(lambda s: tuple(sorted(s)))
PRIORITIES, ASSISTS = st.sampled_from(Priority), st.sampled_from(Assist)
CARRIED = st.builds(
    Carried, priority=PRIORITIES, assist=ASSISTS, locked=st.booleans(), skills=SKILLS, regulated=st.booleans()
)
ORDERS = st.builds(
    Order, priority=PRIORITIES, assist=ASSISTS, lock=st.booleans(), skills=SKILLS, regulated=st.booleans(),
    primary=st.just("request.person"),
)  # fmt: skip
STANDS = st.builds(
    Foreseen,
    priority=PRIORITIES,
    locked=st.booleans(),
    due_at=st.none() | st.integers(0, 90).map(lambda n: NOON + timedelta(minutes=n)),
    due_from=st.integers(0, 90).map(lambda n: NOON - timedelta(minutes=n)),
)


def side(n: int, **more: object) -> Side:
    fit = {"customer_id": CUSTOMER, "workflow": "customer-support", "kind": "conversation", "state": "owned"}
    return Side(id=UUID(int=n), **(fit | more))  # type: ignore[arg-type]


def test_two_open_matters_of_a_customer_fit() -> None:
    for state in ("ai", "deflecting", "approval", "held", "queued", "owned", "waiting", "snoozed"):
        assert not rule.why_not(side(1, state=state), side(2, state="waiting"))


@pytest.mark.parametrize(
    ("one", "into", "why"),
    [
        (side(1), side(1), "same case"),
        (side(1), side(2, customer_id=uuid4()), "another customer"),
        (side(1), side(2, workflow="other"), "another workflow"),
        (side(1, kind="item"), side(2, kind="item"), "item"),
        (side(1, erased=True), side(2), "erased"),
        (side(1, state="resolved"), side(2), "ended"),
        (side(1), side(2, state="resolved"), "ended"),
        (side(1, took_in=True), side(2), "merged into it"),
        (side(1, acting=True), side(2), "under way"),
        (side(1, state="acting"), side(2), "under way"),
    ],
)
def test_what_does_not_fit_says_why(one: Side, into: Side, why: str) -> None:
    assert why in str(rule.why_not(one, into))


@given(CARRIED, ORDERS)
def test_INV_17_a_survivor_only_rises(one: Carried, before: Order) -> None:
    after = escalation.merge(before, rule.order(one))
    assert after.priority == min(one.priority, before.priority)
    assert after.assist == min(one.assist, before.assist)
    assert after.lock == (one.locked or before.lock)
    assert after.regulated == (one.regulated or before.regulated)
    assert set(after.skills) == {*one.skills, *before.skills}
    assert after.primary == before.primary


@given(STANDS, STANDS)
def test_what_is_foreseen_is_the_sharper_of_both(one: Foreseen, into: Foreseen) -> None:
    after = rule.foreseen(one, into)
    assert after == rule.foreseen(into, one)
    assert after.priority <= min(one.priority, into.priority)
    assert after.locked >= into.locked
    assert all(after.due_at is not None and after.due_at <= due for due in (one.due_at, into.due_at) if due)


CASES = st.lists(
    st.builds(
        Open,
        id=st.uuids(),
        conversation_id=st.uuids(),
        opened_at=st.integers(0, 500).map(lambda h: NOON - timedelta(hours=h)),
        resolved_at=st.none() | st.integers(0, 100).map(lambda h: NOON - timedelta(hours=h)),
        into=st.none() | st.uuids(),
    ),
    max_size=5,
)


@given(CASES, st.integers(0, 5))
def test_INT_1_nothing_joins_a_merged_case_but_its_survivor(cases: list[Open], which: int) -> None:
    named = cases[which].id if which < len(cases) else None
    joined = intake.thread(cases, named, NOON)
    alone = intake.thread([msgspec.structs.replace(one, into=None) for one in cases], named, NOON)
    assert (joined is None) == (alone is None)
    if joined is None or alone is None:
        return
    chosen = next(one for one in cases if one.id == alone.case_id)
    assert joined.case_id == (chosen.into or chosen.id)
    assert joined.heard == (chosen.conversation_id if chosen.into else None)
