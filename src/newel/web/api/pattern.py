"""Flagging that something happens again, and the list of what was flagged."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import pattern
from newel.store.pattern import Pattern
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Reason


class FlagPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens again, and its contact reason if it is another than the case's."""

    words: Reason
    contact_reason: Key | None = None


class Flagged(msgspec.Struct, frozen=True):
    """The flag."""

    id: UUID


class PatternDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days back to look."""

    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7


class Patterns(msgspec.Struct, frozen=True):
    """The flags of that time, the newest first; ``times`` counts those of the same reason."""

    patterns: tuple[Pattern, ...]


@post(
    "/api/v1/cases/{case_id:uuid}/pattern",
    Act.READ_CASE,
    example={"words": "third parcel this week that the courier left in the rain"},
)
async def flag_pattern(request: Ask, case_id: FromPath[UUID], data: JSONBody[FlagPattern]) -> Flagged:
    """Say that this happens again; once each for an episode."""
    reason = data.contact_reason or ""
    return Flagged(await pattern.flag(request.house, request.person, case_id, data.words, reason))


@get("/api/v1/patterns", Act.REVIEW, query=PatternDays)
async def patterns(request: Ask) -> Patterns:
    """What people flagged lately, for those who improve."""
    days = request.asked(PatternDays).days
    return Patterns(tuple(await pattern.flagged(request.house, request.actor, days)))


ROUTES = [flag_pattern, patterns]
