"""How it went: offered to the customer's channel, answered by the token, averaged for people."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.survey import Comment, Score
from newel.domain.words import Survey
from newel.flow import survey
from newel.store import views
from newel.store.views import Satisfaction
from newel.web.request import Ask
from newel.web.route import Open, get, post


class Offered(msgspec.Struct, frozen=True):
    """What the customer can answer now, and on which scale; null when there is nothing."""

    token: str | None = None
    kind: Survey | None = None
    asked_at: datetime | None = None
    expires_at: datetime | None = None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On the scale of what was asked (CSAT 1 to 5, NPS 0 to 10, effort 1 to 7), and what is added."""

    score: Score
    comment: Comment = ""


class Thanks(msgspec.Struct, frozen=True):
    """It was taken in."""

    thanks: bool = True


class SurveyDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days back to look."""

    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30


class Averages(msgspec.Struct, frozen=True):
    """By workflow, tier of the episode, and kind of survey."""

    averages: tuple[Satisfaction, ...]


@get("/api/v1/conversations/{conversation_id:uuid}/survey", Act.READ_CONVERSATION)
async def conversation_survey(request: Ask, conversation_id: FromPath[UUID]) -> Offered:
    """What the customer can answer after the end: a one-time token for their page."""
    found = await survey.offer(request.house, request.actor, conversation_id)
    return Offered(found.token, found.kind, found.asked_at, found.expires_at) if found else Offered()


@post(
    "/api/v1/surveys/{token:str}", Open.PUBLIC, example={"score": 5, "comment": "quick!"}, errors=(404, 409)
)
async def answer_survey(request: Ask, token: FromPath[str], data: JSONBody[Answer]) -> Thanks:
    """The customer's answer by the token alone, once; 409 the second time, 422 off the scale of its kind."""
    await survey.answer(request.house, token, data.score, data.comment)
    return Thanks()


@get("/api/v1/surveys", Act.REVIEW, query=SurveyDays)
async def satisfaction(request: Ask) -> Averages:
    """How customers found it lately, by workflow, tier and kind of survey."""
    span = timedelta(days=request.asked(SurveyDays).days)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Averages(tuple(await views.satisfaction(tx, tx.now - span)))


ROUTES = [conversation_survey, answer_survey, satisfaction]
