"""The template language of replies and arguments: ``{order.state}``, ``{order.total_minor|money}``.

One pass, no nesting, no code: a value that holds braces is text. A fact that is not present
is never papered over; the caller learns its name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

from newel.domain.playbook.facts import ABSENT, at, beside
from newel.domain.words import DAY, Money

PLACE: Final = re.compile(r"\{([a-z_]\w*(?:\.\w+)*)(?:\|([a-z]+)(?::(\w+))?)?\}")
_SIGNS: Final = {"GBP": "£", "EUR": "€", "USD": "$"}


class Rendered(msgspec.Struct, frozen=True):
    """A filled template, and the value of each path that it used."""

    text: str
    used: Mapping[str, Any]


class MissingFact(msgspec.Struct, frozen=True):
    """The path of a fact that the template names and nobody knows, or that its filter refuses."""

    path: str


class _Refused(Exception):
    """Carries the path out of the substitution."""


def render(template: str, tree: Mapping[str, Any]) -> Rendered | MissingFact:
    """Fill every place of a template, or name the first fact that is missing."""
    used: dict[str, Any] = {}

    def fill(place: re.Match[str]) -> str:
        path, name, option = place.group(1), place.group(2) or "", place.group(3) or ""
        used[path] = at(tree, path)
        text = _shown(tree, path, name, option)
        if text is None or text == "":
            raise _Refused(path)
        return text

    try:
        return Rendered(PLACE.sub(fill, template), used)
    except _Refused as refused:
        return MissingFact(str(refused))


def places(template: str) -> tuple[str, ...]:
    """The paths that a template names."""
    return tuple(match.group(1) for match in PLACE.finditer(template))


def only_place(template: str) -> str | None:
    """The path, when the whole template is one place without a filter."""
    whole = PLACE.fullmatch(template)
    return whole.group(1) if whole and not whole.group(2) else None


def lint(template: str) -> tuple[str, ...]:
    """What is wrong with a template before any fact is known."""
    rest = PLACE.sub("", template)
    wrong = [f"unreadable place near {rest!r}"] if "{" in rest or "}" in rest else []
    named = (match.group(2) for match in PLACE.finditer(template))
    return (
        *wrong,
        *(f"unknown filter {name!r}" for name in named if name and name not in FILTERS),
    )


def _shown(tree: Mapping[str, Any], path: str, name: str, option: str) -> str | None:
    value = at(tree, path)
    if value is ABSENT:
        return None
    if name == "money":
        return _money(value, beside(tree, path, "currency"))
    return FILTERS[name](value, option) if name in FILTERS else None


def _plain(value: Any, _option: str) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | float | date) else None


def as_money(value: Any, currency: Any) -> Money | None:
    """A fact as an amount: ``{amount_minor, currency}``, or minor units beside a currency."""
    if isinstance(value, Mapping):
        value, currency = value.get("amount_minor"), value.get("currency")
    if type(value) is not int or not isinstance(currency, str):
        return None
    return Money(value, currency)


def _money(value: Any, currency: Any) -> str | None:
    money = as_money(value, currency)
    mark = _SIGNS.get(money.currency) if money else None
    if money is None or mark is None:
        return str(money) if money else None
    major, minor = divmod(abs(money.amount_minor), 100)
    return f"{'-' if money.amount_minor < 0 else ''}{mark}{major:,}.{minor:02d}"


def _date(value: Any, _option: str) -> str | None:
    day = as_moment(value)
    return f"{day:%A} {day.day} {day:%B %Y}" if day else None


def _plus(value: Any, option: str) -> str | None:
    """The day that many days later: a window that a policy counts from a fact."""
    day = as_moment(value)
    return _date(day + int(option) * DAY, "") if day and option.isdigit() else None


def _iso(value: Any, option: str) -> str | None:
    """The day as ``2026-11-28``, so many days later where a number is given: for arguments."""
    day = as_moment(value)
    later = int(option) if option.isdigit() else 0
    return (day + later * DAY).date().isoformat() if day else None


def _time(value: Any, _option: str) -> str | None:
    return value[11:16] if isinstance(value, str) and len(value) >= 16 else None


def _words(value: Any, _option: str) -> str | None:
    return value.replace("_", " ") if isinstance(value, str) else None


def _first(value: Any, _option: str) -> str | None:
    """The first word: how a person is greeted."""
    return value.split()[0] if isinstance(value, str) and value.split() else None


def _count(value: Any, _option: str) -> str | None:
    many = isinstance(value, Sequence) and not isinstance(value, str)
    return str(len(value)) if many else None


def _list(value: Any, option: str) -> str | None:
    """``a, b and c``; of records, the named key, with the quantity where there is one."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    names = [_name(entry, option or "name") for entry in value]
    if not names or None in names:
        return None
    told = [name for name in names if name]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _name(entry: Any, key: str) -> str | None:
    if not isinstance(entry, Mapping):
        return _plain(entry, "")
    name, quantity = _plain(entry.get(key), ""), entry.get("quantity")
    return f"{quantity} × {name}" if name and type(quantity) is int else name


def as_moment(value: Any) -> datetime | None:
    """A date or time of a fact (ISO 8601) as a moment, or None."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


FILTERS: Final[dict[str, Callable[[Any, str], str | None]]] = {
    "": _plain,
    "money": _money,
    "date": _date,
    "plus": _plus,
    "iso": _iso,
    "time": _time,
    "list": _list,
    "words": _words,
    "count": _count,
    "first": _first,
}
