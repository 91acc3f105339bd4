"""One reading of a text, with the way back to the text itself."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import re2


def _options(longest: bool) -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.longest_match = longest
    options.max_mem = 256 << 20
    return options


BYTES, LONGEST = _options(longest=False), _options(longest=True)


# What a rewriting may change: matches so near to it, and how much around it their contexts may ask for.
NEAR, _KEPT = 100, 400
_BLANK = b"\n"

Ranges = Sequence[tuple[int, int]]


class Layer(NamedTuple):
    """A text made of the raw text by decoding; each character knows what it was made of."""

    name: str
    text: str
    starts: "array[int]"
    ends: "array[int]"


class View(NamedTuple):
    """Bytes, one per character: lower-case ASCII, and the byte 255 for every other letter.

    ``offsets`` is None where the view has the positions of its text: the raw text, or the layer
    that was decoded from it. In a tight view the gaps between words are gone: phrases are
    looked for without them, and count from ``tight`` letters. ``changed`` are the ranges in which
    a rewriting reads otherwise than the view that it was made of; far from them it is blank.
    """

    name: str
    data: bytes
    offsets: "array[int] | None" = None
    tight: int = 0
    layer: Layer | None = None
    changed: Ranges = ()

    def tells(self, start: int, end: int) -> bool:
        """Whether a range lies where this view may say more than the one that it was made of."""
        if not self.changed:
            return True
        at = bisect_left(self.changed, start - NEAR, key=itemgetter(1))
        return at < len(self.changed) and self.changed[at][0] <= end + NEAR

    def rewrites(self, start: int, end: int) -> bool:
        """Whether a range reads otherwise than in the view that this one was made of, in part at least."""
        at = bisect_right(self.changed, start, key=itemgetter(1))
        return not self.changed or (at < len(self.changed) and self.changed[at][0] < end)

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """The place in the raw text of a non-empty range of the view."""
        if self.offsets is not None:
            start, end = self.offsets[start], self.offsets[end - 1] + 1
        if self.layer is None:
            return start, end
        return self.layer.starts[start], self.layer.ends[end - 1]

    def places(self) -> "array[int]":
        """The position of each byte in the view's text."""
        if self.offsets is None:
            return array("L", range(len(self.data)))
        return self.offsets

    def rewritten(
        self, how: str, data: bytes, offsets: "array[int]", changed: Ranges = (), tight: int = 0
    ) -> "View":
        """The same text in other bytes; the name tells how it came about."""
        name = how if self.name == "plain" else f"{self.name}, {how}"
        return View(name, around(data, changed), offsets, tight, self.layer, changed)


def around(data: bytes, changed: Ranges) -> bytes:
    """The text near the changes, in its place, and nothing of the rest."""
    if not changed or len(data) <= 2 * _KEPT:
        return data
    kept, done = bytearray(), 0
    for first, last in changed:
        start, end = max(done, first - _KEPT), min(len(data), last + _KEPT)
        if end > start:
            kept += _BLANK * (start - done) + data[start:end]
            done = end
    return bytes(kept + _BLANK * (len(data) - done))
