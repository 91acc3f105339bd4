"""Taking off what a text was wrapped in: entities, escapes, base64, hex, markup, reversed writing.

Each round decodes one wrapping; rounds go on until nothing changes. What comes out is a layer
beside the raw text, never in its place, and each of its characters knows where it came from.
"""

import base64
import binascii
import html
import re
from array import array
from collections.abc import Callable, Sequence

import re2

from newel.domain.scan.fold import is_invisible
from newel.domain.scan.view import Layer

Meaning = Callable[[re.Match[str]], "list[tuple[str, int, int]] | None"]
Wrapping = tuple[str, re.Pattern[str], Meaning]

_ROUNDS = 6
_DECODED = "decoded: "
_LONGEST = 200_000
_WORTH_IT = re2.compile(
    r"&#|&[A-Za-z][A-Za-z0-9]{1,30};|[%=][0-9A-Fa-f]{2}|\\[ux0-9]|<[A-Za-z/!]|[\x{202d}\x{202e}]"
    r"|[a-z0-9][A-Z]|[A-Z]{2}[a-z]|[a-z][0-9][a-zA-Z]|[0-9A-Za-z+/_-]=|(?:[0-9A-Fa-f]{2}[ :,-]?(?:0x)?){4}"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{1,30};)")
_BYTES = re.compile(r"(?:%[0-9A-Fa-f]{2})+|(?:=[0-9A-F]{2})+|(?:\\x[0-9A-Fa-f]{2})+")
_ESCAPE = re.compile(r"\\u\{?[0-9A-Fa-f]{4,6}\}?|\\[0-7]{3}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{2}(?:[ :,-]?(?:0x)?[0-9A-Fa-f]{2}){3,}(?![0-9A-Za-z])")
_BASE64 = re.compile(r"(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{6,}(?:={1,2}|(?![0-9A-Za-z+/_=-]))")
_LOOKS_ENCODED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]|[a-z][0-9][a-zA-Z]|=$")
_BACKWARDS = re.compile("\u202e([^\u202c\u202e\n]{1,2000})\u202c?")
_INLINE = re.compile(
    r"<!--.{0,2000}?-->|</?(?:b|i|u|s|em|strong|span|font|a|wbr|small|big|sub|sup|mark|tt|code|ins|del|o)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,20}(?:\s[^<>]{0,300})?/?>")
_LETTERS = re.compile(r"[^\W\d_]")


def decoded(text: str) -> tuple[Layer, ...]:
    """What the text becomes when it is decoded; nothing where there is nothing to decode."""
    if not _WORTH_IT.search(text):
        return ()
    codes = _unwrapped(_identity(text), _CODES)
    bare = _unwrapped(codes, (*_CODES, *_MARKUP))
    return tuple(layer for layer in ((codes,) if bare is codes else (codes, bare)) if layer.name)


def _unwrapped(layer: Layer, wrappings: Sequence[Wrapping]) -> Layer:
    """The layer without its wrappings, and its name with what they were."""
    names = layer.name.removeprefix(_DECODED).split(", ") if layer.name else []
    for _ in range(_ROUNDS):
        step = layer
        for name, pattern, meaning in wrappings:
            step, changed = _replaced(step, pattern, meaning)
            names += [name] if changed and name not in names else []
        if step.text == layer.text or len(step.text) > _LONGEST:
            break
        layer = step
    return layer._replace(name=_DECODED + ", ".join(names)) if names else layer


def _identity(text: str) -> Layer:
    return Layer("", text, array("L", range(len(text))), array("L", range(1, len(text) + 1)))


def _replaced(layer: Layer, pattern: re.Pattern[str], meaning: Meaning) -> tuple[Layer, bool]:
    """The layer with each match replaced by its pieces: text, and the range that it stands for."""
    parts: list[str] = []
    starts, ends, done = array("L"), array("L"), 0
    for match in pattern.finditer(layer.text):
        pieces = meaning(match)
        if pieces is None:
            continue
        parts.append(layer.text[done : match.start()])
        starts.extend(layer.starts[done : match.start()])
        ends.extend(layer.ends[done : match.start()])
        for text, first, last in pieces:
            parts.append(text)
            starts.extend([layer.starts[first]] * len(text))
            ends.extend([layer.ends[last - 1]] * len(text))
        done = match.end()
    if not done:
        return layer, False
    parts.append(layer.text[done:])
    starts.extend(layer.starts[done:])
    ends.extend(layer.ends[done:])
    return Layer(layer.name, "".join(parts), starts, ends), True


def _entity(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    text = html.unescape(match[0])
    return None if text == match[0] else [(_visible(text), *match.span())]


def _escape(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    digits = match[0].strip("\\u{}")
    code = int(digits, 16 if match[0][1] == "u" else 8)
    return [(_visible(chr(code)), *match.span())] if code < 0x110000 else None


def _bytes(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    step = 4 if match[0][0] == "\\" else 3
    pairs = [int(match[0][at + step - 2 : at + step], 16) for at in range(0, len(match[0]), step)]
    return _spread(bytes(pairs), match.start(), step)


def _spread(data: bytes, start: int, step: int) -> list[tuple[str, int, int]]:
    """The characters of UTF-8 bytes, each with the range of its own bytes."""
    pieces, at = [], 0
    for char in data.decode("utf-8", "replace"):
        size = max(1, len(char.encode("utf-8"))) if char != "\ufffd" else 1
        last = min(at + size, len(data))
        pieces.append((char, start + min(at, len(data) - 1) * step, start + max(last, at + 1) * step))
        at = last if last < len(data) else len(data) - 1
    return pieces


def _hex(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    digits = re.sub(r"0x|[ :,-]", "", match[0])
    return _whole(match, bytes.fromhex(digits)) if len(digits) % 2 == 0 else None


def _base64(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    if not _LOOKS_ENCODED.search(match[0]):
        return None
    run = match[0].rstrip("=").translate(_URL_SAFE)
    if len(run) % 4 == 1:
        return None
    try:
        return _whole(match, base64.b64decode(run + "=" * (-len(run) % 4), validate=True))
    except (binascii.Error, ValueError):
        return None


_URL_SAFE = str.maketrans("-_", "+/")


def _whole(match: re.Match[str], data: bytes) -> list[tuple[str, int, int]] | None:
    """The text of the bytes, if it is one; it stands for the run as a whole."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    readable = all(char.isprintable() or char in "\t\r\n" or _is_format(char) for char in text)
    return [(text, *match.span())] if readable and len(_LETTERS.findall(text)) > 1 else None


def _is_format(char: str) -> bool:
    """Invisible, but no control character: those speak of bytes that are no text."""
    return char > "\x9f" and is_invisible(char)


def _backwards(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    """Writing that a display shows from right to left; each half stands for the whole."""
    return [(match[1][::-1], *match.span())]


def _nothing(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    return []


def _gap(match: re.Match[str]) -> list[tuple[str, int, int]] | None:
    return [(" ", *match.span())]


def _visible(text: str) -> str:
    return "".join(" " if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text)


_CODES: tuple[Wrapping, ...] = (
    ("reversed", _BACKWARDS, _backwards),
    ("entities", _ENTITY, _entity),
    ("bytes", _BYTES, _bytes),
    ("escapes", _ESCAPE, _escape),
    ("hex", _HEX, _hex),
    ("base64", _BASE64, _base64),
)
_MARKUP: tuple[Wrapping, ...] = (
    ("markup", _INLINE, _nothing),
    ("markup", _TAG, _gap),
)
