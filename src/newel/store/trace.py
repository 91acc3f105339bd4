"""The rows behind a trace: the case's audit events, and what each entity says of itself."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.errors import NotFound
from newel.domain.proof import Signature, Version
from newel.domain.trace import Detail, Event, Head
from newel.store.case import Case
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer

Found = tuple[str, Detail]
_ENDS = frozenset(
    {"reference", "attempts", "error", "labels", "breached_at", "alerted", "decided_by", "ended_for", "owner"}
)


async def head(tx: Tx, case_id: UUID) -> Head:
    """The case as it is now."""
    row = await tx.row(sql("trace").head, case_id)
    if row is None:
        raise NotFound(what="case", id=case_id)
    return Head(**dict(row))


async def events(tx: Tx, case_id: UUID) -> list[Event]:
    """All audit events of the case, in order."""
    return [msgspec.convert(dict(row), Event) for row in await tx.rows(sql("trace").events, case_id)]


async def details(tx: Tx, envelope: Envelope, case: Case, *, opened: bool) -> dict[str, Detail]:
    """What stands behind each entity; sealed texts only when ``opened``."""
    sealer = case.sealer(envelope) if opened else None
    found: dict[str, Detail] = {}
    for row in await tx.rows(sql("trace").messages, case.id):
        found.update(_message(row, sealer))
    for query, column, place in _SEALED:
        for row in await tx.rows(getattr(sql("trace"), query), case.id):
            found[str(row["id"])] = _detail(row, column, _open(sealer, row, column, place))
    for query in ("decisions", "approvals", "sla_targets", "feedback", "work_items"):
        for row in await tx.rows(getattr(sql("trace"), query), case.id):
            found[str(row["id"])] = _detail(row, "", {})
    return found


EVIDENCE = "scan_receipt.evidence"
_SEALED = (
    ("receipts", "evidence_sealed", EVIDENCE),
    ("proposals", "draft_sealed", "proposal.draft"),
    ("actions", "args_sealed", "action.args"),
    ("resolutions", "note_sealed", "resolution.note"),
    ("notes", "body_sealed", "note.body"),
    ("lowerings", "reason_sealed", "lowering.reason"),
    ("grants", "purpose_sealed", "grant.purpose"),
    ("surveys", "comment_sealed", "survey.comment"),
    ("reviews", "said_sealed", "review.said"),
    ("post_mortems", "said_sealed", "post_mortem.said"),
)


async def versions(tx: Tx, case_id: UUID) -> list[Version]:
    """The policy versions of the case's decisions, with who signed them."""
    signed = [Signature(**dict(row)) for row in await tx.rows(sql("trace").signatures, case_id)]
    rows = await tx.rows(sql("trace").versions, case_id)
    return [
        Version(**dict(row), signatures=tuple(one for one in signed if one.version == row["version"]))
        for row in rows
    ]


def _message(row: Record, sealer: Sealer | None) -> Iterator[Found]:
    """An inbound message stands under its own id, an outbound one under its outbox row's."""
    said = _open(sealer, row, "body_sealed", "message.body")
    about = (
        "episode",
        "proposal_id",
        "direction",
        "author",
        "drafted_by",
        "template",
        "released_by",
        "channel",
    )
    begun = {name: row[name] for name in about}
    if row["outbox_id"] is None:
        yield str(row["id"]), Detail(begun, sealed=said)
    else:
        ended = {name: row[name] for name in ("attempts", "provider_id", "reason")}
        yield str(row["outbox_id"]), Detail(begun, ended, said)


def _open(sealer: Sealer | None, row: Record, column: str, place: str) -> dict[str, Any]:
    if sealer is None or not row[column]:
        return {}
    plain = sealer.open(f"{place}:{row['id']}", row[column])
    value = msgspec.json.decode(plain)
    if place == EVIDENCE:
        return _evidence(value)
    return value if isinstance(value, dict) else {"text": value}


def _evidence(receipt: dict[str, Any]) -> dict[str, Any]:
    """Of a receipt what its row does not say: where in the text each trigger saw what."""
    found = {marker["id"]: marker["evidence"] for marker in receipt["markers"]}
    also = {name: receipt.get(name) for name in ("primary", "language", "notes", "error")}
    return {"evidence": found, "risk_factors": receipt["risk"]["factors"], **also}


def _detail(row: Record, sealed: str, opened: dict[str, Any]) -> Detail:
    values = {k: _round(v) for k, v in dict(row).items() if k not in {"id", sealed}}
    ended = {k: values.pop(k) for k in list(values) if k in _ENDS}
    return Detail(values, ended, {k: v for k, v in opened.items() if k not in values})


def _round(value: Any) -> Any:
    """Four digits of what the store keeps as a short float."""
    return round(value, 4) if isinstance(value, float) else value
