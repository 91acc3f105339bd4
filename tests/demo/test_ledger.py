"""Effects are carried out once for each key, never beyond what was paid, and survive kill -9."""

import os
import signal
import threading
import time
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from demo.process import Systems

REFUND = {"order": "10031", "amount_minor": 1800, "currency": "GBP", "reason": "arrived broken"}


def pay(client: httpx2.Client, key: str | None, kind: str = "refunds", **changes: Any) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/payments/{kind}", json=REFUND | changes, headers=headers)


def test_the_same_key_gets_the_same_answer_and_one_row(systems: Systems, client: httpx2.Client) -> None:
    first, second = pay(client, "ledger-1"), pay(client, "ledger-1")
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["idempotent-replay"] == "true"
    assert systems.count(**{"class": "refund", "key": "ledger-1"}) == 1
    assert client.get("/payments/refunds/by-key/ledger-1").content == first.content


def test_the_same_key_with_another_payload_is_a_conflict(systems: Systems, client: httpx2.Client) -> None:
    assert pay(client, "ledger-2", order="10044").status_code == 201
    again = pay(client, "ledger-2", order="10044", amount_minor=1)
    assert (again.status_code, again.json()["code"]) == (409, "key_reused")
    assert systems.count(order="10044", key="ledger-2") == 1


def test_refunds_and_credits_together_never_exceed_what_was_paid(client: httpx2.Client) -> None:
    no, paid = "10012", client.get("/orders/10012").json()["total"]["amount_minor"]
    assert pay(client, "cap-1", order=no, amount_minor=paid - 1).status_code == 201
    assert pay(client, "cap-2", kind="credits", order=no, amount_minor=1).status_code == 201
    over = pay(client, "cap-3", order=no, amount_minor=1)
    assert (over.status_code, over.json()["code"]) == (409, "more_than_paid")
    assert client.get("/payments/refunds/by-key/cap-3").status_code == 404
    assert client.get(f"/orders/{no}").json()["refundable"]["amount_minor"] == 0


def test_a_refund_lowers_the_lifetime_value(client: httpx2.Client) -> None:
    before = client.get("/customers/C0300").json()["lifetime_value"]["amount_minor"]
    orders = client.get("/customers/C0300/orders").json()["orders"]
    no = next(o["no"] for o in orders if o["state"] != "cancelled")
    assert pay(client, "life-1", order=no, amount_minor=500).status_code == 201
    assert client.get("/customers/C0300").json()["lifetime_value"]["amount_minor"] == before - 500


def test_a_refund_needs_a_key_and_a_reshipment_takes_none(systems: Systems, client: httpx2.Client) -> None:
    assert pay(client, None).json()["code"] == "key_missing"
    parcel = {"order": "10023", "sku": "HW-102", "reference": "case-7"}
    stock = client.get("/products?q=HW-102").json()["products"][0]["stock"]
    for _ in range(2):
        sent = client.post("/warehouse/reshipments", json=parcel, headers={"Idempotency-Key": "same"})
        assert sent.status_code == 201
    found = client.get("/warehouse/reshipments?reference=case-7").json()
    assert found["count"] == systems.count(**{"class": "reshipment", "reference": "case-7"}) == 2
    assert client.get("/products?q=HW-102").json()["products"][0]["stock"] == stock - 2
    assert client.get("/warehouse/reshipments?reference=other").json()["count"] == 0


def test_an_order_is_cancelled_once_and_only_in_the_house(client: httpx2.Client) -> None:
    no = _some_order(client, "placed")
    key = {"Idempotency-Key": "cancel-1"}
    done = client.post(f"/orders/{no}/cancellations", json={}, headers=key)
    assert done.json()["refunded"] == client.get(f"/orders/{no}").json()["total"]
    assert client.get(f"/orders/{no}/cancellations/by-key/cancel-1").content == done.content
    assert client.get(f"/orders/{no}").json()["state"] == "cancelled"
    late = client.post("/orders/10023/cancellations", json={}, headers={"Idempotency-Key": "cancel-2"})
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    assert pay(client, "cancel-3", order=no, amount_minor=1).status_code == 409


def test_an_address_is_changed_before_the_parcel_leaves(client: httpx2.Client) -> None:
    no = _some_order(client, "packed")
    body = {"address": "4 New Road, Leeds, LS1 1AA"}
    path = f"/orders/{no}/address"
    assert client.put(path, json=body, headers={"Idempotency-Key": "ad-1"}).status_code == 200
    assert client.get(f"/orders/{no}").json()["ship_to"] == body["address"]
    assert client.get(f"{path}/by-key/ad-1").json()["ship_to"] == body["address"]


def test_a_slot_is_given_once(client: httpx2.Client) -> None:
    slot = client.get("/appointments/slots?type=assembly").json()["slots"][0]
    body = {"customer": "C0001", "type": "assembly", "date": slot["date"], "time": slot["time"]}
    made = client.post("/appointments", json=body, headers={"Idempotency-Key": "ap-1"})
    assert made.json()["slot"] == slot["slot"]
    taken = client.post("/appointments", json=body, headers={"Idempotency-Key": "ap-2"})
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    move = {"date": slot["date"]}
    moved = client.put(f"/appointments/{made.json()['id']}", json=move, headers={"Idempotency-Key": "ap-3"})
    assert moved.json()["slot"] != slot["slot"]
    again = client.post("/appointments", json=body, headers={"Idempotency-Key": "ap-2"})
    assert again.status_code == 201


def test_subscriptions_pause_and_stop(client: httpx2.Client) -> None:
    all_of = (client.get(f"/customers/C{n:04d}/subscriptions").json() for n in range(5, 300, 5))
    active = next(s for one in all_of for s in one["subscriptions"] if s["state"] == "active")
    path = f"/subscriptions/{active['id']}"
    paused = client.post(f"{path}/pauses", json={}, headers={"Idempotency-Key": "sub-1"})
    assert (paused.json()["state"], paused.json()["next_on"]) == ("paused", None)
    assert client.post(f"{path}/pauses", json={}, headers={"Idempotency-Key": "sub-2"}).status_code == 409
    stopped = client.post(f"{path}/cancellations", json={}, headers={"Idempotency-Key": "sub-3"})
    assert client.get(path).json()["state"] == stopped.json()["state"] == "cancelled"


def test_a_return_label_keeps_to_the_returns_window(client: httpx2.Client) -> None:
    label = client.post("/returns/labels", json={"order": "10044"}, headers={"Idempotency-Key": "rl-1"})
    assert label.status_code == 201
    old = client.get("/customers/C0012/orders").json()["orders"][-1]
    assert not old["returnable"]
    late = client.post("/returns/labels", json={"order": old["no"]}, headers={"Idempotency-Key": "rl-2"})
    assert (late.status_code, late.json()["code"]) == (409, "not_returnable")


def test_a_password_link_names_no_address(client: httpx2.Client) -> None:
    sent = client.post("/accounts/C0012/password-resets", headers={"Idempotency-Key": "pw-1"})
    assert sent.json()["sent_to"] == "p***@example.com"
    other = client.post("/accounts/C0012/password-resets", json={"email": "thief@example.com"})
    assert other.status_code == 422


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGTERM])
def test_INV_11_kill_9_loses_no_answered_effect_and_doubles_none(
    own_systems: Systems, signal_: signal.Signals
) -> None:
    """Answered keys are in the ledger after the kill; sent again, no key has two rows."""
    answered: list[str] = []
    asked: list[str] = []

    def hammer(thread: int) -> None:
        with own_systems.client() as client:
            for turn in range(1000):
                key = f"{thread}-{turn}"
                asked.append(key)
                try:
                    answer = pay(client, key, kind="credits", order="10044", amount_minor=1)
                except httpx2.TransportError:
                    return
                if answer.status_code == 201:
                    answered.append(key)

    threads = [threading.Thread(target=hammer, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    while len(answered) < 100:
        time.sleep(0.01)
    os.kill(own_systems.process.pid, signal_)
    for thread in threads:
        thread.join()
    own_systems.process.wait()
    after = own_systems.again()
    try:
        with after.client() as client:
            rows = {key for key in answered if client.get(f"/ledger?key={key}").json()["count"] == 1}
            assert rows == set(answered)
            for key in asked:
                assert pay(client, key, kind="credits", order="10044", amount_minor=1).status_code == 201
            assert after.count(**{"class": "credit"}) == len(set(asked))
            back = client.get("/orders/10044/refunds").json()["refunded"]["amount_minor"]
            assert back == len(set(asked))
    finally:
        after.stop()


def test_a_new_day_moves_what_no_effect_has_touched(own_systems: Systems) -> None:
    with own_systems.client() as client:
        no = _some_order(client, "placed")
        client.post(f"/orders/{no}/cancellations", json={}, headers={"Idempotency-Key": "day-1"})
    own_systems.stop()
    later = own_systems.again(own_systems.today + timedelta(days=7))
    try:
        with later.client() as client:
            expected = (later.today + timedelta(days=2)).isoformat()
            assert client.get("/orders/10023").json()["expected_on"] == expected
            assert client.get(f"/orders/{no}").json()["state"] == "cancelled"
            assert later.count(key="day-1") == 1
    finally:
        later.stop()


def _some_order(client: httpx2.Client, state: str) -> str:
    for number in range(1, 301):
        for order in client.get(f"/customers/C{number:04d}/orders").json()["orders"]:
            if order["state"] == state:
                return str(order["no"])
    raise AssertionError(f"no order is {state}")
