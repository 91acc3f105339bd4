"""Undoing what people do to a word so that it is not seen: gluing, spelling, leet, stretching.

Each rewriting takes a view and gives further views of it. They are tried one upon another,
so that pairs of evasions are undone too; one cheap pass says which are worth while.
"""

import re
from array import array
from collections.abc import Callable, Iterable

import re2

from newel.domain.scan.view import BYTES, View

_SEPARATOR = rb"[-._*~|/\\^=+_]{1,2}"
_LEET = rb"[0-9@$!|+]"
_GLUED = re.compile(
    rb"(?<=[a-z])" + _SEPARATOR + rb"(?=[a-z0-9@$])"
    rb"|(?<=[0-9@$])" + _SEPARATOR + rb"(?=[a-z])"
)
_SPELLED = re.compile(
    rb"(?<![a-z0-9\xff])[a-z0-9@$]"
    rb"(?:[^a-z0-9\xff@$]{1,3}[a-z0-9@$](?![a-z0-9\xff@$])){2,}"
)
# One separator inside of words, more between them: the words can be told apart again.
_SPELLED_WORD = re.compile(
    rb"(?<![a-z0-9\xff@$])[a-z0-9@$](?:([^a-z0-9\xff@$])[a-z0-9@$](?![a-z0-9@$]))"
    rb"(?:\1[a-z0-9@$](?![a-z0-9@$]))*"
)
_TOKEN = re2.compile(rb"[a-z]*[0-9@$!|+][a-z0-9@$!|+]*", BYTES)
_MIXED = re.compile(rb"[a-z]+" + _LEET + rb"+[a-z]|[a-z][0-9@$]|" + _LEET + rb"[a-z]|[0-9][@$][0-9]")
_ORDINAL = re.compile(rb"[0-9]+(?:st|nd|rd|th)")
_STRETCHED = re.compile(rb"([a-z])\1{2,}")
# How long a match must be inside of a long word: shorter where the word was spelled out.
_SPELLED_LEAST, _LONG_LEAST = 6, 10
_LONG = re2.compile(rb"[a-z]{10,}", BYTES)
_AS_L = bytes.maketrans(b"0123456789@$!|+", b"olzeasgtbgasilt")
_AS_I = bytes.maketrans(b"0123456789@$!|+", b"oizeasbtbgasiit")


def _suspicion() -> re2.Set:
    patterns = re2.Set.SearchSet(BYTES)
    patterns.Add(rb"[a-z][-._*~|/\\^=+]{1,2}[a-z0-9@$]|[0-9@$][-._*~|/\\^=+]{1,2}[a-z]")
    patterns.Add(
        rb"(?:^|[^a-z0-9\xff])(?:[a-z0-9@$][^a-z0-9\xff@$]{1,3}){2}"
        rb"[a-z0-9@$](?:[^a-z0-9\xff]|$)"
    )
    patterns.Add(
        rb"[a-z][0-9@$!|+]+[a-z]|[a-z][0-9@$]|[0-9@$!|+][a-z]|[0-9][@$][0-9]",
    )
    patterns.Add(b"|".join(b"%c{3}" % code for code in range(ord("a"), ord("z") + 1)))
    patterns.Add(rb"[a-z]{10}")
    patterns.Compile()
    return patterns


_SUSPICION = _suspicion()
GLUED, SPELLED, LEET, STRETCHED, LONG = range(5)


def undone(views: list[View]) -> tuple[View, ...]:
    """The views and what they become with evasions undone, each reading once."""
    found = {(view.data, view.tight, view.layer is None): view for view in views}
    for view in views:
        suspects = set(_SUSPICION.Match(view.data) or ())
        for further in _rewritings(view, suspects):
            found.setdefault((further.data, further.tight, view.layer is None), further)
    return tuple(found.values())


def _rewritings(view: View, suspects: set[int]) -> list[View]:
    found = [view]
    if GLUED in suspects:
        found += [_rewritten(view, "glued", _GLUED, _nothing)]
    if SPELLED in suspects:
        found += [
            _rewritten(view, "spelled", _SPELLED, _joined),
            _rewritten(view, "spelled", _SPELLED, _joined_but_edges),
            _rewritten(view, "spelled words", _SPELLED_WORD, _joined_word),
        ]
    if suspects & {LEET, SPELLED, GLUED}:
        found += [plain for each in found for plain in unleeted(each)]
    if suspects & {STRETCHED, SPELLED, GLUED, LEET}:
        found += [short for each in found for short in _shortened(each)]
    if suspects & {SPELLED, LONG, GLUED}:
        found += [view for view in map(_tight, found) if view.data]
    return found


Keep = Callable[[re.Match[bytes]], Iterable[int]]


def _rewritten(view: View, name: str, pattern: re.Pattern[bytes], keep: Keep) -> View:
    """The view with only those bytes of each match that ``keep`` names."""
    places = view.places()
    data, offsets, done = bytearray(), array("L"), 0
    changed: list[tuple[int, int]] = []
    for match in pattern.finditer(view.data):
        kept = [match.start() + index for index in keep(match)]
        data += view.data[done : match.start()]
        changed += [(len(data), len(data) + len(kept))] if len(kept) < len(match[0]) else []
        data += bytes(view.data[at] for at in kept)
        offsets.extend(places[done : match.start()])
        offsets.extend(places[at] for at in kept)
        done = match.end()
    data += view.data[done:]
    offsets.extend(places[done:])
    return view.rewritten(name, bytes(data), offsets, changed)


def _nothing(_match: re.Match[bytes]) -> Iterable[int]:
    return ()


def _is_sign(byte: int) -> bool:
    return chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "@$")


def _joined(match: re.Match[bytes]) -> Iterable[int]:
    """Only the letters of a spelled-out word; a run of mere digits stays as it is."""
    letters = [index for index, byte in enumerate(match[0]) if _is_sign(byte)]
    if sum(chr(match[0][index]).isalpha() for index in letters) < 3:
        return range(len(match[0]))
    return letters


def _joined_word(match: re.Match[bytes]) -> Iterable[int]:
    signs = [index for index, byte in enumerate(match[0]) if _is_sign(byte)]
    return signs if any(chr(match[0][index]).isalpha() for index in signs) else range(len(match[0]))


def _joined_but_edges(match: re.Match[bytes]) -> Iterable[int]:
    """The same with a leading or trailing "a" or "I" left as a word of its own."""
    kept = list(_joined(match))
    if len(kept) == len(match[0]):
        return kept
    first = [kept[0], kept[0] + 1] if match[0][:1] in (b"a", b"i") else kept[:1]
    last = [kept[-1] - 1, kept[-1]] if match[0][-1:] in (b"a", b"i") else kept[-1:]
    return sorted({*first, *kept[1:-1], *last})


def unleeted(view: View) -> list[View]:
    """Digits and signs inside of words read as letters; "1" is an l or an i."""
    tokens = [match.span() for match in _TOKEN.finditer(view.data)]
    words = [(start, view.data[start:end].rstrip(b"!|")) for start, end in tokens]
    mixed = [(start, start + len(word)) for start, word in words if _is_mixed(word)]
    tables = {"leet": _AS_L, "leet-i": _AS_I} if mixed else {}
    return [
        view.rewritten(name, _translated(view.data, mixed, table), view.places(), mixed)
        for name, table in tables.items()
    ]


def _is_mixed(word: bytes) -> bool:
    return _MIXED.search(word) is not None and _ORDINAL.fullmatch(word) is None


def _translated(data: bytes, ranges: list[tuple[int, int]], table: bytes) -> bytes:
    changed = bytearray(data)
    for start, end in ranges:
        changed[start:end] = data[start:end].translate(table)
    return bytes(changed)


def _shortened(view: View) -> list[View]:
    """Stretched letters cut to one, to two, and to two but one at the end of the word."""
    if not _STRETCHED.search(view.data):
        return []
    return [_rewritten(view, "shortened", _STRETCHED, keep) for keep in (_one, _two, _one_at_end)]


def _one(_match: re.Match[bytes]) -> Iterable[int]:
    return (0,)


def _two(_match: re.Match[bytes]) -> Iterable[int]:
    return (0, 1)


def _one_at_end(match: re.Match[bytes]) -> Iterable[int]:
    following = match.string[match.end() : match.end() + 1]
    return (0, 1) if following.isalpha() else (0,)


def _tight(view: View) -> View:
    """Only the long words, which may be whole sentences written without a gap."""
    places = view.places()
    data, offsets = bytearray(), array("L")
    for match in _LONG.finditer(view.data):
        data += match[0] + b"\n"
        offsets.extend(places[match.start() : match.end()])
        offsets.append(places[match.end() - 1])
    least = _SPELLED_LEAST if "spelled" in view.name else _LONG_LEAST
    return view.rewritten("without gaps", bytes(data), offsets, tight=least)
