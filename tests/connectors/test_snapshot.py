"""Look-ups recorded once: the same world for every replay, and nothing that acts on it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newel.connectors.snapshot import Header, Recorded, Recorder, read, write
from newel.domain.errors import Forbidden, Invalid, Unavailable
from newel.domain.ports import ActionRequest, Facts, Outcome, OutcomeKind

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
REFUND = ActionRequest("refund", {"order": "1"}, "key")


class World:
    """Systems that know one order, fail on another, and count the questions."""

    def __init__(self) -> None:
        self.asked = 0

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        self.asked += 1
        await asyncio.sleep(0)
        if args["order"] == "down":
            raise Unavailable(what=call)
        if args["order"] == "1":
            return Facts(
                {"no": "1", "total": {"amount_minor": 1800}, "late": None}, "order book, order 1", AT
            )
        return None

    async def execute(self, request: ActionRequest) -> Outcome:
        return Outcome(OutcomeKind.CONFIRMED, "never")

    async def reconcile(self, request: ActionRequest) -> Outcome:
        return Outcome(OutcomeKind.CONFIRMED, "never")


async def test_what_was_recorded_is_what_is_replayed(tmp_path: Path) -> None:
    world, path = World(), tmp_path / "snapshot.jsonl"
    live = Recorder(world)
    first = await asyncio.gather(*(live.look_up("shop.order", {"order": "1"}) for _ in range(9)))
    assert world.asked == 1
    assert await live.look_up("shop.order", {"order": "2"}) is None
    with pytest.raises(Unavailable):
        await live.look_up("shop.order", {"order": "down"})
    write(path, Header(AT, "customer-support"), live.entries())
    header, entries = read(path)
    again = Recorded(entries)
    assert header.recorded_at == AT
    assert [await again.look_up("shop.order", {"order": "1"})] * 9 == first
    assert await again.look_up("shop.order", {"order": "2"}) is None
    with pytest.raises(Unavailable):
        await again.look_up("shop.order", {"order": "down"})
    assert again.missing == 0


async def test_what_was_never_asked_is_unavailable_and_counted() -> None:
    empty = Recorded(())
    with pytest.raises(Unavailable, match=r"shop\.order"):
        await empty.look_up("shop.order", {"order": "1"})
    assert empty.missing == 1


async def test_INT_6_nothing_is_executed_in_a_shadow_run() -> None:
    for shadow in (Recorder(World()), Recorded(())):
        with pytest.raises(Forbidden, match="shadow mode"):
            await shadow.execute(REFUND)
        with pytest.raises(Forbidden):
            await shadow.reconcile(REFUND)


async def test_a_snapshot_is_for_its_owner_and_a_broken_one_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.jsonl"
    live = Recorder(World())
    await live.look_up("shop.order", {"order": "1"})
    write(path, Header(AT, "w"), live.entries())
    assert path.stat().st_mode & 0o077 == 0
    with path.open("ab") as file:
        file.write(b'{"call": 7}\n')
    with pytest.raises(Invalid, match="line 3"):
        read(path)
    path.write_text("nothing")
    with pytest.raises(Invalid, match="line 1"):
        read(path)
