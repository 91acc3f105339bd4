"""Policy versions and their signatures as rows."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.access import Proof
from newel.domain.policy.diff import Change
from newel.domain.policy.parse import Source, stored_source
from newel.store.db import Record, Tx, sql


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a workflow's policy; ``body`` holds its files as they were written."""

    id: UUID
    workflow: str
    number: int
    body: str
    state: str
    required: tuple[str, ...]
    changes: tuple[Change, ...]
    base_id: UUID | None
    emergency: bool
    review: tuple[str, ...]
    review_by: datetime | None
    submitted_by: UUID | None
    created_at: datetime
    activated_at: datetime | None

    @property
    def label(self) -> str:
        """How decisions and people name it: ``customer-support/3``."""
        return f"{self.workflow}/{self.number}"

    @property
    def source(self) -> Source:
        """The files as they were written."""
        return stored_source(self.body)


class Headline(msgspec.Struct, frozen=True):
    """A version in a list."""

    id: UUID
    workflow: str
    number: int
    state: str
    required: tuple[str, ...]
    signed: tuple[str, ...]
    submitted_by: UUID | None
    created_at: datetime
    activated_at: datetime | None


class Signature(msgspec.Struct, frozen=True):
    """Who signed in which role, when, and how they showed that it is them."""

    role: str
    staff_id: UUID
    login: str
    proof: str
    signed_at: datetime


async def lock_workflow(tx: Tx, workflow: str) -> None:
    """Submitting and activating policies of one workflow happen one after the other."""
    await tx.run(sql("policy").lock_workflow, workflow)


async def next_number(tx: Tx, workflow: str) -> int:
    """The number of the next version; under the workflow's lock."""
    number: int = await tx.value(sql("policy").next_number, workflow)
    return number


async def add(tx: Tx, version: Version) -> None:
    """Insert a draft."""
    await tx.run(
        sql("policy").add,
        version.id,
        version.workflow,
        version.number,
        version.source.name,
        hashlib.sha256(version.body.encode()).digest(),
        version.body,
        list(version.required),
        msgspec.to_builtins(version.changes),
        version.base_id,
        version.emergency,
        list(version.review),
        version.submitted_by,
        version.created_at,
    )


async def add_texts(tx: Tx, policy_id: UUID, text_macs: Mapping[tuple[str, str], bytes]) -> None:
    """The fixed texts that the system may send under this version, by language and key."""
    rows = [(policy_id, key, mac, language) for (language, key), mac in text_macs.items()]
    await tx.many(sql("policy").add_text, rows)


async def add_autonomous(tx: Tx, policy_id: UUID, ceilings: Mapping[str, int]) -> None:
    """The action classes that need nobody's approval under this version."""
    rows = [(policy_id, name, ceiling) for name, ceiling in ceilings.items()]
    await tx.many(sql("policy").add_autonomous, rows)


async def by_id(tx: Tx, policy_id: UUID) -> Version | None:
    """A version."""
    return _version(await tx.row(sql("policy").by_id, policy_id))


async def by_number(tx: Tx, workflow: str, number: int) -> Version | None:
    """A version by its workflow and number."""
    return _version(await tx.row(sql("policy").by_number, workflow, number))


async def locked(tx: Tx, policy_id: UUID) -> Version | None:
    """A version, held until the transaction ends."""
    return _version(await tx.row(sql("policy").locked, policy_id))


async def active_of(tx: Tx, workflow: str) -> Version | None:
    """The version in force of one workflow."""
    return _version(await tx.row(sql("policy").active_of, workflow))


async def in_force(tx: Tx) -> dict[str, UUID]:
    """The id of each workflow's version in force."""
    return {row["workflow"]: row["id"] for row in await tx.rows(sql("policy").in_force)}


async def active(tx: Tx) -> list[Version]:
    """The versions in force, one for each workflow."""
    rows = await tx.rows(sql("policy").active)
    return [found for found in map(_version, rows) if found]


async def headlines(tx: Tx, workflow: str | None = None) -> list[Headline]:
    """All versions, newest first."""
    rows = await tx.rows(sql("policy").headlines, workflow)
    return [msgspec.convert(dict(row), Headline) for row in rows]


async def signatures(tx: Tx, policy_id: UUID) -> list[Signature]:
    """The signatures under a version."""
    return [
        msgspec.convert(dict(row), Signature) for row in await tx.rows(sql("policy").signatures, policy_id)
    ]


async def signed(tx: Tx, policy_id: UUID) -> dict[str, UUID]:
    """Who signed, by role."""
    return {one.role: one.staff_id for one in await signatures(tx, policy_id)}


async def sign(tx: Tx, policy_id: UUID, role: str, staff_id: UUID, proof: Proof) -> None:
    """Add a signature; the store refuses one without a live session of the signer."""
    await tx.run(sql("policy").sign, policy_id, role, staff_id, tx.now, proof.how, proof.session)


async def retire(tx: Tx, policy_id: UUID) -> None:
    """Take the version in force out of force."""
    await tx.one(sql("policy").retire, policy_id, tx.now)


async def activate(tx: Tx, policy_id: UUID, review_by: datetime | None) -> None:
    """Put a draft in force."""
    await tx.one(sql("policy").activate, policy_id, tx.now, review_by)


def _version(row: Record | None) -> Version | None:
    if row is None:
        return None
    values = dict(row)
    changes = msgspec.convert(values.pop("changes"), tuple[Change, ...])
    return Version(
        changes=changes,
        required=tuple(values.pop("required")),
        review=tuple(values.pop("review")),
        **values,
    )
