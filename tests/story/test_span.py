"""OPS-6: one trace tells of a message's whole way, over server, worker and the systems outside."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from tests.story.day import Day, until

from otlp import Collector, Got

TRACE, PARENT = "5af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture(autouse=True)
def free(traces: Collector) -> Iterator[None]:
    yield
    traces.free()


def asks(day: Day, text: str, ref: str, traceparent: str = "") -> dict[str, Any]:
    """A question over HTTP, by a front end that is a part of a trace already."""
    day.channel.headers["traceparent"] = traceparent or f"00-{TRACE}-{PARENT}-01"
    try:
        return day.say(text, ref)
    finally:
        del day.channel.headers["traceparent"]


def arrived(traces: Collector, trace: str, *names: str) -> list[Got]:
    """The spans of a trace, once all of these names have come; what a span is a part of comes after it."""

    def look() -> list[Got] | None:
        found = traces.of(trace)
        return found if {one.name for one in found} >= set(names) else None

    return until(f"{names} of {trace}", look, lambda: [one.name for one in traces.of(trace)])


def above(spans: list[Got], one: Got) -> list[str]:
    """The names of what a span is a part of, inwards out."""
    by_id = {span.id: span for span in spans}
    found = []
    while one.parent in by_id:
        one = by_id[one.parent]
        found.append(one.name)
    return found


def named(spans: list[Got], name: str, test: Callable[[Got], bool] = lambda _: True) -> Got:
    return next(one for one in spans if one.name == name and test(one))


def test_OPS_6_a_message_is_one_trace_from_its_post_to_its_delivery(day: Day, traces: Collector) -> None:
    taken = asks(day, "Where is order 10035?", "C0035")
    day.replied(taken, "ai")
    spans = arrived(traces, TRACE, "POST /api/v1/messages", "send api", "process answer", "process delivery")
    posted = named(spans, "POST /api/v1/messages")
    assert (posted.parent, posted.kind, posted.service) == (PARENT, "server", "newel-server")
    assert posted.told["http.response.status_code"] == 201
    scan = named(spans, "scan")
    assert above(spans, scan) == ["intake", "POST /api/v1/messages"]
    assert scan.told["newel.scan.characters"] == len("Where is order 10035?")
    assert scan.told["newel.scan.markers"] == 0
    answer = named(spans, "process answer")
    assert (answer.kind, answer.service) == ("consumer", "newel-worker")
    assert above(spans, answer) == ["intake", "POST /api/v1/messages"]
    assert answer.told["newel.case.id"] == taken["case_id"]
    look_up = named(spans, "GET /orders/{order}")
    assert (look_up.kind, look_up.told["newel.call"]) == ("client", "shop.order")
    assert above(spans, look_up)[0] == "process answer"
    called = {one.told["newel.call"] for one in spans if one.name == "model"}
    assert called == {"signals", "intent", "knowledge"}
    sent = named(spans, "send api")
    assert sent.kind == "producer"
    assert above(spans, sent)[:2] == ["process delivery", "process answer"]
    hook = named(spans, "POST", lambda one: one.told.get("newel.call") == "webhook")
    assert above(spans, hook)[0] == "send api"
    timed = {name for one in spans if one.name == "transaction" for name in above(spans, one)[:1]}
    assert timed >= {"intake", "process answer"}
    assert scan.nanoseconds > 0


def test_OPS_6_what_the_caller_does_not_collect_nobody_collects(day: Day, traces: Collector) -> None:
    other = "6af7651916cd43dd8448eb211c80319c"
    taken = asks(day, "Where is order 10046?", "C0046", f"00-{other}-{PARENT}-00")
    day.replied(taken, "ai")
    later = "7af7651916cd43dd8448eb211c80319c"
    day.replied(asks(day, "Where is order 10059?", "C0059", f"00-{later}-{PARENT}-01"), "ai")
    arrived(traces, later, "process delivery")
    assert traces.of(other) == []


def test_OPS_6_the_story_of_a_case_names_its_trace(day: Day, traces: Collector) -> None:
    trace = "8af7651916cd43dd8448eb211c80319c"
    taken = asks(day, "Where is order 10063?", "C0063", f"00-{trace}-{PARENT}-01")
    day.replied(taken, "ai")
    found = {step["event"]: step["detail"].get("trace_id") for step in day.trace(taken)}
    assert (found["message.received"], found["proposal.released"], found["outbox.pending"]) == (trace,) * 3, (
        found
    )


def test_OPS_6_an_error_and_the_log_name_the_trace(day: Day, traces: Collector) -> None:
    trace = "9af7651916cd43dd8448eb211c80319c"
    nobody = UUID(int=1)
    said = day.auditor.get(
        f"/api/v1/cases/{nobody}/trace", headers={"traceparent": f"00-{trace}-{PARENT}-01"}
    )
    assert (said.status_code, said.json()["trace_id"]) == (404, trace)
    assert f'"trace_id": "{trace}"' in day.server.log.read_text()
    route = "GET /api/v1/cases/{case_id}/trace"
    asked = named(arrived(traces, trace, route), route)
    assert (asked.parent, asked.told["http.response.status_code"], asked.error) == (PARENT, 404, False)


def lost(day: Day) -> float:
    """How many spans the server could not hand over."""
    lines = day.channel.get("/metrics").text.splitlines()
    (found,) = [line for line in lines if line.startswith('newel_traces_spans_total{end="failed"}')]
    return float(found.split()[-1])


@pytest.mark.parametrize(("mode", "order"), [("hangs", "10068"), ("refuses", "10071")])
def test_OPS_6_a_collector_that_fails_holds_nothing_up(
    day: Day, traces: Collector, mode: str, order: str
) -> None:
    until("all is well", lambda: balanced(day))
    before, said = lost(day), day.server.logged("traces.lost")
    traces.freed.clear()
    traces.mode = mode
    day.replied(asks(day, f"Where is order {order}?", f"C{int(order) - 10000:04d}"), "ai")
    until("what was lost is counted", lambda: lost(day) > before)
    until("it is said", lambda: day.server.logged("traces.lost") > said)
    traces.free()
    until("it is said that all is well", lambda: balanced(day))


def balanced(day: Day) -> bool:
    """Whether the collector takes what the server sends; a request is something to send."""
    day.auditor.get(f"/api/v1/cases/{UUID(int=1)}/trace")
    return day.server.logged("traces.lost") == day.server.logged("traces.collected_again")
