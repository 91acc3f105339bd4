"""Which case a message joins, of those that it might (RES-4)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from newel.domain.intake import Join, Open, thread

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TALK = UUID(int=100)


def case(number: int, opened: float, resolved: float | None = None, into: int | None = None) -> Open:
    """Opened, and resolved, so many hours ago."""
    return Open(
        UUID(int=number),
        TALK,
        NOW - timedelta(hours=opened),
        None if resolved is None else NOW - timedelta(hours=resolved),
        None if into is None else UUID(int=into),
    )


OLD, NEW = case(1, opened=90), case(2, opened=5)
ENDED, OVER = case(3, opened=4, resolved=1), case(4, opened=100, resolved=72)
EARLIER, MERGED = case(5, opened=80, resolved=71), case(6, opened=2, into=7)


@pytest.mark.parametrize(
    ("candidates", "named", "joined"),
    [
        ([], None, None),
        ([OLD, NEW], None, (2, False)),
        ([OLD, NEW], 1, (1, False)),
        ([NEW, ENDED], None, (2, False)),
        ([NEW, ENDED], 3, (3, True)),
        ([EARLIER, ENDED], None, (3, True)),
        ([EARLIER], None, (5, True)),
        ([OVER], None, None),
        ([OVER], 4, None),
        ([NEW, OVER], 4, (2, False)),
    ],
)
def test_RES_4_a_message_joins(
    candidates: list[Open], named: int | None, joined: tuple[int, bool] | None
) -> None:
    """The named, else the newest open, else the newest that ended less than 72 hours ago, else none."""
    wanted = None if joined is None else Join(UUID(int=joined[0]), joined[1])
    for order in (candidates, candidates[::-1]):
        assert thread(order, None if named is None else UUID(int=named), NOW) == wanted


def test_RES_4_what_would_join_a_merged_case_joins_its_survivor() -> None:
    assert thread([NEW, MERGED], None, NOW) == Join(UUID(int=7), False, heard=TALK)
