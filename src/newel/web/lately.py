"""What changed lately: so a page hears what it missed between its reading and the beginning of its stream.

A page carries the mark of the moment before it was read, and each event the mark of its own; a stream
names the last one. Another process does not know a mark, nor does one that forgot: then all is told.
"""

import re
import secrets
from collections import OrderedDict

TOPICS_AT_MOST = 10_000
_MARK = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})")


class Lately:
    """When each topic changed last, by a count of this process's own."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._count = self._forgotten = 0
        self._last: OrderedDict[str, int] = OrderedDict()

    @property
    def mark(self) -> str:
        """The moment: what changes from now on is after it."""
        return f"{self._process}-{self._count}"

    def changed(self, topic: str) -> None:
        """A topic has changed; the one that has not for the longest time is forgotten for it."""
        self._count += 1
        self._last[topic] = self._count
        self._last.move_to_end(topic)
        if len(self._last) > TOPICS_AT_MOST:
            self._forgotten = self._last.popitem(last=False)[1]

    def forget(self) -> None:
        """Word may have been missed: no mark of before tells anything now."""
        self._count += 1
        self._forgotten = self._count
        self._last.clear()

    def since(self, mark: str, topics: frozenset[str]) -> frozenset[str] | None:
        """Which of the topics changed after the mark; None where it cannot be told."""
        said = _MARK.fullmatch(mark)
        if not said or said[1] != self._process:
            return None
        after = int(said[2])
        if not self._forgotten <= after <= self._count:
            return None
        return frozenset(topic for topic in topics if self._last.get(topic, 0) > after)
