"""Copies of a lived case: all its rows, with ids, keys, seals, a customer and times of their own.

They are written past the triggers by the owner, but each is of a shape that the guards let pass, and
the leaf of each audit event is computed as ever.
"""

import os
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec

from newel.store.customer import Profile, profile_place
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake import Body

_OF_CASE: Final = (
    "message", "item", "scan_receipt", "proposal", "decision", "approval", "action", "work_item",
    "sla_target", "notice", "context_package", "note", "draft", "outbox", "resolution", "feedback", "job",
    "audit_event",
)  # fmt: skip
_BELOW: Final = {
    "sla_alert": "target_id IN (SELECT id FROM newel.sla_target WHERE case_id = $1)",
    "context_part": "package_id IN (SELECT id FROM newel.context_package WHERE case_id = $1)",
    "conversation": "id = (SELECT conversation_id FROM newel.cases WHERE id = $1)",
    "customer": "id = (SELECT customer_id FROM newel.cases WHERE id = $1)",
    "cases": "id = $1",
}
_PLACES: Final = {
    "message": ("body_sealed", "message.body:{id}"),
    "item": ("fields_sealed", "item.fields:{id}"),
    "scan_receipt": ("evidence_sealed", "scan_receipt.evidence:{id}"),
    "proposal": ("draft_sealed", "proposal.draft:{id}"),
    "action": ("args_sealed", "action.args:{id}"),
    "resolution": ("note_sealed", "resolution.note:{id}"),
    "note": ("body_sealed", "note.body:{id}"),
    "draft": ("body_sealed", "draft.body:{case_id}"),
    "feedback": ("body_sealed", "feedback.body:{id}"),
    "context_part": ("sealed", "context_part:{package_id}:{part}"),
}
_MADE: Final = frozenset({"seq", "tx", "leaf_hash", "author", "worker", "lease_until"})
"""What the database makes itself, or what is nobody's yet."""
_UNIQUE: Final = frozenset({"external_mac", "thread_mac", "ref_mac"})
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LATER: Final = timedelta(hours=1)
FIRST: Final = ("Ada", "Bram", "Cleo", "Dina", "Emil", "Fay", "Gus", "Iris", "Olga", "Rosa", "Sven", "Tess")
LAST: Final = (
    "Abbott",
    "Barnes",
    "Carter",
    "Doyle",
    "Ellis",
    "Frost",
    "Grant",
    "Hale",
    "Keane",
    "Marsh",
    "Nash",
)


class Original:
    """A lived case with all its rows, opened."""

    def __init__(
        self, case_id: UUID, rows: Mapping[str, Sequence[Mapping[str, Any]]], envelope: Envelope
    ) -> None:
        self.rows = rows
        self.case_id = case_id
        customer = rows["customer"][0]
        subject = envelope.subject(customer["id"], rows["subject_key"][0]["wrapped"])
        self.profile = subject.open_value(profile_place(customer["id"]), customer["profile_sealed"], Profile)
        self._sealer = subject.unwrap(case_place(case_id), rows["cases"][0]["key_wrapped"])
        self.ids = {row["id"] for of in rows.values() for row in of if isinstance(row.get("id"), UUID)}
        self.plain = {
            (table, n): self._open(table, row) for table in _PLACES for n, row in enumerate(rows[table])
        }

    def _open(self, table: str, row: Mapping[str, Any]) -> bytes | None:
        column, place = _PLACES[table]
        return self._sealer.open(place.format(**row), row[column]) if row[column] else None


async def original(connection: asyncpg.Connection, envelope: Envelope, case_id: UUID) -> Original:
    """Read a case with everything that belongs to it."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for table in (*_OF_CASE, *_BELOW):
        where = _BELOW.get(table, "case_id = $1")
        found = await connection.fetch(f"SELECT * FROM newel.{table} WHERE {where} ORDER BY ctid", case_id)
        rows[table] = [{k: v for k, v in row.items() if k not in _MADE} for row in found]
    rows["job"] = [{k: v for k, v in row.items() if k != "id"} for row in rows["job"]]
    customer = rows["customer"][0]["id"]
    rows["subject_key"] = [
        dict(row)
        for row in await connection.fetch("SELECT * FROM keyring.subject_key WHERE subject_id = $1", customer)
    ]
    return Original(case_id, rows, envelope)


class Copier:
    """Makes copies, and writes them table by table."""

    def __init__(self, envelope: Envelope, seed: int = 1) -> None:
        self._envelope = envelope
        self._random = random.Random(seed)
        self._rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._columns: dict[str, tuple[str, ...]] = {}
        self._n = 0

    def copy(self, of: Original, age: timedelta, owners: Mapping[UUID, UUID]) -> None:
        """One more of a case, that much older; ``owners`` puts people in the place of others."""
        self._n += 1
        new = {one: uuid4() for one in of.ids} | dict(owners)
        customer = new[of.rows["customer"][0]["id"]]
        subject_wrapped, subject = self._envelope.new_subject(customer)
        case_wrapped, sealer = subject.new_key(case_place(new[of.case_id]))
        fresh = {"wrapped": subject_wrapped, "key_wrapped": case_wrapped}
        fresh["profile_sealed"] = subject.seal_value(profile_place(customer), self._profile(of.profile))
        change = _changer(new, age)
        for table, rows in of.rows.items():
            for n, row in enumerate(rows):
                made = {k: fresh[k] if k in fresh else change(k, v) for k, v in row.items()}
                if table in _PLACES:
                    self._seal(table, made, of.plain[table, n], sealer)
                self._columns[table] = tuple(made)
                self._rows[table].append(tuple(made.values()))

    def _profile(self, former: Profile) -> Profile:
        name = f"{self._random.choice(FIRST)} {self._random.choice(LAST)}"
        return msgspec.structs.replace(former, name=name, ref=f"L{self._n:05d}")

    def _seal(self, table: str, made: dict[str, Any], plain: bytes | None, sealer: Sealer) -> None:
        column, place = _PLACES[table]
        if plain is None:
            return
        if table == "message" and made["direction"] == "inbound":
            said = msgspec.json.decode(plain, type=Body)
            text = f"{said.text} It is about parcel {self._n:05d}."
            plain = msgspec.json.encode(msgspec.structs.replace(said, text=text))
        made[column] = sealer.seal(place.format(**made), plain)

    async def write(self, connection: asyncpg.Connection) -> int:
        """Write them all; how many rows."""
        await connection.execute("ALTER TABLE newel.audit_event ENABLE ALWAYS TRIGGER audit_seal_leaf")
        await connection.execute("SET session_replication_role = replica")
        for table, rows in self._rows.items():
            schema = "keyring" if table == "subject_key" else "newel"
            await connection.copy_records_to_table(
                table, schema_name=schema, records=rows, columns=self._columns[table]
            )
        await connection.execute("ALTER TABLE newel.audit_event ENABLE TRIGGER audit_seal_leaf")
        return sum(map(len, self._rows.values()))


def _changer(new: Mapping[UUID, UUID], age: timedelta) -> Callable[[str, Any], Any]:
    """What a copy has in place of a value: its own ids and macs, and times that lie as far back."""
    texts = {str(one): str(other) for one, other in new.items()}

    def change(name: str, value: Any) -> Any:
        if isinstance(value, UUID):
            return new.get(value, value)
        if isinstance(value, datetime):
            return value + _LATER if name == "run_at" else value - age
        if isinstance(value, str):
            return _UUID.sub(lambda m: texts.get(m[0], m[0]), value) if len(value) >= 36 else value
        if isinstance(value, list):
            return [change(name, one) for one in value]
        if name in _UNIQUE and value is not None:
            return os.urandom(len(value))
        return value

    return change


def ages(hours: float, copies: int) -> Iterator[timedelta]:
    """Ages spread over so many hours."""
    for n in range(copies):
        yield timedelta(hours=hours * (n + 0.5) / copies)
