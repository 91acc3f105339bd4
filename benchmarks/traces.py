"""What traces cost: the processor of an intake with all of it traced, beside the same without."""

import time

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from benchmarks.common import demo_house, emit
from newel import span
from newel.bootstrap import otel
from newel.domain.access import system
from newel.domain.intake import Inbound, Sender
from newel.flow import intake
from newel.flow.house import House
from newel.span import Kind

MESSAGES, TURNS = 200, 5
BENCH = system("bench")


class Written(SpanExporter):
    """Spans are written as they are sent, and thrown away."""

    def export(self, spans: tuple[ReadableSpan, ...]) -> SpanExportResult:  # type: ignore[override]
        encode_spans(spans).SerializeToString()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is held."""


async def _turn(house: House, name: str, tracer: otel.Otel) -> float:
    """Seconds of this process's processor for a message; the database's are not in it."""
    began = time.process_time()
    for number in range(MESSAGES):
        message = Inbound(
            channel="api",
            external_id=f"{name}-{number}",
            conversation=f"{name}-{number}",
            customer=Sender(ref=f"C{number:04d}"),
            text=f"Where is order {10001 + number}? " + "It was for my sister's new flat. " * 4,
        )
        with span.root("POST /api/v1/messages", Kind.SERVER):
            await intake.receive(house, BENCH, message)
    tracer.flush()
    return (time.process_time() - began) / MESSAGES


async def main() -> None:
    """Print the figures."""
    tracer, spent = otel.start("bench", Written()), {"traced": 0.0, "not traced": 0.0}
    async with demo_house() as (_, house, _):
        await _turn(house, "warm", tracer)
        for number in range(TURNS):  # by turns, as tables grow
            for how in spent:
                span.use(tracer if how == "traced" else None)
                spent[how] += await _turn(house, f"{how} {number}", tracer) / TURNS
    span.use(None)
    tracer.close()
    each = tracer.tally()["sent"] / (MESSAGES * TURNS)
    traced, peer = spent["traced"] * 1e3, "not traced"
    emit("processor of an intake, traced", traced, "ms", peer=peer, peer_value=spent[peer] * 1e3, spans=each)
