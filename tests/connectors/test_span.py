"""OPS-6: what systems outside are told of our traces, and what the collector is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import pytest
from tests.connectors.test_http import ACTIONS, SHOP

from newel import span
from newel.channels.api.webhook import Webhook
from newel.connectors.http import Endpoint, HttpSystems
from newel.domain.errors import Unavailable
from newel.domain.ports import ActionRequest, Answered, Outbound, Unanswered
from newel.span import Kind
from spans import Kept, kept

__all__ = ["kept"]
MESSAGE = Outbound("m1", "c1", "api", "tom@example.com", "ai", "Your mug is on its way", datetime.now(UTC))


@dataclass
class Asked:
    """Implements ``newel.domain.ports.Calls``: what others were sent."""

    status: int = 200
    lost: bool = False
    headers: list[dict[str, str]] = field(default_factory=list)

    async def call(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        self.headers.append(dict(headers))
        if self.lost:
            raise Unanswered("ServerDisconnectedError")
        return Answered(self.status, b"{}")


def shop(calls: Asked, *, traced: bool = True) -> HttpSystems:
    system = msgspec.structs.replace(SHOP, traced=traced)
    place = {"systems_url": Endpoint("http://shop.example:8081/base", "secret")}
    return HttpSystems({"shop": system}, ACTIONS, place, calls, lambda: datetime.now(UTC))


async def test_OPS_6_look_ups_actions_and_questions_carry_the_trace(kept: Kept) -> None:
    calls = Asked()
    request = ActionRequest("cancel", {"order": "10023", "reason": "Tom Ashdown asks"}, "k1")
    with span.root("process action", Kind.CONSUMER) as here:
        await shop(calls).look_up("shop.order", {"order": "10023"})
        await shop(calls).execute(request)
        await shop(calls).reconcile(request)
        await Webhook("http://hooks.example/C0012", b"secret", calls).deliver(MESSAGE)
    parts = kept.made[1:]
    assert [one.called for one in parts] == [
        "GET /orders/{order}",
        "POST /orders/{order}/cancellations",
        "GET /orders/{order}/cancellations/by-key/{key}",
        "POST",
    ]
    assert [one["traceparent"] for one in calls.headers] == [one.traceparent for one in parts]
    assert all(one.parent == here.traceparent for one in parts)
    told = str([one.told for one in parts])
    assert not any(secret in told for secret in ("10023", "Tom", "C0012", "secret", "k1"))
    assert {one.told["server.address"] for one in parts} == {"shop.example", "hooks.example"}


async def test_OPS_6_a_system_that_the_policy_keeps_out_is_told_of_no_trace(kept: Kept) -> None:
    calls = Asked()
    with span.root("process answer", Kind.CONSUMER):
        await shop(calls, traced=False).look_up("shop.order", {"order": "10023"})
    assert "traceparent" not in calls.headers[0]
    assert kept.made[1].called == "GET /orders/{order}"


async def test_OPS_6_without_traces_nobody_is_told_of_any() -> None:
    calls = Asked()
    await shop(calls).look_up("shop.order", {"order": "10023"})
    await Webhook("http://hooks.example/", b"secret", calls).deliver(MESSAGE)
    assert not any("traceparent" in one for one in calls.headers)


@pytest.mark.parametrize(
    ("calls", "kind", "failed"),
    [(Asked(503), "503", True), (Asked(lost=True), "Unanswered", True), (Asked(404), None, False)],
)
async def test_OPS_6_a_look_up_that_fails_is_told_as_such_and_no_record_is_none(
    calls: Asked, kind: str | None, failed: bool, kept: Kept
) -> None:
    with span.root("process answer", Kind.CONSUMER):
        if failed:
            with pytest.raises(Unavailable):
                await shop(calls).look_up("shop.order", {"order": "10023"})
        else:
            assert await shop(calls).look_up("shop.order", {"order": "10023"}) is None
    assert (kept.made[1].told.get("error.type"), kept.made[1].failed) == (kind, failed)
