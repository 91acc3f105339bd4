"""The inbox of approvals: the list, the proposal at hand, and deciding; the next one comes by itself."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import Conflict
from newel.domain.inbox import REFUSALS, Fate, Refusal, became
from newel.domain.words import Cluster
from newel.flow import approval, inbox, selection
from newel.flow.approval import Verdict
from newel.flow.inbox import Inbox
from newel.flow.selection import Done
from newel.web import refusal
from newel.web.page import page, part, trigger, words
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Said, Why
from newel.web.tongue import N_

MOST_SHOWN = 1000
Shown = Annotated[int, msgspec.Meta(ge=1, le=MOST_SHOWN)]
"""How many of the list are shown: more are asked for at its end."""
Amount = Annotated[str, msgspec.Meta(pattern=r"^\d{1,9}([.,]\d{1,2})?$")]
DONE = {
    "approve": N_("Approved."),
    "edit": N_("Released with your changes."),
    "reject": N_("Rejected; a person has it now."),
}


class Decide(msgspec.Struct, frozen=True, kw_only=True):
    """A decision from the page; ``place`` is where the proposal stood in the list."""

    decision: Literal["approve", "edit", "reject"]
    text: Said | None = None
    amount: Amount | None = None
    why: Refusal = Refusal.OTHER
    note: Why = ""
    place: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    shown: Shown = inbox.SHOWN


class Several(msgspec.Struct, frozen=True, kw_only=True):
    """Several proposals of one action class."""

    ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=selection.MOST_AT_ONCE)]
    shown: Shown = inbox.SHOWN


class Reveal(msgspec.Struct, frozen=True, kw_only=True):
    """Which hidden value is to be shown; ``part`` comes back with it."""

    part: Annotated[str, msgspec.Meta(max_length=40)] = ""
    field: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class At(msgspec.Struct, frozen=True):
    """The proposal at hand, and how much of the list is shown."""

    at: UUID | None = None
    shown: Shown = inbox.SHOWN


@page_at("/approvals", Act.APPROVE)
async def inbox_page(request: Ask) -> Response[str]:
    """The inbox with the most urgent proposal that I may decide."""
    shown = request.asked(At).shown
    return _show(request, await inbox.opened(request.house, request.person, shown=shown), shown)


@page_at("/approvals/{approval_id:uuid}", Act.APPROVE)
async def one_page(request: Ask, approval_id: FromPath[UUID]) -> Response[str]:
    """The inbox with one proposal, decided or not."""
    shown = request.asked(At).shown
    return _show(request, await inbox.opened(request.house, request.person, approval_id, shown=shown), shown)


@page_at("/approvals/list", Act.APPROVE)
async def list_part(request: Ask) -> Response[str]:
    """The list alone, as it is now."""
    asked = request.asked(At)
    found = await inbox.listed(request.house, request.person, shown=asked.shown)
    return part(request, "approval/list.html", **_list(found, asked.at, asked.shown))


@page_at("/approvals/{approval_id:uuid}/fate", Act.APPROVE)
async def fate_part(request: Ask, approval_id: FromPath[UUID]) -> Response[str]:
    """What became of a proposal that somebody looks at; nothing while it waits."""
    fate = await inbox.fate(request.house, request.person, approval_id)
    return part(request, "approval/fate.html", fate=fate, became=became(fate))


@form("/approvals/{approval_id:uuid}/reveal", Act.APPROVE)
async def reveal(request: Ask, approval_id: FromPath[UUID]) -> Response[str]:
    """One hidden value of what was said, after the audit has it."""
    asked = await request.filled(Reveal)
    value = await inbox.reveal(request.house, request.person, approval_id, asked.field)
    return part(request, "desk/revealed.html", part=asked.part, field=asked.field, value=value)


@form("/approvals/{approval_id:uuid}/decision", Act.APPROVE)
async def decide(request: Ask, approval_id: FromPath[UUID]) -> Response[str]:
    """Decide, and show the next; who was too late is told what became of it, and is led on as well."""
    asked = await request.filled(Decide)
    house, person = request.house, request.person
    try:
        await approval.decide(house, person, approval_id, _verdict(asked))
    except Conflict:
        late = await inbox.fate(house, person, approval_id)
        return await _next(request, asked.place, asked.shown, late=late)
    return await _next(request, asked.place, asked.shown, say=request.gettext(DONE[asked.decision]))


@form("/approvals/decisions", Act.APPROVE)
async def decide_several(request: Ask) -> Response[str]:
    """Approve several of one action class; what was not approved stays, and says why."""
    asked = await request.filled(Several, many=("ids",))
    done = await selection.decide_all(request.house, request.person, asked.ids, "approve")
    return await _next(request, 0, asked.shown, say=_told(request, done))


def _verdict(asked: Decide) -> Verdict:
    if asked.decision == "reject":
        return Verdict(decision="reject", why=asked.why, note=asked.note)
    if asked.decision == "approve":
        return Verdict(decision="approve")
    minor = int(Decimal(asked.amount.replace(",", ".")) * 100) if asked.amount else None
    text = asked.text.replace("\r\n", "\n") if asked.text else None
    return Verdict(decision="edit", text=text, amount_minor=minor)


def _told(request: Ask, done: Sequence[Done]) -> str:
    approved = sum(one.state == "approved" for one in done)
    left = [refusal.told(one.refused, request.tongue) for one in done if one.refused]
    said = request.ngettext("%(num)s approved.", "%(num)s approved.", approved)
    if not left:
        return said
    return " ".join((said, request.gettext("%(count)s not: %(why)s", count=len(left), why=left[0])))


async def _next(
    request: Ask, place: int, shown: int, *, say: str = "", late: Fate | None = None
) -> Response[str]:
    """The proposal that comes next, in place of the one that was decided."""
    found = await inbox.opened(request.house, request.person, place=place, shown=shown)
    response = part(request, "approval/inbox.html", **_whole(found, shown, late))
    response.headers["hx-push-url"] = f"/approvals/{found.sheet.id}" if found.sheet else "/approvals"
    if say:
        response.headers.update(trigger(toast=say))
    return response


def _show(request: Ask, found: Inbox, shown: int) -> Response[str]:
    answer = part if request.partial else page
    template = "approval/inbox.html" if request.partial else "approval.html"
    return answer(request, template, **_whole(found, shown))


def _whole(found: Inbox, shown: int, late: Fate | None = None) -> dict[str, Any]:
    sheet = found.sheet
    told = {"became": became(sheet.fate) if sheet else None, "late": became(late) if late else None}
    return _list(found, sheet.id if sheet else None, shown) | told


def _list(found: Inbox, at: UUID | None, shown: int) -> dict[str, Any]:
    """What the list shows: the classes that have several which I may decide can be approved together."""
    kinds = Counter(line.kind for line in found.lines if not line.hindrance)
    return {
        "inbox": found,
        "at": at,
        "visible": shown,
        "more": min(shown + inbox.SHOWN, MOST_SHOWN) if found.total > shown < MOST_SHOWN else 0,
        "as_many": f"?shown={shown}" if shown != inbox.SHOWN else "",
        "several": {kind: n for kind, n in kinds.items() if n > 1},
        "refusals": REFUSALS,
        "clusters": [(one.value, words(one.value)) for one in Cluster],
        "what": words,
    }


ROUTES = [inbox_page, one_page, list_part, fate_part, reveal, decide, decide_several]
