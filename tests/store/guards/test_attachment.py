"""Attachments, tried by hand as the application's role: what was sent stays, and stays where it belongs."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.store.guards import rows
from tests.store.guards.rows import HAND, HOUR, MAC, OTHER_MAC, Ground, change, ground, put

from conftest import House
from newel.store.db import Tx


async def upload(tx: Tx, **values: Any) -> UUID:
    """An upload of a customer that waits, unless said otherwise."""
    given = {"kind": "png", "size": 3, "content_mac": MAC, "name_sealed": b"n", "key_wrapped": b"k"}
    given |= {"by_kind": "customer", "by_id": "c1", "created_at": tx.now, "expires_at": tx.now + HOUR}
    which = await put(tx, "attachment", **(given | values))
    await tx.run("INSERT INTO newel.attachment_content VALUES ($1, 'sealed')", which)
    return which


async def sent(tx: Tx, on: Ground, **values: Any) -> UUID:
    return await upload(tx, case_id=on.case, sent_at=tx.now, **values)


async def carry(tx: Tx, message: UUID, which: UUID, place: int = 1) -> None:
    await tx.run("INSERT INTO newel.message_attachment VALUES ($1, $2, $3)", message, place, which)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "pdf"},
        {"size": 4},
        {"content_mac": OTHER_MAC},
        {"name_sealed": b"x"},
        {"by_id": "c2"},
        {"by_kind": "service"},
    ],
    ids=str,
)
async def test_what_was_uploaded_keeps_its_content_and_its_author(
    house: House, changed: dict[str, Any]
) -> None:
    async with house.db.tx(HAND) as tx:
        which = await upload(tx)
    async with rows.refused(house.db, "NW-ATTACHMENT") as tx:
        await change(tx, "attachment", which, **changed)


async def test_an_upload_gets_its_case_once(house: House) -> None:
    on, other = await ground(house.db), await ground(house.db, name="other")
    async with house.db.tx(HAND) as tx:
        which = await upload(tx)
        await change(tx, "attachment", which, case_id=on.case, key_wrapped=b"under the case")
    for changed in ({"case_id": other.case}, {"case_id": None}, {"key_wrapped": b"another"}):
        async with rows.refused(house.db, "NW-ATTACHMENT") as tx:
            await change(tx, "attachment", which, **changed)


async def test_what_was_sent_is_neither_changed_nor_deleted(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        which = await sent(tx, on)
        await carry(tx, on.message, which)
    for changed in ({"sent_at": None}, {"expires_at": None}, {"key_wrapped": b"x"}):
        async with rows.refused(house.db, "what was sent stays") as tx:
            await change(tx, "attachment", which, **changed)
    async with rows.refused(house.db, "what was sent stays") as tx:
        await tx.run("DELETE FROM newel.attachment WHERE id = $1", which)
    for statement in (
        "DELETE FROM newel.attachment_content",
        "UPDATE newel.attachment_content SET sealed = 'x'",
        "UPDATE newel.message_attachment SET place = 2",
        "DELETE FROM newel.message_attachment",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with house.db.tx(HAND) as tx:
                await tx.run(statement)
    for statement in (
        "UPDATE newel.attachment_content SET sealed = 'x'",
        "DELETE FROM newel.message_attachment",
        "UPDATE newel.message_attachment SET place = 2",
    ):
        with pytest.raises(asyncpg.PostgresError, match="NW-APPEND"):
            await house.as_owner(statement)


async def test_what_waits_goes_with_its_content(house: House) -> None:
    async with house.db.tx(HAND) as tx:
        which = await upload(tx)
        await tx.run("DELETE FROM newel.attachment WHERE id = $1", which)
    assert await house.as_owner("SELECT FROM newel.attachment_content") == []


async def test_a_message_carries_what_is_of_its_case_and_sent(house: House) -> None:
    on, other = await ground(house.db), await ground(house.db, name="other")
    async with house.db.tx(HAND) as tx:
        theirs, waits = await sent(tx, other), await upload(tx, case_id=on.case, content_mac=OTHER_MAC)
    for which in (theirs, waits):
        async with rows.refused(house.db, "not of this message") as tx:
            await carry(tx, on.message, which)


async def test_the_ai_and_the_fixed_texts_carry_none_and_each_side_its_own(house: House) -> None:
    on = await ground(house.db)
    staff, _ = await rows.owned(house.db, on)
    async with house.db.tx(HAND) as tx:
        said = await rows.outbound(tx, on, drafted_by="ai")
        fixed = await rows.outbound(tx, on, drafted_by="template", template="handover", policy_id=on.policy)
        person = await rows.outbound(tx, on, drafted_by="person", released_by=staff)
        customers = await sent(tx, on)
        desks = await sent(tx, on, by_kind="staff", by_id=str(staff))
        await carry(tx, on.message, customers)
        await carry(tx, person, desks)
    for message, which in ((said, desks), (fixed, desks), (person, customers), (on.message, desks)):
        async with rows.refused(house.db, "not of this message") as tx:
            await carry(tx, message, which, 2)


async def test_a_message_has_five_places_and_each_attachment_once(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        which = await sent(tx, on)
        await carry(tx, on.message, which)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with house.db.tx(HAND) as tx:
            await carry(tx, on.message, which, 2)
    with pytest.raises(asyncpg.CheckViolationError):
        async with house.db.tx(HAND) as tx:
            await carry(tx, on.message, await sent(tx, on, content_mac=OTHER_MAC), 6)


@pytest.mark.parametrize(
    "values", [{"by_kind": "staff"}, {"kind": "svg"}, {"size": 0}, {"width": 3}], ids=str
)
async def test_half_a_row_cannot_exist(house: House, values: dict[str, Any]) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with house.db.tx(HAND) as tx:
            await upload(tx, **values)
