"""What the columns of a file mean: a row of any shape as a ``Ticket``."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from newel.cli.rows import Refused, Row
from newel.domain.errors import Invalid
from newel.domain.intake import TEXT_LIMIT
from newel.domain.policy.problem import did_you_mean, listed
from newel.domain.replay import Ticket
from newel.domain.scan.features import CustomerFacts, PastContact

FIELD: Final = "field."
_SHORT: Final = 300
_TEXTS: Final = (
    "channel",
    "conversation",
    "customer_ref",
    "address",
    "name",
    "subject",
    "language",
    "category",
)
_FACTS: Final = ("lifetime_value", "vip", "vulnerable", "prefers_human", "segment")
_LABELS: Final = ("expected_tier", "expected_reason")
_OTHERS: Final = ("id", "at", "text", "history", "fields", "extraction_confidence")
NAMES: Final = (*_OTHERS, *_TEXTS, *_FACTS, *_LABELS)
_ALSO: Final = {
    "id": ("external_id",),
    "address": ("customer.address",),
    "customer_ref": ("customer.ref",),
    "name": ("customer.name",),
    **{fact: (f"customer.{fact}",) for fact in _FACTS},
}
_WHO: Final = "customer"
_WHOSE: Final = ("customer_ref", "address", "name")
"""What a column of that name may hold: a row of JSON has an object there, with these and more in it."""
_YES: Final = ("true", "yes", "1", "y")
_NO: Final = ("false", "no", "0", "n", "")


class _Unfit(Exception):
    """A value that its column cannot have."""

    def __init__(self, column: str, why: str, hint: str) -> None:
        super().__init__(why)
        self.why, self.hint = f"{column} {why}", hint


class Columns:
    """Where each part of a ticket stands in a row; ``options`` are ``name=header``."""

    def __init__(self, options: Sequence[str], header: Sequence[str]) -> None:
        self._from = {name: (name, *_ALSO.get(name, ())) for name in NAMES}
        for option in options:
            name, _, column = option.partition("=")
            if not column or (name not in NAMES and not name.startswith(FIELD)):
                raise Invalid(
                    what=f"--column {option}", why=f"write name=header; {did_you_mean(name, NAMES)}"
                )
            if header and column not in header:
                raise Invalid(what=f"--column {option}", why=f"the header has: {', '.join(header)}")
            self._from[name] = (column,)
        self._read = frozenset(column for columns in self._from.values() for column in columns)
        self.passed_over = tuple(one for one in header if one not in self._read and not one.startswith(FIELD))
        """The headers that nothing is read from."""
        if header:
            self._check(header)

    def must_read_all(self, ignored: Sequence[str]) -> None:
        """Raise ``Invalid`` for a header that nothing is read from, unless it is to be left out."""
        for one in self.passed_over:
            if one not in ignored:
                why = f"known are {listed(NAMES)}; say --column <one of them>={one}, or --ignore {one}"
                raise Invalid(what=f"the header {one}", why=why)

    def _check(self, header: Sequence[str]) -> None:
        said = [name for name in ("text", "subject", "fields") if set(self._from[name]) & set(header)]
        said += [name for name in (*self._from, *header) if name.startswith(FIELD)]
        if not said:
            why = f"the header has: {', '.join(header)}; say --column text=<one of them>"
            raise Invalid(what="the column text", why=why)
        if _WHO in self.passed_over:
            why = f"it may be any of {', '.join(_WHOSE)}; say --column {_WHOSE[0]}={_WHO}"
            raise Invalid(what=f"the header {_WHO}", why=why)
        for name, columns in self._from.items():
            there = [one for one in columns if one in header]
            if len(there) > 1:
                raise Invalid(what=f"the headers {' and '.join(there)}", why=f"all say {name}; take one out")

    def ticket(self, row: Row) -> Ticket | Refused:
        """The row as a ticket, or why it is none."""
        try:
            return self._ticket(row)
        except _Unfit as unfit:
            return Refused(row.line, unfit.why, unfit.hint)

    def _ticket(self, row: Row) -> Ticket:
        given = {name: _at(row.values, where) for name, where in self._from.items()}
        if _WHO not in self._read and not isinstance(row.values.get(_WHO), Mapping | None):
            raise _Unfit(_WHO, "is no object", f'write {{"ref": …}}, or name it {_WHOSE[0]}')
        texts = {name: text for name in _TEXTS if (text := _text(name, given[name], _SHORT))}
        ticket = Ticket(
            line=row.line,
            id=_text("id", given["id"], _SHORT),
            at=_moment(given["at"]),
            text=_text("text", given["text"], TEXT_LIMIT),
            fields=_fields(given, row.values),
            extraction_confidence=_share(given["extraction_confidence"]),
            customer=_facts(given),
            history=_history(given["history"]),
            follows=None,
            expected_tier=_tier(given["expected_tier"]),
            expected_reason=_text("expected_reason", given["expected_reason"], _SHORT),
            **texts,
        )
        if not (ticket.text.strip() or ticket.subject.strip() or ticket.fields):
            raise _Unfit("text", "is empty", "a ticket needs a text, a subject or fields")
        return ticket


def _at(values: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first column of these that is there; a dot reaches into an inner object."""
    for name in names:
        if name in values:
            return values[name]
        outer, _, inner = name.partition(".")
        within = values.get(outer)
        if inner and isinstance(within, Mapping) and inner in within:
            return within[inner]
    return None


def _text(name: str, value: Any, most: int) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _Unfit(name, f"is {_kind(value)} and no text", "put quotes around it")
    if len(value) > most:
        raise _Unfit(name, f"has {len(value):,} characters; the most is {most:,}", "cut or split it")
    if "\0" in value:
        raise _Unfit(name, "holds a NUL character", "take it out")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise _Unfit(name, "holds half of a surrogate pair", "save the file again as UTF-8")
    return value


def _kind(value: Any) -> str:
    kinds = {bool: "true or false", list: "a list", dict: "an object", float: "a number"}
    return kinds.get(type(value), type(value).__name__)


def _moment(value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise _Unfit("at", f"is no time: {str(value)[:40]}", "write 2026-11-20T09:30:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _share(value: Any) -> float | None:
    number = _number("extraction_confidence", value)
    if number is not None and not 0 <= number <= 1:
        raise _Unfit("extraction_confidence", f"is {number:g}", "write a number from 0 to 1")
    return number


def _number(name: str, value: Any) -> float | None:
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _Unfit(name, f"is no number: {str(value)[:40]}", "write digits")
    return number


def _tier(value: Any) -> int | None:
    number = _number("expected_tier", value)
    if number is not None and number not in (1, 2, 3):
        raise _Unfit("expected_tier", f"is {number:g}", "write 1, 2 or 3")
    return None if number is None else int(number)


def _facts(given: Mapping[str, Any]) -> CustomerFacts | None:
    """What the ticket itself tells of the customer; None when it tells nothing."""
    if all(given[name] in (None, "") for name in _FACTS):
        return None
    return CustomerFacts(
        lifetime_value=int(_number("lifetime_value", given["lifetime_value"]) or 0),
        vip=_flag("vip", given["vip"]),
        vulnerable=_flag("vulnerable", given["vulnerable"]),
        prefers_human=_flag("prefers_human", given["prefers_human"]),
        segment=_text("segment", given["segment"], _SHORT),
    )


def _flag(name: str, value: Any) -> bool:
    word = "" if value is None else str(value).strip().lower()
    if word not in (*_YES, *_NO):
        raise _Unfit(name, f"is neither true nor false: {word[:40]}", "write true or false")
    return word in _YES


def _json(name: str, value: Any) -> Any:
    """A cell that holds JSON, or what a JSON line held in its place."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except (ValueError, RecursionError):
        raise _Unfit(name, "is not JSON", f'write {name} as {{"…": …}} in one cell') from None


def _fields(given: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields of an item: one object, and every column whose name begins with ``field.``."""
    found = _json("fields", given["fields"])
    if found is not None and not isinstance(found, dict):
        raise _Unfit("fields", "is no object", 'write {"amount": "12.00", …}')
    plain = {name: value for name, value in values.items() if name.startswith(FIELD)}
    named = {name: value for name, value in given.items() if name.startswith(FIELD)}
    own = {name.removeprefix(FIELD): value for name, value in {**plain, **named}.items()}
    return {**(found or {}), **own} if found is not None or own else None


def _history(value: Any) -> tuple[PastContact, ...]:
    found = _json("history", value)
    if found is None:
        return ()
    try:
        past = msgspec.convert(found, tuple[PastContact, ...])
    except msgspec.ValidationError as error:
        raise _Unfit("history", f"is not usable: {error}", 'write [{"at": "…", "text": "…"}]') from None
    return tuple(msgspec.structs.replace(one, at=_aware(one.at)) for one in past)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
