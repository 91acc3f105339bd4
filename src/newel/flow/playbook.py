"""Playbooks: one of them written anew as a draft of its policy, which others sign and put in force."""

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Invalid
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.diff import Change, Needed, compare, signatures_needed
from newel.domain.policy.excerpt import LONGEST, excerpt, lines_of, rewritten
from newel.domain.policy.parse import Source
from newel.domain.policy.problem import BrokenPolicy, Problem
from newel.domain.sentence import Sentence
from newel.flow import policy
from newel.store.policy import Version

if TYPE_CHECKING:
    from newel.flow.house import House

_MOST: Final = Sentence("it has %(most)s characters at most")
_CAME_AFTER: Final = Sentence("it came after version %(base)s; begin anew")


class Written(msgspec.Struct, frozen=True):
    """A playbook as it is written in the version that runs."""

    base: Version
    text: str


class Weighed(msgspec.Struct, frozen=True):
    """What a new text would change and who would have to sign; or what is wrong with it, by its line."""

    changes: tuple[Change, ...] = ()
    needed: Needed | None = None
    wrong: tuple[tuple[int, str], ...] = ()


async def read(house: "House", actor: Actor, workflow: str, key: str) -> Written:
    """The text of a playbook, to be written anew."""
    actor.must(Act.SUBMIT_POLICY)
    base = await policy.find(house, workflow)
    return Written(base, await asyncio.to_thread(excerpt, base.source, key))


async def weigh(house: "House", actor: Actor, workflow: str, key: str, base: int, text: str) -> Weighed:
    """What a new text would change; nothing is kept."""
    running = await _running(house, actor, workflow, base, text)
    try:
        after = await asyncio.to_thread(_checked, running.source, key, text)
    except BrokenPolicy as broken:
        return Weighed(wrong=tuple(_wrong(rewritten(running.source, key, text), key, broken)))
    changes = compare(policy.bundle_of(running), after)
    return Weighed(changes, signatures_needed(changes, emergency=False) if changes else None)


async def submit(
    house: "House", actor: Actor, workflow: str, key: str, base: int, text: str, *, via: str = "console"
) -> Version:
    """Store it as a draft of the policy; by signatures and activation it comes in force, as any other."""
    running = await _running(house, actor, workflow, base, text)
    await asyncio.to_thread(_checked, running.source, key, text)
    return await policy.submit(house, actor, rewritten(running.source, key, text), via=via)


async def _running(house: "House", actor: Actor, workflow: str, base: int, text: str) -> Version:
    actor.must(Act.SUBMIT_POLICY)
    if len(text) > LONGEST:
        raise Invalid(what="the playbook", why=_MOST.of(most=LONGEST))
    running = await policy.find(house, workflow)
    if running.number != base:
        raise Conflict(what="the policy", state="in force", why=_CAME_AFTER.of(base=base))
    return running


def _checked(source: Source, key: str, text: str) -> Bundle:
    """The policy with the new text; whatever else changed by it was not meant."""
    before = policy.checked(source).bundle
    after = policy.checked(rewritten(source, key, text)).bundle
    if key not in after.playbooks or _without(before, key) != _without(after, key):
        raise Invalid(what="the text", why="it reaches beyond this playbook; every line is a part of it")
    return after


def _without(bundle: Bundle, key: str) -> Bundle:
    others = {name: one for name, one in bundle.playbooks.items() if name != key}
    return msgspec.structs.replace(bundle, playbooks=others)


def _wrong(source: Source, key: str, broken: BrokenPolicy) -> list[tuple[int, str]]:
    """Each mistake with its line within the text; 0 for one that shows elsewhere."""
    try:
        at = lines_of(source, key)
    except (BrokenPolicy, Invalid):
        return [(0, _said(one)) for one in broken.problems]
    here = at.file or source.name
    lines = range(at.first + 1, at.after + 1)
    return [
        (one.line - at.first if one.file == here and one.line in lines else 0, _said(one))
        for one in broken.problems
    ]


def _said(problem: Problem) -> str:
    return f"{problem.message}; {problem.hint}" if problem.hint else problem.message
