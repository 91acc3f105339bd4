"""One reading of a text, with the way back to the text itself."""

from array import array
from typing import NamedTuple

import re2

BYTES = re2.Options()
BYTES.encoding = re2.Options.Encoding.LATIN1
BYTES.log_errors = False
BYTES.max_mem = 256 << 20


class View(NamedTuple):
    """Bytes, one per character: lower-case ASCII, and the byte 255 for every other letter.

    ``offsets`` is None where the view has the text's own positions. In a tight view the gaps
    between words are gone: phrases are looked for without them, and count from ``tight`` letters.
    """

    name: str
    data: bytes
    offsets: "array[int] | None" = None
    tight: int = 0

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """The place in the raw text of a non-empty range of the view."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1

    def places(self) -> "array[int]":
        """The raw position of each byte."""
        if self.offsets is None:
            return array("L", range(len(self.data)))
        return self.offsets
