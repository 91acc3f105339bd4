"""The tour of a show company: its people to sit down as, and the first five minutes step by step."""

from litestar import Response
from litestar.params import FromPath

from newel.domain.errors import NotFound
from newel.domain.tour import Tour
from newel.flow import tour
from newel.web.page import done, page, part
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at


def of(request: Ask) -> Tour:
    """The tour of this house; ``NotFound`` where none is given, as in every real company."""
    found: Tour | None = request.app.state.tour
    if found is None:
        raise NotFound(what="tour", id=request.url.path)
    return found


@page_at("/tour", Open.SIGNED_IN)
async def tour_page(request: Ask) -> Response[str]:
    """The steps, and how far each has come."""
    seen = await tour.look(request.house, of(request))
    return page(request, "tour.html", seen=seen)


@page_at("/tour/steps", Open.SIGNED_IN)
async def steps_part(request: Ask) -> Response[str]:
    """The steps alone, as they are now."""
    seen = await tour.look(request.house, of(request))
    return part(request, "tour/steps.html", seen=seen)


@form("/tour/{name:str}", Open.SIGNED_IN)
async def write(request: Ask, name: FromPath[str]) -> Response[str]:
    """Let the customer of a step write."""
    step = next((one for one in of(request).steps if one.name == name), None)
    if step is None:
        raise NotFound(what="step of the tour", id=name)
    await tour.write(request.house, step)
    return done(request.gettext("%(name)s has written.", name=step.customer_name), tour_changed=True)


ROUTES = [tour_page, steps_part, write]
