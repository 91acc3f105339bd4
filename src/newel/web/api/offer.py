"""Recommendations: what the owner of a case may offer, used or dismissed by them, and how each fares."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.offer import Uptake
from newel.flow import offer
from newel.flow.offer import Fitting
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Token


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of the work item, as it was read."""

    token: Token


class OfferState(msgspec.Struct, frozen=True):
    """What became of it."""

    name: str
    state: str


class OfferDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days back to look."""

    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 90


class Uptakes(msgspec.Struct, frozen=True):
    """By workflow and name."""

    offers: tuple[Uptake, ...]


@get("/api/v1/cases/{case_id:uuid}/offers", Act.WORK)
async def case_offers(request: Ask, case_id: FromPath[UUID]) -> Fitting:
    """What I may offer on my case, with why; or why nothing is offered there. What is shown is recorded."""
    return await offer.fitting(request.house, request.person, case_id)


@post("/api/v1/cases/{case_id:uuid}/offers/{name:str}/use", Act.WORK, example={"token": 1})
async def use_offer(
    request: Ask, case_id: FromPath[UUID], name: FromPath[str], data: JSONBody[Ended]
) -> OfferState:
    """I put its text into my reply; nothing is sent by it."""
    await offer.use(request.house, request.person, case_id, data.token, name)
    return OfferState(name, "used")


@post("/api/v1/cases/{case_id:uuid}/offers/{name:str}/dismissal", Act.WORK, example={"token": 1})
async def dismiss_offer(
    request: Ask, case_id: FromPath[UUID], name: FromPath[str], data: JSONBody[Ended]
) -> OfferState:
    """It is out of place here; this customer is not recommended it again for its time of rest."""
    await offer.dismiss(request.house, request.person, case_id, data.token, name)
    return OfferState(name, "dismissed")


@get("/api/v1/offers", Act.REVIEW, query=OfferDays)
async def offers(request: Ask) -> Uptakes:
    """How often each recommendation was shown, used and dismissed lately, and the share that was used."""
    found = await offer.uptakes(request.house, request.actor, request.asked(OfferDays).days)
    return Uptakes(tuple(found))


ROUTES = [case_offers, use_offer, dismiss_offer, offers]
