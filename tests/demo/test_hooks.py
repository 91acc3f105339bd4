"""The webhook receiver believes signatures only, and counts by message id."""

import hmac
import json
import time
from hashlib import sha256

import httpx2
import pytest

from demo.process import Systems


def sent(
    systems: Systems, body: bytes, *, age: int = 0, secret: str | None = None, header: str | None = None
) -> httpx2.Response:
    stamp = str(int(time.time()) - age)
    key = (secret or systems.webhook_secret).encode()
    signature = hmac.new(key, f"{stamp}.".encode() + body, sha256).hexdigest()
    value = f"t={stamp},v1={signature}" if header is None else header
    return httpx2.post(
        f"{systems.url}/hooks/newel", content=body, headers=[(b"newel-signature", value.encode())]
    )


def body(id_: str, text: str = "hello") -> bytes:
    return json.dumps({"message_id": id_, "text": text}).encode()


def test_a_message_is_counted_by_its_id(systems: Systems, client: httpx2.Client) -> None:
    assert sent(systems, body("m-1")).json()["count"] == 1
    assert sent(systems, body("m-1")).json()["count"] == 2
    seen = client.get("/hooks/messages?id=m-1").json()
    assert [(m["id"], m["count"], m["body"]["text"]) for m in seen["messages"]] == [("m-1", 2, "hello")]
    assert seen["repeated"] == 1


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=00", "t=x,v1=00", "t=99999999999999,v1=0", "t=²,v1=é", "nonsense"]
)
def test_a_broken_signature_is_not_believed(systems: Systems, header: str) -> None:
    assert sent(systems, body("m-2"), header=header).status_code == 401


def test_a_wrong_secret_or_body_is_not_believed(systems: Systems, client: httpx2.Client) -> None:
    assert sent(systems, body("m-3"), secret="another").status_code == 401
    assert client.get("/hooks/messages?id=m-3").json()["messages"] == []


@pytest.mark.parametrize(("age", "status"), [(290, 200), (310, 401), (-290, 200), (-310, 401)])
def test_a_signature_holds_five_minutes(systems: Systems, age: int, status: int) -> None:
    assert sent(systems, body(f"m-age{age}"), age=age).status_code == status


def test_a_signed_body_without_an_id_is_refused(systems: Systems) -> None:
    assert sent(systems, b"{}").status_code == 422
    assert sent(systems, b"\xff").status_code == 422


def test_the_receiver_can_fail_and_then_take_the_message(systems: Systems, client: httpx2.Client) -> None:
    systems.fault("fail", "/hooks/newel", times=2)
    assert [sent(systems, body("m-4")).status_code for _ in range(3)] == [503, 503, 200]
    assert client.get("/hooks/messages?id=m-4").json()["messages"][0]["count"] == 1


def test_what_was_counted_survives_kill_9(own_systems: Systems) -> None:
    assert sent(own_systems, body("m-5")).json()["count"] == 1
    own_systems.kill()
    after = own_systems.again()
    try:
        assert sent(after, body("m-5")).json()["count"] == 2
    finally:
        after.stop()
