"""Every event that the code can write is documented, and none that it cannot."""

import re

from tests.docs.events import SOURCE, events
from tests.docs.house import ROOT


def test_INV_13_each_event_has_its_meaning_in_the_document() -> None:
    rows = [line for line in (ROOT / "docs/events.md").read_text("utf-8").splitlines() if line[:3] == "| `"]
    told = [event for row in rows for event in re.findall(r"`([a-z_]+\.[a-z_]+)`", row.split(" | ")[0])]
    assert sorted(told) == sorted(events())


def test_INV_13_the_audit_is_written_with_the_end_of_a_step_and_nowhere_else() -> None:
    written = {"09_steps.sql", "0002_steps.sql", "0041_traceparent.sql"}
    assert holding(b"INSERT INTO newel.audit_event") == written
    assert holding(b"SELECT newel.end_step(", b" newel.end_step($") == {
        "job.sql",
        "intake.sql",
        "delivery.sql",
    }
    assert holding(b".ending.events.append(") == {"audit.py"}


def holding(*words: bytes) -> set[str]:
    """The files of the source that hold one of these."""
    return {p.name for p in SOURCE.rglob("*.*") if any(word in p.read_bytes() for word in words)}
