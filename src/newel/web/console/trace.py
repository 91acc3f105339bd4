"""The whole story of a case on one page, with the proof of each message that the AI wrote."""

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from newel.domain import trace as rule
from newel.domain.telling import carried, event_said, told
from newel.flow import trace
from newel.web.page import page
from newel.web.request import Ask
from newel.web.route import Open
from newel.web.route import page as page_at


@page_at("/cases/{case_id:uuid}/trace", Open.SIGNED_IN)
async def trace_page(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """The story; texts and evidence for the owner and for those who may trace."""
    found = await trace.proven(request.house, request.me.actor, case_id)
    steps, readings = rule.readings(found.story.steps)
    stages = tuple(dict.fromkeys(step.stage for step in steps))
    return page(
        request,
        "trace.html",
        case=found.story.case,
        opened=found.story.opened,
        steps=steps,
        readings=readings,
        proofs=found.proofs,
        stages=stages,
        told=told,
        carried=carried,
        event_said=event_said,
    )


ROUTES = [trace_page]
