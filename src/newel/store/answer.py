"""Rows of what the AI would say and do, and of what was decided about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import NotFound
from newel.domain.playbook import Action
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Draft(msgspec.Struct, frozen=True):
    """The sealed part of a proposal: words and the exact action."""

    reply: str
    justification: str = ""
    action: Action | None = None
    facts: dict[str, Any] = {}


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as it stands in the store."""

    id: UUID
    case_id: UUID
    episode: int
    message_id: UUID
    revision: int
    contact_reason: str
    drafted_by: str
    confidence: float
    calibrated: bool
    model: str
    reasons: list[str]
    sources: list[str]
    draft: Draft
    state: str
    policy_id: UUID

    @property
    def cited(self) -> tuple[str, ...]:
        """What its words stand on; a person's own words cite nothing."""
        return tuple(self.sources) if self.drafted_by == "ai" else ()


async def add_proposal(tx: Tx, envelope: Envelope, case: Case, made: Made) -> None:
    """Store a proposal, its words sealed."""
    await tx.run(
        sql("answer").add_proposal,
        made.id,
        made.case_id,
        made.episode,
        made.message_id,
        made.revision,
        made.contact_reason,
        made.drafted_by,
        made.confidence,
        made.calibrated,
        made.model,
        made.reasons,
        made.sources,
        case.sealer(envelope).seal_value(_place(made.id), made.draft),
        made.state,
        made.policy_id,
        tx.now,
    )
    await _proposal_made(tx, case, made)


async def _proposal_made(tx: Tx, case: Case, made: Made) -> None:
    await audit.record(
        tx,
        f"proposal.{made.state}",
        "proposal",
        made.id,
        state=made.state,
        case_id=case.id,
        contact_reason=made.contact_reason,
        confidence=round(made.confidence, 4),
        revision=made.revision,
    )


async def proposal(tx: Tx, envelope: Envelope, case: Case, proposal_id: UUID) -> Made:
    """A proposal with its words opened."""
    row = await tx.row(sql("answer").proposal, proposal_id)
    if row is None:
        raise NotFound(what="proposal", id=proposal_id)
    values = dict(row)
    draft = case.sealer(envelope).open_value(_place(proposal_id), values.pop("draft_sealed"), Draft)
    return Made(draft=draft, **values)


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with its reasons."""

    kind: str
    tier: int
    reasons: Sequence[str]
    signals: Mapping[str, Any]
    sampled: bool = False
    held: bool = False


async def decide(tx: Tx, envelope: Envelope, case: Case, made: Made | None, decided: Decided) -> None:
    """Store a decision under the policy version it was made by, and the proposal that it is about."""
    decision = uuid4()
    about = _proposed(envelope, case, made) if made else (None,) * 10
    await tx.value(
        sql("answer").decide,
        tx.now,
        case.id,
        case.episode,
        made.message_id if made else case.last_inbound_id,
        case.policy_id,
        *about,
        made.state if made else None,
        decision,
        decided.kind,
        decided.tier,
        list(decided.reasons),
        decided.signals,
        decided.sampled,
        decided.held,
    )
    if made:
        await _proposal_made(tx, case, made)
    await audit.record(
        tx,
        f"decision.{decided.kind}",
        "decision",
        decision,
        case_id=case.id,
        tier=decided.tier,
        reasons=list(decided.reasons),
        sampled=decided.sampled,
        held=decided.held,
    )


def _proposed(envelope: Envelope, case: Case, made: Made) -> tuple[Any, ...]:
    return (
        made.id,
        made.revision,
        made.contact_reason,
        made.drafted_by,
        made.confidence,
        made.calibrated,
        made.model,
        made.reasons,
        made.sources,
        case.sealer(envelope).seal_value(_place(made.id), made.draft),
    )


async def open_question(tx: Tx, case: Case, after: int) -> str:
    """The contact reason whose question is still open in this episode; empty when none is."""
    found = await tx.value(sql("answer").open_question, case.id, case.episode, after)
    return str(found or "")


async def asks(tx: Tx, case: Case) -> bool:
    """Whether the last that the AI said in this episode is a question of its own."""
    return bool(await tx.value(sql("answer").asks, case.id, case.episode))


class Limits(msgspec.Struct, frozen=True):
    """What stands against an answer: questions asked in this episode, and the kill switch."""

    asked: int
    killed: bool


async def limits(tx: Tx, case: Case) -> Limits:
    """How many questions the AI has asked in this episode, and whether the kill switch is engaged here."""
    row = await tx.one(sql("answer").standing, case.id, case.episode, case.workflow, case.contact_reason)
    return Limits(row["asked"], row["killed"])


async def deflected_at(tx: Tx, case: Case) -> datetime | None:
    """When this episode's articles were offered: a person's clocks begin there, if nothing comes of it."""
    row = await tx.row(sql("answer").deflected_at, case.id, case.episode)
    return row["at"] if row else None


async def spent(tx: Tx, customer: UUID, action: str, since: datetime) -> int:
    """Minor units of one action class since a time."""
    found: int = await tx.value(sql("answer").spent, customer, action, since)
    return found


def _place(proposal_id: UUID) -> str:
    return f"proposal.draft:{proposal_id}"
