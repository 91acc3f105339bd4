"""OpenTelemetry as the tracer of this process (decision 0030). Loaded only where traces are collected.

The library makes ids, samples, batches, encodes and sends, all by its own variables. What is here: a bound on
what waits, a count of what is lost, one line in the log when the collector goes away and one when it is back.
"""

import logging
import os
import platform
import threading
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import uuid4

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from newel import __version__
from newel.span import ENDS, Begun, Kind, Value

_WAITING_AT_MOST: Final = 2048
_BATCH: Final = 512
_LAST_SECONDS: Final = 1.0
_PROBE_SECONDS: Final = 5.0
_THEIRS: Final = ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal", "urllib3")
_FROM_OUTSIDE: Final = frozenset({Kind.SERVER, Kind.CONSUMER})
log = structlog.get_logger("traces")


def start(role: str, exporter: SpanExporter | None = None) -> "Otel":
    """The tracer of a process that is a ``role``: ``server`` or ``worker``."""
    _hush()
    provider = TracerProvider(resource=_resource(role), shutdown_on_exit=False)
    queue = Queue(exporter or OTLPSpanExporter())
    provider.add_span_processor(queue)
    return Otel(provider, queue)


def reachable() -> bool:
    """Whether the collector takes an empty batch."""
    _hush()
    exporter = OTLPSpanExporter(timeout=_PROBE_SECONDS)
    try:
        return exporter.export(()) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()  # type: ignore[no-untyped-call]  # the library's own


def _hush() -> None:
    """What the library says of each batch is said here once."""
    for name in _THEIRS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _resource(role: str) -> Resource:
    """Who we are; what the operator says of us goes before."""
    ours: dict[str, str] = {
        "service.name": f"newel-{role}",
        "service.namespace": "newel",
        "service.version": __version__,
        "service.instance.id": str(uuid4()),
        "process.runtime.version": platform.python_version(),
    }
    return Resource.create().merge(Resource(ours)).merge(OTELResourceDetector().detect())


class Queue(BatchSpanProcessor):
    """What waits for the collector: so much at the most, the rest is counted and let go.

    The library sends from a thread of its own, and whoever ends a span never waits for it.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._most = _number("OTEL_BSP_MAX_QUEUE_SIZE", _WAITING_AT_MOST)
        self._lock = threading.Lock()
        self._waiting = 0
        self._counts = dict.fromkeys(ENDS, 0)
        self._lost = False
        super().__init__(
            _Counted(self, exporter), max_queue_size=self._most, max_export_batch_size=min(_BATCH, self._most)
        )

    def on_end(self, span: ReadableSpan) -> None:
        """It waits for its batch, if there is room."""
        if span.context.trace_flags.sampled and self._room():
            super().on_end(span)

    def _room(self) -> bool:
        with self._lock:
            if self._waiting < self._most:
                self._waiting += 1
                return True
            self._counts["dropped"] += 1
        self._say("dropped")
        return False

    def came(self, count: int, end: str) -> None:
        """So many wait no more: they came to this end."""
        with self._lock:
            self._waiting -= count
            self._counts[end] += count
        self._say(end)

    def tally(self) -> dict[str, int]:
        """How many came to what end."""
        with self._lock:
            return dict(self._counts)

    def _say(self, end: str) -> None:
        """Once that spans are lost, and once that the collector takes them again."""
        if self._lost == (end != "sent"):
            return
        self._lost = end != "sent"
        if self._lost:
            log.warning("traces.lost", code=end)
        else:
            log.warning("traces.collected_again", n=self._counts["failed"] + self._counts["dropped"])


class _Counted(SpanExporter):
    """An exporter whose every batch is counted, and whose errors are its own."""

    def __init__(self, queue: Queue, exporter: SpanExporter) -> None:
        self._queue = queue
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            result = self._exporter.export(spans)
        except Exception:
            result = SpanExportResult.FAILURE
        self._queue.came(len(spans), "sent" if result is SpanExportResult.SUCCESS else "failed")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _number(name: str, default: int) -> int:
    given = os.environ.get(name, "")
    return int(given) if given.isdecimal() and int(given) else default


class Otel:
    """Implements ``newel.span.Tracer``."""

    def __init__(self, provider: TracerProvider, queue: Queue) -> None:
        self._provider = provider
        self._queue = queue
        self._tracer = provider.get_tracer("newel", __version__)

    def begin(self, name: str, kind: Kind, parent: str, link: str) -> Begun:
        """As ``span.Tracer``."""
        around = Context()
        if parent:
            around = set_span_in_context(NonRecordingSpan(_of(parent, kind in _FROM_OUTSIDE)), around)
        links = [Link(_of(link, True))] if link else None
        made = self._tracer.start_span(
            name,
            around,
            SpanKind(kind.value),
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        )
        return _Begun(made)

    def tally(self) -> Mapping[str, int]:
        """As ``span.Tracer``."""
        return self._queue.tally()

    def flush(self) -> None:
        """Send what waits, now."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what waits, for a moment: a collector that hangs does not hold up the end."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(_LAST_SECONDS)


def _of(traceparent: str, remote: bool) -> SpanContext:
    _, trace, one, flags = traceparent.split("-")
    return SpanContext(int(trace, 16), int(one, 16), remote, TraceFlags(int(flags, 16)))


class _Begun:
    """One of the library's spans."""

    def __init__(self, made: Span) -> None:
        context = made.get_span_context()
        self._made = made
        self.sampled = bool(context.trace_flags.sampled)
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(self.sampled):02x}"

    def name(self, name: str) -> None:
        self._made.update_name(name)

    def tell(self, name: str, value: Value) -> None:
        self._made.set_attribute(name, value)

    def fail(self) -> None:
        self._made.set_status(StatusCode.ERROR)

    def end(self) -> None:
        self._made.end()
