"""Accounts, sessions and tokens on the real database."""

import asyncio
from datetime import timedelta

import pytest

from conftest import NOON, House
from newel.domain.access import Account, Act, Actor, Role, TooManyTries, system
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from newel.flow import access

ROOT = system("test")
PASSWORD = "a long enough one"
BEN = Account(login="ben", name="Ben Whitlock", roles=frozenset({Role.RESOLVER}), clearance="junior")


@pytest.fixture
async def ben(house: House) -> str:
    return str(await access.put_staff(house, ROOT, BEN, password=PASSWORD))


async def test_signing_in_begins_a_session_of_that_person(house: House, ben: str) -> None:
    signed = await access.sign_in(house, "ben", PASSWORD)
    staff = await access.who(house, signed.session_id)
    assert str(staff.id) == ben
    assert staff.actor.may(Act.WORK)
    assert not staff.actor.may(Act.APPROVE)


@pytest.mark.parametrize(("login", "password"), [("ben", "wrong password"), ("nobody", PASSWORD)])
async def test_an_unknown_name_and_a_wrong_password_look_the_same(
    house: House, ben: str, login: str, password: str
) -> None:
    with pytest.raises(Unauthenticated, match="the name or the password is wrong"):
        await access.sign_in(house, login, password)
    rows = await house.as_owner(
        "SELECT entity_id FROM newel.audit_event WHERE event = 'access.sign_in_failed'"
    )
    assert len(rows) == 1
    assert login not in rows[0]["entity_id"]


async def test_ten_failures_close_the_door_for_five_minutes(house: House, ben: str) -> None:
    await house.freeze(NOON)
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            await access.sign_in(house, "ben", "wrong password")
    with pytest.raises(TooManyTries):
        await access.sign_in(house, "ben", PASSWORD)
    await house.pass_time(timedelta(minutes=5, seconds=1))
    assert (await access.sign_in(house, "ben", PASSWORD)).staff.login == "ben"


async def test_many_guesses_at_once_are_counted_too(house: House, ben: str) -> None:
    guesses = [access.sign_in(house, "ben", f"wrong guess {n}") for n in range(24)]
    await asyncio.gather(*guesses, return_exceptions=True)
    with pytest.raises(TooManyTries):
        await access.sign_in(house, "ben", PASSWORD)


async def test_SEC_1_a_session_left_alone_for_30_minutes_ends(house: House, ben: str) -> None:
    await house.freeze(NOON)
    signed = await access.sign_in(house, "ben", PASSWORD)
    await house.pass_time(timedelta(minutes=29))
    await access.who(house, signed.session_id)
    await house.pass_time(timedelta(minutes=29))
    await access.who(house, signed.session_id)
    await house.pass_time(timedelta(minutes=31))
    with pytest.raises(Unauthenticated):
        await access.who(house, signed.session_id)


async def test_SEC_1_a_session_ends_after_12_hours_whatever_happens(house: House, ben: str) -> None:
    await house.freeze(NOON)
    signed = await access.sign_in(house, "ben", PASSWORD)
    for _ in range(12 * 3 - 1):
        await house.pass_time(timedelta(minutes=20))
        await access.who(house, signed.session_id)
    await house.pass_time(timedelta(minutes=20))
    with pytest.raises(Unauthenticated):
        await access.who(house, signed.session_id)


async def test_that_a_person_was_here_is_written_once_a_minute(house: House, ben: str) -> None:
    await house.freeze(NOON)
    signed = await access.sign_in(house, "ben", PASSWORD)
    seen = "SELECT last_seen_at, xmin::text FROM newel.staff_session"
    first = await house.as_owner(seen)
    await house.pass_time(timedelta(seconds=59))
    await access.who(house, signed.session_id)
    assert await house.as_owner(seen) == first
    await house.pass_time(timedelta(seconds=2))
    await access.who(house, signed.session_id)
    assert (await house.as_owner(seen))[0]["last_seen_at"] == NOON + timedelta(seconds=61)


async def test_signing_out_ends_the_session(house: House, ben: str) -> None:
    signed = await access.sign_in(house, "ben", PASSWORD)
    await access.sign_out(house, signed.staff.actor, signed.session_id)
    with pytest.raises(Unauthenticated):
        await access.who(house, signed.session_id)


async def test_signing_in_again_ends_the_former_session_under_a_new_id(house: House, ben: str) -> None:
    first = await access.sign_in(house, "ben", PASSWORD)
    second = await access.sign_in(house, "ben", PASSWORD, former=first.session_id)
    assert first.session_id != second.session_id
    with pytest.raises(Unauthenticated):
        await access.who(house, first.session_id)


@pytest.mark.parametrize(
    "change", [{"roles": frozenset({Role.APPROVER})}, {"active": False}, {"limit_minor": 5}]
)
async def test_other_rights_end_every_session(house: House, ben: str, change: dict[str, object]) -> None:
    signed = await access.sign_in(house, "ben", PASSWORD)
    changed = Account(**{f: getattr(BEN, f) for f in BEN.__struct_fields__} | change)
    await access.put_staff(house, ROOT, changed)
    with pytest.raises(Unauthenticated):
        await access.who(house, signed.session_id)


async def test_an_account_put_twice_is_one_and_audited_once(house: House, ben: str) -> None:
    assert str(await access.put_staff(house, ROOT, BEN)) == ben
    rows = await house.as_owner("SELECT event FROM newel.audit_event WHERE entity = 'staff'")
    assert [r["event"] for r in rows] == ["access.staff_created"]


async def test_nobody_changes_their_own_rights(house: House) -> None:
    june = Account(login="june", name="June", roles=frozenset({Role.ADMIN}))
    staff_id = await access.put_staff(house, ROOT, june)
    self = Actor(kind="staff", id=str(staff_id), roles=june.roles)
    with pytest.raises(Forbidden, match="another admin"):
        await access.put_staff(house, self, Account(login="june", name="June", roles=frozenset(Role)))
    with pytest.raises(Forbidden):
        await access.put_staff(house, BEN_ACTOR, BEN)


BEN_ACTOR = Actor(kind="staff", id="b", roles=BEN.roles)


async def test_only_hashes_are_kept(house: House, ben: str) -> None:
    signed = await access.sign_in(house, "ben", PASSWORD)
    secret = await access.create_token(house, ROOT, "shop", ["intake"])
    tables = ("staff", "staff_session", "service_token", "audit_event")
    rows = [r for t in tables for r in await house.as_owner(f"SELECT row_to_json(t)::text FROM newel.{t} t")]
    kept = " ".join(r[0] for r in rows)
    assert "$argon2id$" in kept
    for told in (PASSWORD, signed.session_id, secret, secret.removeprefix("newel_")):
        assert told not in kept


async def test_SEC_5_a_token_does_what_its_scopes_say(house: House) -> None:
    secret = await access.create_token(house, ROOT, "shop", ["intake", "intake", "read_conversation"])
    actor = await access.service(house, secret)
    assert (actor.kind, actor.id) == ("service", "shop")
    assert actor.may(Act.INTAKE)
    assert not actor.may(Act.APPROVE)


async def test_a_token_ends_when_revoked_or_expired(house: House) -> None:
    await house.freeze(NOON)
    revoked = await access.create_token(house, ROOT, "one", ["intake"])
    short = await access.create_token(house, ROOT, "two", ["intake"], expires_at=NOON + timedelta(hours=1))
    await access.revoke_token(house, ROOT, "one")
    await house.pass_time(timedelta(hours=1))
    for secret in (revoked, short, "newel_made-up", ""):
        with pytest.raises(Unauthenticated):
            await access.service(house, secret)
    with pytest.raises(NotFound):
        await access.revoke_token(house, ROOT, "one")


async def test_a_bad_token_wish_says_what_would_be_right(house: House) -> None:
    await access.create_token(house, ROOT, "shop", ["intake"])
    with pytest.raises(Conflict, match="taken"):
        await access.create_token(house, ROOT, "shop", ["intake"])
    with pytest.raises(Invalid, match="choose of: intake"):
        await access.create_token(house, ROOT, "b", ["intak"])
    with pytest.raises(Invalid):
        await access.create_token(house, ROOT, "b", [])
    with pytest.raises(Invalid):
        await access.create_token(house, ROOT, "A B", ["intake"])
    with pytest.raises(Forbidden):
        await access.create_token(house, BEN_ACTOR, "b", ["intake"])
