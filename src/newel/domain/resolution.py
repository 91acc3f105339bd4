"""Resolution: how a person says that a case has ended, and how one that went silent ends."""

from collections.abc import Container
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from newel.domain.errors import Invalid
from newel.domain.words import Tier

Text = Annotated[str, msgspec.Meta(max_length=20_000)]
_MONTH: Final = 31 * 24 * 3600


CONSOLE_HOLD: Final = timedelta(seconds=5)
"""How long what a person sends from the console may be taken back."""
LONGEST_HOLD: Final = timedelta(seconds=60)


def fit_hold(hold: timedelta) -> None:
    """Raise ``Invalid`` for a time that a message cannot be held."""
    if not timedelta() <= hold <= LONGEST_HOLD:
        raise Invalid(what="the hold", why="a message is held for a minute at most")


def fit_reason(reason: str, own: str, known: Container[str]) -> str:
    """The contact reason that a person names, else the case's own; ``Invalid``: no policy knows it."""
    if reason not in {"", own} and reason not in known:
        raise Invalid(what="contact_reason", why="choose one of the workflow's")
    return reason or own


class Category(StrEnum):
    """How it ended; mandatory."""

    RESOLVED = "resolved"
    REDIRECTED = "redirected"
    INFORMATION_PROVIDED = "information_provided"
    REGULATORY_REFERRAL = "regulatory_referral"
    NO_RESOLUTION = "no_resolution"


class Cause(StrEnum):
    """Why it needed a person, as the person found it; it may differ from the trigger."""

    MISSING_DATA = "missing_data"
    UNCLEAR_REQUEST = "unclear_request"
    POLICY_CONFLICT = "policy_conflict"
    FORMAT = "format"
    EDGE_CASE = "edge_case"


class AiQuality(StrEnum):
    """What the person thinks of the AI's attempt."""

    CORRECT_LOW_CONFIDENCE = "correct_low_confidence"
    INCORRECT_PLAUSIBLE = "incorrect_plausible"
    FUNDAMENTALLY_WRONG = "fundamentally_wrong"
    SHOULD_NOT_HAVE_ESCALATED = "should_not_have_escalated"


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the owner says at the end; ``reply`` goes to the customer, ``note`` stays here.

    ``pattern_flag``: it happens again, and is flagged as a pattern with the note for its words.
    """

    category: Category
    cause: Cause | None = None
    ai_quality: AiQuality | None = None
    seconds_spent: Annotated[int, msgspec.Meta(ge=0, le=_MONTH)] | None = None
    pattern_flag: bool = False
    contact_reason: Annotated[str, msgspec.Meta(max_length=100)] = ""
    note: Text = ""
    reply: Text = ""


CONTAINED: Final = Resolution(category=Category.INFORMATION_PROVIDED)
"""How a case ends whose customer says that the articles offered in place of a person helped."""


def of_silence(tier: Tier | None, acted: bool) -> Resolution:
    """How a case ends that waited for a customer who did not write again."""
    if tier is Tier.HUMAN:
        return Resolution(category=Category.NO_RESOLUTION)
    return Resolution(category=Category.RESOLVED if acted else Category.INFORMATION_PROVIDED)
