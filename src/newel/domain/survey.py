"""Surveys: which episodes are asked about, and the signed token by which a customer answers once."""

import hmac
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec

from newel.domain.errors import Conflict, NotFound
from newel.domain.resolution import Category

OPEN_FOR: Final = timedelta(days=14)
MESSAGE: Final = "survey"
"""The policy's fixed text that asks; without it the survey is only offered to the channel."""
Score = Annotated[int, msgspec.Meta(ge=1, le=5)]
Comment = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^[^\x00]*\Z")]
_MAC_HEX: Final = 32


def asks(category: Category) -> bool:
    """Whether the customer is asked how it went; not after a regulatory referral."""
    return category is not Category.REGULATORY_REFERRAL


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
