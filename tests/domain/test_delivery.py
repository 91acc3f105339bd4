"""Which fixed text is true now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newel.domain.delivery import text_now
from newel.domain.policy.parse import included, load_bundle
from newel.domain.words import Priority

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "policy"
NAME = "customer-support.yaml"
TEXT = (FOLDER / NAME).read_text("utf-8")
POLICY = load_bundle(TEXT, NAME, {one: (FOLDER / one).read_text("utf-8") for one in included(TEXT, NAME)})
NOON, NIGHT = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 22, tzinfo=UTC)
HOLIDAY = datetime(2026, 12, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "priority", "now", "told"),
    [
        ("handover", Priority.P3, NOON, "handover"),
        ("handover", Priority.P3, NIGHT, "out_of_hours"),
        ("handover", Priority.P3, HOLIDAY, "out_of_hours"),
        ("handover", Priority.P1, NIGHT, "handover"),
        ("breach_notice", Priority.P3, NIGHT, "breach_notice"),
    ],
)
def test_a_hand_over_that_waits_for_business_hours_says_so(
    key: str, priority: Priority, now: datetime, told: str
) -> None:
    assert text_now(key, priority, POLICY, now) == told
