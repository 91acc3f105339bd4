"""A playbook in words: what it needs to know, what it looks up, and which way it goes then."""

from collections.abc import Iterator
from functools import reduce
from typing import Any, Final

import msgspec

from newel.domain.fact import called, written
from newel.domain.policy.playbook import Condition, Need, Path, Pick, Playbook, Proposed, Slot
from newel.domain.policy.reading_row import both, either, plain
from newel.domain.sentence import Sentence, Value, joined

_SOURCES: Final = {
    "text": Sentence("what the customer wrote"),
    "fields": Sentence("the fields of the item"),
    "profile": Sentence("the customer's record"),
    "only_open_order": Sentence("their only open order"),
    "latest_order": Sentence("their latest order"),
}
_ELSE: Final = Sentence("%(first)s, else %(then)s")
_KNOWN: Final = Sentence("%(name)s, from %(sources)s.")
_KNOWN_IF_THERE: Final = Sentence("%(name)s, from %(sources)s, if it is there.")
_ASKS: Final = Sentence("Otherwise it asks: “%(question)s”")
_GIVES_UP: Final = Sentence("Otherwise a person has it.")
_LOOKS_UP: Final = Sentence("%(name)s: %(call)s in %(system)s.")
_LOOKS_UP_IF_THERE: Final = Sentence("%(name)s: %(call)s in %(system)s, if there is one.")
_PICKS: Final = {
    (False, False): Sentence("%(name)s: the one of %(among)s."),
    (False, True): Sentence("%(name)s: the one of %(among)s, or the first."),
    (True, False): Sentence("%(name)s: the one of %(among)s that the customer names by %(slot)s."),
    (True, True): Sentence(
        "%(name)s: the one of %(among)s that the customer names by %(slot)s, or the first."
    ),
}
_ACT_OF: Final = Sentence("%(action)s of %(amount)s")
_TO_PERSON: Final = Sentence("A person has it.")
_TO_PERSON_FOR: Final = Sentence("A person has it: %(note)s.")
_HOLDS: Final = Sentence("%(fact)s %(tests)s")
_LOOKED_AT: Final = Sentence("is looked at")
_IS: Final = Sentence("is %(value)s")
_IS_NOT: Final = Sentence("is not %(value)s")
_NOR: Final = Sentence("%(these)s nor %(last)s")
_PRESENT: Final = Sentence("is known")
_ABSENT: Final = Sentence("is not known")
_AT_LEAST: Final = Sentence("is %(value)s or more")
_AT_MOST: Final = Sentence("is %(value)s or less")
_WITHIN: Final = Sentence("lies at most %(days)s days back")
_OLDER: Final = Sentence("lies more than %(days)s days back")
_SAME: Final = Sentence("is the same as %(other)s")
_DIFFERS: Final = Sentence("differs from %(other)s")
_YES: Final = Sentence("yes")
_NO: Final = Sentence("no")


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way of a playbook: when it is taken, what is answered and proposed, or that a person has it."""

    when: tuple[Value, ...]
    reply: str
    act: Value = ""
    because: str = ""
    to_person: Value = ""


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """All of a playbook, in the order in which it is followed."""

    only_if: tuple[Value, ...]
    asks: tuple[Value, ...]
    looks_up: tuple[Value, ...]
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


def condition(one: Condition) -> Sentence:
    """A test on a fact as half a sentence: ``order state is placed``."""
    return _HOLDS.of(fact=called(one.fact), tests=both(list(_tests(one)) or [_LOOKED_AT]))


def _tests(one: Condition) -> Iterator[Sentence]:
    if one.eq is not None:
        yield _IS.of(value=_value(one.eq))
    if one.one_of is not None:
        yield _IS.of(value=either(list(map(_value, one.one_of))))
    if one.not_one_of is not None:
        yield _IS_NOT.of(value=reduce(_nor, map(_value, one.not_one_of)))
    if one.present is not None:
        yield _PRESENT if one.present else _ABSENT
    yield from _measures(one)
    if one.same_as:
        yield _SAME.of(other=called(one.same_as))
    if one.differs_from:
        yield _DIFFERS.of(other=called(one.differs_from))


def _measures(one: Condition) -> Iterator[Sentence]:
    if one.at_least is not None:
        yield _AT_LEAST.of(value=one.at_least)
    if one.at_most is not None:
        yield _AT_MOST.of(value=one.at_most)
    if one.within_days is not None:
        yield _WITHIN.of(days=one.within_days)
    if one.older_than_days is not None:
        yield _OLDER.of(days=one.older_than_days)


def _nor(these: Value, last: Value) -> Sentence:
    return _NOR.of(these=these, last=last)


def slot(name: str, one: Slot) -> Value:
    """What must be known, where it comes from, and what follows if it is not there."""
    sources = reduce(_otherwise, (_SOURCES[source] for source in one.sources))
    known = (_KNOWN if one.required else _KNOWN_IF_THERE).of(name=_name(name), sources=sources)
    if one.ask:
        return joined((known, _ASKS.of(question=one.ask)), " ")
    return joined((known, _GIVES_UP), " ") if one.required else known


def _otherwise(first: Value, then: Value) -> Sentence:
    return _ELSE.of(first=first, then=then)


def need(name: str, one: Need) -> Sentence:
    """A look-up as a sentence."""
    system, _, call = one.call.partition(".")
    said = _LOOKS_UP_IF_THERE if one.optional else _LOOKS_UP
    return said.of(name=_name(name), call=_fact(call), system=_fact(system))


def pick(name: str, one: Pick) -> Sentence:
    """How one of several is chosen."""
    said = _PICKS[bool(one.slot), one.first]
    return said.of(name=_name(name), among=_fact(one.among), slot=_fact(one.slot))


def _way(path: Path) -> Way:
    person = _TO_PERSON_FOR.of(note=path.note) if path.note else _TO_PERSON
    return Way(
        when=tuple(map(condition, path.when)),
        reply=path.reply,
        act=_act(path.act) if path.act else "",
        because=path.act.justification if path.act else "",
        to_person=person if path.to_person else "",
    )


def _act(one: Proposed) -> Sentence:
    action = plain(one.action)
    return _ACT_OF.of(action=action, amount=called(one.amount.strip("{}"))) if one.amount else action


def _name(key: str) -> str:
    return _fact(key).capitalize()


def _fact(path: str) -> str:
    """A company's own name of a fact; no catalogue knows better what it means."""
    return path.replace("_", " ").replace(".", " ")


def _value(value: Any) -> Value:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, str):
        return written(value)
    return value if isinstance(value, int | float) else str(value)
