"""Search: cases and customers by their words, articles by their sense; quick answers for the palette."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.flow import search
from newel.flow.search import Found
from newel.store.search import CaseHit, PersonHit
from newel.web.page import named, page, part, words
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
    if request.partial:
        return part(request, "search/found.html", q=asked, found=found)
    return page(request, "search.html", q=asked, found=found, whose=None)


@page_at("/customers/{customer_id:uuid}/cases", Act.READ_CASE)
async def customer_cases(request: Ask, customer_id: FromPath[UUID]) -> Response[str]:
    """All cases of one customer."""
    cases = await search.cases_of(request.house, request.me.actor, customer_id)
    whose = cases[0].customer if cases else ""
    return page(request, "search.html", q="", found=Found(cases=cases), whose=whose)


@page_at("/search/quick", Act.READ_CASE)
async def quick(request: Ask) -> Response[list[dict[str, str]]]:
    """The first few of each kind, for the palette."""
    asked = request.asked(Search).q.strip()
    found = await search.find(request.house, request.me.actor, asked, limit=QUICK)
    may_work = request.me.actor.may(Act.WORK)
    hits = [_case(request, hit, may_work) for hit in found.cases]
    hits += [_customer(request, hit) for hit in found.people]
    article = request.gettext("article")
    hits += [_hit(hit.title, article, f"/knowledge/articles/{hit.id}") for hit in found.articles]
    return Response(hits, media_type="application/json")


def _case(request: Ask, hit: CaseHit, may_work: bool) -> dict[str, str]:
    about = named(request)(hit.workflow, hit.contact_reason) or request.gettext("Not yet known")
    path = f"/desk/{hit.id}" if may_work else f"/cases/{hit.id}/trace"
    return _hit(f"{about}: {hit.customer}", request.gettext(words(hit.state)), path)


def _customer(request: Ask, hit: PersonHit) -> dict[str, str]:
    many = request.ngettext("%(num)s case", "%(num)s cases", hit.cases)
    return _hit(hit.name or hit.ref, many, f"/customers/{hit.id}/cases")


def _hit(label: str, hint: str, path: str) -> dict[str, str]:
    return {"label": label, "hint": hint, "path": path}


ROUTES = [search_page, customer_cases, quick]
