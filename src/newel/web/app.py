"""The web application, wired from its parts."""

from functools import partial

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send
from prometheus_client import CollectorRegistry

from newel.domain.chat import Door
from newel.domain.tour import Tour
from newel.flow.house import House
from newel.web import chat, console, help, live, static, visitor
from newel.web.api import ROUTES
from newel.web.api.health import Gauges
from newel.web.auth import Tokens, guard, may_listen, recognise
from newel.web.errors import handlers
from newel.web.hooks import Hooks
from newel.web.limit import Limits
from newel.web.live import Hub
from newel.web.openapi import describe
from newel.web.request import Ask

BODY_LIMIT = 1 << 20


class Web(Litestar):
    """Litestar with the hooks around every request, its own error answers included."""

    hooks: Hooks
    hub: Hub

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """One request, or the life of the process."""
        if str(scope["type"]) == "http" and scope["path"] == live.PATH:  # type: ignore[typeddict-item]
            allowed = partial(may_listen, self.state.house)
            await live.answer(self.hub, allowed, scope, receive, send)  # type: ignore[arg-type]
        elif str(scope["type"]) == "http":
            scope["newel.mark"] = self.hub.lately.mark  # type: ignore[typeddict-unknown-key]  # ours
            await self.hooks.around(super().__call__, scope, receive, send)  # type: ignore[arg-type]
        else:
            await super().__call__(scope, receive, send)


def build(house: House, hub: Hub | None = None, door: Door | None = None, tour: Tour | None = None) -> Web:
    """The application of one house; each has its own metrics.

    Pages hear of changes through ``hub``; ``door`` says which sites may show the customers' chat;
    ``tour`` leads through a company that is there to be looked at.
    """
    registry = CollectorRegistry()
    app = Web(
        [*ROUTES, *static.ROUTES, *console.ROUTES, *chat.ROUTES, *help.ROUTES],
        request_class=Ask,
        guards=[guard],
        exception_handlers=handlers(),
        after_exception=[recognise],
        request_max_body_size=BODY_LIMIT,
        openapi_config=None,
        logging_config=None,
        debug=False,
        state=State(
            {
                "house": house,
                "tokens": Tokens(),
                "registry": registry,
                "gauges": Gauges(registry),
                "error_page": help.error_page,
                "door": door or Door(),
                "tour": tour,
                "limits": Limits(),
                "outlook": visitor.Forecast(),
            }
        ),
    )
    app.hooks = Hooks(registry)
    app.hub = Hub() if hub is None else hub
    app.state.openapi = describe(app)
    return app
