"""Whether the house lives, whether it can work, how much it does, and what it understands."""

import math
import time
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from litestar import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from newel import __version__, span
from newel.domain.access import system
from newel.domain.errors import Unavailable
from newel.domain.states import JOB_KINDS
from newel.flow.house import House
from newel.store import views
from newel.web.request import Ask
from newel.web.route import Open, get

_READER = system("health")
_WAITS: Final = ("outbox", "feedback", "unrouted")


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str = __version__


@get("/healthz", Open.PUBLIC)
async def healthz(request: Ask) -> Health:
    """Whether this process lives; it asks nobody else."""
    return Health()


@get("/readyz", Open.PUBLIC)
async def readyz(request: Ask) -> Health:
    """Whether it can work: the database answers and has every migration."""
    async with request.house.db.tx(_READER, read_only=True) as tx:
        missing = await views.missing_migrations(tx)
    if missing:
        raise Unavailable(what=f"the database lacks {len(missing)} migrations (run `newel migrate`); it")
    return Health()


@get("/metrics", Open.PUBLIC, media_type="text/plain")
async def metrics(request: Ask) -> Response[bytes]:
    """Counts for Prometheus: requests of this process, and the house's open work by state."""
    state = request.app.state
    state.gauges.count()
    await _measure(request.house, state.gauges)
    return Response(generate_latest(state.registry), headers={"content-type": CONTENT_TYPE_LATEST})


@get("/openapi.json", Open.PUBLIC)
async def openapi(request: Ask) -> dict[str, Any]:
    """This description."""
    described: dict[str, Any] = request.app.state.openapi
    return described


class Gauges:
    """What the database says of the house's work, read at most once a second."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.up = Gauge("newel_database_up", "Whether the database answers.", registry=registry)
        self.work = Gauge("newel_work", "Open work by kind and state.", ("what", "state"), registry=registry)
        self.lag = Gauge(
            "newel_lag_seconds",
            "How long the oldest waits: due jobs by kind, messages, feedback, unrouted work.",
            ("what", "kind"),
            registry=registry,
        )
        self.seen = Gauge(
            "newel_worker_seen_seconds",
            "Since when no worker was seen, at all (any) or with the AI (ai); without one +Inf.",
            ("kind",),
            registry=registry,
        )
        self.spans = Counter(
            "newel_traces_spans",
            "Spans of this process: sent to the collector, failed, dropped as too many waited.",
            ("end",),
            registry=registry,
        )
        self.told = dict.fromkeys(span.ENDS, 0)
        self.read_at = 0.0

    def count(self) -> None:
        """The spans that ended since they were counted last."""
        for end, count in span.tally().items():
            self.spans.labels(end).inc(max(0, count - self.told[end]))
            self.told[end] = count

    def show(self, lags: Sequence[views.Lag]) -> None:
        """The lags as they are now; where nothing waits 0."""
        self.lag.clear()
        for what, kind in (*(("job", kind) for kind in JOB_KINDS), *((what, "") for what in _WAITS)):
            self.lag.labels(what, kind).set(0)
        for kind in ("any", "ai"):
            self.seen.labels(kind).set(math.inf)
        for one in lags:
            if one.what == "worker":
                self.seen.labels(one.kind).set(one.seconds)
            else:
                self.lag.labels(one.what, one.kind).set(one.seconds)


async def _measure(house: House, gauges: Gauges) -> None:
    if time.monotonic() - gauges.read_at < 1:
        return
    gauges.read_at = time.monotonic()
    try:
        async with house.db.tx(_READER, read_only=True) as tx:
            found, lags = await views.open_work(tx), await views.lags(tx)
    except Unavailable:
        gauges.up.set(0)
        return
    gauges.up.set(1)
    gauges.show(lags)
    gauges.work.clear()
    for row in found:
        gauges.work.labels(row.what, row.state).set(row.n)


ROUTES = [healthz, readyz, metrics, openapi]
