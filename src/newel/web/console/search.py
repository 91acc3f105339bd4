"""Search: cases and customers by their words, articles by their sense; quick answers for the palette."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.flow import search
from newel.flow.search import Found
from newel.web.page import page, part, words
from newel.web.request import Ask
from newel.web.route import page as page_at

QUICK = 5


class Search(msgspec.Struct, frozen=True):
    """What to look for."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""


@page_at("/search", Act.READ_CASE)
async def search_page(request: Ask) -> Response[str]:
    """The search page, or what was found while somebody types."""
    asked = request.asked(Search).q.strip()
    found = await search.find(request.house, request.me.actor, asked) if asked else Found()
    show = part if request.partial else page
    return show(request, "search/found.html" if request.partial else "search.html", q=asked, found=found)


@page_at("/customers/{customer_id:uuid}/cases", Act.READ_CASE)
async def customer_cases(request: Ask, customer_id: FromPath[UUID]) -> Response[str]:
    """All cases of one customer."""
    cases = await search.cases_of(request.house, request.me.actor, customer_id)
    return page(request, "search.html", q="", found=Found(cases=cases))


@page_at("/search/quick", Act.READ_CASE)
async def quick(request: Ask) -> Response[list[dict[str, str]]]:
    """The first few of each kind, for the palette."""
    asked = request.asked(Search).q.strip()
    found = await search.find(request.house, request.me.actor, asked, limit=QUICK)
    may_work = request.me.actor.may(Act.WORK)
    hits = [_case(hit, may_work) for hit in found.cases]
    hits += [_hit(h.name or h.ref, f"{h.cases} cases", f"/customers/{h.id}/cases") for h in found.people]
    hits += [_hit(h.title, "article", f"/knowledge/{h.id}") for h in found.articles]
    return Response(hits, media_type="application/json")


def _case(hit: Any, may_work: bool) -> dict[str, str]:
    label = f"{words(hit.contact_reason or 'case')}: {hit.customer}"
    return _hit(label, words(hit.state), f"/desk/{hit.id}" if may_work else f"/cases/{hit.id}/trace")


def _hit(label: str, hint: str, path: str) -> dict[str, str]:
    return {"label": label, "hint": hint, "path": path}


ROUTES = [search_page, customer_cases, quick]
