"""Surveys: scales, which kind an episode is asked, and what answers come to."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.errors import Invalid
from newel.domain.survey import LEAST, SCALES, chosen, figures, fit, heard
from newel.domain.words import Survey

KINDS = st.sampled_from(Survey)


@given(KINDS, st.integers(-3, 14))
def test_RES_5_a_score_fits_its_scale_or_is_refused(kind: Survey, score: int) -> None:
    low, high = {Survey.CSAT: (1, 5), Survey.NPS: (0, 10), Survey.EFFORT: (1, 7)}[kind]
    if low <= score <= high:
        fit(kind, score)
    else:
        with pytest.raises(Invalid, match=f"from {low} to {high}"):
            fit(kind, score)


@given(st.permutations(list(Survey)), st.uuids(), st.integers(1, 50))
def test_RES_5_a_case_is_asked_each_kind_in_turns_and_always_the_same(
    kinds: list[Survey], case: UUID, episode: int
) -> None:
    turn = [chosen(kinds, case, episode + at) for at in range(3)]
    assert set(turn) == set(Survey)
    assert chosen(kinds, case, episode) is chosen(kinds, case, episode)
    assert chosen(kinds[:1], case, episode) is kinds[0]
    assert chosen([], case, episode) is None


@given(st.lists(st.integers(0, 10), min_size=1, max_size=40), st.integers(0, 9))
def test_RES_5_nps_is_promoters_less_detractors(scores: list[int], silent: int) -> None:
    one = figures(Survey.NPS, len(scores) + silent, Counter(scores))
    promoters, detractors = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    assert (one.asked, one.answered) == (len(scores) + silent, len(scores))
    assert (one.promoters, one.detractors, one.satisfied) == (promoters, detractors, 0)
    assert one.nps == pytest.approx(100 * promoters / len(scores) - 100 * detractors / len(scores))
    assert -100 <= one.nps <= 100
    raised = figures(Survey.NPS, one.asked, Counter(min(10, score + 1) for score in scores))
    assert raised.nps is not None
    assert raised.nps >= one.nps


@given(st.sampled_from([Survey.CSAT, Survey.EFFORT]), st.data())
def test_RES_5_the_others_have_a_mean_on_their_scale_and_no_nps(kind: Survey, data: st.DataObject) -> None:
    scores = data.draw(st.lists(st.sampled_from(SCALES[kind]), min_size=1, max_size=40))
    one = figures(kind, len(scores), Counter(scores))
    assert one.average == pytest.approx(sum(scores) / len(scores))
    assert min(scores) - 1e-9 <= one.average <= max(scores) + 1e-9
    assert (one.nps, one.promoters, one.detractors) == (None, 0, 0)
    assert one.satisfied == (sum(s >= 4 for s in scores) if kind is Survey.CSAT else 0)


@pytest.mark.parametrize("kind", Survey)
def test_RES_5_without_an_answer_there_is_no_figure(kind: Survey) -> None:
    one = figures(kind, 3, {})
    assert (one.asked, one.answered, one.average, one.nps) == (3, 0, None, None)


def test_RES_5_what_is_heard_is_said_in_the_figure_of_its_kind() -> None:
    csat = heard(Survey.CSAT, {5: 12, 4: 6, 2: 2})
    assert (csat.answered, csat.few, csat.nps, csat.average) == (20, False, None, None)
    assert csat.satisfied is not None
    assert csat.satisfied.value == 0.9
    assert (csat.satisfied.low, csat.satisfied.high) == pytest.approx((0.6830, 0.9877), abs=1e-3)
    nps = heard(Survey.NPS, {10: 10, 9: 2, 8: 4, 3: 4})
    assert (nps.nps, nps.satisfied, nps.average) == (40.0, None, None)
    assert heard(Survey.EFFORT, {7: 1, 4: 1}).average == 5.5


@given(KINDS, st.integers(0, 40))
def test_RES_5_of_few_answers_nothing_is_concluded(kind: Survey, times: int) -> None:
    found = heard(kind, {5: times} if times else {})
    assert found.few == (times < LEAST)
    assert found.answered == times
