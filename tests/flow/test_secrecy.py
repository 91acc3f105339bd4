"""No personal word outside sealed columns, nor in a log, after a whole story (INV-15)."""

import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.flow.desk import ADDRESS, MARKER, REFUND, TEST, Desk

from conftest import House
from newel.domain.resolution import Category, Resolution
from newel.domain.words import Tier
from newel.flow import context, customer, escalation, resolution
from newel.flow.customer import Told
from newel.store import trace

SECRETS = {
    "name": "Tom Ashdown",
    "surname": "Ashdown",
    "address": ADDRESS,
    "street": "Quillfern",
    "mail": "tom.ashdown@example.com",
    "phone": "07700 900123",
    "words": "the one with the crooked handle",
    "marker": "call my lawyer",
    "reply": "we looked after the mug",
    "note": "he sounded tired",
}
TABLES = """
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('newel', 'keyring', 'public') AND c.relkind = 'r'
"""


async def whole_story(desk: Desk) -> None:
    """Told, proposed, approved, done, marked, owned, answered, resolved; one step of it fails."""
    told = Told(name=SECRETS["name"], email=SECRETS["mail"], phone=SECRETS["phone"], address=ADDRESS)
    await customer.put(desk.house, TEST, "C0017", told)
    case_id = await desk.say(f"{REFUND}. It was {SECRETS['words']}, write to {SECRETS['mail']}")
    await desk.drain()
    await desk.approve(case_id)
    desk.books.script = ["lost"]
    await desk.drain()
    await desk.expire_leases()
    await desk.drain()
    await desk.say(MARKER)
    await desk.drain()
    (item,) = await desk.rows("SELECT owner_id, token FROM newel.work_item WHERE state = 'owned'")
    owner = next(actor for actor in desk.staff.values() if actor.id == str(item["owner_id"]))
    said = Resolution(category=Category.RESOLVED, reply=SECRETS["reply"], note=SECRETS["note"])
    await resolution.resolve(desk.house, owner, case_id, item["token"], said)
    await desk.drain()
    await _a_failing_job(desk)


async def _a_failing_job(desk: Desk) -> None:
    """Steps that raise with the customer's words in their errors, in the AI and around it."""

    async def broken() -> None:
        raise RuntimeError(f"cannot parse {SECRETS['words']} of {SECRETS['name']}")

    desk.books.thinking = broken
    await desk.say(f"Where is order 10031, {SECRETS['words']}?", ref="C0018", thread="another")
    await desk.drain()
    await desk.say("Where is order 10031?", ref="C0019", thread="a third")
    desk.failing = RuntimeError(f"no policy for {SECRETS['words']}")
    await desk.drain()


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """Everything that the standard loggers say, down to debug."""
    found: list[logging.LogRecord] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = found.append  # type: ignore[assignment,method-assign]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(before)


async def test_INV_15_nothing_personal_stands_outside_sealed_columns_or_in_logs(
    desk: Desk, records: list[logging.LogRecord]
) -> None:
    with capture_logs() as events:
        await whole_story(desk)
    said = [str(event) for event in events] + [record.getMessage() for record in records]
    assert {event["event"] for event in events} >= {"answer.failed", "job.failed"}
    for line in said:
        assert not leaks(line), line
    assert await leaks_of(desk.database) == []


def leaks(text: str) -> list[str]:
    folded = text.casefold()
    return [what for what, secret in SECRETS.items() if secret.casefold() in folded]


async def leaks_of(database: House) -> list[tuple[str, list[str]]]:
    """Every row of every table as text, with its bytes also as what they would spell."""
    found = []
    for table in await database.as_owner(TABLES):
        for row in await database.as_owner(f"SELECT * FROM {table['name']}"):
            spelt = " ".join(
                value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                for value in row.values()
            )
            if leaks(spelt):
                found.append((table["name"], leaks(spelt)))
    return found


async def test_the_search_would_find_a_leak(desk: Desk) -> None:
    await desk.rows(
        "INSERT INTO newel.notice (id, kind, address, created_at) VALUES (gen_random_uuid(), 'x', $1, now())",
        SECRETS["mail"],
    )
    assert await leaks_of(desk.database) != []


async def test_INV_15_sealed_text_is_readable_with_the_keys_only(desk: Desk) -> None:
    taken = await desk.take(f"{REFUND} {SECRETS['words']}")
    async with desk.house.db.tx(TEST) as tx:
        case = await desk.case(taken.case_id)
        (row,) = await tx.rows("SELECT body_sealed FROM newel.message WHERE id = $1", taken.message_id)
    plain = case.sealer(desk.house.envelope).open(f"message.body:{taken.message_id}", row["body_sealed"])
    assert SECRETS["words"].encode() in plain
    assert SECRETS["words"].encode() not in row["body_sealed"]


async def test_INV_15_what_staff_say_of_a_case_in_their_own_words_is_sealed(desk: Desk) -> None:
    case_id, ivan = await desk.proposed(REFUND), desk.staff["ivan"]
    asked = await desk.pending(case_id)
    assert asked is not None
    await desk.decide("chloe", asked, "reject", note=f"{SECRETS['name']}: {SECRETS['note']}")
    await desk.drain()
    farid = UUID(desk.staff["farid"].id)
    await context.grant(desk.house, ivan, case_id, farid, f"{SECRETS['note']}, he says", 10)
    await escalation.lower_case(
        desk.house, ivan, case_id, Tier.SUPERVISED, unlock=False, reason=f"{SECRETS['words']}, no more"
    )
    assert await leaks_of(desk.database) == []
    async with desk.house.db.tx(TEST) as tx:
        case = await desk.case(case_id)
        told = str(await trace.details(tx, desk.house.envelope, case, opened=True))
        hidden = str(await trace.details(tx, desk.house.envelope, case, opened=False))
    for secret in (SECRETS["note"], SECRETS["words"]):
        assert (secret in told, secret in hidden) == (True, False)
