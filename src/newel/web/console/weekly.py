"""The weekly review on pages: the list, one review with what was counted, and its sign-off."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain import weekly as rule
from newel.domain.access import Act
from newel.domain.weekly import Signed
from newel.flow import post_mortem, weekly
from newel.web.console.post_mortem import MEASURES, WHYS
from newel.web.page import lead, page
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Reason, Why
from newel.web.tongue import N_

WORKS = {
    "ai": N_("The AI released it"),
    "approved": N_("A person released it"),
    "person": N_("A person resolved it"),
}


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """What is said as it is signed off."""

    notes: Reason
    decisions: Why = ""
    unwritten: Why = ""


@page_at("/weekly", Act.REVIEW)
async def listed(request: Ask) -> Response[str]:
    """The reviews, the newest week first, and the post-mortems that are open."""
    found = await weekly.listed(request.house, request.actor)
    written = await post_mortem.listed(request.house, request.actor, "open")
    return page(
        request,
        "weekly.html",
        reviews=found,
        post_mortems=written,
        now=await _now(request),
        late=rule.is_late,
    )


@page_at("/weekly/{weekly_id:uuid}", Act.REVIEW)
async def one(request: Ask, weekly_id: FromPath[UUID]) -> Response[str]:
    """One review."""
    found = await weekly.opened(request.house, request.person, weekly_id)
    shown: dict[str, Any] = {"works": WORKS, "whys": WHYS, "measures": MEASURES, "late": rule.is_late}
    return page(
        request, "weekly/review.html", sheet=found, one=found.review, now=await _now(request), **shown
    )


@form("/weekly/{weekly_id:uuid}/signature", Act.REVIEW)
async def sign(request: Ask, weekly_id: FromPath[UUID]) -> Response[str]:
    """Sign it off."""
    said = await request.filled(SignOff)
    signed = Signed(notes=said.notes, decisions=said.decisions, unwritten=said.unwritten)
    await weekly.sign(request.house, request.person, weekly_id, signed)
    return lead(f"/weekly/{weekly_id}", request.gettext("Signed off."))


async def _now(request: Ask) -> object:
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return tx.now


ROUTES = [listed, one, sign]
