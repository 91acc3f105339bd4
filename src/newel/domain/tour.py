"""The tour: a few steps through a company that is there to be looked at, and how far each has come."""

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from newel.domain.sentence import Sentence

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,30}\Z")]
CHANNEL: Final = "api"


class Kind(StrEnum):
    """What a step shows: an answer of the AI, a decision on its proposal, a person who leads."""

    ANSWER = "answer"
    APPROVAL = "approval"
    PERSON = "person"


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person whom a visitor may sit down as, and what there is to see for them."""

    login: Name
    name: str
    does: str


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step: what a customer writes, and who looks at it.

    ``watch`` says what to look for, a key to press in brackets: ``[a] approves``.
    """

    name: Name
    kind: Kind
    title: str
    watch: str
    workflow: str
    customer: str
    customer_name: str
    text: str
    seat: Name


class Tour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole: one password for all seats, as the company is for show only."""

    company: str
    password: str
    seats: tuple[Seat, ...]
    steps: tuple[Step, ...]

    def seat(self, login: str) -> Seat:
        """The seat of a step; the tour's file has been checked for it."""
        return next(one for one in self.seats if one.login == login)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a step's case has come; without a case nobody has written yet."""

    case_id: UUID
    conversation_id: UUID
    locked: bool
    pending: UUID | None
    approved_by: str | None
    paid: bool
    owner: str | None


_WRITTEN: Final = Sentence("%(name)s has written")
_APPROVED: Final = Sentence("%(name)s has approved it with one key")
_HAS: Final = Sentence("%(name)s has it")
_PERSON: Final = Sentence("A person")


class Mark(msgspec.Struct, frozen=True):
    """One thing to see, and whether it has happened."""

    says: Sentence
    seen: bool


def marks(step: Step, at: Standing | None, authors: frozenset[str]) -> tuple[Mark, ...]:
    """What there is to see in a step; ``authors`` of what the customer has got so far."""
    written = Mark(_WRITTEN.of(name=step.customer_name), at is not None)
    if step.kind is Kind.ANSWER:
        return written, Mark(Sentence("The AI has answered, with its source"), "ai" in authors)
    if step.kind is Kind.APPROVAL:
        approver, told = at.approved_by if at else None, not authors.isdisjoint({"ai", "person"})
        return (
            written,
            Mark(
                Sentence("The AI proposes the reply and the exact action"),
                bool(approver or (at and at.pending)),
            ),
            Mark(_APPROVED.of(name=approver or _PERSON), bool(approver)),
            Mark(
                Sentence("Done once; only then was the customer told"),
                bool(at and at.paid and told),
            ),
        )
    owner = at.owner if at else None
    return (
        written,
        Mark(Sentence("The scan saw why, before any AI was asked"), bool(at and at.locked)),
        Mark(_HAS.of(name=owner or _PERSON), bool(owner)),
        Mark(Sentence("A person has replied"), "person" in authors),
    )


def where(step: Step, at: Standing) -> str:
    """The page on which the step goes on."""
    if step.kind is Kind.APPROVAL and at.pending:
        return f"/approvals/{at.pending}"
    return f"/desk/{at.case_id}" if step.kind is Kind.PERSON else f"/cases/{at.case_id}/trace"
