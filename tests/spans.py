"""Spans that stay with the test, and the traceparent of somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from newel import span
from newel.span import Kind

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass
class Made:
    """Implements ``newel.span.Begun``."""

    called: str
    parent: str
    link: str
    number: int
    sampled: bool = True
    told: dict[str, Any] = field(default_factory=dict)
    failed: bool = False
    ended: bool = False

    @property
    def traceparent(self) -> str:
        trace = self.parent[3:35] if self.parent else f"{self.number + 1:032x}"
        return f"00-{trace}-{self.number + 1:016x}-{int(self.sampled):02x}"

    def name(self, name: str) -> None:
        self.called = name

    def tell(self, name: str, value: span.Value) -> None:
        self.told[name] = value

    def fail(self) -> None:
        self.failed = True

    def end(self) -> None:
        self.ended = True


@dataclass
class Kept:
    """Implements ``newel.span.Tracer``: what was made."""

    made: list[Made] = field(default_factory=list)
    sampled: bool = True

    def begin(self, name: str, kind: Kind, parent: str, link: str) -> Made:
        self.made.append(Made(name, parent, link, len(self.made), self.sampled))
        return self.made[-1]

    def tally(self) -> dict[str, int]:
        return {"sent": len(self.made), "failed": 0, "dropped": 0}


@pytest.fixture
def kept() -> Iterator[Kept]:
    found = Kept()
    span.use(found)
    yield found
    span.use(None)
