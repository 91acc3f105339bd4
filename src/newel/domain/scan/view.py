"""One reading of a text, with the way back to the text itself."""

from array import array
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
    looked for without them, and count from ``tight`` letters.
    """

    name: str
    data: bytes
    offsets: "array[int] | None" = None
    tight: int = 0
    layer: Layer | None = None

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

    def rewritten(self, how: str, data: bytes, offsets: "array[int]", tight: int = 0) -> "View":
        """The same text in other bytes; the name tells how it came about."""
        name = how if self.name == "plain" else f"{self.name}, {how}"
        return View(name, data, offsets, tight, self.layer)
