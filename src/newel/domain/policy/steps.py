"""A playbook in words: what it needs to know, what it looks up, and which way it goes then."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from newel.domain.policy.playbook import Condition, Need, Path, Pick, Playbook, Slot

_SOURCES: Final = {
    "text": "what the customer wrote",
    "fields": "the fields of the item",
    "profile": "the customer's record",
    "only_open_order": "their only open order",
    "latest_order": "their latest order",
}
_TO_PERSON: Final = "A person has it."


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way of a playbook: when it is taken, what is answered and proposed, or that a person has it."""

    when: tuple[str, ...]
    reply: str
    act: str = ""
    because: str = ""
    to_person: str = ""


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """All of a playbook, in the order in which it is followed."""

    only_if: tuple[str, ...]
    asks: tuple[str, ...]
    looks_up: tuple[str, ...]
    ways: tuple[Way, ...]


def steps(playbook: Playbook) -> Steps:
    """A playbook as its steps."""
    return Steps(
        only_if=tuple(map(condition, playbook.when)),
        asks=tuple(slot(name, one) for name, one in playbook.slots.items()),
        looks_up=(
            *(need(name, one) for name, one in playbook.needs.items()),
            *(pick(name, one) for name, one in playbook.picks.items()),
        ),
        ways=tuple(map(_way, playbook.paths)),
    )


def condition(one: Condition) -> str:
    """A test on a fact as half a sentence: ``order: state is placed``."""
    return f"{_fact(one.fact)} {' and '.join(_tests(one)) or 'is looked at'}"


def _tests(one: Condition) -> Iterator[str]:
    if one.eq is not None:
        yield f"is {_value(one.eq)}"
    if one.one_of is not None:
        yield f"is {' or '.join(map(_value, one.one_of))}"
    if one.not_one_of is not None:
        yield f"is not {' nor '.join(map(_value, one.not_one_of))}"
    if one.present is not None:
        yield "is known" if one.present else "is not known"
    if one.at_least is not None:
        yield f"is {one.at_least:g} or more"
    if one.at_most is not None:
        yield f"is {one.at_most:g} or less"
    if one.within_days is not None:
        yield f"lies at most {one.within_days} days back"
    if one.older_than_days is not None:
        yield f"lies more than {one.older_than_days} days back"
    if one.same_as:
        yield f"is the same as {_fact(one.same_as)}"
    if one.differs_from:
        yield f"differs from {_fact(one.differs_from)}"


def slot(name: str, one: Slot) -> str:
    """What must be known, and where it comes from."""
    sources = ", else ".join(_SOURCES[source] for source in one.sources)
    asked = f' Otherwise it asks: "{one.ask}"' if one.ask else ""
    missing = "" if asked or not one.required else f" Otherwise {_TO_PERSON[0].lower()}{_TO_PERSON[1:]}"
    spare = "" if one.required else ", if it is there"
    return f"{_fact(name).capitalize()}, from {sources}{spare}.{asked}{missing}"


def need(name: str, one: Need) -> str:
    """A look-up as a sentence."""
    system, _, call = one.call.partition(".")
    spare = ", if there is one" if one.optional else ""
    return f"{_fact(name).capitalize()}: {_fact(call)} in {_fact(system)}{spare}."


def pick(name: str, one: Pick) -> str:
    """How one of several is chosen."""
    by = f" that the customer names by {_fact(one.slot)}" if one.slot else ""
    first = ", or the first" if one.first else ""
    return f"{_fact(name).capitalize()}: the one of {_fact(one.among)}{by}{first}."


def _way(path: Path) -> Way:
    act = ""
    if path.act:
        amount = f" of {_fact(path.act.amount.strip('{}'))}" if path.act.amount else ""
        act = f"{_fact(path.act.action).capitalize()}{amount}"
    note = f" {path.note}" if path.note else ""
    return Way(
        when=tuple(map(condition, path.when)),
        reply=path.reply,
        act=act,
        because=path.act.justification if path.act else "",
        to_person=f"{_TO_PERSON}{note}" if path.to_person else "",
    )


def _fact(path: str) -> str:
    return path.replace("_", " ").replace(".", " ")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _fact(value) if isinstance(value, str) else str(value)
