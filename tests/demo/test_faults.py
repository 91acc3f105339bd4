"""Faults on demand happen where and as often as they were asked for."""

import asyncio
import time

import httpx2
import pytest

from demo.process import Systems

CREDIT = {"order": "10044", "amount_minor": 1, "currency": "GBP", "reason": "late"}


def credit(client: httpx2.Client, key: str) -> httpx2.Response:
    return client.post("/payments/credits", json=CREDIT, headers={"Idempotency-Key": key})


def test_slow_does_the_effect_at_once_and_answers_late(systems: Systems, client: httpx2.Client) -> None:
    systems.fault("slow", "/payments", seconds=1.0)
    with pytest.raises(httpx2.ReadTimeout), systems.client(timeout=0.3) as impatient:
        credit(impatient, "slow-1")
    assert systems.count(key="slow-1") == 1


def test_hang_does_the_effect_late_even_if_nobody_waits(systems: Systems, client: httpx2.Client) -> None:
    systems.fault("hang", "/payments", seconds=0.8)
    with pytest.raises(httpx2.ReadTimeout), systems.client(timeout=0.2) as impatient:
        credit(impatient, "hang-1")
    assert systems.count(key="hang-1") == 0
    time.sleep(1.0)
    assert systems.count(key="hang-1") == 1


@pytest.mark.parametrize(("mode", "status"), [("fail", 503), ("refuse", 422)])
def test_fail_and_refuse_come_before_any_effect(
    systems: Systems, client: httpx2.Client, mode: str, status: int
) -> None:
    systems.fault(mode, "/payments")
    assert credit(client, f"{mode}-1").status_code == status
    assert systems.count(key=f"{mode}-1") == 0
    assert credit(client, f"{mode}-1").status_code == 201


def test_a_chosen_status_is_answered_as_a_problem(systems: Systems, client: httpx2.Client) -> None:
    systems.fault("fail", "/orders/10023", status=500, method="GET")
    answer = client.get("/orders/10023")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert client.get("/orders/10031").status_code == 200


def test_lose_answer_does_the_effect_and_cuts_the_line(systems: Systems, client: httpx2.Client) -> None:
    systems.fault("lose_answer", "/payments/credits")
    with pytest.raises(httpx2.RemoteProtocolError):
        credit(client, "lost-1")
    assert systems.count(key="lost-1") == 1
    found = client.get("/payments/credits/by-key/lost-1")
    assert credit(client, "lost-1").content == found.content
    assert systems.count(key="lost-1") == 1


def test_replay_carries_a_keyed_request_out_twice_and_books_it_once(
    systems: Systems, client: httpx2.Client
) -> None:
    systems.fault("replay", "/payments")
    answer = credit(client, "replay-1")
    assert (answer.status_code, answer.headers["idempotent-replay"]) == (201, "true")
    assert systems.count(key="replay-1") == 1


def test_a_fault_happens_as_often_as_it_says_and_not_elsewhere(
    systems: Systems, client: httpx2.Client
) -> None:
    systems.fault("fail", "/orders", times=2)
    assert client.get("/customers/C0001").status_code == 200
    statuses = [client.get("/orders/10023").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_a_fault_without_end_ends_when_it_is_deleted(systems: Systems, client: httpx2.Client) -> None:
    systems.fault("fail", "/", times=0)
    assert [client.get("/orders/10023").status_code for _ in range(3)] == [503] * 3
    assert len(client.get("/faults").json()["faults"]) == 1
    assert client.delete("/faults").status_code == 204
    assert client.get("/orders/10023").status_code == 200


async def test_a_hanging_history_holds_nobody_else_up(systems: Systems) -> None:
    systems.fault("hang", "/history", seconds=5)
    async with httpx2.AsyncClient(base_url=systems.url, headers=systems.headers) as client:
        hanging = asyncio.create_task(client.get("/history/C0040", timeout=60))
        await asyncio.sleep(0.1)
        assert (await client.get("/orders/10023")).status_code == 200
        assert not hanging.done()
        assert (await hanging).json()["count"] == 2
