"""The inbox of approvals, in words: what an approver sees, what keeps them from it, what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import partial, reduce
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import approval as rule
from newel.domain.action import cap_minor, worth_minor
from newel.domain.approval import Approver, Asked
from newel.domain.attachment import Attached
from newel.domain.errors import Forbidden
from newel.domain.fact import called, shown
from newel.domain.mask import Secret
from newel.domain.playbook import Action
from newel.domain.policy.acts import Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.playbook import Condition, Path, Playbook
from newel.domain.sentence import Sentence, Sum, Value, joined, word
from newel.domain.tier import ceiling_minor
from newel.domain.words import Money, RiskClass

_MINOR: Final = ".amount_minor"
_LIMIT: Final = Sentence("Needs somebody with a limit of %(amount)s or more.")
_NO_REASON: Final = Sentence("no reason was given")
_TEST: Final = Sentence("%(fact)s %(test)s")
_BOTH: Final = Sentence("%(one)s and %(other)s")


class Refusal(StrEnum):
    """Why a person rejects a proposal; what else they say stands in a note."""

    WRONG_ANSWER = "wrong_answer"
    WRONG_ACTION = "wrong_action"
    TONE = "tone"
    UNCLEAR = "unclear"
    NEEDS_A_PERSON = "needs_a_person"
    OTHER = "other"


REFUSALS: Final[Mapping[str, str]] = {
    Refusal.WRONG_ANSWER: "The answer is not right",
    Refusal.WRONG_ACTION: "The action or its amount is not right",
    Refusal.TONE: "Not kind, or not clear enough",
    Refusal.UNCLEAR: "Something has to be found out first",
    Refusal.NEEDS_A_PERSON: "Somebody should talk to this customer",
    Refusal.OTHER: "Something else (say what)",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal in the list."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    action: str
    args: Mapping[str, str] = {}
    amount: Money | None = None
    due_at: datetime
    created_at: datetime
    hindrance: Sentence | None = None

    @property
    def kind(self) -> str:
        """What is decided together: workflow, contact reason and action class."""
        return f"{self.workflow}/{self.contact_reason}/{self.action}"


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be given, and the numbers that it comes from (TIR-5).

    ``worth_minor`` is the lifetime value without the order at hand; None when it is not known.
    """

    name: str
    ceiling: Ceiling
    currency: str
    worth_minor: int | None
    by_value_minor: int
    used_minor: int
    paid_minor: int | None
    left_minor: int
    mine_minor: int

    @property
    def most_minor(self) -> int:
        """The most that this person may release now."""
        return min(self.left_minor, self.mine_minor)


class Check(msgspec.Struct, frozen=True):
    """One condition of the standard, and what the record says."""

    says: Sentence
    found: Value


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy holds for right: the workflow's definition, and the playbook that was followed."""

    right: str
    title: str = ""
    owner: str
    since: date | None = None
    risk: RiskClass | None = None
    checks: tuple[Check, ...] = ()


class Piece(msgspec.Struct, frozen=True):
    """A part of a text; ``why`` says what it was recognised as, ``field`` by which name it is hidden."""

    text: str
    why: str = ""
    field: str = ""
    kind: str = ""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the conversation."""

    id: UUID
    at: datetime
    author: str
    by: str = ""
    subject: tuple[Piece, ...] = ()
    pieces: tuple[Piece, ...]
    attachments: tuple[Attached, ...] = ()
    asked: bool = False


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an approval, for those who still look at it."""

    state: str
    at: datetime | None = None
    by: str = ""
    mine: bool = False
    reason: str = ""
    newer: bool = False


def allowance(
    policy: Bundle, action: Action | None, lifetime_minor: int | None, used_minor: int, mine_minor: int
) -> Allowance | None:
    """The ceiling of an action with an amount; None where no money moves or no ceiling is set."""
    kind = policy.actions.get(action.action) if action else None
    ceiling = policy.ceilings.get(kind.ceiling) if kind else None
    if action is None or action.amount is None or kind is None or ceiling is None:
        return None
    paid = action.paid.amount_minor if action.paid else None
    most = ceiling.cap_minor if paid is None else paid
    worth = worth_minor(lifetime_minor, action.paid)
    return Allowance(
        name=kind.ceiling,
        ceiling=ceiling,
        currency=action.amount.currency,
        worth_minor=None if lifetime_minor is None else worth,
        by_value_minor=cap_minor(ceiling, worth),
        used_minor=used_minor,
        paid_minor=paid,
        left_minor=ceiling_minor(ceiling, worth, most, used_minor),
        mine_minor=mine_minor,
    )


def hindrance(
    approver: Approver, customer_id: UUID, amount: Money | None, asked_by: UUID | None = None
) -> Sentence | None:
    """Why this person may not release it, as a sentence; nothing when they may."""
    minor = amount.amount_minor if amount else 0
    try:
        rule.may_decide(approver, Asked(customer_id=customer_id, amount_minor=minor, asked_by=asked_by))
    except Forbidden:
        if approver.customer_id == customer_id:
            return Sentence("Needs somebody else: it is to your own benefit.")
        if asked_by == approver.id:
            return Sentence("Needs somebody else: you asked for it.")
        if amount and minor > approver.limit_minor:
            return _LIMIT.of(amount=Sum(minor, amount.currency))
        return Sentence("Needs somebody with the role of an approver.")
    return None


def standard(policy: Bundle, reason: str, action: Action | None, facts: Mapping[str, Any]) -> Standard:
    """What is right for this contact reason, with the conditions of the path that led here."""
    playbook = policy.playbooks.get(reason)
    if playbook is None:
        return Standard(right=policy.definition_of_right, owner=policy.owners.quality)
    path = _followed(playbook, action, facts)
    return Standard(
        right=policy.definition_of_right,
        title=playbook.title,
        owner=playbook.owner,
        since=playbook.date,
        risk=playbook.risk,
        checks=tuple(_check(one, facts, policy.currency) for one in path.when) if path else (),
    )


def _followed(playbook: Playbook, action: Action | None, facts: Mapping[str, Any]) -> Path | None:
    """The path with this action whose tested facts the draft kept; the most telling one."""
    wanted = action.action if action else ""
    fits = [p for p in playbook.paths if (p.act.action if p.act else "") == wanted and _known(p, facts)]
    return max(fits, key=lambda path: len(path.when), default=None)


def _known(path: Path, facts: Mapping[str, Any]) -> bool:
    return all((one.fact in facts) != (one.present is False) for one in path.when)


def _check(one: Condition, facts: Mapping[str, Any], currency: str) -> Check:
    wanted = tuple(_wanted(one, currency))
    test = reduce(lambda first, then: _BOTH.of(one=first, other=then), wanted) if wanted else ""
    says = _TEST.of(fact=called(one.fact), test=test)
    return Check(says, _measured(one, facts.get(one.fact), currency))


def _measured(one: Condition, value: Any, currency: str) -> Value:
    """A value; minor units of money as an amount."""
    minor = one.fact.endswith(_MINOR) and isinstance(value, int | float) and not isinstance(value, bool)
    return Sum(round(value), currency) if minor else shown(value)


def _wanted(one: Condition, currency: str) -> Iterator[Sentence]:
    measured = partial(_measured, one, currency=currency)
    if one.present is not None:
        yield Sentence("is known") if one.present else Sentence("is not said")
    if one.eq is not None:
        yield Sentence("is %(value)s").of(value=measured(one.eq))
    if one.one_of is not None:
        yield Sentence("is one of these: %(values)s").of(values=joined(map(shown, one.one_of)))
    if one.not_one_of is not None:
        yield Sentence("is none of these: %(values)s").of(values=joined(map(shown, one.not_one_of)))
    if one.at_least is not None:
        yield Sentence("is at least %(value)s").of(value=measured(one.at_least))
    if one.at_most is not None:
        yield Sentence("is at most %(value)s").of(value=measured(one.at_most))
    if one.within_days is not None:
        yield Sentence("is at most %(days)s days ago").of(days=one.within_days)
    if one.older_than_days is not None:
        yield Sentence("is more than %(days)s days ago").of(days=one.older_than_days)
    if one.same_as:
        yield Sentence("is the same as %(fact)s").of(fact=called(one.same_as))
    if one.differs_from:
        yield Sentence("differs from %(fact)s").of(fact=called(one.differs_from))


def pieces(
    text: str, marks: Sequence[tuple[int, int, str]], hidden: Sequence[tuple[Secret, str]] = ()
) -> tuple[Piece, ...]:
    """A text in parts, so that what was recognised can be shown in its place; the first of two wins.

    What is hidden, by its name, wins over all, and nothing of it stands in any piece.
    """
    free = (mark for mark in marks if not any(s.start < mark[1] and mark[0] < s.end for s, _ in hidden))
    parts = [(start, end, Piece(text[start:end], why)) for start, end, why in free]
    parts += [(s.start, s.end, Piece("", field=name, kind=s.kind)) for s, name in hidden]
    found, at = [], 0
    for start, end, piece in sorted(parts, key=lambda part: part[:2]):
        if not at <= start < end <= len(text):
            continue
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(piece)
        at = end
    return (*found, Piece(text[at:])) if at < len(text) or not found else tuple(found)


_BECAME: Final = {
    "approved": Sentence("%(who)s approved it."),
    "rejected": Sentence(
        "%(who)s rejected it: %(reason)s. A person has the case now, with the attempt attached."
    ),
    "expired": Sentence("Nobody decided in time, so it expired. A person has the case now."),
    "withdrawn": Sentence("%(who)s took it back. A person has the case now."),
}
_MINE: Final = {
    "approved": Sentence("You approved it."),
    "rejected": Sentence(
        "You rejected it: %(reason)s. A person has the case now, with the attempt attached."
    ),
    "withdrawn": Sentence("You took it back. A person has the case now."),
}
_INVALID: Final = {
    "edited into a new revision": Sentence("It was edited, and released as a new revision."),
    "a newer message came": Sentence("The customer has written again, so this no longer answers them."),
    "a person took over": Sentence("A person took the case over."),
}
_CHANGED: Final = Sentence("What it was bound to has changed, so it no longer stands.")


def became(fate: Fate) -> Sentence | None:
    """What became of it, as sentences; nothing while it waits."""
    if fate.state == "invalidated":
        known = _INVALID["a newer message came"] if fate.newer else _CHANGED
        return _INVALID.get(fate.reason, known)
    told = (_MINE if fate.mine else {}).get(fate.state) or _BECAME.get(fate.state)
    reason = word(REFUSALS.get(fate.reason, fate.reason)) if fate.reason else _NO_REASON
    return told and told.of(who=fate.by or Sentence("Somebody"), reason=reason)


def after(lines: Sequence[Line], at: UUID | None, *, place: int = 0) -> UUID | None:
    """Which proposal comes next: the first from a place on that this person may decide, or else any."""
    others = [line for line in (*lines[place:], *lines[:place]) if line.id != at]
    mine = next((line.id for line in others if not line.hindrance), None)
    return mine or (others[0].id if others else None)
