"""What is routed, and to whom: people, what work asks of them, an item that waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from newel.domain.calendar import is_open
from newel.domain.words import Priority

SUPERVISOR: Final = "supervisor"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be given work; of ``languages`` the first is native.

    ``channel_capacity`` is how much of one channel they have at once, besides the whole; none is
    set for a channel that the whole alone limits, and 0 is for one that they do not serve.
    """

    id: UUID
    login: str
    clearance: str
    skills: Mapping[str, int] = {}
    languages: tuple[str, ...] = ()
    zone: str = "UTC"
    shifts: Mapping[str, tuple[str, ...]] = {}
    team: str = "inhouse"
    capacity: int = 0
    load: int = 0
    channel_capacity: Mapping[str, int] = {}
    channel_load: Mapping[str, int] = {}
    region: str = ""
    available: bool = False
    last_assigned_at: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether the person is present and within their shift."""
        return self.available and is_open(self.shifts, self.zone, now)

    def standing(self, now: datetime) -> Literal["available", "away", "off_shift"]:
        """How the person stands to new work, as a board shows it."""
        if not is_open(self.shifts, self.zone, now):
            return "off_shift"
        return "available" if self.available else "away"

    @property
    def room(self) -> int:
        """How many more items fit."""
        return max(self.capacity - self.load, 0)

    @property
    def free(self) -> bool:
        """Whether one more item fits."""
        return self.load < self.capacity

    def room_by(self, channel: str) -> int:
        """How many more items of this channel fit."""
        most = self.channel_capacity.get(channel, self.capacity)
        return min(self.room, max(most - self.channel_load.get(channel, 0), 0))

    @property
    def full_of(self) -> frozenset[str]:
        """The channels of which nothing more fits."""
        limits = self.channel_capacity.items()
        return frozenset(name for name, most in limits if self.channel_load.get(name, 0) >= most)

    def fits(self, channel: str) -> bool:
        """Whether one more item of this channel fits."""
        return self.free and channel not in self.full_of

    def filled(self, channel: str) -> float:
        """How full they are for one more of this channel: as a whole or by it, whichever is more."""
        most = self.channel_capacity.get(channel, self.capacity)
        of_it = self.channel_load.get(channel, 0) / most if most else 1.0
        return max(self.load / self.capacity if self.capacity else 1.0, of_it)


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of work needs: a bucket. No skills means the general one, whose name is the workflow's.

    Of its ``region`` is who comes first among equals, or where it is needed nobody else.
    """

    language: str
    skills: tuple[str, ...] = ()
    regulated: bool = False
    generalist: str = "general"
    channel: str = ""
    region: str = ""
    region_needed: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """The skills that the work needs: without any of its own, the general one."""
        return self.skills or (self.generalist,)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Queued work that wants its person; not the one who has just passed it on."""

    ask: Ask
    priority: Priority
    queued_seconds: float = 0.0
    passed_by: UUID | None = None
