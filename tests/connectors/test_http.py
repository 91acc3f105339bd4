"""The HTTP connector against the real demo process: typed outcomes under every fault."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from demo.process import Systems, start_systems
from newel.connectors.calls import HttpCalls
from newel.connectors.http import Endpoint, HttpSystems
from newel.domain.errors import Invalid, Unavailable
from newel.domain.policy.acts import ActionCall, ActionClass, LookUp, System
from newel.domain.ports import ActionRequest, Answered, Calls, OutcomeKind
from newel.domain.ports import Systems as SystemsPort
from ports import free_port

OWNED: dict[str, Any] = {"owner": "june", "date": date(2026, 11, 20)}
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TIMEOUT = 0.6
PAYMENT = {
    "order": "{order}",
    "amount_minor": "{amount_minor}",
    "currency": "{currency}",
    "reason": "{reason}",
}
SHOP = System(
    **OWNED,
    base_url="systems_url",
    timeout_seconds=TIMEOUT,
    look_ups={
        "order": LookUp(path="/orders/{order}", source="orders: order {order}"),
        "first_product": LookUp(
            path="/products", query={"q": "{product}"}, pick="products.0", source="stock"
        ),
        "products": LookUp(path="/products", query={"q": "{product}"}, pick="products", source="stock"),
        "history": LookUp(path="/history/{customer}", source="history"),
    },
    actions={
        "refund": ActionCall(
            method="POST",
            path="/payments/refunds",
            body=PAYMENT,
            reconcile="/payments/refunds/by-key/{key}",
        ),
        "cancel": ActionCall(
            method="POST",
            path="/orders/{order}/cancellations",
            body={"reason": "asked: {reason}"},
            reconcile="/orders/{order}/cancellations/by-key/{key}",
        ),
        "reship": ActionCall(
            method="POST",
            path="/warehouse/reshipments",
            body={"order": "{order}", "sku": "{sku}", "reference": "{reference}"},
            key="none",
            reconcile="/warehouse/reshipments?reference={reference}",
        ),
    },
)
ACTIONS = {
    name: ActionClass(**OWNED, system="shop", effect="money") for name in ("refund", "cancel", "reship")
}


@pytest.fixture(scope="module")
def shop_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    process = start_systems(tmp_path_factory.mktemp("shop"))
    yield process
    process.stop()


@pytest.fixture
def process(shop_process: Systems) -> Iterator[Systems]:
    yield shop_process
    with shop_process.client() as client:
        client.delete("/faults").raise_for_status()


@pytest.fixture
def shop(calls: HttpCalls, process: Systems) -> SystemsPort:
    return connect(calls, process.url, process.token)


def connect(calls: Calls, url: str, token: str) -> HttpSystems:
    return HttpSystems({"shop": SHOP}, ACTIONS, {"systems_url": Endpoint(url, token)}, calls, lambda: NOW)


def refund(key: str, **changes: Any) -> ActionRequest:
    args = {"order": "10044", "amount_minor": 100, "currency": "GBP", "reason": "broken"}
    return ActionRequest("refund", args | changes, key)


def reship(key: str) -> ActionRequest:
    return ActionRequest("reship", {"order": "10023", "sku": "HW-102"}, key)


async def test_a_look_up_gives_values_source_and_time(shop: SystemsPort) -> None:
    facts = await shop.look_up("shop.order", {"order": "10023"})
    assert facts is not None
    assert (facts.values["tracking"], facts.source, facts.read_at) == (
        "PW10023GB",
        "orders: order 10023",
        NOW,
    )


async def test_a_part_or_a_list_is_picked(shop: SystemsPort) -> None:
    first = await shop.look_up("shop.first_product", {"product": "moss mug & more"})
    every = await shop.look_up("shop.products", {"product": "mug"})
    assert first is not None
    assert first.values["sku"] == "HW-101"
    assert every is not None
    assert every.values["count"] == len(every.values["items"]) > 2
    assert await shop.look_up("shop.first_product", {"product": "submarine"}) is None


async def test_no_record_is_none(shop: SystemsPort) -> None:
    assert await shop.look_up("shop.order", {"order": "99999"}) is None


@pytest.mark.parametrize(
    "order", ["", "..", "../ledger", "10023/refunds", "10023?x=1", "%2e%2e", "a\nb", "x" * 300, "1#2"]
)
async def test_INV_17_an_argument_reaches_no_other_path(shop: SystemsPort, order: str) -> None:
    assert await shop.look_up("shop.order", {"order": order}) is None
    request = ActionRequest("cancel", {"order": order, "reason": "x"}, "path-1")
    assert (await shop.execute(request)).kind is OutcomeKind.REFUSED


async def test_a_slow_or_failing_system_is_unavailable(shop: SystemsPort, process: Systems) -> None:
    process.fault("hang", "/history", seconds=60)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(shop.look_up("shop.history", {"customer": "C0040"}), 30)
    process.fault("fail", "/history", status=500)
    with pytest.raises(Unavailable):
        await shop.look_up("shop.history", {"customer": "C0040"})


async def test_a_call_that_the_policy_lacks_is_named(shop: SystemsPort) -> None:
    with pytest.raises(Invalid, match=r"shop\.weather"):
        await shop.look_up("shop.weather", {})
    with pytest.raises(Invalid, match="launch"):
        await shop.execute(ActionRequest("launch", {}, "k"))


async def test_a_done_action_is_confirmed_with_its_reference(shop: SystemsPort, process: Systems) -> None:
    outcome = await shop.execute(refund("http-1"))
    assert outcome.kind is OutcomeKind.CONFIRMED
    assert outcome.reference.startswith("RF-")
    assert await shop.execute(refund("http-1")) == outcome
    assert await shop.reconcile(refund("http-1")) == outcome
    assert process.count(key="http-1") == 1


async def test_a_refusal_is_definite_and_tells_no_detail(shop: SystemsPort, process: Systems) -> None:
    outcome = await shop.execute(refund("http-2", amount_minor=10_000_000))
    assert (outcome.kind, outcome.reason) == (OutcomeKind.REFUSED, "409 More than was paid")
    assert process.count(key="http-2") == 0


async def test_a_missing_argument_is_refused_before_it_is_sent(shop: SystemsPort, process: Systems) -> None:
    outcome = await shop.execute(ActionRequest("refund", {"order": "10044"}, "http-3"))
    assert outcome.kind is OutcomeKind.REFUSED
    assert process.count(key="http-3") == 0


@pytest.mark.parametrize(("mode", "done"), [("lose_answer", 1), ("slow", 1), ("fail", 0)])
async def test_INV_11_a_lost_answer_is_unknown_until_it_is_asked_about(
    shop: SystemsPort, process: Systems, mode: str, done: int
) -> None:
    key = f"http-{mode}"
    process.fault(mode, "/payments/refunds", seconds=2)
    assert (await shop.execute(refund(key))).kind is OutcomeKind.UNKNOWN
    assert process.count(key=key) == done
    kind = OutcomeKind.CONFIRMED if done else OutcomeKind.NOT_EXECUTED
    assert (await shop.reconcile(refund(key))).kind is kind
    assert (await shop.execute(refund(key))).kind is OutcomeKind.CONFIRMED
    assert process.count(key=key) == 1


async def test_INV_11_a_hanging_call_may_still_arrive_and_the_key_keeps_it_single(
    shop: SystemsPort, process: Systems
) -> None:
    process.fault("hang", "/payments/refunds", seconds=1.2)
    assert (await shop.execute(refund("http-hang"))).kind is OutcomeKind.UNKNOWN
    assert (await shop.reconcile(refund("http-hang"))).kind is OutcomeKind.NOT_EXECUTED
    assert (await shop.execute(refund("http-hang"))).kind is OutcomeKind.CONFIRMED
    await asyncio.sleep(1.2)
    assert process.count(key="http-hang") == 1


async def test_a_call_that_is_carried_out_twice_there_is_booked_once(
    shop: SystemsPort, process: Systems
) -> None:
    process.fault("replay", "/payments/refunds")
    assert (await shop.execute(refund("http-twice"))).kind is OutcomeKind.CONFIRMED
    assert process.count(key="http-twice") == 1


async def test_a_refusing_system_has_not_executed(shop: SystemsPort, process: Systems) -> None:
    process.fault("refuse", "/payments/refunds", status=422)
    assert (await shop.execute(refund("http-refuse"))).kind is OutcomeKind.REFUSED
    process.fault("refuse", "/payments/refunds", status=429)
    assert (await shop.execute(refund("http-refuse"))).kind is OutcomeKind.NOT_EXECUTED
    assert process.count(key="http-refuse") == 0


async def test_INV_11_without_a_key_no_trace_is_no_proof(shop: SystemsPort, process: Systems) -> None:
    process.fault("fail", "/warehouse/reshipments", method="POST")
    assert (await shop.execute(reship("http-parcel"))).kind is OutcomeKind.UNKNOWN
    assert (await shop.reconcile(reship("http-parcel"))).kind is OutcomeKind.UNKNOWN
    process.fault("lose_answer", "/warehouse/reshipments", method="POST")
    assert (await shop.execute(reship("http-parcel"))).kind is OutcomeKind.UNKNOWN
    found = await shop.reconcile(reship("http-parcel"))
    assert (found.kind, found.reference) == (OutcomeKind.CONFIRMED, "http-parcel")
    assert process.count(**{"class": "reshipment", "reference": "http-parcel"}) == 1


async def test_a_reconciliation_that_fails_leaves_the_doubt(shop: SystemsPort, process: Systems) -> None:
    process.fault("fail", "/payments/refunds", times=2)
    assert (await shop.execute(refund("http-doubt"))).kind is OutcomeKind.UNKNOWN
    assert (await shop.reconcile(refund("http-doubt"))).kind is OutcomeKind.UNKNOWN


async def test_nobody_there_means_never_sent(calls: HttpCalls) -> None:
    for url in (f"http://127.0.0.1:{free_port()}", "ftp://127.0.0.1", "nowhere", "http://127.0.0.1:99999"):
        shop = connect(calls, url, "x")
        assert (await shop.execute(refund("http-nobody"))).kind is OutcomeKind.NOT_EXECUTED
        assert (await shop.reconcile(refund("http-nobody"))).kind is OutcomeKind.UNKNOWN
        with pytest.raises(Unavailable):
            await shop.look_up("shop.order", {"order": "10023"})


async def test_a_setting_that_is_missing_is_named(calls: HttpCalls) -> None:
    shop = HttpSystems({"shop": SHOP}, ACTIONS, {}, calls, lambda: NOW)
    with pytest.raises(Invalid, match="systems_url"):
        await shop.look_up("shop.order", {"order": "10023"})


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (200, b'{"reference": "R1"}', OutcomeKind.CONFIRMED),
        (204, b"", OutcomeKind.CONFIRMED),
        (200, b"<html>maintenance</html>", OutcomeKind.UNKNOWN),
        (202, b"{}", OutcomeKind.UNKNOWN),
        (302, b"", OutcomeKind.UNKNOWN),
        (408, b"", OutcomeKind.UNKNOWN),
        (500, b"\xff", OutcomeKind.UNKNOWN),
    ],
)
async def test_what_something_in_between_may_answer(status: int, content: bytes, kind: OutcomeKind) -> None:
    between = _Between(Answered(status, content))
    assert (await connect(between, "http://shop", "x").execute(refund("k"))).kind is kind


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (200, b"<html>maintenance</html>", OutcomeKind.UNKNOWN),
        (204, b"", OutcomeKind.UNKNOWN),
        (200, b"[]", OutcomeKind.NOT_EXECUTED),
        (200, b'{"count": 0, "refunds": []}', OutcomeKind.NOT_EXECUTED),
        (200, b'[{"id": 7}]', OutcomeKind.CONFIRMED),
        (401, b"{}", OutcomeKind.UNKNOWN),
    ],
)
async def test_what_a_reconciliation_may_hear(status: int, content: bytes, kind: OutcomeKind) -> None:
    between = _Between(Answered(status, content))
    assert (await connect(between, "http://shop", "x").reconcile(refund("k"))).kind is kind


async def test_a_page_that_is_no_json_is_no_record_of_nothing() -> None:
    between = _Between(Answered(200, b"<html>maintenance</html>"))
    with pytest.raises(Unavailable):
        await connect(between, "http://shop", "x").look_up("shop.order", {"order": "10023"})


async def test_INV_15_logs_hold_neither_arguments_nor_answers(
    shop: SystemsPort, process: Systems, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    process.fault("fail", "/orders")
    with capture_logs() as logs:
        with pytest.raises(Unavailable):
            await shop.look_up("shop.order", {"order": "10023"})
        await shop.execute(refund("http-log", reason="Priya Nair"))
        await shop.execute(refund("http-log", reason="somebody else"))
        await shop.reconcile(refund("http-log"))
    assert len(logs) == 4
    assert not [word for word in ("10023", "10044", "Priya", "RF-") if word in str(logs) + caplog.text]


class _Between:
    """Whatever is called, something in between answers."""

    def __init__(self, answer: Answered) -> None:
        self._answer = answer

    async def call(self, *_: Any, **__: Any) -> Answered:
        return self._answer
