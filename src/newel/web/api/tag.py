"""Tags of open work: put on and taken off by a person; those in use, to choose from."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain import tag as rule
from newel.domain.access import Act
from newel.flow import tag
from newel.store import views
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Short, Token

Tags = Annotated[tuple[Short, ...], msgspec.Meta(max_length=rule.MOST)]


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is put on the case and what is taken off; the token of the work item, as it was read."""

    token: Token
    add: Tags = ()
    remove: Tags = ()


class Tagged(msgspec.Struct, frozen=True):
    """All tags, by name."""

    tags: tuple[str, ...]


@post(
    "/api/v1/cases/{case_id:uuid}/tags",
    Act.WORK,
    example={"token": 1, "add": ["glaze", "spring-fair"], "remove": ["late"]},
)
async def change_tags(request: Ask, case_id: FromPath[UUID], data: JSONBody[Change]) -> Tagged:
    """Put tags on open work and take others off; all that it carries then."""
    add, remove = rule.fit(",".join(data.add)), rule.fit(",".join(data.remove))
    await tag.change(request.house, request.person, case_id, data.token, add, remove)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Tagged(tuple((await views.case(tx, case_id)).tags))


@get("/api/v1/tags", Act.WORK)
async def known_tags(request: Ask) -> Tagged:
    """The tags in use."""
    return Tagged(tuple(await tag.known(request.house, request.actor)))


ROUTES = [change_tags, known_tags]
