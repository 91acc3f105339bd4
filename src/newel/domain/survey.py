"""Surveys: which episodes are asked what, the token that answers once, and what answers come to."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec

from newel.domain.errors import Conflict, Invalid, NotFound
from newel.domain.interval import Share, share
from newel.domain.resolution import Category
from newel.domain.words import Survey

OPEN_FOR: Final = timedelta(days=14)
MESSAGES: Final = {Survey.CSAT: "survey", Survey.NPS: "survey_nps", Survey.EFFORT: "survey_effort"}
"""The policy's fixed texts that ask; without its own a survey is only offered to the channel."""
SCALES: Final = {Survey.CSAT: range(1, 6), Survey.NPS: range(11), Survey.EFFORT: range(1, 8)}
SATISFIED: Final = 4
PROMOTER: Final = 9
DETRACTOR: Final = 6
LEAST: Final = 20
"""Of fewer answers of a kind nothing is concluded: one more would move its NPS by five points and more."""
Score = Annotated[int, msgspec.Meta(ge=0, le=10)]
"""Of any kind; ``fit`` holds it against its own scale."""
Comment = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^[^\x00]*\Z")]
_MAC_HEX: Final = 32


def asks(category: Category) -> bool:
    """Whether the customer is asked how it went; not after a regulatory referral."""
    return category is not Category.REGULATORY_REFERRAL


def chosen(kinds: Sequence[Survey], case: UUID, episode: int) -> Survey | None:
    """Which of the policy's kinds an episode is asked, always the same; None when it names none."""
    return kinds[(case.int + episode) % len(kinds)] if kinds else None


def fit(kind: Survey, score: int) -> None:
    """Raise ``Invalid`` when a score lies outside the scale of its kind."""
    if score in SCALES[kind]:
        return
    if kind is Survey.NPS:
        raise Invalid(what="the score", why="it goes from 0 to 10")
    if kind is Survey.EFFORT:
        raise Invalid(what="the score", why="it goes from 1 to 7")
    raise Invalid(what="the score", why="it goes from 1 to 5")


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers of one kind come to; no average, and no NPS, without an answer.

    ``satisfied`` scored 4 or 5 of CSAT. ``nps`` is the share of ``promoters`` (9, 10) less that of
    ``detractors`` (0 to 6), in points from -100 to 100.
    """

    asked: int
    answered: int
    average: float | None
    satisfied: int
    promoters: int
    detractors: int
    nps: float | None


def figures(kind: Survey, asked: int, scored: Mapping[int, int]) -> Figures:
    """The figures of a kind, of how often it was asked and how often each score was given."""
    answered = sum(scored.values())
    total = sum(score * times for score, times in scored.items())
    promoters = _given(scored, PROMOTER, 10) if kind is Survey.NPS else 0
    detractors = _given(scored, 0, DETRACTOR) if kind is Survey.NPS else 0
    return Figures(
        asked=asked,
        answered=answered,
        average=total / answered if answered else None,
        satisfied=_given(scored, SATISFIED, 5) if kind is Survey.CSAT else 0,
        promoters=promoters,
        detractors=detractors,
        nps=100 * (promoters - detractors) / answered if answered and kind is Survey.NPS else None,
    )


def _given(scored: Mapping[int, int], low: int, high: int) -> int:
    return sum(times for score, times in scored.items() if low <= score <= high)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What customers answered to one kind in a time, in the figure that each kind is known by.

    CSAT: the share of 4 and 5 ("top two boxes"), with its 95 % interval. NPS: the percentage of promoters
    (9, 10) less that of detractors (0 to 6), of all who answered (Reichheld, "The One Number You Need to
    Grow", Harvard Business Review, December 2003); a difference of two shares, and so without an interval.
    Effort: the mean of 1 (hard) to 7 (easy), after Dixon, Freeman and Toman, "Stop Trying to Delight Your
    Customers", Harvard Business Review, July 2010.
    """

    kind: Survey
    answered: int
    satisfied: Share | None = None
    nps: float | None = None
    average: float | None = None

    @property
    def few(self) -> bool:
        """Whether there are too few answers to conclude anything from."""
        return self.answered < LEAST


def heard(kind: Survey, scored: Mapping[int, int]) -> Heard:
    """What the answers of a kind say, of how often each score was given."""
    found = figures(kind, sum(scored.values()), scored)
    satisfied = share(found.satisfied, found.answered) if kind is Survey.CSAT else None
    average = found.average if kind is Survey.EFFORT else None
    return Heard(kind=kind, answered=found.answered, satisfied=satisfied, nps=found.nps, average=average)


def token(survey: UUID, mac: bytes) -> str:
    """What stands for the right to answer this one survey."""
    return f"{survey.hex}.{mac.hex()[:_MAC_HEX]}"


def survey_of(given: str) -> UUID:
    """The survey that a token names; whether it is genuine is another question."""
    try:
        return UUID(hex=given.partition(".")[0])
    except ValueError:
        raise NotFound(what="survey", id="of this token") from None


def genuine(given: str, survey: UUID, mac: bytes) -> None:
    """Raise ``NotFound`` unless the token is the one that was made for this survey."""
    if not hmac.compare_digest(given.encode(), token(survey, mac).encode()):
        raise NotFound(what="survey", id="of this token")


def may_answer(*, answered: bool, expired: bool) -> None:
    """Raise ``Conflict`` when it was answered, or nobody waits for the answer any more."""
    if answered or expired:
        state = "answered" if answered else "expired"
        raise Conflict(what="the survey", state=state, why="each is answered once, within two weeks")
