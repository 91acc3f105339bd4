"""Values that a playbook needs, taken from the text, the fields or what the customer's record says.

Two different values in one text are a question and not a choice: nothing is guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
import re2

from newel.domain.playbook.dates import dates, times
from newel.domain.playbook.own import GIFT_CARD, ORDER, asks_in_general
from newel.domain.playbook.products import product_words
from newel.domain.policy.playbook import Playbook, Slot

CLOSED_STATES: Final = ("delivered", "cancelled", "returned", "refunded")
_LONGEST_TEXT: Final = 300


class Filled(msgspec.Struct, frozen=True):
    """Every required slot has its value."""

    values: Mapping[str, str]


class Missing(msgspec.Struct, frozen=True):
    """Required slots without one value, and the question that the policy asks for the first."""

    names: tuple[str, ...]
    ask: str
    values: Mapping[str, str]


class Given(msgspec.Struct, frozen=True):
    """Where slots come from: the customer's words, the item's fields, the customer's record.

    ``text`` is all of the turn; ``messages`` are its messages, newest first, and ``before`` those
    that were answered already, newest first.
    """

    text: str
    messages: tuple[str, ...]
    before: tuple[str, ...]
    fields: Mapping[str, Any]
    profile: Mapping[str, Any]
    today: date


def fill_slots(
    playbook: Playbook,
    text: str,
    fields: Mapping[str, Any],
    profile: Mapping[str, Any],
    today: date,
    *,
    messages: Sequence[str] = (),
    before: Sequence[str] = (),
) -> Filled | Missing:
    """Give each slot its value, or say which required ones have none.

    What was said last counts first: a new day replaces the one before. The order of an earlier,
    answered message is still the one that "it" means.
    """
    given = Given(text, tuple(messages) or (text,), tuple(before), fields, profile, today)
    found = {name: _value(name, slot, given) for name, slot in playbook.slots.items()}
    values = {name: value for name, value in found.items() if value}
    missing = tuple(name for name, slot in playbook.slots.items() if slot.required and name not in values)
    if not missing:
        return Filled(values)
    return Missing(missing, playbook.slots[missing[0]].ask, values)


def with_given(
    playbook: Playbook, filled: Filled | Missing, given: Mapping[str, str], today: date
) -> Filled | Missing:
    """The same with what a person says of some slots, read as the customer's words are; it goes before.

    What cannot be read as one value of its kind leaves the slot empty.
    """
    read = {
        name: _given(playbook.slots[name], given[name], today) for name in given if name in playbook.slots
    }
    values = {name: value for name, value in {**filled.values, **read}.items() if value}
    missing = tuple(name for name, slot in playbook.slots.items() if slot.required and name not in values)
    return Missing(missing, playbook.slots[missing[0]].ask, values) if missing else Filled(values)


def _given(slot: Slot, text: str, today: date) -> str:
    if slot.kind == "field":
        return text.strip()[:_LONGEST_TEXT]
    values = _read_from(text, slot, today)
    return values[0] if len(values) == 1 else ""


def fills(playbook: Playbook, text: str, today: date) -> bool:
    """Whether a message names a value that the playbook asks for: then it answers its question."""
    asked = (slot for slot in playbook.slots.values() if "text" in slot.sources)
    return any(_read_from(text, slot, today) for slot in asked if slot.kind not in _WHOLE_TURN)


def wants_orders(playbook: Playbook) -> bool:
    """Whether a slot can come from the customer's orders (``profile["orders"]``)."""
    from_orders = {"only_open_order", "latest_order"}
    return any(from_orders & set(slot.sources) for slot in playbook.slots.values())


def _value(name: str, slot: Slot, given: Given) -> str | None:
    for source in slot.sources:
        values = _SOURCES[source](name, slot, given)
        if values:
            return values[0] if len(values) == 1 else None
    return None


def _from_text(_name: str, slot: Slot, given: Given) -> tuple[str, ...]:
    if not slot.pattern and slot.kind in _WHOLE_TURN:
        return _unique(_READERS[slot.kind](given.text, given.today))
    known = (*given.messages, *(given.before if slot.kind == "order" else ()))
    read = (_read_from(one, slot, given.today) for one in known)
    return next((values for values in read if values), ())


def _read_from(text: str, slot: Slot, today: date) -> tuple[str, ...]:
    if slot.pattern:
        return _matches(slot.pattern, text)
    return _unique(_READERS[slot.kind](text, today))


def _from_fields(name: str, slot: Slot, given: Given) -> tuple[str, ...]:
    value = given.fields.get(slot.field or name)
    return (str(value),) if value not in (None, "") else ()


def _from_profile(name: str, slot: Slot, given: Given) -> tuple[str, ...]:
    value = given.profile.get(slot.field or name)
    return (value,) if isinstance(value, str) and value else ()


def _only_open_order(_name: str, _slot: Slot, given: Given) -> tuple[str, ...]:
    orders = given.profile.get("orders", ())
    return tuple(_number(o) for o in orders if o.get("state") not in CLOSED_STATES)


def _latest_order(_name: str, _slot: Slot, given: Given) -> tuple[str, ...]:
    """The newest order; none for a question that is about nothing of the customer's own."""
    if asks_in_general(given.text):
        return ()
    orders = [o for o in given.profile.get("orders", ()) if o.get("placed_on")]
    newest = max((o["placed_on"] for o in orders), default=None)
    return tuple(_number(o) for o in orders if o["placed_on"] == newest)


def _number(order: Mapping[str, Any]) -> str:
    return str(order.get("no", ""))


_SOURCES: Final[dict[str, Callable[[str, Slot, Given], tuple[str, ...]]]] = {
    "text": _from_text,
    "fields": _from_fields,
    "profile": _from_profile,
    "only_open_order": _only_open_order,
    "latest_order": _latest_order,
}

_PATTERNS: Final = {
    "order": ORDER,
    "sku": r"(?i)\b([a-z]{2,4}-\d{2,6})\b",
    "email": r"(?i)\b([a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)\b",
    "gift_card": GIFT_CARD,
    "number": r"(?<![\w.£$€-])(\d{1,4})(?![\w-]|[.,]\d)",
    "address": r"(?i)(\d+[a-z]? [^\n?!;]{3,80}?\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b",
}
_COMPILED: Final = {kind: re.compile(p) for kind, p in _PATTERNS.items()}
_UPPER: Final = ("sku", "gift_card")


def _matches(pattern: str, text: str) -> tuple[str, ...]:
    """The policy's own pattern, in linear time whatever it is."""
    return _unique(m.group(1) for m in re2.compile(pattern).finditer(text))


def _read(kind: str) -> Callable[[str, date], list[str]]:
    def reader(text: str, _today: date) -> list[str]:
        found = [m.group(1) for m in _COMPILED[kind].finditer(text)]
        return [one.upper() if kind in _UPPER else one for one in found]

    return reader


def _unique(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(value.split()) for value in values))


def _products(text: str, today: date) -> list[str]:
    return _read("sku")(text, today) or product_words(text)


_WHOLE_TURN: Final = ("product", "text")
_READERS: Final[dict[str, Callable[[str, date], list[str]]]] = {
    **{kind: _read(kind) for kind in _PATTERNS},
    "date": lambda text, today: [d.isoformat() for d in dates(text, today)],
    "time": lambda text, _today: times(text),
    "product": _products,
    "text": lambda text, _today: [text.strip()[:_LONGEST_TEXT]],
    "field": lambda _text, _today: [],
}
