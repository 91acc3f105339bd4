"""A collector of traces on loopback: it takes OTLP over HTTP, as the official package reads it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Wire

PATH = "/v1/traces"
ERROR = 2


@dataclass(frozen=True)
class Got:
    """A span as it arrived."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    told: dict[str, Any]
    error: bool
    service: str
    raw: bytes
    nanoseconds: int


@dataclass
class Collector:
    """What arrived; ``mode`` says how it answers: ``takes``, ``refuses`` or ``hangs``."""

    port: int = 0
    mode: str = "takes"
    spans: list[Got] = field(default_factory=list)
    asked: int = 0
    headers: list[dict[str, str]] = field(default_factory=list)
    freed: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def free(self) -> None:
        """Whoever hangs is let go, and from now on all is taken."""
        self.mode = "takes"
        self.freed.set()

    def of(self, trace: str) -> list[Got]:
        """The spans of a trace, by when they began."""
        return [one for one in list(self.spans) if one.trace == trace]

    def take(self, body: bytes) -> None:
        self.spans += read(body)


def read(body: bytes) -> Iterator[Got]:
    """The spans of a request."""
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        about = {one.key: _value(one.value) for one in resource.resource.attributes}
        for scope in resource.scope_spans:
            yield from (_got(one, str(about["service.name"])) for one in scope.spans)


def _got(span: Wire, service: str) -> Got:
    return Got(
        name=span.name,
        kind=Wire.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        links=tuple(link.trace_id.hex() for link in span.links),
        told={one.key: _value(one.value) for one in span.attributes},
        error=span.status.code == ERROR,
        service=service,
        raw=span.SerializeToString(),
        nanoseconds=span.end_time_unix_nano - span.start_time_unix_nano,
    )


def _value(value: AnyValue) -> Any:
    return getattr(value, str(value.WhichOneof("value")))


@contextmanager
def collector(port: int = 0) -> Iterator[Collector]:
    """A collector that runs."""
    found = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.asked += 1
            found.headers.append(dict(self.headers))
            if found.mode == "hangs":
                found.freed.wait()
            right = self.path == PATH and self.headers["content-type"] == "application/x-protobuf"
            taken = right and found.mode == "takes"
            if taken:
                found.take(body)
            self.send_response(200 if taken else 400)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Door) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        serving.start()
        try:
            yield found
        finally:
            found.free()
            server.shutdown()
