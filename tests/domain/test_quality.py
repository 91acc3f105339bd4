"""Scorecards, the sample, the level of sampling, and what a verdict must say (QUA-1, 2, 3)."""

from datetime import date
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.errors import Conflict, Invalid
from newel.domain.interval import share
from newel.domain.policy.quality import Criterion, Sampling, Scorecard
from newel.domain.quality import (
    Level,
    Mark,
    Verdict,
    chosen,
    level,
    likely,
    must_pass,
    must_say,
    score,
    share_of,
)

SINCE = date(2026, 11, 20)
CARD = Scorecard(
    criteria={
        "right": Criterion(asks="Right?", weight=4, critical=True),
        "whole": Criterion(asks="Whole?", weight=3),
        "tone": Criterion(asks="Kind?", weight=1),
    },
    pass_score=0.8,
    owner="Head of quality",
    date=SINCE,
)
PLAN = Sampling(approved_share=0.05, resolved_share=0.2, window=20, owner="Head of quality", date=SINCE)
MARKS = st.fixed_dictionaries(
    {
        "right": st.sampled_from([Mark.MET, Mark.MISSED, Mark.NOT_ASKED]),
        "whole": st.sampled_from(list(Mark)),
        "tone": st.sampled_from(list(Mark)),
    }
).filter(lambda marks: set(marks.values()) != {Mark.NOT_ASKED})
MET = dict.fromkeys(CARD.criteria, Mark.MET)


@given(MARKS)
def test_QUA_1_a_score_is_a_share_and_a_critical_miss_fails_the_whole(marks: dict[str, Mark]) -> None:
    found = score(CARD, marks)
    assert 0 <= found.value <= 1
    if marks["right"] is Mark.MISSED:
        assert (found.value, found.passed, found.critical) == (0, False, ("right",))
    else:
        assert found.critical == ()
        assert found.passed == (found.value >= CARD.pass_score)


@given(MARKS, st.sampled_from(["right", "whole", "tone"]))
def test_QUA_1_a_better_answer_never_scores_less(marks: dict[str, Mark], name: str) -> None:
    if marks[name] is not Mark.NOT_ASKED:
        assert score(CARD, {**marks, name: Mark.MET}).value >= score(CARD, marks).value


def test_QUA_1_the_weights_count_and_what_was_not_asked_does_not() -> None:
    assert score(CARD, MET).value == 1
    assert score(CARD, {**MET, "whole": Mark.MISSED}).value == 0.625
    assert score(CARD, {**MET, "whole": Mark.PARTLY}).value == 0.8125
    assert score(CARD, {**MET, "whole": Mark.NOT_ASKED, "tone": Mark.MISSED}).value == 0.8


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        ({"right": Mark.MET, "whole": Mark.MET}, "tone is not answered"),
        ({**MET, "speed": Mark.MET}, "no question speed"),
        ({**MET, "right": Mark.PARTLY}, "critical"),
        (dict.fromkeys(CARD.criteria, Mark.NOT_ASKED), "nothing of it was asked"),
    ],
)
def test_answers_that_do_not_fit_the_card_are_refused(marks: dict[str, Mark], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        score(CARD, marks)


@given(st.text(max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_QUA_2_a_larger_share_holds_all_of_a_smaller(seed: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert chosen(seed, large) or not chosen(seed, small)
    assert chosen(seed, 1.0)
    assert not chosen(seed, 0.0)


def test_QUA_2_the_sample_has_the_size_of_its_share_and_is_the_same_each_time() -> None:
    seeds = [f"case-{n}/1" for n in range(5000)]
    picked = [seed for seed in seeds if chosen(seed, 0.1)]
    assert picked == [seed for seed in seeds if chosen(seed, 0.1)]
    seen = share(len(picked), len(seeds), 0.999)
    assert seen.low <= 0.1 <= seen.high


def test_QUA_5_people_have_shares_of_their_own_which_a_raised_level_multiplies() -> None:
    usual, raised = Level(), Level(raised=True)
    assert share_of(PLAN, "approved", usual) == 0.05
    assert share_of(PLAN, "person", raised) == 0.8
    assert share_of(msgspec.structs.replace(PLAN, resolved_share=0.9), "person", raised) == 1
    assert share_of(PLAN, "ai", raised) == 0
    assert share_of(None, "person", raised) == 0


@given(st.text(max_size=20))
def test_whoever_could_not_be_chosen_even_if_raised_is_not_looked_at(seed: str) -> None:
    if chosen(seed, share_of(PLAN, "person", Level(raised=True))):
        assert likely(PLAN, seed, "person")
    else:
        assert not likely(PLAN, seed, "person")


REVIEWS = st.lists(st.booleans(), max_size=60)


@given(REVIEWS, st.booleans())
def test_QUA_2_sampling_rises_and_eases_by_proof_only(marks: list[bool], raised: bool) -> None:
    now = level(PLAN, Level(raised=raised), marks)
    seen = share(sum(marks[:20]), len(marks[:20]), PLAN.confidence)
    assert (now.passed, now.of) == (seen.count, seen.of)
    if not raised:
        assert now.raised == (seen.high < PLAN.target)
    if raised and not now.raised:
        assert seen.low >= PLAN.floor


@given(REVIEWS)
def test_QUA_2_it_does_not_swing_on_the_same_reviews(marks: list[bool]) -> None:
    once = level(PLAN, Level(), marks)
    assert level(PLAN, once, marks).raised == once.raised
    eased = level(PLAN, Level(raised=True), marks)
    assert level(PLAN, eased, marks).raised == eased.raised


def test_QUA_2_one_bad_day_raises_it_and_a_good_window_eases_it() -> None:
    assert not level(PLAN, Level(), [False]).raised
    assert level(PLAN, Level(), [False, False]).raised
    assert level(PLAN, Level(raised=True), [True] * 10).raised
    assert not level(PLAN, Level(raised=True), [True] * 20).raised
    assert level(PLAN, Level(raised=True), [True] * 19 + [False]).raised


def test_QUA_3_what_failed_is_never_released() -> None:
    failed, passed = score(CARD, {**MET, "right": Mark.MISSED}), score(CARD, MET)
    must_pass("release", passed, uuid4())
    must_pass("correct", failed, uuid4())
    must_pass("return", failed, uuid4())
    with pytest.raises(Conflict, match="correct the answer"):
        must_pass("release", failed, uuid4())


def test_what_goes_on_to_others_is_said_in_words() -> None:
    must_say("held", "release", Verdict(marks=MET))
    must_say("sample", None, Verdict(marks=MET))
    for kind, ruling in (("held", "return"), ("held", "correct"), ("miss", None)):
        with pytest.raises(Invalid):
            must_say(kind, ruling, Verdict(marks=MET, remark=" ", text=" "))  # type: ignore[arg-type]
