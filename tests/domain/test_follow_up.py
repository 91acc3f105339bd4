"""What counts as a follow-up of the AI's answer (RES-4)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from newel.domain import follow_up as rule
from newel.domain.words import Tier

DAY = timedelta(hours=24)
TIMES = st.none() | st.integers(-3 * 86_400, 3 * 86_400).map(
    lambda seconds: NOON - timedelta(seconds=seconds)
)
THANKS = "Thank you very much, that helps!"


@given(tier=st.none() | st.sampled_from(Tier), answered=TIMES, marked=st.booleans())
def test_RES_4_who_comes_back_within_a_day_of_what_the_ai_released_follows_it_up_once(
    tier: Tier | None, answered: datetime | None, marked: bool
) -> None:
    timely = answered is not None and NOON - DAY <= answered <= NOON
    by_ai = tier == Tier.AUTONOMOUS
    assert rule.counts(tier, answered, NOON, marked=marked) is (timely and by_ai and not marked)


@given(answered=TIMES, later=st.integers(0, 3 * 86_400))
def test_RES_4_what_is_too_late_once_stays_so(answered: datetime | None, later: int) -> None:
    then = NOON + timedelta(seconds=later)
    if answered and answered <= NOON and not rule.within(answered, NOON):
        assert not rule.within(answered, then)


@given(text=st.text(max_size=80))
def test_RES_4_whatever_brings_a_file_asks_for_more_than_it_says(text: str) -> None:
    assert rule.asks(text, attached=True)


@pytest.mark.parametrize(("text", "asks"), [(THANKS, False), (THANKS + " But it never came.", True)])
def test_RES_4_thanks_alone_are_excepted(text: str, asks: bool) -> None:
    assert rule.asks(text, attached=False) is asks
