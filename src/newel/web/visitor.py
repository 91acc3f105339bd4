"""Who calls the customers' chat, how often they may, and what everybody is told of the wait."""

import time
from typing import Final

from newel.domain.chat import Visitor
from newel.flow import chat
from newel.flow.chat import Outlook
from newel.flow.house import House
from newel.web.auth import bearer, must_be_own_page
from newel.web.limit import Limits, Rate
from newel.web.request import Ask

FORECAST_SECONDS: Final = 3.0
OFTEN: Final = Rate(burst=60, a_second=5)


class Forecast:
    """The outlook of the moment, asked for once in some seconds: it is the same for everybody."""

    def __init__(self) -> None:
        self._known: tuple[float, Outlook] | None = None

    async def now(self, house: House) -> Outlook:
        """How long a person takes now."""
        at = time.monotonic()
        if self._known is None or at - self._known[0] > FORECAST_SECONDS:
            self._known = at, await chat.outlook(house)
        return self._known[1]


async def visitor_of(request: Ask, act: str = "") -> Visitor:
    """Whose pass came with the request, if they do not ask too often."""
    visitor = await who(request, act)
    limits_of(request).must("ask", visitor.thread, OFTEN)
    return visitor


async def who(request: Ask, act: str) -> Visitor:
    """Whose pass came with the request; writing takes one of our own pages as well."""
    if act:
        must_be_own_page(request, act)
    visitor = await chat.who(request.house, bearer(request))
    request.scope["newel.actor"] = chat.actor(request.house, visitor)  # type: ignore[typeddict-unknown-key]
    return visitor


async def outlook_of(request: Ask) -> Outlook:
    """How long a person takes now."""
    forecast: Forecast = request.app.state.outlook
    return await forecast.now(request.house)


def limits_of(request: Ask) -> Limits:
    """What holds callers back who call too often."""
    limits: Limits = request.app.state.limits
    return limits


def address_of(request: Ask) -> str:
    """The caller's network address."""
    return request.client.host if request.client else ""
