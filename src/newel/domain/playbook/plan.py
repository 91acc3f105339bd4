"""Following a playbook: which look-ups to make, and what to say and propose from the facts.

Amounts come from facts of systems of record alone. A record that is not the customer's own is
never shown, a missing fact is never papered over: both send the case to a person (INV-17).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from newel.domain.playbook.conditions import all_hold
from newel.domain.playbook.facts import ABSENT, Known, at, beside, owners
from newel.domain.playbook.picks import Looking, with_picks
from newel.domain.playbook.template import (
    MissingFact,
    as_money,
    only_place,
    places,
    render,
)
from newel.domain.policy.playbook import Need, Path, Playbook, Proposed
from newel.domain.words import Money


class Call(msgspec.Struct, frozen=True):
    """One look-up to make for a need: ``call`` is ``system.look_up``."""

    need: str
    call: str
    args: Mapping[str, str]


class Why(StrEnum):
    """Why a playbook leads nowhere; each sends the case to a person."""

    NO_RECORD = "no_such_record"
    NOT_THEIRS = "not_their_order"
    MISSING_FACT = "missing_fact"
    NO_CONDITION = "no_path_applies"
    FOR_A_PERSON = "path_leads_to_a_person"
    BAD_AMOUNT = "amount_is_not_a_fact"


class NoPath(msgspec.Struct, frozen=True):
    """The playbook cannot answer; ``detail`` names the need, the fact or the policy's note."""

    reason: Why
    detail: str = ""


class Action(msgspec.Struct, frozen=True):
    """An action that a path proposes: its class, its arguments, its amount from a fact.

    ``paid`` is what the customer paid, by the system of record; the amount may not exceed it.
    """

    action: str
    args: Mapping[str, str]
    amount: Money | None = None
    paid: Money | None = None

    def payload(self) -> dict[str, Any]:
        """The arguments of the call: the amount stands beside the others as minor units."""
        if self.amount is None:
            return dict(self.args)
        money = {"amount_minor": self.amount.amount_minor, "currency": self.amount.currency}
        return {**self.args, **money}


class Reply(msgspec.Struct, frozen=True):
    """What a path says, from which sources and facts, and what it proposes to do."""

    text: str
    sources: tuple[str, ...]
    facts: Mapping[str, Any]
    action: Action | None = None
    justification: str = ""


def calls(looking: Looking, known: Known) -> tuple[Call, ...]:
    """The look-ups that can be made now; empty when nothing is left to ask.

    Look-ups whose arguments name other facts follow in a later round.
    """
    tree = with_picks(looking, known)
    open_needs = {n: need for n, need in looking.needs.items() if n not in known.facts}
    asked = (_call(name, need, tree) for name, need in open_needs.items())
    return tuple(call for call in asked if call)


def _call(name: str, need: Need, tree: Mapping[str, Any]) -> Call | None:
    args = _all_rendered(need.args, tree)
    return None if isinstance(args, MissingFact) else Call(name, need.call, args.texts)


class _Args(msgspec.Struct, frozen=True):
    texts: Mapping[str, str]
    used: Mapping[str, Any]


def _all_rendered(templates: Mapping[str, str], tree: Mapping[str, Any]) -> _Args | MissingFact:
    texts: dict[str, str] = {}
    used: dict[str, Any] = {}
    for name, template in templates.items():
        done = render(template, tree)
        if isinstance(done, MissingFact):
            return done
        texts[name] = done.text
        used.update(done.used)
    return _Args(texts, used)


def choose(playbook: Playbook, known: Known, now: datetime) -> Reply | NoPath:
    """The first path whose conditions hold, filled with facts; or why there is none."""
    why_not = blocked(playbook, known)
    if why_not:
        return why_not
    tree = with_picks(playbook, known)
    for path in playbook.paths:
        if all_hold(path.when, tree, now):
            return _follow(playbook, path, known, tree)
    return NoPath(Why.NO_CONDITION)


def blocked(looking: Looking, known: Known) -> NoPath | None:
    """Why nothing is said from these facts: a record that is not there, or not the customer's own."""
    return _no_record(looking, known) or _not_theirs(looking, known)


def _no_record(looking: Looking, known: Known) -> NoPath | None:
    for name, need in looking.needs.items():
        if not need.optional and known.facts.get(name) is None:
            return NoPath(Why.NO_RECORD, name)
    return None


def _not_theirs(looking: Looking, known: Known) -> NoPath | None:
    """A record found by the customer's words must say that it is theirs.

    Any other record may not say that it is somebody else's.
    """
    own = known.profile.get("ref")
    for name, need in looking.needs.items():
        said = known.facts.get(name)
        if need.public or said is None:
            continue
        named = tuple(owners(said.values))
        unclaimed = not named and _by_words(need)
        if unclaimed or any(one != own for one in named):
            return NoPath(Why.NOT_THEIRS, name)
    return None


def _by_words(need: Need) -> bool:
    return any(path.startswith("slots.") for template in need.args.values() for path in places(template))


def _follow(playbook: Playbook, path: Path, known: Known, tree: Mapping[str, Any]) -> Reply | NoPath:
    if path.to_person:
        return NoPath(Why.FOR_A_PERSON, path.note)
    wanted = {"reply": path.reply, "why": path.act.justification if path.act else ""}
    said = _all_rendered(wanted, tree)
    if isinstance(said, MissingFact):
        return NoPath(Why.MISSING_FACT, said.path)
    action = acting(playbook, path.act, tree) if path.act else Acting(None, {})
    if isinstance(action, NoPath):
        return action
    facts = {**_tested(path, tree), **said.used, **action.used}
    sources = sources_of(playbook, facts, known)
    return Reply(said.texts["reply"], sources, facts, action.action, said.texts["why"])


def _tested(path: Path, tree: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that the path's conditions looked at, absent ones left out."""
    looked = {condition.fact: at(tree, condition.fact) for condition in path.when}
    return {fact: value for fact, value in looked.items() if value is not ABSENT}


class Acting(msgspec.Struct, frozen=True):
    """An action, if any, and the facts that filled it."""

    action: Action | None
    used: Mapping[str, Any]


def acting(playbook: Playbook, act: Proposed, tree: Mapping[str, Any]) -> Acting | NoPath:
    """The action of a path with its arguments and amounts from facts, and the facts that were used."""
    args = _all_rendered(act.args, tree)
    if isinstance(args, MissingFact):
        return NoPath(Why.MISSING_FACT, args.path)
    used, sums = dict(args.used), []
    for template in (act.amount, act.paid):
        money = _amount(playbook, template, tree) if template else None
        if isinstance(money, NoPath):
            return money
        sums.append(money)
        used.update({only_place(template) or "": money} if money else {})
    return Acting(Action(act.action, args.texts, *sums), used)


def _amount(playbook: Playbook, template: str, tree: Mapping[str, Any]) -> Money | NoPath:
    """The amount is one fact of a look-up, above nothing, in a named currency (INV-17)."""
    path = only_place(template) or ""
    root = path.split(".")[0]
    if root not in playbook.needs and root not in playbook.picks:
        return NoPath(Why.BAD_AMOUNT, template)
    money = as_money(at(tree, path), beside(tree, path, "currency"))
    if money is None or money.amount_minor <= 0:
        return NoPath(Why.BAD_AMOUNT, path)
    return money


def sources_of(playbook: Playbook, facts: Mapping[str, Any], known: Known) -> tuple[str, ...]:
    """The sources of the look-ups behind the facts used, in the playbook's order."""
    roots = {_need_of(playbook, path.split(".")[0]) for path in facts}
    said = (known.facts.get(need) for need in playbook.needs if need in roots)
    return tuple(dict.fromkeys(one.source for one in said if one))


def _need_of(playbook: Playbook, root: str) -> str:
    pick = playbook.picks.get(root)
    return pick.among.split(".")[0] if pick else root
