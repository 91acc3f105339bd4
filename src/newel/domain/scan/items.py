"""What is wrong with the fields of an item: missing, contradictory, oddly written, seen before."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import re2

from newel.domain.policy.bundle import Field
from newel.domain.scan.reading import Reading, fact
from newel.domain.scan.receipt import Evidence
from newel.domain.sentence import Sentence

_NET, _TAX = ("net", "net_amount", "subtotal"), ("tax", "tax_amount", "vat", "vat_amount")
_TOTAL = ("total", "total_amount", "gross", "amount", "amount_due")
_ORDERED = (("invoice_date", "due_date"), ("order_date", "delivery_date"), ("start_date", "end_date"))
_ON_RECORD = ("_on_record", "_in_system", "_expected", "_on_order", "_on_po")
_IDENTITY = ("invoice_number", "invoice_no", "document_number", "external_id")
_MISSING = Sentence("%(field)s is missing")
_ODD = Sentence("%(field)s does not look like %(pattern)s")
_SAYS = Sentence("%(field)s is %(value)s")
_SEEN = Sentence("%(number)s was seen on %(day)s")
_SUM = Sentence("total %(total)s is not net %(net)s plus tax %(tax)s")
_BEFORE = Sentence("%(after)s %(last)s is before %(before)s %(first)s")
_DIFFERS = Sentence("%(field)s %(value)s differs from %(other)s %(record)s")


def missing_field(reading: Reading) -> tuple[Evidence, ...]:
    """Required fields that are absent or empty."""
    fields = _fields(reading)
    if fields is None:
        return ()
    required = (name for name, field in reading.bundle.fields.items() if field.required)
    return _facts(_MISSING.of(field=name) for name in required if _is_empty(fields.get(name)))


def unusual_format(reading: Reading) -> tuple[Evidence, ...]:
    """Fields that are not of their type, or do not look as the policy says."""
    given = reading.message.fields or {}
    return _facts(
        wrong.of(field=name, **({"pattern": field.pattern} if wrong is _ODD else {}))
        for name, field in reading.bundle.fields.items()
        if not _is_empty(given.get(name)) and (wrong := _oddity(given[name], field))
    )


def conflicting_fields(reading: Reading) -> tuple[Evidence, ...]:
    """Fields that contradict each other or what is on record."""
    given = reading.message.fields or {}
    return _facts((*_sums(given), *_dates(given), *_records(given)))


def duplicate(reading: Reading) -> tuple[Evidence, ...]:
    """The item says that it repeats another, or an earlier contact bears its number."""
    given = reading.message.fields or {}
    marks = [name for name in ("duplicate_of", "duplicate", "is_duplicate") if given.get(name)]
    if marks:
        return _facts(_SAYS.of(field=name, value=str(given[name])) for name in marks)
    number = next((str(given[name]) for name in _IDENTITY if not _is_empty(given.get(name))), "")
    if not number:
        return ()
    exact = re.compile(rf"(?<!\w){re.escape(number)}(?!\w)")
    seen = [past for past in reading.message.history if exact.search(past.text)]
    return _facts(_SEEN.of(number=number, day=f"{past.at:%Y-%m-%d}") for past in seen[:3])


def _fields(reading: Reading) -> Mapping[str, Any] | None:
    """The fields; an item without any lacks all of them."""
    if reading.message.fields is None and reading.bundle.kind == "items":
        return {}
    return reading.message.fields


def _facts(says: Iterable[Sentence]) -> tuple[Evidence, ...]:
    return tuple(item for each in says for item in fact(each))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def _oddity(value: Any, field: Field) -> Sentence | None:
    if field.type in ("number", "money") and _number(value) is None:
        return Sentence("%(field)s is not a number")
    if field.type == "date" and _date(value) is None:
        return Sentence("%(field)s is not a date (YYYY-MM-DD)")
    if field.type == "boolean" and not isinstance(value, bool):
        return Sentence("%(field)s is not true or false")
    if field.type == "text" and not isinstance(value, str | int | float):
        return Sentence("%(field)s is not a text")
    if field.pattern and not re2.fullmatch(field.pattern, _clean(value)):
        return _ODD
    return None


def _clean(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _sums(given: Mapping[str, Any]) -> Iterator[Sentence]:
    net, tax, total = (_first_number(given, names) for names in (_NET, _TAX, _TOTAL))
    if net is not None and tax is not None and total is not None and net + tax != total:
        yield _SUM.of(total=str(total), net=str(net), tax=str(tax))


def _dates(given: Mapping[str, Any]) -> Iterator[Sentence]:
    for before, after in _ORDERED:
        first, last = _date(given.get(before)), _date(given.get(after))
        if first and last and last < first:
            yield _BEFORE.of(after=after, last=str(last), before=before, first=str(first))


def _records(given: Mapping[str, Any]) -> Iterator[Sentence]:
    for name, value in given.items():
        for ending in _ON_RECORD:
            other = given.get(f"{name}{ending}")
            if not _is_empty(value) and not _is_empty(other) and not _same(value, other):
                yield _DIFFERS.of(field=name, value=str(value), other=f"{name}{ending}", record=str(other))


def _same(one: Any, other: Any) -> bool:
    numbers = _number(one), _number(other)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return str(one).strip().casefold() == str(other).strip().casefold()


def _first_number(given: Mapping[str, Any], names: tuple[str, ...]) -> Decimal | None:
    return next((number for name in names if (number := _number(given.get(name))) is not None), None)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value).strip()[:40])
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
