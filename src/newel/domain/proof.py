"""The proof of an AI message: why it could be sent, as sentences, each with the steps that show it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain.inbox import name_of, shown
from newel.domain.telling import readable, reason_said
from newel.domain.trace import Step, Story


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed a policy version, in which duty and when."""

    version: str
    role: str
    name: str
    at: datetime


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A policy version that the case was decided under."""

    version: str
    activated_at: datetime | None
    submitted_by: str | None
    signatures: tuple[Signature, ...] = ()


class Claim(msgspec.Struct, frozen=True):
    """One sentence, and the numbers of the steps that show it."""

    says: str
    steps: tuple[int, ...] = ()
    holds: bool = True


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One message that the AI wrote, whoever released it, and all that let it leave."""

    step: int
    at: datetime
    text: str
    author: str
    released_by: str
    left: bool
    claims: tuple[Claim, ...]


class _Row(msgspec.Struct, frozen=True):
    """One thing of the case: all that its steps say of it, and which they are."""

    id: str
    detail: Mapping[str, Any]
    steps: Mapping[str, int]
    at: Mapping[str, datetime]
    state: str


_BASIS: Final = {
    "playbook": "The AI followed the playbook “{what}” of the policy.",
    "knowledge": "The AI quoted the help pages word for word.",
    "question": "The AI asked a question that the policy wrote.",
}
_AUTONOMOUS: Final = "autonomous"


def proofs(story: Story, versions: Sequence[Version]) -> tuple[Proof, ...]:
    """The proof of each message that the AI wrote, in the order in which they were written."""
    rows = _rows(story.steps)
    known = {one.version: one for one in versions}
    return tuple(_proof(box, rows, known) for box in rows if _by_ai(box))


def _rows(steps: Sequence[Step]) -> tuple[_Row, ...]:
    of: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        of.setdefault((step.entity, step.entity_id), []).append(step)
    return tuple(_row(entity, id_, found) for (entity, id_), found in of.items())


def _row(entity: str, id_: str, steps: Sequence[Step]) -> _Row:
    detail: dict[str, Any] = {"entity": entity}
    for step in steps:
        detail |= {name: _plain(value) for name, value in step.detail.items()}
    states = [step.state for step in steps if step.state]
    return _Row(
        id_,
        detail,
        {step.event: step.n for step in steps},
        {step.event: step.at for step in steps},
        states[-1] if states else "",
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _by_ai(row: _Row) -> bool:
    return row.detail["entity"] == "outbox" and row.detail.get("drafted_by") == "ai"


def _proof(box: _Row, rows: Sequence[_Row], known: Mapping[str, Version]) -> Proof:
    proposal = _one(rows, "proposal", lambda row: row.id == box.detail.get("proposal_id"))
    claims = [*_answered(proposal, rows), *_decided(proposal, rows, known), *_authority(proposal, rows)]
    return Proof(
        step=box.steps["outbox.pending"],
        at=box.at["outbox.pending"],
        text=str(box.detail.get("text", "")),
        author=str(box.detail.get("author", "")),
        released_by=str(box.detail.get("released_by", "")),
        left=box.state in {"claimed", "delivered"},
        claims=(*claims, _left(box)),
    )


def _one(rows: Sequence[_Row], entity: str, fits: Any) -> _Row | None:
    """The newest row of a kind that fits."""
    found = [row for row in rows if row.detail["entity"] == entity and fits(row)]
    return found[-1] if found else None


def _answered(proposal: _Row | None, rows: Sequence[_Row]) -> Iterator[Claim]:
    """The scan of what is answered, and what the answer stands on."""
    if proposal is None:
        yield Claim("There is no proposal on record for this message.", holds=False)
        return
    detail = proposal.detail
    yield _scanned(
        _one(rows, "receipt", lambda row: row.detail.get("message_id") == detail.get("message_id"))
    )
    step = (min(proposal.steps.values()),)
    basis = next((word for word in detail.get("reasons", ()) if word in _BASIS), "")
    if basis:
        yield Claim(_BASIS[basis].format(what=readable(detail.get("contact_reason", ""))), step)
    if detail.get("facts"):
        said = "; ".join(
            f"{name_of(name).lower()}: {shown(value)}" for name, value in detail["facts"].items()
        )
        yield Claim(f"It stands on these facts: {said}.", step)
    if detail.get("sources"):
        yield Claim(f"Its sources: {', '.join(map(str, detail['sources']))}.", step)


def _scanned(receipt: _Row | None) -> Claim:
    if receipt is None:
        return Claim("There is no scan receipt for the message that it answers.", holds=False)
    detail, step = receipt.detail, tuple(receipt.steps.values())
    if detail.get("outcome") != "scanned" or detail.get("locked"):
        return Claim("The scan failed, or a marker had locked the case.", step, holds=False)
    markers = detail.get("markers", ())
    seen = ", ".join(map(readable, markers))
    found = f"and found no marker (it saw {seen}, which lock nothing)" if markers else "and found nothing"
    return Claim(f"What the customer wrote was scanned before any AI was asked, {found}.", step)


def _decided(proposal: _Row | None, rows: Sequence[_Row], known: Mapping[str, Version]) -> Iterator[Claim]:
    """How sure it was, what was decided for which reasons, and by whose policy."""
    wanted = proposal.id if proposal else ""
    decision = _one(rows, "decision", lambda row: row.detail.get("proposal_id") == wanted)
    if decision is None:
        yield Claim("There is no tier decision on record for this message.", holds=False)
        return
    signals, step = decision.detail.get("signals", {}), tuple(decision.steps.values())
    yield _sure(signals, step)
    reasons = ", ".join(map(reason_said, decision.detail.get("reasons", ())))
    kind = "held" if decision.detail.get("held") else decision.detail.get("kind", "")
    yield Claim(f"Tier decision: {_KINDS.get(kind, '')} ({reasons}).", step)
    version = str(decision.detail.get("policy_version", ""))
    yield Claim(_signed(version, known.get(version)), step)


_KINDS: Final = {
    "release": "T1, the AI may release it",
    "propose": "T2, a person has to release it",
    "held": "T2, a reviewer has to release it",
    "deflect": "articles are offered before a person is asked",
    "escalate": "T3, a person does it",
}


def _sure(signals: Mapping[str, Any], step: tuple[int, ...]) -> Claim:
    confidence, least = signals.get("confidence", 0.0), signals.get("confidence_minimum")
    how = "calibrated" if signals.get("calibrated") else "not calibrated"
    asked = f"; the policy asks for at least {least:.0%}" if least is not None else ""
    enough = bool(signals.get("calibrated")) and (least is None or confidence >= least)
    return Claim(f"The AI was {confidence:.1%} sure ({how}){asked}.", step, holds=enough)


def _signed(version: str, found: Version | None) -> str:
    if found is None:
        return f"It was decided under policy {version}."
    by = ", ".join(
        f"{one.name} ({readable(one.role).lower()}, {one.at:%Y-%m-%d %H:%M})" for one in found.signatures
    )
    since = f", in force since {found.activated_at:%Y-%m-%d %H:%M} UTC" if found.activated_at else ""
    put = f", put forward by {found.submitted_by}" if found.submitted_by else ""
    signed = f"signed by {by}" if by else "which asked for no signature"
    return f"It was decided under policy {version}{since}{put}, {signed}."


def _authority(proposal: _Row | None, rows: Sequence[_Row]) -> Iterator[Claim]:
    """Who approved exactly this, and that its action was confirmed first."""
    wanted = proposal.id if proposal else ""
    approval = _one(rows, "approval", lambda row: row.detail.get("proposal_id") == wanted)
    if approval is not None and "approval.approved" in approval.steps:
        yield _approved(approval)
    review = _one(rows, "review", lambda row: row.detail.get("proposal_id") == wanted)
    if review is not None and "review.released" in review.steps:
        yield _reviewed(review)
    action = _one(rows, "action", lambda row: row.detail.get("proposal_id") == wanted)
    if action is not None:
        yield _acted(action)


def _approved(approval: _Row) -> Claim:
    who, at = approval.detail.get("decided_by", "Somebody"), approval.at["approval.approved"]
    bound = "the text, the action with its amount, the policy's entries and the customer's last message"
    steps = (min(approval.steps.values()), approval.steps["approval.approved"])
    return Claim(f"{who} approved exactly this at {at:%Y-%m-%d %H:%M:%S} UTC; it bound {bound}.", steps)


def _reviewed(review: _Row) -> Claim:
    who, at = review.detail.get("decided_by", "Somebody"), review.at["review.released"]
    steps = (min(review.steps.values()), review.steps["review.released"])
    return Claim(f"{who} reviewed exactly this and let it leave at {at:%Y-%m-%d %H:%M:%S} UTC.", steps)


def _acted(action: _Row) -> Claim:
    what = readable(str(action.detail.get("class") or action.detail.get("action", "")))
    amount = action.detail.get("amount")
    sum_ = f" of {shown(amount)}" if amount else ""
    if action.state != "confirmed":
        return Claim(f"{what}{sum_}: {action.state}.", tuple(action.steps.values()), holds=False)
    by = (
        "the signed policy's list of autonomous acts"
        if action.detail.get("authority") == _AUTONOMOUS
        else "that approval"
    )
    return Claim(
        f"{what}{sum_} was carried out once by authority of {by}, and confirmed by the other system "
        f"(reference {action.detail.get('reference', '')}) before the reply left.",
        (min(action.steps.values()), max(action.steps.values())),
    )


def _left(box: _Row) -> Claim:
    steps = tuple(box.steps.values())
    if box.state == "delivered":
        return Claim(f"It left at {box.at['outbox.claimed']:%Y-%m-%d %H:%M:%S} UTC and was delivered.", steps)
    if box.state == "withdrawn":
        return Claim("It was taken back before it left: the customer never saw it.", steps)
    return Claim(f"Its delivery is {box.state or 'not begun'}.", steps)
