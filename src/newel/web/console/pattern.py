"""Patterns: flagged from a case by one dialogue, read by who improves on one page."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.flow import pattern
from newel.web.console.desk.beside import titles
from newel.web.page import done, page
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Reason


class Said(msgspec.Struct, frozen=True):
    """What happens again, and under which contact reason; none: the case's."""

    words: Reason
    contact_reason: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Span(msgspec.Struct, frozen=True):
    """How many days back to look."""

    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7


@form("/desk/{case_id:uuid}/pattern", Act.READ_CASE)
async def flag(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """This happens again."""
    said = await request.filled(Said)
    await pattern.flag(request.house, request.person, case_id, said.words, said.contact_reason)
    return done(request.gettext("Flagged. Whoever improves the house sees it."))


@page_at("/patterns", Act.REVIEW)
async def listed(request: Ask) -> Response[str]:
    """What was flagged lately, what happens most first."""
    days = request.asked(Span).days
    found = await pattern.flagged(request.house, request.actor, days)
    named = {one.workflow: titles(request, one.workflow) for one in found}
    ordered = sorted(found, key=lambda one: -one.times)
    return page(request, "pattern.html", flags=ordered, days=days, titles_of=named)


ROUTES = [flag, listed]
