"""Macros: found, filled for my case, written by their team."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.macro import PLACES, Filled, Text
from newel.flow import macro
from newel.web.request import Ask
from newel.web.route import delete, get, put
from newel.web.shapes import Key, Language, Short


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which workflow, in which language (any without one), with which words."""

    workflow: Key
    language: Language = ""
    words: Short = ""


class Macro(msgspec.Struct, frozen=True, kw_only=True):
    """One canned text."""

    id: UUID
    workflow: str
    language: str
    name: str
    team: str
    body: str
    updated_at: datetime


class Macros(msgspec.Struct, frozen=True):
    """What fits, names first; and the places that a text may have."""

    macros: tuple[Macro, ...]
    places: tuple[str, ...] = tuple(PLACES)


class Kept(msgspec.Struct, frozen=True):
    """The macro."""

    id: UUID


@get("/api/v1/macros", Act.WORK, query=Wanted)
async def macros(request: Ask) -> Macros:
    """Canned texts by workflow, language and words."""
    asked = request.asked(Wanted)
    found = await macro.search(request.house, request.actor, asked.workflow, asked.language, asked.words)
    return Macros(tuple(msgspec.convert(one, Macro, from_attributes=True) for one in found))


@put(
    "/api/v1/macros",
    Act.EDIT_MACRO,
    example={
        "workflow": "customer-support",
        "language": "en",
        "name": "greeting",
        "team": "inhouse",
        "body": "Hello {customer.first_name},",
    },
)
async def put_macro(request: Ask, data: JSONBody[Text]) -> Kept:
    """Add a canned text of my team, or change the one of its name."""
    return Kept(await macro.put(request.house, request.person, data))


@delete("/api/v1/macros/{macro_id:uuid}", Act.EDIT_MACRO)
async def retire_macro(request: Ask, macro_id: FromPath[UUID]) -> None:
    """Take a canned text of my team out of use."""
    await macro.retire(request.house, request.person, macro_id)


@get("/api/v1/cases/{case_id:uuid}/macros/{macro_id:uuid}", Act.WORK)
async def filled_macro(request: Ask, case_id: FromPath[UUID], macro_id: FromPath[UUID]) -> Filled:
    """A canned text filled from my case; what is not known stays open and is named."""
    return await macro.use(request.house, request.person, case_id, macro_id)


ROUTES = [macros, put_macro, retire_macro, filled_macro]
