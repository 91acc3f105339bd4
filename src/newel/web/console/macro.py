"""Saved texts on a page of their own: all that one may put into a reply, and one's own team's to change."""

from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.macro import PLACES, Body, Key, Name, Tongue
from newel.flow import macro
from newel.web.console.language import languages
from newel.web.page import lead, page, part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at


class Search(msgspec.Struct, frozen=True):
    """What is looked for."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the writer's team, new or changed."""

    workflow: Key
    language: Tongue
    name: Name
    body: Body


@page_at("/macros", Act.WORK)
async def shelf(request: Ask) -> Response[str]:
    """All texts, or those that hold the words; one's own team's first."""
    asked = request.asked(Search)
    found = await macro.shelf(request.house, request.person, asked.q)
    by_flow = groupby(found.texts, key=lambda one: (one.team != found.team, one.workflow))
    groups = [(others, workflow, list(texts)) for (others, workflow), texts in by_flow]
    answer = part if request.partial else page
    template = "macro/list.html" if request.partial else "macro.html"
    flows = sorted(request.house.in_force())
    shown: dict[str, Any] = {"asked": asked, "groups": groups, "whole": found.whole, "known": PLACES}
    if not request.partial:
        async with request.house.db.tx(request.me.actor, read_only=True) as tx:
            shown["languages"] = await languages(request, tx)
    return answer(request, template, flows=flows, workflows=list(request.house.in_force()), **shown)


@form("/macros", Act.EDIT_MACRO)
async def keep(request: Ask) -> Response[str]:
    """Keep a text of my team."""
    asked = await request.filled(Written)
    await macro.write(request.house, request.person, asked.workflow, asked.language, asked.name, asked.body)
    return lead("/macros", request.gettext("Kept."))


@form("/macros/{macro_id:uuid}/removal", Act.EDIT_MACRO)
async def remove(request: Ask, macro_id: FromPath[UUID]) -> Response[str]:
    """Take a text of my team out of use."""
    await macro.retire(request.house, request.person, macro_id)
    return lead("/macros", request.gettext("The text is gone."))


ROUTES = [shelf, keep, remove]
