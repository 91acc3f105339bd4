"""Pictures: how wide and high one is, read from its head; nothing of it is decoded."""

import struct
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

SHOWN_AT_MOST: Final = 40_000_000
"""So many pixels are shown in a page; a larger picture is only saved: it would fill a browser's memory."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


class Extent(msgspec.Struct, frozen=True):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def fits(self) -> bool:
        """Whether a page may show it."""
        return self.width * self.height <= SHOWN_AT_MOST


def extent(kind: str, content: bytes) -> Extent | None:
    """The extent of a picture of this kind; None when its head is broken, or says zero."""
    try:
        width, height = _READERS[kind](content)
    except (struct.error, IndexError, ValueError):
        return None
    return Extent(width, height) if width > 0 and height > 0 else None


def _png(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _gif(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _jpeg(content: bytes) -> tuple[int, int]:
    """From the first frame; the segments before it are passed over by their lengths."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        else:
            at += 2 + _length(content, at + 2)


def _length(content: bytes, at: int) -> int:
    found = struct.unpack_from(">H", content, at)[0]
    if found < 2:
        raise ValueError
    return int(found)


def _webp(content: bytes) -> tuple[int, int]:
    form = content[12:16]
    if form == b"VP8X":
        return 1 + _three(content, 24), 1 + _three(content, 27)
    if form == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack_from("<I", content, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError


def _three(content: bytes, at: int) -> int:
    if len(content) < at + 3:
        raise ValueError
    return int.from_bytes(content[at : at + 3], "little")


_READERS: Final[Mapping[str, Callable[[bytes], tuple[int, int]]]] = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": _gif,
    "webp": _webp,
}
