"""OPS-6, INV-15: what leaves for the collector of a whole story, as the library writes it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.flow.desk import MARKER, REFUND, RESET, STATUS, TEST, Desk, database_of, open_desk
from tests.flow.test_secrecy import SECRETS, whole_story

from conftest import Server
from newel import span
from newel.bootstrap import otel
from newel.domain.intake import Inbound, Sender
from newel.domain.states import JOB_KINDS
from newel.flow import intake
from newel.span import Kind, Nothing, Span
from newel.worker import loop
from otlp import Got, read

NAMED = "SELECT event, data ->> 'trace_id' AS trace FROM newel.audit_event"
MARK = "zqxjkvw"
"""Begins every word of a customer, and nothing of ours."""
WORDS = (st.text(max_size=30) | st.text(alphabet="abcé019@.-/{}:_ ", max_size=30)).map(
    lambda text: f"{MARK}{text}".replace("\x00", "")
)


class Kept:
    """Spans that are kept here, in the library's own hands."""

    def __init__(self) -> None:
        self.memory = InMemorySpanExporter()
        self.tracer = otel.start("test", self.memory)

    def bytes(self) -> bytes:
        self.tracer.flush()
        return encode_spans(self.memory.get_finished_spans()).SerializeToString()

    def spans(self) -> list[Got]:
        return list(read(self.bytes()))

    def named(self, name: str) -> list[Got]:
        return [one for one in self.spans() if one.name == name]


@pytest.fixture
def kept() -> Iterator[Kept]:
    found = Kept()
    span.use(found.tracer)
    yield found
    span.use(None)
    found.tracer.close()


def posted() -> Span | Nothing:
    return span.root("POST", Kind.SERVER)


async def test_INV_15_a_whole_story_tells_the_collector_nothing_personal(desk: Desk, kept: Kept) -> None:
    with posted():
        await whole_story(desk)
    told = kept.bytes().decode("utf-8", "replace").casefold()
    assert [what for what, secret in SECRETS.items() if secret.casefold() in told] == []
    spans = kept.spans()
    names = {one.name for one in spans}
    assert names >= {"intake", "scan", "model", "transaction", "send api"}
    assert {one.told["messaging.destination.name"] for one in spans if one.kind == "consumer"} <= set(
        JOB_KINDS
    )
    assert {"RuntimeError"} <= {one.told.get("error.type") for one in spans}


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as found:
        yield found


async def customer(desk: Desk, said: dict[str, str]) -> None:
    """Somebody writes, and all that follows is done."""
    message = Inbound(
        channel="api",
        external_id=said["external"] + uuid4().hex,
        conversation=said["thread"],
        customer=Sender(ref=said["ref"], name=said["name"], address=said["address"]),
        subject=said["subject"],
        text=said["begins"] + " " + said["text"],
    )
    with posted():
        await intake.receive(desk.house, TEST, message)
    await desk.drain()


def test_INV_15_whatever_a_customer_writes_or_is_called_never_leaves_for_the_collector(
    server: Server, company: str, runner: asyncio.Runner, kept: Kept
) -> None:
    around = database_of(server, company)
    desk = runner.run(open_desk(runner.run(around.__aenter__())))
    asks = st.fixed_dictionaries(
        dict.fromkeys(("external", "thread", "ref", "name", "address", "subject", "text"), WORDS)
        | {"begins": st.sampled_from([STATUS, REFUND, RESET, MARKER, "thank you"])}
    )

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(said=asks)
    def holds(said: dict[str, str]) -> None:
        kept.memory.clear()
        runner.run(customer(desk, said))
        told = kept.bytes()
        assert b"scan" in told
        assert MARK.encode() not in told.lower()

    try:
        holds()
    finally:
        runner.run(around.__aexit__(None, None, None))


async def test_OPS_6_what_a_job_asks_for_is_a_part_of_it(desk: Desk, kept: Kept) -> None:
    with posted() as here:
        await desk.say(STATUS, ref="C0012")
    await desk.drain()
    spans = {one.id: one for one in kept.spans()}
    (sent,) = kept.named("send api")[-1:]
    above = [sent.name]
    while sent.parent in spans:
        sent = spans[sent.parent]
        above.append(sent.name)
    assert above == ["send api", "process delivery", "process answer", "intake", "POST"]
    assert sent.trace == here.traceparent[3:35]
    traces = {row["event"]: row["trace"] for row in await desk.rows(NAMED)}
    assert (traces["message.received"], traces["case.answered"]) == (sent.trace, sent.trace)


async def test_OPS_6_what_is_done_much_later_is_a_trace_of_its_own_that_names_the_other(
    desk: Desk, kept: Kept
) -> None:
    with posted() as here:
        await desk.say(STATUS, ref="C0012")
    await desk.database.pass_time(timedelta(seconds=loop._ONE_TRACE_SECONDS))
    await desk.drain()
    first = here.traceparent[3:35]
    (answer,) = kept.named("process answer")
    assert (answer.parent, answer.links) == ("", (first,))
    assert answer.trace != first
    assert answer.told["newel.waited_seconds"] >= loop._ONE_TRACE_SECONDS


async def test_OPS_6_a_job_that_fails_says_by_which_kind_of_error(desk: Desk, kept: Kept) -> None:
    await desk.say(STATUS, ref="C0012")
    desk.failing = RuntimeError("no policy for Tom Ashdown")
    await desk.drain()
    (failed,) = [one for one in kept.named("process answer") if one.error]
    assert failed.told["error.type"] == "RuntimeError"


async def test_OPS_6_without_a_collector_no_job_carries_anything(desk: Desk) -> None:
    with posted():
        await desk.say(STATUS, ref="C0012")
    assert {row["traceparent"] for row in await desk.rows("SELECT traceparent FROM newel.job")} == {None}
    events = await desk.rows("SELECT data FROM newel.audit_event")
    assert not any("trace_id" in row["data"] for row in events)
