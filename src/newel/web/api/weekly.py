"""Weekly reviews: what was counted, signing one off."""

from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.weekly import Signed
from newel.flow import weekly
from newel.store.post_mortem import PostMortem
from newel.store.weekly import Weekly
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Reason, Why


class OfWorkflow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one workflow; without one, of all."""

    workflow: Key | None = None


class WeeklyReviews(msgspec.Struct, frozen=True):
    """The newest reviews, the newest week first."""

    weekly: tuple[Weekly, ...]


class WeeklyReview(msgspec.Struct, frozen=True):
    """One review with the post-mortems of its week."""

    review: Weekly
    post_mortems: tuple[PostMortem, ...]


class SignOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the week shows and what is decided; ``unwritten``: why post-mortems of it are still open."""

    notes: Reason
    decisions: Why = ""
    unwritten: Why = ""


@get("/api/v1/weekly", Act.REVIEW, query=OfWorkflow)
async def weekly_reviews(request: Ask) -> WeeklyReviews:
    """The weekly reviews of misses with their figures as they were; which are open, late, signed off."""
    asked = request.asked(OfWorkflow)
    return WeeklyReviews(tuple(await weekly.listed(request.house, request.actor, asked.workflow)))


@get("/api/v1/weekly/{weekly_id:uuid}", Act.REVIEW)
async def weekly_review(request: Ask, weekly_id: FromPath[UUID]) -> WeeklyReview:
    """One weekly review with the post-mortems of its week."""
    found = await weekly.opened(request.house, request.actor, weekly_id)
    return WeeklyReview(found.review, found.post_mortems)


@post(
    "/api/v1/weekly/{weekly_id:uuid}/signature",
    Act.REVIEW,
    status=204,
    example={"notes": "One miss, and it is understood.", "decisions": "A phrase is added."},
)
async def sign_weekly_review(request: Ask, weekly_id: FromPath[UUID], data: JSONBody[SignOff]) -> None:
    """Sign a weekly review off, once: who is named for it, or a supervisor."""
    said = Signed(notes=data.notes, decisions=data.decisions, unwritten=data.unwritten)
    await weekly.sign(request.house, request.person, weekly_id, said)


ROUTES = [weekly_reviews, weekly_review, sign_weekly_review]
