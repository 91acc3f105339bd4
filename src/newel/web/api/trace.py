"""Cases at a glance, and their whole story."""

from uuid import UUID

from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.trace import Story
from newel.flow import trace
from newel.store import views
from newel.store.views import CaseView
from newel.web.request import Ask
from newel.web.route import Open, get


@get("/api/v1/cases/{case_id:uuid}", Act.READ_CASE)
async def case(request: Ask, case_id: FromPath[UUID]) -> CaseView:
    """A case at a glance: where it stands, whose it is, what is due."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.case(tx, case_id)


@get("/api/v1/cases/{case_id:uuid}/trace", Open.SIGNED_IN)
async def case_trace(request: Ask, case_id: FromPath[UUID]) -> Story:
    """The whole story; texts and evidence for the owner and for those who may trace."""
    return await trace.trace(request.house, request.actor, case_id)


ROUTES = [case, case_trace]
