"""Schema files and migrations make the same database; its state machines are the domain's."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from conftest import House, Server, database_url
from newel.domain.errors import Invalid
from newel.domain.states import MACHINES, transitions
from newel.store import migrate

TABLES = {
    "case": "cases",
    "proposal": "proposal",
    "approval": "approval",
    "action": "action",
    "work_item": "work_item",
    "sla": "sla_target",
    "outbox": "outbox",
    "feedback": "feedback",
    "policy": "policy_version",
    "article_draft": "article_draft",
    "overflow": "overflow",
    "offer": "offer",
    "review": "review",
    "weekly": "weekly",
    "post_mortem": "post_mortem",
}
HERE = "n.nspname IN ('newel', 'keyring')"
CATALOG = {
    "columns": f"""
        SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE {HERE} AND a.attnum > 0 AND NOT a.attisdropped""",
    "relations": f"""
        SELECT n.nspname, c.relname, c.relkind, c.reloptions, c.relacl::text[],
            CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {HERE}""",
    "constraints": f"""
        SELECT n.nspname, c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE {HERE}""",
    "indexes": """
        SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname IN ('newel', 'keyring')""",
    "triggers": f"""
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {HERE} AND NOT t.tgisinternal""",
    "functions": f"""
        SELECT p.proname, pg_get_functiondef(p.oid), p.proacl::text[]
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {HERE}""",
    "machines": "SELECT machine, from_state, to_state FROM newel.state_transition",
}


async def catalog(url: str) -> dict[str, set[str]]:
    connection = await asyncpg.connect(url)
    try:
        return {
            name: {repr(tuple(row)) for row in await connection.fetch(query)}
            for name, query in CATALOG.items()
        }
    finally:
        await connection.close()


@pytest.fixture
async def empty(server: Server) -> AsyncIterator[str]:
    """A database with nothing in it: the owner's door."""
    name = f"newel_{uuid4().hex[:12]}"
    await server._admin(f"CREATE DATABASE {name}")
    yield database_url(server.owner_url, name)
    await server.drop(name)


@pytest.fixture
async def other(server: Server) -> AsyncIterator[str]:
    name = f"newel_{uuid4().hex[:12]}"
    await server._admin(f"CREATE DATABASE {name}")
    yield database_url(server.owner_url, name)
    await server.drop(name)


async def test_schema_files_and_migrations_make_the_same_database(empty: str, other: str) -> None:
    await migrate.migrate(empty)
    connection = await asyncpg.connect(other)
    await connection.execute(migrate.schema())
    await migrate.load_transitions(connection)
    await connection.close()
    migrated, written = await catalog(empty), await catalog(other)
    for name in CATALOG:
        assert written[name], name
        assert migrated[name] == written[name], name


async def test_migrating_twice_changes_nothing(empty: str) -> None:
    names = [one.name for one in migrate.migrations()]
    assert await migrate.pending(empty) == names
    assert await migrate.migrate(empty) == names
    assert await migrate.migrate(empty) == []
    assert await migrate.pending(empty) == []


async def test_a_migration_that_was_changed_later_is_refused(empty: str) -> None:
    await migrate.migrate(empty)
    connection = await asyncpg.connect(empty)
    await connection.execute("UPDATE public.newel_migration SET digest = 'other'")
    await connection.close()
    with pytest.raises(Invalid, match="changed after"):
        await migrate.migrate(empty)


async def test_a_pattern_flagged_with_a_resolution_is_a_flag_after_the_migration(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrate.migrations()
    monkeypatch.setattr(migrate, "migrations", lambda: [one for one in every if one.name < "0042"])
    await migrate.migrate(empty)
    connection = await asyncpg.connect(empty)
    await connection.execute("SET session_replication_role = replica")
    who, flagged, other = uuid4(), uuid4(), uuid4()
    await connection.execute(
        "INSERT INTO newel.staff (id, login, name, clearance, created_at)"
        " VALUES ($1, 'ben', 'Ben', 'senior', now())",
        who,
    )
    for case, again in ((flagged, True), (other, False)):
        await connection.execute(
            "INSERT INTO newel.cases (id, workflow, kind, customer_id, key_wrapped, policy_id, state, tier,"
            " contact_reason, opened_at, episode_opened_at, resolved_at) VALUES ($1, 'w', 'item', $1, '', $1,"
            " 'resolved', 3, 'status', now(), now(), now())",
            case,
        )
        await connection.execute(
            "INSERT INTO newel.resolution (id, case_id, episode, category, pattern_flag, by_kind, staff_id,"
            " at) VALUES (gen_random_uuid(), $1, 1, 'resolved', $2, 'staff', $3, now())",
            *(case, again, who),
        )
    monkeypatch.undo()
    await migrate.migrate(empty)
    rows = await connection.fetch("SELECT case_id, staff_id, contact_reason, words_sealed FROM newel.pattern")
    await connection.close()
    assert [tuple(row) for row in rows] == [(flagged, who, "status", None)]


async def test_the_guards_state_machines_are_the_domains(house: House) -> None:
    rows = await house.as_owner("SELECT machine, from_state, to_state FROM newel.state_transition")
    assert {tuple(row) for row in rows} == set(transitions())


@pytest.mark.parametrize("machine", MACHINES)
async def test_the_states_of_a_machine_are_those_that_the_table_knows(house: House, machine: str) -> None:
    table = TABLES[machine]
    checks = await house.as_owner(
        "SELECT pg_get_constraintdef(oid) AS d FROM pg_constraint"
        " WHERE contype = 'c' AND conrelid = $1::regclass AND conname = $2",
        f"newel.{table}",
        f"{table}_state_check",
    )
    (check,) = [row["d"] for row in checks]
    assert set(re.findall(r"'(\w+)'::text", check)) == states(MACHINES[machine])


def states(machine: Any) -> set[str]:
    return set(machine) | {after for afters in machine.values() for after in afters}


@pytest.mark.parametrize("machine", MACHINES)
async def test_each_machine_is_guarded_and_audited(house: House, machine: str) -> None:
    rows = await house.as_owner(
        "SELECT pg_get_triggerdef(oid) AS d FROM pg_trigger"
        " WHERE tgrelid = $1::regclass AND NOT tgisinternal",
        f"newel.{TABLES[machine]}",
    )
    found = [row["d"] for row in rows]
    assert any(f"guard_transition('{machine}')" in d and "BEFORE UPDATE" in d for d in found)
    assert any(f"guard_audited('{machine}')" in d and "INSERT OR UPDATE" in d for d in found)


async def test_the_application_owns_nothing_and_deletes_only_what_can_be_made_again(house: House) -> None:
    owned = await house.as_owner(
        "SELECT relname FROM pg_class WHERE relowner = 'newel_app'::regrole"
        " UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'newel_app'::regrole"
    )
    assert owned == []
    rows = await house.as_owner(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('newel', 'keyring') AND c.relkind = 'r'"
        " AND (has_table_privilege('newel_app', c.oid, 'DELETE')"
        " OR has_table_privilege('newel_app', c.oid, 'TRUNCATE'))"
    )
    assert {row["relname"] for row in rows} == {
        "attachment", "job", "staff_session", "search_word", "search_done", "worker"
    }  # fmt: skip
