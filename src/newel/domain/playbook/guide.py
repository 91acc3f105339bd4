"""A playbook as a person reads it: what to ask, what was looked up, and where each branch leads.

Nothing is decided here: ``choose`` names the branch, and a fact that nobody knows stays open.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zlib import crc32

import msgspec

from newel.domain.playbook.conditions import holds
from newel.domain.playbook.facts import ABSENT, Known, at
from newel.domain.playbook.picks import with_picks
from newel.domain.playbook.plan import NoPath, Reply, choose
from newel.domain.playbook.slots import Missing
from newel.domain.playbook.template import PLACE, MissingFact, render
from newel.domain.policy.playbook import Condition, Path, Playbook
from newel.domain.policy.steps import condition as in_words
from newel.domain.sentence import Sentence

_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
"""A name without digits is no phone number to whoever masks it."""
_NONE: Final[Mapping[str, bool]] = {}


class Asked(msgspec.Struct, frozen=True):
    """Something that the customer must have said; empty when it is not known."""

    name: str
    question: str
    value: str = ""


class Looked(msgspec.Struct, frozen=True):
    """A look-up: ``found``, ``none`` (there is no such record), or ``open`` (not asked yet)."""

    name: str
    state: str
    source: str = ""


class Test(msgspec.Struct, frozen=True):
    """One condition in words, what stands there, and whether it holds; None: not known.

    ``key`` names what a person may answer, as no fact does; ``said``: they have.
    """

    says: Sentence
    found: str = ""
    holds: bool | None = None
    key: str = ""
    said: bool = False


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One path: its conditions, what it says and does; ``leads`` where the facts lead."""

    tests: tuple[Test, ...]
    holds: bool | None
    leads: bool
    reply: str
    action: str
    to_person: bool
    note: str


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """The whole playbook; ``reply`` is the leading branch's, filled, and ``blocked`` why there is none."""

    reason: str
    title: str
    asked: tuple[Asked, ...] = ()
    looked: tuple[Looked, ...] = ()
    branches: tuple[Branch, ...] = ()
    reply: str = ""
    action: str = ""
    blocked: str = ""


def guide(
    reason: str,
    playbook: Playbook,
    found: Known | Missing | None,
    now: datetime,
    answers: Mapping[str, bool] = _NONE,
) -> Guide:
    """The playbook with what is known; ``found`` is None when nothing could be asked.

    ``answers`` are a person's, to conditions of which no fact says whether they hold: the script goes on
    with them. A fact is never overruled, and nothing is done by them.
    """
    known = found if isinstance(found, Known) else Known(slots=found.values if found else {})
    said = choose(playbook, known, now) if isinstance(found, Known) else None
    tree = with_picks(playbook, known)
    theirs = not (isinstance(said, NoPath) and said.reason == "not_their_order")
    known_all, facts = isinstance(found, Known) and theirs, tree if theirs else {}
    branches = _branches(playbook, facts, now, answers if theirs else {}, known=known_all)
    if answers and _leading(branches) != _leading(_branches(playbook, facts, now, {}, known=known_all)):
        said = None  # the person's word leads, and what the facts say belongs to another branch
    return Guide(
        reason=reason,
        title=playbook.title,
        asked=tuple(
            Asked(name, slot.ask, str(known.slots.get(name, ""))) for name, slot in playbook.slots.items()
        ),
        looked=tuple(_looked(name, known) for name in playbook.needs),
        branches=branches,
        reply=said.text if isinstance(said, Reply) else "",
        action=said.action.action if isinstance(said, Reply) and said.action else "",
        blocked=f"{said.reason.value}:{said.detail}".rstrip(":") if isinstance(said, NoPath) else "",
    )


def _leading(branches: tuple[Branch, ...]) -> int | None:
    return next((n for n, branch in enumerate(branches) if branch.leads), None)


def _looked(name: str, known: Known) -> Looked:
    if name not in known.facts:
        return Looked(name, "open")
    said = known.facts[name]
    return Looked(name, "found", said.source) if said else Looked(name, "none")


def _branches(
    playbook: Playbook, tree: Mapping[str, Any], now: datetime, answers: Mapping[str, bool], *, known: bool
) -> tuple[Branch, ...]:
    found, led, unsure = [], False, False
    for path in playbook.paths:
        tests = tuple(_test(condition, tree, now, answers, known=known) for condition in path.when)
        whole = _all(tests) if known or answers else None
        leads = bool(whole) and not led and not unsure
        led, unsure = led or leads, unsure or (not known and whole is None)
        found.append(_branch(path, tests, whole, tree, leads=leads))
    return tuple(found)


def _all(tests: tuple[Test, ...]) -> bool | None:
    answers = {test.holds for test in tests}
    return False if False in answers else None if None in answers else True


def _branch(
    path: Path, tests: tuple[Test, ...], whole: bool | None, tree: Mapping[str, Any], *, leads: bool
) -> Branch:
    return Branch(
        tests=tests,
        holds=whole,
        leads=leads,
        reply=_reply(path.reply, tree),
        action=path.act.action if path.act else "",
        to_person=path.to_person,
        note=path.note,
    )


def _reply(template: str, tree: Mapping[str, Any]) -> str:
    """The text with its facts, or with the names of those that are missing."""
    done = render(template, tree)
    if isinstance(done, MissingFact):
        return PLACE.sub(lambda place: f"‹{_words(place.group(1))}›", template)
    return done.text


def _test(
    condition: Condition, tree: Mapping[str, Any], now: datetime, answers: Mapping[str, bool], *, known: bool
) -> Test:
    value, key = at(tree, condition.fact), key_of(condition)
    absent = value is ABSENT
    says, found = in_words(condition), "" if absent else _plain(value)
    if known and (not absent or condition.present is not None):
        return Test(says, found, holds(condition, tree, now))
    return Test(says, found, answers.get(key), key, key in answers)


def key_of(condition: Condition) -> str:
    """The name of a condition: the same one is answered once, wherever it stands."""
    return f"{crc32(msgspec.json.encode(condition)):08x}".translate(_LETTERS)


def _words(path: str) -> str:
    return path.replace(".", " ").replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Mapping):
        return f"{len(value)} values"
    return str(value)
