"""Passes that cannot be made up, words that give nothing away."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain import chat as rule
from newel.domain.chat import PACE, Identity, Standing, Visitor, Wait
from newel.domain.errors import Unauthenticated
from newel.domain.states import MACHINES

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SOON = int((NOW + timedelta(hours=1)).timestamp())
OURS, THEIRS = rule.sealed_by(b"ours"), rule.sealed_by(b"theirs")
IDENTITY = Identity(ref="C0012", name="Priya Nair", exp=SOON)


def test_a_token_says_what_was_signed_until_it_runs_out() -> None:
    token = rule.sign(IDENTITY, OURS)
    assert rule.opened(token, OURS, Identity, NOW) == IDENTITY
    with pytest.raises(Unauthenticated):
        rule.opened(token, OURS, Identity, NOW + timedelta(hours=1))
    with pytest.raises(Unauthenticated):
        rule.opened(token, THEIRS, Identity, NOW)


@pytest.mark.parametrize("broken", ["", ".", "e30", "e30.", "é.é", "x" * 5000])
def test_what_is_no_token_is_refused(broken: str) -> None:
    with pytest.raises(Unauthenticated):
        rule.opened(broken, OURS, Identity, NOW)


@dataclass(frozen=True)
class Signed:
    """Some text with our signature, as somebody with the secret might send by mistake."""

    body: str

    @property
    def token(self) -> str:
        return f"{self.body}.{OURS(self.body).hex()}"


@pytest.mark.parametrize("body", ["!!!", "e30", "W10", "eyJyZWYiOiIiLCJleHAiOjE5OTk5OTk5OTl9"])
def test_a_signature_makes_nothing_usable_of_nonsense(body: str) -> None:
    with pytest.raises(Unauthenticated):
        rule.opened(Signed(body).token, OURS, Identity, NOW)


def test_a_changed_character_breaks_it() -> None:
    token = rule.sign(IDENTITY, OURS)
    for at in range(0, len(token), 7):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(Unauthenticated):
            rule.opened(other, OURS, Identity, NOW)


def test_a_visitor_stays_no_longer_than_the_host_says_and_never_shares_a_thread() -> None:
    known = rule.known("shop", IDENTITY, NOW)
    assert known.exp == SOON
    forever = rule.known("shop", Identity(ref="C0012", exp=2**40), NOW)
    assert forever.exp == int((NOW + timedelta(days=1)).timestamp())
    threads = {
        known.thread,
        rule.stranger("shop", "C0012", NOW).thread,
        rule.known("other", IDENTITY, NOW).thread,
        Visitor(site="shop", ref="C0013", exp=SOON).thread,
    }
    assert len(threads) == 4


def test_every_state_of_a_case_has_words_for_its_customer() -> None:
    states = set(MACHINES["case"]) | {after for afters in MACHINES["case"].values() for after in afters}
    assert {rule.standing(state, owned=False) for state in states} <= set(Standing)
    assert rule.standing("waiting", owned=True) is Standing.PERSON
    assert rule.standing("resolved", owned=False) is Standing.OVER


def test_nobody_there_is_said_and_somebody_free_comes_at_once() -> None:
    assert rule.expected(at_work=0, free=0, waiting=0, pace=PACE) is Wait.AWAY
    assert rule.expected(at_work=3, free=2, waiting=0, pace=PACE) is Wait.MINUTES
    assert rule.expected(at_work=1, free=0, waiting=1, pace=PACE) is Wait.QUARTER
    assert rule.expected(at_work=1, free=0, waiting=100, pace=PACE) is Wait.LONGER


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 500), st.integers(1, 3600), st.integers(1, 50))
def test_more_who_wait_never_shorten_it(at_work: int, free: int, waiting: int, pace: int, more: int) -> None:
    order, span = list(Wait), timedelta(seconds=pace)
    before = rule.expected(at_work=at_work, free=free, waiting=waiting, pace=span)
    after = rule.expected(at_work=at_work, free=free, waiting=waiting + more, pace=span)
    assert order.index(before) <= order.index(after)
