"""The shop's receiver of signed webhooks: it verifies, counts by message id, and tells."""

import hmac
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from newel.demo.effect import Name
from newel.demo.problems import Problem, unusable
from newel.demo.records import Records

TOLERANCE_SECONDS = 300


class Hook(msgspec.Struct, frozen=True):
    """What must be in a webhook; whatever else there is, is kept as it came."""

    message_id: Name


def verify(secret: bytes, header: str, content: bytes, now: float) -> None:
    """Check ``t=<unix>,v1=<hex hmac-sha256 of "<t>.<raw body>">``; raise where it does not hold."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        raise _unsigned("no time in the signature")
    if abs(now - int(stamp)) > TOLERANCE_SECONDS:
        raise _unsigned("the signature is too old or too new")
    right = sign(secret, stamp, content)
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if not any(hmac.compare_digest(right.encode(), value) for value in given):
        raise _unsigned("the signature is wrong")


def sign(secret: bytes, stamp: str, content: bytes) -> str:
    """The signature of a body at a time."""
    return hmac.new(secret, stamp.encode() + b"." + content, "sha256").hexdigest()


def receive(records: Records, secret: bytes, header: str, content: bytes) -> dict[str, Any]:
    """Take a webhook: the same message id again raises its count."""
    verify(secret, header, content, time.time())
    try:
        hook = msgspec.json.decode(content, type=Hook)
    except msgspec.DecodeError as error:
        raise unusable(str(error)) from error
    return {"message_id": hook.message_id, "count": _count(records, hook.message_id, content)}


def _count(records: Records, id_: str, content: bytes) -> int:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    with records.transaction(on_disk=False):
        row = records.db.execute(
            "INSERT INTO message (id, count, first_at, last_at, body) VALUES (?1, 1, ?2, ?2, ?3)"
            " ON CONFLICT (id) DO UPDATE SET count = count + 1, last_at = ?2 RETURNING count",
            (id_, now, content),
        ).fetchone()
    return int(row[0])


def messages(records: Records, id_: str, after: str, limit: int) -> dict[str, Any]:
    """What was received, by id, and over all: how many messages, how many more than once."""
    rows = records.db.execute(
        "SELECT id, count, first_at, body FROM message"
        " WHERE (?1 = '' OR id = ?1) AND id > ?2 ORDER BY id LIMIT ?3",
        (id_, after, limit),
    )
    total, repeated = records.db.execute(
        "SELECT count(*), coalesce(sum(count > 1), 0) FROM message"
    ).fetchone()
    listed = [
        {"id": id_, "count": count, "first_at": first_at, "body": msgspec.Raw(content)}
        for id_, count, first_at, content in rows
    ]
    return {"count": total, "repeated": repeated, "messages": listed}


def _unsigned(why: str) -> Problem:
    return Problem(401, "bad_signature", "Not signed", why)
