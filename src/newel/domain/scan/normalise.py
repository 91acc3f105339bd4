"""The views of a text that the phrases are matched on.

Ordinary ASCII text has one view. Other scripts and invisible characters add a second, and
what looks like an evasion adds more; none ever replaces another, so that a view more can
only raise what is found.
"""

import re
from array import array
from collections.abc import Callable, Iterator

from newel.domain.scan.decode import decoded
from newel.domain.scan.evasion import undone
from newel.domain.scan.fold import is_invisible, skeleton
from newel.domain.scan.fold import plain as plain_letter
from newel.domain.scan.spelling import Spelling
from newel.domain.scan.view import Layer, View, around

_CONTROLS = bytes(code for code in range(128) if is_invisible(chr(code)))
_RUNS = re.compile(r"([\t\n\r\v\f\x20-\x7e]+)|[^\t\n\r\v\f\x20-\x7e]+")


def views(text: str, spelling: Spelling | None = None) -> tuple[View, ...]:
    """Every reading of a text: as it stands, decoded, folded, with evasions and slips undone."""
    plain = readings(text)
    layers = [_from(layer, view) for layer in decoded(text) for view in readings(layer.text)]
    found = undone([*plain, *layers])
    if spelling is None:
        return found
    return (*found, *(mended for view in found if not view.tight for mended in spelling.mended(view)))


def _from(layer: Layer, view: View) -> View:
    name = layer.name if view.name == "plain" else f"{layer.name}, {view.name}"
    return view._replace(name=name, layer=layer)


def readings(text: str) -> list[View]:
    """The text with invisible characters as gaps; and, if it differs, without, and folded."""
    if text.isascii():
        data = text.encode("ascii").lower()
        if len(data.translate(None, _CONTROLS)) == len(data):
            return [View("plain", data)]
    gaps = _read("plain", text, _with_gaps)
    shapes = _read("folded", text, skeleton)
    return (
        [gaps]
        if gaps.data == shapes.data
        else [gaps, shapes._replace(data=around(shapes.data, shapes.changed))]
    )


def _with_gaps(char: str) -> str:
    return " " if is_invisible(char) else plain_letter(char)


def _read(name: str, text: str, fold: Callable[[str], str]) -> View:
    data, offsets = bytearray(), array("L")
    changed: list[tuple[int, int]] = []
    for start, run, ordinary in _runs(text):
        if ordinary:
            data += run.lower().encode("ascii")
            offsets.extend(range(start, start + len(run)))
        else:
            before = len(data)
            _fold_into(data, offsets, start, run, fold)
            changed.append((before, len(data)))
    return View(name, bytes(data), offsets, changed=() if fold is _with_gaps else changed)


def _runs(text: str) -> Iterator[tuple[int, str, bool]]:
    for run in _RUNS.finditer(text):
        yield run.start(), run[0], run[1] is not None


def _fold_into(
    data: bytearray,
    offsets: "array[int]",
    start: int,
    run: str,
    fold: Callable[[str], str],
) -> None:
    for place, char in enumerate(run, start):
        letters = fold(char).encode("latin-1")
        data += letters
        offsets.extend([place] * len(letters))
