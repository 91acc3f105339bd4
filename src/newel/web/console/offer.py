"""Recommendations beside the case: what its owner may offer, put into the reply or dismissed."""

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import Forbidden
from newel.flow import offer
from newel.web.console.desk.acts import Mine
from newel.web.page import done, part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at


@page_at("/desk/{case_id:uuid}/offers", Act.WORK)
async def offers(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """What fits my case now; nothing where nothing is offered, or where the case is no longer mine."""
    try:
        found = await offer.fitting(request.house, request.person, case_id)
    except Forbidden:  # the page asked by itself, and its person has done nothing
        found = offer.Fitting()
    return part(request, "desk/offers.html", offers=found.offers, case_id=case_id)


@form("/desk/{case_id:uuid}/offers/{name:str}/use", Act.WORK)
async def use(request: Ask, case_id: FromPath[UUID], name: FromPath[str]) -> Response[str]:
    """Its text goes into my reply, by the page's script; I may change it, and send it or not."""
    asked = await request.filled(Mine)
    await offer.use(request.house, request.person, case_id, asked.token, name)
    return done()


@form("/desk/{case_id:uuid}/offers/{name:str}/dismissal", Act.WORK)
async def dismiss(request: Ask, case_id: FromPath[UUID], name: FromPath[str]) -> Response[str]:
    """It is out of place here."""
    asked = await request.filled(Mine)
    await offer.dismiss(request.house, request.person, case_id, asked.token, name)
    return done(request.gettext("Dismissed. This customer is not recommended it again for a while."))


ROUTES = [offers, use, dismiss]
