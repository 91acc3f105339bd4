"""Rows of CSV and JSON Lines files, one by one; what cannot be read is told by line.

A mistake costs its own row and no other: after a quote that is never closed, reading goes on with
the next line; a byte that is no text spoils one row.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec

from newel.domain.errors import Invalid

MOST_RECORD: Final = 16 * 2**20
_DELIMITERS: Final = ",;\t|"
_JSON_ENDINGS: Final = (".jsonl", ".ndjson", ".json")
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Place = tuple[int, int]


class Row(NamedTuple):
    """What one row says, by column."""

    line: int
    values: dict[str, Any]


class Refused(NamedTuple):
    """A row that was not read: why, and what would be right."""

    line: int
    why: str
    hint: str = ""


class _Broken(Exception):
    """A fault of one row."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.why, self.hint = why, hint


class Rows:
    """The rows of a file; ``columns`` is a CSV's header, ``read_bytes`` how far reading has come."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path = path
        self.columns: tuple[str, ...] = ()
        self._file = _opened(path)
        self.size = path.stat().st_size
        self._lines = _Lines(self._file, _known(encoding))
        self._json = path.suffix.lower() in _JSON_ENDINGS
        if not self._json:
            self._delimiter = _delimiter(self._lines)
            self.columns = self._header()

    @property
    def read_bytes(self) -> int:
        """How much of the file was read."""
        return self._lines.place[1]

    def __iter__(self) -> Iterator[Row | Refused]:
        """Every row, good or refused, in the order of the file."""
        with self._file:
            yield from self._objects() if self._json else self._records()

    def _objects(self) -> Iterator[Row | Refused]:
        while True:
            line = self._lines.place[0]
            try:
                read = self._lines.read()
                if read is None:
                    return
                if read.fault:
                    raise read.fault
                if read.text.strip():
                    yield Row(line, _object(read.text))
            except _Broken as fault:
                yield Refused(line, fault.why, fault.hint)

    def _records(self) -> Iterator[Row | Refused]:
        while True:
            line = self._lines.place[0]
            try:
                cells = self._cells()
                if cells is None:
                    return
                if cells:
                    yield Row(line, self._named(cells))
            except _Broken as fault:
                yield Refused(line, fault.why, fault.hint)

    def _named(self, cells: list[str]) -> dict[str, Any]:
        if len(cells) != len(self.columns):
            why = f"it has {len(cells)} columns, the header has {len(self.columns)}"
            raise _Broken(
                why, "give every column a cell, and put quotes around cells with commas or line ends"
            )
        return dict(zip(self.columns, cells, strict=True))

    def _cells(self) -> list[str] | None:
        """The cells of one record, over as many lines as its quotes span; None at the end."""
        record = _Record(self._lines)
        try:
            cells = next(csv.reader(record, delimiter=self._delimiter, strict=True), None)
        except csv.Error as error:
            self._lines.go(record.second)
            if "new-line" in str(error):
                raise _Broken(
                    "a line ends with CR alone", "save the file with LF or CRLF line ends"
                ) from None
            hint = 'close the quote, and write "" for a quote inside quotes'
            raise _Broken("a quote opens here and does not close as it should", hint) from None
        except _Broken:
            self._lines.go(record.second)
            raise
        if record.fault:
            raise record.fault
        return cells

    def _header(self) -> tuple[str, ...]:
        try:
            cells = self._cells()
        except _Broken as fault:
            raise Invalid(what=f"{self.path.name}, line 1,", why=f"{fault.why}; {fault.hint}") from None
        if not cells:
            raise Invalid(what=self.path.name, why="it is empty; the first line names the columns")
        names = tuple(cell.strip() for cell in cells)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Invalid(what=f"{self.path.name}, line 1,", why=f"it names twice: {', '.join(twice)}")
        return names


class _Line(NamedTuple):
    """A line with its end, and what is wrong with it."""

    text: str
    fault: _Broken | None


class _Lines:
    """The lines of a file, decoded, with their places; can go back to a place."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._encoding = encoding
        self.place: Place = (1, 0)
        if file.read(3) == codecs.BOM_UTF8:
            self.place = (1, 3)
        self.go(self.place)

    def go(self, place: Place) -> None:
        """Go on reading at a place that was read before."""
        self.place = place
        self._file.seek(place[1])

    def read(self) -> "_Line | None":
        """The next line with its end; None at the end of the file."""
        raw = self._file.readline(MOST_RECORD)
        number, offset = self.place
        long = len(raw) == MOST_RECORD and not raw.endswith(b"\n")
        rest = self._skip() if long else 0
        self.place = (number + bool(raw), offset + len(raw) + rest)
        if long:
            return _Line("\n", _Broken(f"it is longer than {MOST_RECORD >> 20} MB", "cut or split it"))
        return self._line(raw, number) if raw else None

    def _skip(self) -> int:
        """Pass over the rest of an endless line."""
        passed = 0
        while piece := self._file.readline(MOST_RECORD):
            passed += len(piece)
            if piece.endswith(b"\n"):
                break
        return passed

    def _line(self, raw: bytes, number: int) -> "_Line":
        """The text, with a replacement for what is no text, so that quotes still pair."""
        fault = None
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            text = raw.decode(self._encoding, "replace")
            where = f"byte 0x{raw[error.start]:02X} in line {number}, place {error.start + 1},"
            hint = f"save the file as {self._encoding.upper()}, or name its --encoding"
            fault = _Broken(f"{where} is not {self._encoding.upper()}", hint)
        if "\0" in text:
            fault = fault or _Broken(f"line {number} holds a NUL character", "take it out")
            text = text.replace("\0", "\ufffd")
        return _Line(text, fault)


class _Record:
    """Hands a CSV reader the lines that one record needs, and remembers where the second begins.

    A line that cannot be read spoils the record and not the reader, so that the record ends
    where it ends.
    """

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._start = lines.place[1]
        self.second: Place = lines.place
        self.fault: _Broken | None = None
        self._first = True

    def __iter__(self) -> "_Record":
        return self

    def __next__(self) -> str:
        if self._lines.place[1] - self._start > MOST_RECORD:
            raise _Broken("a quote opens here and does not close within 16 MB", "close the quote")
        line = self._lines.read()
        if self._first:
            self.second, self._first = self._lines.place, False
        if line is None:
            raise StopIteration
        self.fault = self.fault or line.fault
        return line.text


def _opened(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
        start = file.read(2)
        file.seek(0)
    except OSError as error:
        raise Invalid(what=str(path), why=error.strerror or "it cannot be read") from None
    if start in _WIDE:
        raise Invalid(what=path.name, why="it is UTF-16; save it as UTF-8")
    return file


def _known(encoding: str) -> str:
    """An encoding in which a line end is one byte, as all are but UTF-16 and UTF-32."""
    try:
        name = codecs.lookup(encoding).name
        if "\n".encode(name) == b"\n":
            return name
    except (LookupError, UnicodeError):
        pass
    raise Invalid(what=f"the encoding {encoding}", why="use utf-8, cp1252, iso8859-15 or the like")


def _delimiter(lines: _Lines) -> str:
    """The mark between cells: the one that the header holds most often."""
    start = lines.place
    header = lines.read()
    lines.go(start)
    csv.field_size_limit(MOST_RECORD)
    return max(_DELIMITERS, key=header.text.count) if header else ","


def _object(text: str) -> dict[str, Any]:
    """A line of JSON Lines; inner objects can be reached by dotted names."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _Broken(f"it is not JSON: {error}", "write one object on each line") from None
    if not isinstance(found, dict):
        raise _Broken("it is not an object", 'write {"text": "…"} on each line')
    return found
