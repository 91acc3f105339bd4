"""The ledger: every effect on the world is one row, whatever becomes of the answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from newel.demo.problems import refused
from newel.demo.records import Records


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An effect that was carried out: on what, under which reference, and what is answered."""

    subject: str
    reference: str
    answer: dict[str, Any]


class Row(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """One row of the ledger."""

    id: int
    class_: str
    subject: str
    key: str | None
    payload: msgspec.Raw
    reference: str
    answer: msgspec.Raw
    at: str


_BY_KEY = (
    "SELECT id, class, subject, key, payload, reference, answer, at FROM ledger WHERE class = ? AND key = ?"
)
_ROWS = (
    "SELECT id, class, subject, key, payload, reference, answer, at FROM ledger"
    " WHERE (?1 = '' OR class = ?1) AND (?2 = '' OR subject = ?2)"
    " AND (?3 = '' OR key = ?3) AND (?4 = '' OR reference = ?4) ORDER BY id LIMIT 1000"
)
_COUNTS = (
    "SELECT class, count(*) FROM ledger"
    " WHERE (?1 = '' OR class = ?1) AND (?2 = '' OR subject = ?2)"
    " AND (?3 = '' OR key = ?3) AND (?4 = '' OR reference = ?4) GROUP BY class ORDER BY class"
)


class Ledger:
    """Carries effects out at most once for each key, and tells what was done."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def next_number(self) -> int:
        """The number of the row that is written next; it makes references."""
        top = self.records.db.execute("SELECT coalesce(max(id), 0) FROM ledger").fetchone()
        return int(top[0]) + 1

    def once(
        self, class_: str, key: str | None, payload: bytes, act: Callable[[], Done]
    ) -> tuple[bytes, bool]:
        """The answer of the effect, and whether it is an earlier one.

        The same key with the same payload gets the stored answer, with another one a conflict.
        """
        with self.records.transaction():
            earlier = self.by_key(class_, key) if key else None
            if earlier:
                if bytes(earlier.payload) != payload:
                    raise refused("key_reused", "This key was used for another request")
                return bytes(earlier.answer), True
            done = act()
            answer = msgspec.json.encode(done.answer)
            self._append(class_, key, payload, done, answer)
        return answer, False

    def _append(self, class_: str, key: str | None, payload: bytes, done: Done, answer: bytes) -> None:
        self.records.db.execute(
            "INSERT INTO ledger (class, subject, key, payload, reference, answer, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (class_, done.subject, key, payload.decode(), done.reference, answer, _now()),
        )

    def by_key(self, class_: str, key: str) -> Row | None:
        """The effect of that class that was carried out under the key."""
        found = self.records.db.execute(_BY_KEY, (class_, key)).fetchone()
        return _row(*found) if found else None

    def rows(self, class_: str = "", subject: str = "", key: str = "", reference: str = "") -> list[Row]:
        """The rows that fit, oldest first, at most a thousand; an empty value fits all."""
        found = self.records.db.execute(_ROWS, (class_, subject, key, reference))
        return [_row(*columns) for columns in found]

    def counts(
        self, class_: str = "", subject: str = "", key: str = "", reference: str = ""
    ) -> dict[str, int]:
        """How many rows of each class fit, all of them."""
        found = self.records.db.execute(_COUNTS, (class_, subject, key, reference))
        return dict(found.fetchall())


def _row(*columns: Any) -> Row:
    id_, class_, subject, key, payload, reference, answer, at = columns
    return Row(
        id=id_,
        class_=class_,
        subject=subject,
        key=key,
        payload=msgspec.Raw(payload.encode()),
        reference=reference,
        answer=msgspec.Raw(answer),
        at=at,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
