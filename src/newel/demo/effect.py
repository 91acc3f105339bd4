"""What an effect on the shop's world is: where it is asked for, what it takes, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from newel.demo.ledger import Done
from newel.demo.records import Records

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Key(StrEnum):
    """Whether the system takes an idempotency key for the effect."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True)
class Desk:
    """What an effect works with: the records, and the number of its ledger row."""

    records: Records
    number: int

    @property
    def today(self) -> date:
        """The day that the shop lives in."""
        return self.records.today

    def reference(self, prefix: str) -> str:
        """A reference of our own for what is done, for example ``RF-000012``."""
        return f"{prefix}-{self.number:06d}"


@dataclass(frozen=True)
class Effect:
    """One effect. ``path`` may hold one ``{name}``: what is acted on, handed to ``act``."""

    class_: str
    method: Literal["POST", "PUT", "PATCH"]
    path: str
    ask: type[msgspec.Struct]
    act: Callable[[Desk, str, Any], Done]
    key: Key = Key.REQUIRED
