"""The collector of traces: none by default, and one that fails costs nobody anything (OPS-6)."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from structlog.testing import capture_logs

from newel import span
from newel.bootstrap import collector, otel
from newel.span import Kind
from otlp import Collector, Got
from otlp import collector as running

PATIENCE = 60.0
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"
LOADED = """
import sys
from newel.bootstrap import beforehand, collector
beforehand.load()
with collector.collecting("server"):
    import newel.cli, newel.bootstrap
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"opentelemetry", "requests", "urllib3"}))
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def there() -> Iterator[Collector]:
    with running() as found:
        yield found


def arrived(there: Collector) -> list[Got]:
    """The spans, once any have come."""
    deadline = time.monotonic() + PATIENCE
    while not there.spans:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return there.spans


def loaded(**more: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=os.environ | more, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_OPS_6_without_a_collector_its_library_is_not_even_loaded() -> None:
    assert loaded() == []
    assert "opentelemetry" in loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318"}, "http://tempo:4318"),
        (
            {
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:1/x",
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:2",
            },
            "http://a:1/x",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:secret@tempo:4318/?key=secret"}, "http://tempo:4318/"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:secret@[::1:4318"}, collector.UNREADABLE),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318", "OTEL_SDK_DISABLED": "True"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318", "OTEL_TRACES_EXPORTER": "none"}, ""),
    ],
)
def test_the_variables_of_opentelemetry_turn_it_on_and_off(given: dict[str, str], found: str) -> None:
    assert collector.address(given) == found


def test_OPS_6_spans_reach_a_collector_with_who_we_are(
    there: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", there.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20let-me-in")
    with (
        collector.collecting("worker"),
        span.root("process answer", Kind.CONSUMER, link=PARENT + "1") as here,
    ):
        here.tell({"newel.attempt": 2})
    (got,) = arrived(there)
    assert (got.name, got.kind, got.service, got.told) == (
        "process answer", "consumer", "newel-worker", {"newel.attempt": 2}
    )  # fmt: skip
    assert got.links == (PARENT[3:35],)
    assert there.headers[0]["authorization"] == "Bearer let-me-in"
    assert span.root("process answer", Kind.CONSUMER) is span.NOTHING


def test_the_operators_name_for_us_goes_before_ours(
    there: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", there.url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "care")
    with collector.collecting("server"), span.root("GET", Kind.SERVER):
        pass
    assert [one.service for one in arrived(there)] == ["care"]


@pytest.mark.parametrize(
    ("ratio", "parent", "sampled"),
    [("0", "", False), ("1", "", True), ("0", PARENT + "1", True), ("1", PARENT + "0", False)],
)
def test_a_ratio_is_sampled_and_who_calls_us_has_decided_before(
    ratio: str, parent: str, sampled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", ratio)
    tracer = otel.start("test", Held())
    begun = tracer.begin("GET", Kind.SERVER, parent, "")
    assert (begun.sampled, begun.traceparent[-2:]) == (sampled, "01" if sampled else "00")
    assert not parent or begun.traceparent[3:35] == parent[3:35]
    tracer.close()


class Held(SpanExporter):
    """A collector that is reached, and takes nothing until it is let go."""

    def __init__(self, result: SpanExportResult | Exception = SpanExportResult.SUCCESS) -> None:
        self.reached, self.free = threading.Event(), threading.Event()
        self.result = result

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.reached.set()
        self.free.wait()
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def shutdown(self) -> None:
        """Nothing is held."""


def ends(tracer: otel.Otel, count: int) -> None:
    for _ in range(count):
        tracer.begin("GET", Kind.SERVER, "", "").end()


def test_OPS_6_what_waits_is_bounded_and_nobody_waits_for_the_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "10")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    held = Held()
    with capture_logs() as said:
        tracer = otel.start("test", held)
        ends(tracer, 1)
        assert held.reached.wait(PATIENCE)
        ends(tracer, 24)  # it hangs: 9 more have room
        assert tracer.tally() == {"sent": 0, "failed": 0, "dropped": 15}
        held.free.set()
        tracer.flush()
    tracer.close()
    assert tracer.tally() == {"sent": 10, "failed": 0, "dropped": 15}
    assert [line["event"] for line in said] == ["traces.lost", "traces.collected_again"]


@pytest.mark.parametrize("result", [SpanExportResult.FAILURE, RuntimeError("broken pipe")])
def test_OPS_6_what_the_collector_does_not_take_is_counted_and_said_once(
    result: SpanExportResult | Exception,
) -> None:
    held = Held(result)
    held.free.set()
    with capture_logs() as said:
        tracer = otel.start("test", held)
        for _ in range(3):
            ends(tracer, 2)
            tracer.flush()
        held.result = SpanExportResult.SUCCESS
        ends(tracer, 1)
        tracer.flush()
    assert tracer.tally() == {"sent": 1, "failed": 6, "dropped": 0}
    assert [(line["event"], line.get("code"), line.get("n")) for line in said] == [
        ("traces.lost", "failed", None),
        ("traces.collected_again", None, 6),
    ]
    tracer.close()


def test_OPS_6_a_collector_that_hangs_does_not_keep_a_process_from_its_end() -> None:
    held = Held()
    tracer = otel.start("test", held)
    ends(tracer, 1)
    tracer.close()  # comes back, though nothing was let go
    assert tracer.tally()["sent"] == 0
    held.free.set()


def test_OPS_6_a_variable_that_is_wrong_keeps_no_process_from_its_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "-1")
    with capture_logs() as said, collector.collecting("server"):
        assert span.root("GET", Kind.SERVER) is span.NOTHING
    assert [line["event"] for line in said] == ["traces.not_started"]


def test_OPS_6_an_address_that_is_none_keeps_no_process_from_its_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@[::1:4318")
    collector.load()
    with collector.collecting("server"):
        worked = True
    assert worked
    assert not collector.reachable()


def test_OPS_6_the_doctor_tries_the_collector(there: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", there.url)
    assert collector.reachable()
    assert there.spans == []
    there.mode = "refuses"
    assert not collector.reachable()
