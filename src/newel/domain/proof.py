"""The proof of an AI message: why it could be sent, as sentences, each with the steps that show it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain.fact import called, shown
from newel.domain.reason import said
from newel.domain.sentence import Sentence, Share, Value, joined, word
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

    says: Sentence
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
    "playbook": Sentence("The AI followed the playbook “%(playbook)s” of the policy."),
    "knowledge": Sentence("The AI quoted the help pages word for word."),
    "question": Sentence("The AI asked a question that the policy wrote."),
}
_AUTONOMOUS: Final = "autonomous"
_MINUTE, _SECOND = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"
_SAW: Final = Sentence(
    "What the customer wrote was scanned before any AI was asked, and found no marker "
    "(it saw %(markers)s, which lock nothing)."
)
_SAW_NOTHING: Final = Sentence(
    "What the customer wrote was scanned before any AI was asked, and found nothing."
)
_FACT: Final = Sentence("%(fact)s: %(value)s")
_UNDER: Final = Sentence("It was decided under policy %(version)s.")


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
        yield Claim(Sentence("There is no proposal on record for this message."), holds=False)
        return
    detail = proposal.detail
    yield _scanned(
        _one(rows, "receipt", lambda row: row.detail.get("message_id") == detail.get("message_id"))
    )
    step = (min(proposal.steps.values()),)
    basis = next((reason for reason in detail.get("reasons", ()) if reason in _BASIS), "")
    if basis:
        values = {"playbook": readable(detail.get("contact_reason", ""))} if basis == "playbook" else {}
        yield Claim(_BASIS[basis].of(**values), step)
    if detail.get("facts"):
        facts = (_FACT.of(fact=called(name), value=shown(value)) for name, value in detail["facts"].items())
        yield Claim(Sentence("It stands on these facts: %(facts)s.").of(facts=joined(facts, "; ")), step)
    if detail.get("sources"):
        yield Claim(
            Sentence("Its sources: %(sources)s.").of(sources=joined(map(str, detail["sources"]))), step
        )


def _scanned(receipt: _Row | None) -> Claim:
    if receipt is None:
        return Claim(Sentence("There is no scan receipt for the message that it answers."), holds=False)
    detail, step = receipt.detail, tuple(receipt.steps.values())
    if detail.get("outcome") != "scanned" or detail.get("locked"):
        return Claim(Sentence("The scan failed, or a marker had locked the case."), step, holds=False)
    if markers := detail.get("markers", ()):
        return Claim(_SAW.of(markers=joined(map(said, markers))), step)
    return Claim(_SAW_NOTHING, step)


def _decided(proposal: _Row | None, rows: Sequence[_Row], known: Mapping[str, Version]) -> Iterator[Claim]:
    """How sure it was, what was decided for which reasons, and by whose policy."""
    wanted = proposal.id if proposal else ""
    decision = _one(rows, "decision", lambda row: row.detail.get("proposal_id") == wanted)
    if decision is None:
        yield Claim(Sentence("There is no tier decision on record for this message."), holds=False)
        return
    signals, step = decision.detail.get("signals", {}), tuple(decision.steps.values())
    yield _sure(signals, step)
    reasons = joined(map(reason_said, decision.detail.get("reasons", ())))
    kind = "held" if decision.detail.get("held") else decision.detail.get("kind", "")
    yield Claim(_DECISION.of(what=_KINDS.get(kind, ""), reasons=reasons), step)
    version = str(decision.detail.get("policy_version", ""))
    yield Claim(_signed(version, known.get(version)), step)


_DECISION: Final = Sentence("Tier decision: %(what)s (%(reasons)s).")
_KINDS: Final = {
    "release": Sentence("T1, the AI may release it"),
    "propose": Sentence("T2, a person has to release it"),
    "held": Sentence("T2, a reviewer has to release it"),
    "deflect": Sentence("articles are offered before a person is asked"),
    "escalate": Sentence("T3, a person does it"),
}


def _sure(signals: Mapping[str, Any], step: tuple[int, ...]) -> Claim:
    confidence, least = signals.get("confidence", 0.0), signals.get("confidence_minimum")
    how = Sentence("calibrated") if signals.get("calibrated") else Sentence("not calibrated")
    enough = bool(signals.get("calibrated")) and (least is None or confidence >= least)
    if least is None:
        sure = Sentence("The AI was %(share)s sure (%(how)s).").of(share=Share(confidence, 1), how=how)
    else:
        sure = _SURE_ENOUGH.of(share=Share(confidence, 1), how=how, least=Share(least))
    return Claim(sure, step, holds=enough)


_SURE_ENOUGH: Final = Sentence("The AI was %(share)s sure (%(how)s); the policy asks for at least %(least)s.")


def _signed(version: str, found: Version | None) -> Sentence:
    if found is None:
        return _UNDER.of(version=version)
    return _UNDER_WITH.of(version=version, more=joined(_of_version(found)))


_UNDER_WITH: Final = Sentence("It was decided under policy %(version)s, %(more)s.")
_SIGNATURE: Final = Sentence("%(name)s (%(role)s, %(at)s)")


def _of_version(found: Version) -> Iterator[Sentence]:
    """Since when it is in force, who put it forward, who signed it."""
    if found.activated_at:
        yield Sentence("in force since %(at)s UTC").of(at=f"{found.activated_at:{_MINUTE}}")
    if found.submitted_by:
        yield Sentence("put forward by %(name)s").of(name=found.submitted_by)
    by = joined(
        _SIGNATURE.of(name=one.name, role=word(readable(one.role)), at=f"{one.at:{_MINUTE}}")
        for one in found.signatures
    )
    yield (
        Sentence("signed by %(names)s").of(names=by)
        if found.signatures
        else Sentence("which asked for no signature")
    )


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
    who, at = approval.detail.get("decided_by", _SOMEBODY), approval.at["approval.approved"]
    steps = (min(approval.steps.values()), approval.steps["approval.approved"])
    return Claim(_APPROVED.of(who=who, at=f"{at:{_SECOND}}"), steps)


_SOMEBODY: Final = Sentence("Somebody")
_APPROVED: Final = Sentence(
    "%(who)s approved exactly this at %(at)s UTC; it bound the text, the action with its amount, "
    "the policy's entries and the customer's last message."
)
_REVIEWED: Final = Sentence("%(who)s reviewed exactly this and let it leave at %(at)s UTC.")


def _reviewed(review: _Row) -> Claim:
    who, at = review.detail.get("decided_by", _SOMEBODY), review.at["review.released"]
    steps = (min(review.steps.values()), review.steps["review.released"])
    return Claim(_REVIEWED.of(who=who, at=f"{at:{_SECOND}}"), steps)


def _acted(action: _Row) -> Claim:
    what: Value = word(readable(str(action.detail.get("class") or action.detail.get("action", ""))))
    if amount := action.detail.get("amount"):
        what = Sentence("%(action)s of %(amount)s").of(action=what, amount=shown(amount))
    if action.state != "confirmed":
        state = _FACT.of(fact=what, value=word(readable(action.state)))
        return Claim(state, tuple(action.steps.values()), holds=False)
    by = (
        Sentence("the signed policy's list of autonomous acts")
        if action.detail.get("authority") == _AUTONOMOUS
        else Sentence("that approval")
    )
    steps = (min(action.steps.values()), max(action.steps.values()))
    return Claim(_DONE.of(what=what, by=by, reference=str(action.detail.get("reference", ""))), steps)


_DONE: Final = Sentence(
    "%(what)s was carried out once by authority of %(by)s, and confirmed by the other system "
    "(reference %(reference)s) before the reply left."
)


def _left(box: _Row) -> Claim:
    steps = tuple(box.steps.values())
    if box.state == "delivered":
        at = f"{box.at['outbox.claimed']:{_SECOND}}"
        return Claim(Sentence("It left at %(at)s UTC and was delivered.").of(at=at), steps)
    if box.state == "withdrawn":
        return Claim(Sentence("It was taken back before it left: the customer never saw it."), steps)
    if not box.state:
        return Claim(Sentence("Its delivery has not begun."), steps)
    return Claim(Sentence("Its delivery: %(state)s.").of(state=word(readable(box.state))), steps)
