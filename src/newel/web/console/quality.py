"""The review desk: the list, the case with its scorecard, the verdict; the next one comes by itself."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import Conflict
from newel.domain.quality import Mark, Verdict
from newel.domain.telling import reason_said
from newel.domain.words import Cluster
from newel.flow import offer, quality
from newel.flow.quality import Desk
from newel.store import desk as colleagues
from newel.web import refusal
from newel.web.errors import rejection
from newel.web.page import page, part, trigger
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Said, Why
from newel.web.tongue import N_

WORK = {
    "ai": N_("The AI released it"),
    "approved": N_("A person released it"),
    "person": N_("A person resolved it"),
}
KINDS = {"held": N_("Waits to leave"), "miss": N_("Marked as missed"), "sample": N_("Sampled")}
MARKS = {
    Mark.MET: N_("Met"),
    Mark.PARTLY: N_("Partly"),
    Mark.MISSED: N_("Missed"),
    Mark.NOT_ASKED: N_("Not asked"),
}
DONE = {
    "score": N_("Scored"),
    "release": N_("Released"),
    "correct": N_("Sent as you wrote it"),
    "return": N_("Returned: a person has it"),
}
WEEKS = 8


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict from the page; the answers come as ``mark.<question>`` beside it."""

    decision: Literal["score", "release", "correct", "return"]
    text: Said | None = None
    to: UUID | None = None
    remark: Why = ""
    coaching: Why = ""
    missed: Cluster | None = None


class Weeks(msgspec.Struct, frozen=True):
    """How many weeks back to look."""

    weeks: Annotated[int, msgspec.Meta(ge=1, le=104)] = WEEKS


class At(msgspec.Struct, frozen=True):
    """The review at hand."""

    at: UUID | None = None


@page_at("/review", Act.SCORE)
async def review_page(request: Ask) -> Response[str]:
    """The list with the most urgent review that I may do."""
    return await _show(request, await quality.opened(request.house, request.person))


@page_at("/review/{review_id:uuid}", Act.SCORE)
async def one_page(request: Ask, review_id: FromPath[UUID]) -> Response[str]:
    """The list with one review, done or not."""
    return await _show(request, await quality.opened(request.house, request.person, review_id))


@page_at("/review/list", Act.SCORE)
async def list_part(request: Ask) -> Response[str]:
    """The list alone, as it is now."""
    found = await quality.listed(request.house, request.person)
    return part(request, "quality/list.html", **_words(found, request.asked(At).at))


@page_at("/review/results", Act.REVIEW)
async def results_page(request: Ask) -> Response[str]:
    """What reviews say by week, person and question; and how often recommendations are taken up."""
    weeks = request.asked(Weeks).weeks
    found = await quality.results(request.house, request.person, weeks)
    taken_up = await offer.uptakes(request.house, request.person, 7 * weeks)
    return page(request, "quality_results.html", results=found, offers=taken_up, weeks=weeks, works=WORK)


@page_at("/review/mine", Act.READ_CASE)
async def mine_page(request: Ask) -> Response[str]:
    """What reviewers said of my own work."""
    found = await quality.mine(request.house, request.person)
    return page(request, "quality_mine.html", reviews=found, marks=MARKS)


@form("/review/{review_id:uuid}/verdict", Act.SCORE)
async def judge(request: Ask, review_id: FromPath[UUID]) -> Response[str]:
    """Score or decide, and show the next; who was too late is told, and is led on as well."""
    asked = await request.filled(Judged)
    house, person = request.house, request.person
    said = await _verdict(request, asked)
    try:
        if asked.decision == "score":
            found = await quality.score(house, person, review_id, said)
        else:
            found = await quality.decide(house, person, review_id, asked.decision, said)
    except Conflict as late:
        if late.data.get("state") == "failed":
            raise
        return await _next(request, late=refusal.told(late, request.tongue))
    return await _next(request, say=f"{request.gettext(DONE[asked.decision])}: {found.value:.0%}.")


async def _verdict(request: Ask, asked: Judged) -> Verdict:
    given = await request.form()
    marks = {name.removeprefix("mark."): given[name] for name in given if name.startswith("mark.")}
    try:
        read = msgspec.convert(marks, dict[str, Mark])
    except msgspec.ValidationError as error:
        raise rejection(error) from None
    text = (asked.text or "").replace("\r\n", "\n")
    return Verdict(
        marks=read,
        remark=asked.remark,
        coaching=asked.coaching,
        text=text,
        to=asked.to,
        missed=asked.missed,
    )


async def _next(request: Ask, *, say: str = "", late: str = "") -> Response[str]:
    """The review that comes next, in place of the one that was done."""
    found = await quality.opened(request.house, request.person)
    response = part(request, "quality/desk.html", **await _whole(request, found), late=late)
    response.headers["hx-push-url"] = f"/review/{found.sheet.id}" if found.sheet else "/review"
    if say:
        response.headers.update(trigger(toast=say))
    return response


async def _show(request: Ask, found: Desk) -> Response[str]:
    answer = part if request.partial else page
    template = "quality/desk.html" if request.partial else "quality.html"
    return answer(request, template, **await _whole(request, found), late="")


async def _whole(request: Ask, found: Desk) -> dict[str, Any]:
    people: list[colleagues.Colleague] = []
    if found.sheet and found.sheet.kind == "held":
        async with request.house.db.tx(request.actor, read_only=True) as tx:
            people = await colleagues.people(tx)
    return {**_words(found, found.sheet.id if found.sheet else None), "people": people}


def _words(found: Desk, at: UUID | None) -> dict[str, Any]:
    return {
        "desk": found,
        "at": at,
        "works": WORK,
        "kinds": KINDS,
        "marks": MARKS,
        "reason_said": reason_said,
        "clusters": tuple(Cluster),
    }


ROUTES = [review_page, results_page, mine_page, list_part, one_page, judge]
