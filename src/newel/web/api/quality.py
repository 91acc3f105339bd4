"""Reviews: what waits, scoring, deciding on answers that are held, and what reviews say of the work."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.quality import Mark, Score, Verdict
from newel.domain.words import Cluster
from newel.flow import quality
from newel.flow.quality import Results, Sheet
from newel.store.quality import About, Line
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Said, Why

MARKS = {
    "right": "met",
    "policy": "met",
    "whole": "partly",
    "hands": "met",
    "data": "not_asked",
    "tone": "met",
}
Marks = Annotated[dict[Key, Mark], msgspec.Meta(max_length=100)]


class Reviews(msgspec.Struct, frozen=True):
    """What I may review, the most urgent first, and how much is open in all."""

    reviews: tuple[Line, ...]
    total: int


class Scored(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The answers to the scorecard, a remark, and a coaching point for whose work it was.

    ``missed``: of a sample, the cluster of the trigger by which it should have been T3.
    """

    marks: Marks
    remark: Why = ""
    coaching: Why = ""
    missed: Cluster | None = None


class Ruled(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same with what becomes of an answer that waits.

    ``text`` is the corrected one, ``to`` the person who gets a returned case; without one it is queued.
    """

    decision: Literal["release", "correct", "return"]
    marks: Marks
    text: Said | None = None
    to: UUID | None = None
    remark: Why = ""
    coaching: Why = ""


class MyReviews(msgspec.Struct, frozen=True):
    """What reviewers said of my work, newest first."""

    reviews: tuple[About, ...]


class Weeks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many weeks back to look."""

    weeks: Annotated[int, msgspec.Meta(ge=1, le=104)] = 8


@get("/api/v1/reviews", Act.SCORE)
async def reviews(request: Ask) -> Reviews:
    """What waits for a review that I may do: held answers, marked misses, samples."""
    found = await quality.listed(request.house, request.person)
    return Reviews(found.lines, found.total)


@get("/api/v1/reviews/mine", Act.READ_CASE)
async def my_reviews(request: Ask) -> MyReviews:
    """What reviewers said of my approvals and resolutions."""
    return MyReviews(tuple(await quality.mine(request.house, request.person)))


@get("/api/v1/reviews/{review_id:uuid}", Act.SCORE)
async def review(request: Ask, review_id: FromPath[UUID]) -> Sheet:
    """One review with its conversation, personal data hidden, and the scorecard; 403 for one's own work."""
    found = await quality.opened(request.house, request.person, review_id)
    assert found.sheet is not None, "a review that was asked for is shown or refused"  # noqa: S101
    return found.sheet


@post(
    "/api/v1/reviews/{review_id:uuid}/score", Act.SCORE, example={"marks": MARKS, "remark": "Clear and kind."}
)
async def score_review(request: Ask, review_id: FromPath[UUID], data: JSONBody[Scored]) -> Score:
    """Score a sampled case or a marked miss; once."""
    said = Verdict(marks=data.marks, remark=data.remark, coaching=data.coaching, missed=data.missed)
    return await quality.score(request.house, request.person, review_id, said)


@post("/api/v1/reviews/{review_id:uuid}/decision", Act.SCORE, example={"decision": "release", "marks": MARKS})
async def decide_review(request: Ask, review_id: FromPath[UUID], data: JSONBody[Ruled]) -> Score:
    """Release an answer that waits, send it corrected, or return the case; what failed is never released."""
    said = Verdict(
        marks=data.marks, remark=data.remark, coaching=data.coaching, text=data.text or "", to=data.to
    )
    return await quality.decide(request.house, request.person, review_id, data.decision, said)


@get("/api/v1/quality", Act.REVIEW, query=Weeks)
async def quality_results(request: Ask) -> Results:
    """What sampled reviews say by week, person and question, each share with its interval."""
    return await quality.results(request.house, request.actor, request.asked(Weeks).weeks)


ROUTES = [reviews, my_reviews, review, score_review, decide_review, quality_results]
