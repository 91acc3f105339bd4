"""Every event that the code can write is documented, and none that it cannot."""

import re

from tests.docs.events import SOURCE, events
from tests.docs.house import ROOT


def test_INV_13_each_event_has_its_meaning_in_the_document() -> None:
    rows = [line for line in (ROOT / "docs/events.md").read_text("utf-8").splitlines() if line[:3] == "| `"]
    told = [event for row in rows for event in re.findall(r"`([a-z_]+\.[a-z_]+)`", row.split(" | ")[0])]
    assert sorted(told) == sorted(events())


def test_nothing_but_the_ending_of_a_step_writes_the_audit() -> None:
    writers = [path for path in SOURCE.rglob("*.*") if _writes(path.read_bytes())]
    assert [path.name for path in writers if path.parent.name != "migrations"] == ["09_steps.sql"]
    callers = [path for path in SOURCE.rglob("*.py") if b"ending.events.append" in path.read_bytes()]
    assert [path.name for path in callers] == ["audit.py"]


def _writes(content: bytes) -> bool:
    return b"INSERT INTO newel.audit_event" in content
