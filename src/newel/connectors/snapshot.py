"""Look-ups recorded once and replayed, so that two replays see the same world.

A shadow run only looks up: whatever would act on the world is refused here, whoever asks.
"""

import asyncio
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from newel.domain.errors import Forbidden, Invalid, Unavailable
from newel.domain.ports import ActionRequest, Facts, Outcome, Systems

_ABSENT: Final = "no_record"
_AWAY: Final = "unavailable"
_THERE: Final = "facts"
Key = tuple[str, tuple[tuple[str, str], ...]]


class Header(msgspec.Struct, frozen=True):
    """The first line of a snapshot."""

    recorded_at: datetime
    workflow: str


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look-up and what the system said: facts, no such record, or nothing in time."""

    call: str
    args: dict[str, str]
    said: str
    values: dict[str, Any] = {}
    source: str = ""
    read_at: datetime | None = None

    def facts(self) -> Facts | None:
        """What the look-up answers; raises ``Unavailable`` as it did when it was recorded."""
        if self.said == _AWAY:
            raise Unavailable(what=self.call)
        if self.said == _ABSENT or self.read_at is None:
            return None
        return Facts(self.values, self.source, self.read_at)


class _Shadow:
    """Systems that look up and never act."""

    async def execute(self, request: ActionRequest) -> Outcome:
        """Refused: nothing is executed in a shadow run."""
        _refuse(request)

    async def reconcile(self, request: ActionRequest) -> Outcome:
        """Refused: nothing was executed in a shadow run."""
        _refuse(request)


class Recorder(_Shadow):
    """Asks the live systems each question once, and keeps what they said."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems
        self._asked: dict[Key, asyncio.Task[Entry]] = {}
        self.missing = 0

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        """As the live systems; the same question gets the same answer for the whole run."""
        key = _key(call, args)
        if key not in self._asked:
            self._asked[key] = asyncio.create_task(self._ask(call, dict(args)))
        return (await self._asked[key]).facts()

    async def _ask(self, call: str, args: dict[str, str]) -> Entry:
        try:
            said = await self._systems.look_up(call, args)
        except Unavailable:
            return Entry(call=call, args=args, said=_AWAY)
        if said is None:
            return Entry(call=call, args=args, said=_ABSENT)
        found = dict(said.values)
        return Entry(
            call=call, args=args, said=_THERE, values=found, source=said.source, read_at=said.read_at
        )

    def entries(self) -> list[Entry]:
        """All that was asked, in an order of its own."""
        return [self._asked[key].result() for key in sorted(self._asked)]


class Recorded(_Shadow):
    """A recorded world; what was never asked is unavailable, and counted."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {_key(entry.call, entry.args): entry for entry in entries}
        self.missing = 0

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        """What was recorded."""
        entry = self._entries.get(_key(call, args))
        if entry is None:
            self.missing += 1
            raise Unavailable(what=call)
        return entry.facts()


def write(path: Path, header: Header, entries: Iterable[Entry]) -> None:
    """Write a snapshot for its owner's eyes: it holds what the systems say of customers."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.Encoder().encode_lines([header, *entries]))
    fresh.replace(path)


def read(path: Path) -> tuple[Header, list[Entry]]:
    """A snapshot as it was written; ``Invalid`` names the line that is none."""
    number = 0
    try:
        with path.open("rb") as file:
            header = msgspec.json.decode(file.readline(), type=Header)
            entries = []
            for number, line in enumerate(file, 1):  # noqa: B007 - named in the error
                entries.append(msgspec.json.decode(line, type=Entry))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        why = f"line {number + 1} is no part of a snapshot: {error}; record it again"
        raise Invalid(what=str(path), why=why) from None
    return header, entries


def _key(call: str, args: Mapping[str, str]) -> Key:
    return call, tuple(sorted(args.items()))


def _refuse(request: ActionRequest) -> NoReturn:
    raise Forbidden(actor="replay", act=f"execute {request.action}", why="nothing is sent in shadow mode")
