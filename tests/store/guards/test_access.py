"""Accounts, sessions and signatures, tried by hand as the application's role (INV-13, INV-14)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.store.guards import rows
from tests.store.guards.rows import HAND, change

from conftest import House
from newel.domain.access import ALLOWED, Act
from newel.store import audit
from newel.store.db import Tx
from newel.store.migrate import schema

RIGHTS: tuple[Mapping[str, Any], ...] = (
    {"roles": ["admin"]},
    {"limit_minor": 1_000_000},
    {"clearance": "supervisor"},
    {"active": False},
    {"password_hash": "another"},
)


async def somebody(house: House, **values: Any) -> UUID:
    async with house.db.tx(HAND) as tx:
        return await rows.person(tx, **values)


async def test_INV_13_an_account_is_made_with_its_event(house: House) -> None:
    for event in ((), ("access.signed_in",)):
        async with rows.refused(house.db, "NW-STAFF") as tx:
            login = uuid4().hex
            given = {"login": login, "name": login, "clearance": "none", "created_at": tx.now}
            found = await rows.put(tx, "staff", **given)
            for one in event:
                await audit.record(tx, one, "staff", found)


@pytest.mark.parametrize("rights", RIGHTS, ids=lambda one: next(iter(one)))
async def test_INV_13_rights_and_passwords_change_with_their_event(
    house: House, rights: Mapping[str, Any]
) -> None:
    who = await somebody(house)
    async with rows.refused(house.db, "NW-STAFF") as tx:
        await change(tx, "staff", who, **rights)
    async with house.db.tx(HAND) as tx:
        await change(tx, "staff", who, **rights)
        await audit.record(tx, "access.staff_changed", "staff", who)


@pytest.mark.parametrize("rights", RIGHTS[:-1], ids=lambda one: next(iter(one)))
async def test_INV_13_nobody_gives_themselves_rights(house: House, rights: Mapping[str, Any]) -> None:
    who = await somebody(house)
    for event in ("access.staff_changed", "access.signed_in"):
        async with rows.refused(house.db, "NW-STAFF", by=rows.acting(who)) as tx:
            await change(tx, "staff", who, **rights)
            await audit.record(tx, event, "staff", who)


async def test_who_signs_in_keeps_their_password_under_stronger_parameters(house: House) -> None:
    who = await somebody(house)
    async with house.db.tx(rows.acting(who)) as tx:
        await change(tx, "staff", who, password_hash="stronger")
        await audit.record(tx, "access.signed_in", "staff", who)


async def test_what_says_nothing_of_rights_needs_no_event(house: House) -> None:
    who = await somebody(house)
    async with house.db.tx(HAND) as tx:
        await change(tx, "staff", who, presence="available", load=1, eligible=[1])


async def test_INV_13_a_session_begins_with_its_event_by_whose_it_is(house: House) -> None:
    who, other = await somebody(house), await somebody(house)
    for actor, told in ((who, None), (other, who), (who, other)):
        async with rows.refused(house.db, "NW-SESSION", by=rows.acting(actor)) as tx:
            await _begin(tx, who)
            if told:
                await audit.record(tx, "access.signed_in", "staff", told)
    async with house.db.tx(rows.acting(who)) as tx:
        await _begin(tx, who)
        await audit.record(tx, "access.signed_in", "staff", who)


async def _begin(tx: Tx, who: UUID) -> None:
    await tx.run(
        "INSERT INTO newel.staff_session VALUES ($1, $2, $3, $3, $4)",
        uuid4().bytes,
        who,
        tx.now,
        tx.now + rows.HOUR,
    )


@pytest.mark.parametrize(
    "sly",
    [
        "UPDATE newel.staff_session SET staff_id = staff_id",
        "UPDATE newel.staff_session SET expires_at = expires_at",
        "UPDATE newel.service_token SET scopes = scopes",
        "UPDATE newel.service_token SET token_hash = token_hash",
        "UPDATE newel.policy_signature SET proof = proof",
    ],
)
async def test_INV_13_whose_a_session_is_and_what_a_token_may_never_changes(house: House, sly: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with house.db.tx(HAND) as tx:
            await tx.run(sly)


def test_INV_1_the_store_and_the_rule_name_the_same_people_for_a_stop() -> None:
    body = schema().partition("guard_kill_release()")[2]
    named = re.search(r"s\.roles && ARRAY\[(.*?)\]", body)
    assert named
    assert set(re.findall(r"'(\w+)'", named[1])) == ALLOWED[Act.KILL_SWITCH]


async def test_INV_13_what_has_ended_lives_no_more(house: House) -> None:
    async with house.db.tx(HAND) as tx:
        await rows.session(tx, await rows.person(tx), ended_at=tx.now)
        given = {"name": "shop", "token_hash": rows.MAC, "scopes": ["intake"], "created_at": tx.now}
        await rows.put(tx, "service_token", revoked_at=tx.now, **given)
    for sly in ("staff_session SET ended_at = NULL", "service_token SET revoked_at = NULL"):
        async with rows.refused(house.db, "lives no more") as tx:
            await tx.run(f"UPDATE newel.{sly}")


@pytest.mark.parametrize(
    "sly",
    ["none", "unrecorded", "another's", "ended_at", "expires_at", "left", "long ago", "to come"],
)
async def test_INV_14_nobody_signs_without_a_session_that_is_theirs(house: House, sly: str) -> None:
    async with house.db.tx(HAND) as tx:
        draft = await rows.draft(tx, "desk")
        who = await rows.person(tx, roles=["policy_owner"], active=sly != "left")
        whose = await rows.person(tx) if sly == "another's" else who
        began = tx.now - timedelta(minutes=6) if sly == "long ago" else tx.now
        over = {sly: tx.now} if sly.endswith("_at") else {}
        held = await rows.session(tx, whose, **({"created_at": began} | over))
    given: dict[str, Any] = {"session_hash": held}
    if sly == "none":
        given = {"session_hash": b"no such session"}
    elif sly == "unrecorded":
        given = {"session_hash": None, "proof": "unrecorded"}
    elif sly == "long ago":
        given |= {"proof": "password"}
    async with rows.refused(house.db, "nobody has shown") as tx:
        later = {"signed_at": tx.now + timedelta(seconds=5)} if sly == "to come" else {}
        await rows.signature(tx, draft, who, **(given | later))


async def test_INV_14_a_signature_says_how_its_signer_proved_it(house: House) -> None:
    async with house.db.tx(HAND) as tx:
        draft = await rows.draft(tx, "desk")
        who = await rows.person(tx, roles=["policy_owner"])
        held = await rows.session(tx, who)
        await rows.signature(tx, draft, who, session_hash=held, proof="password")
    (row,) = await house.as_owner("SELECT proof, session_hash FROM newel.policy_signature")
    assert (row["proof"], row["session_hash"]) == ("password", held)
