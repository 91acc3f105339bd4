"""Post-mortems of misses: what is open, and writing one."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain import post_mortem as rule
from newel.domain.access import Act
from newel.domain.post_mortem import Measure, Told
from newel.flow import post_mortem
from newel.store.post_mortem import PostMortem
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Reason

Phrase = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Phrases = Annotated[tuple[Phrase, ...], msgspec.Meta(max_length=20)]


class InState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In one state; without one, in any."""

    state: Literal["open", "written", "closed"] | None = None


class PostMortems(msgspec.Struct, frozen=True):
    """What is open first, what is due first."""

    post_mortems: tuple[PostMortem, ...]


class WrittenPostMortem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why the scan passed it, and what is done; ``phrases`` and ``like`` (a marker) for a new marker."""

    why: rule.Why
    missed: Reason
    measure: Measure
    remedy: Reason
    phrases: Phrases = ()
    like: Key | None = None


@get("/api/v1/post-mortems", Act.REVIEW, query=InState)
async def post_mortems(request: Ask) -> PostMortems:
    """The post-mortems of misses, open ones first."""
    asked = request.asked(InState)
    return PostMortems(tuple(await post_mortem.listed(request.house, request.actor, asked.state)))


@get("/api/v1/post-mortems/{post_mortem_id:uuid}", Act.REVIEW)
async def one_post_mortem(request: Ask, post_mortem_id: FromPath[UUID]) -> PostMortem:
    """One post-mortem."""
    return await post_mortem.opened(request.house, request.actor, post_mortem_id)


@post(
    "/api/v1/post-mortems/{post_mortem_id:uuid}/text",
    Act.REVIEW,
    example={
        "why": "marker_missing",
        "missed": "The customer named the ombudsman.",
        "measure": "marker",
        "remedy": "The word is a marker from now on.",
        "phrases": ["the ombudsman"],
    },
)
async def write_post_mortem(
    request: Ask, post_mortem_id: FromPath[UUID], data: JSONBody[WrittenPostMortem]
) -> PostMortem:
    """Write a post-mortem, once; phrases of a new marker become a draft of the policy, to be signed."""
    told = Told(
        why=data.why,
        missed=data.missed,
        measure=data.measure,
        remedy=data.remedy,
        phrases=data.phrases,
        like=data.like or "",
    )
    return await post_mortem.write(request.house, request.person, post_mortem_id, told)


ROUTES = [post_mortems, one_post_mortem, write_post_mortem]
