"""The look of an intake at what is here already for an arriving message."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from newel.domain.access import Actor
from newel.domain.intake import Inbound, Open
from newel.domain.scan.features import CustomerFacts
from newel.store import customer as customers
from newel.store.customer import OPERATOR, identity_mac
from newel.store.db import Db, Record, Tx, sql
from newel.store.envelope import Envelope, Sealer
from newel.store.intake.values import Taken

T = TypeVar("T")
_OPEN: Final = ("open_ids", "open_conversations", "open_from", "open_to", "open_into")
_PAST: Final = (
    "past_ids", "past_cases", "past_episodes", "past_keys", "past_bodies", "past_ats", "past_reasons",
    "past_answered",
)  # fmt: skip


class Macs(msgspec.Struct, frozen=True, kw_only=True):
    """The blind keys by which an arriving message is looked up."""

    external: bytes
    ref: bytes | None
    address: bytes | None
    thread: bytes

    @classmethod
    def of(cls, envelope: Envelope, inbound: Inbound) -> "Macs":
        """Those of a message."""
        channel, sender = inbound.channel, inbound.customer
        thread = inbound.conversation or sender.ref or sender.address
        return cls(
            external=envelope.mac(f"external:{channel}", inbound.external_id),
            ref=identity_mac(envelope, OPERATOR, sender.ref) if sender.ref else None,
            address=identity_mac(envelope, channel, sender.address) if sender.address else None,
            thread=envelope.mac(f"thread:{channel}", thread),
        )


class Past(msgspec.Struct, frozen=True):
    """The first message of an earlier episode, or one of the last of the episode at hand; sealed.

    ``answered`` says when the AI answered the episode by itself, if nobody came back to that yet.
    """

    id: UUID
    case: UUID
    episode: int
    key: bytes
    body: bytes
    at: datetime
    reason: str
    answered: datetime | None = None


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes, as far as the intake must know; ``profile`` is sealed, for somebody who is new."""

    id: UUID
    wrapped: bytes
    facts: CustomerFacts = CustomerFacts()
    kind: str = ""
    profile: bytes | None = None

    def sealer(self, envelope: Envelope) -> Sealer:
        """Seals under their own key."""
        return envelope.subject(self.id, self.wrapped)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What is here already for an arriving message."""

    macs: Macs
    twin: Taken | None = None
    sender: Sender | None = None
    unbound: Mapping[str, bytes] = {}
    conversation: UUID | None = None
    address_shared: bool = False
    candidates: list[Open] = []
    past: list[Past] = []


@asynccontextmanager
async def look_in(
    db: Db, envelope: Envelope, actor: Actor, inbound: Inbound, span: timedelta
) -> AsyncIterator[tuple[Tx, Look]]:
    """The transaction of an intake, opened by its look at what is here; the locks last as long as it does."""
    macs = Macs.of(envelope, inbound)
    asked = (
        inbound.channel,
        macs.external,
        macs.ref,
        macs.address,
        macs.thread,
        inbound.case_id,
        span,
        not inbound.conversation,
    )
    async with db.opened(actor, sql("intake").look_in, *asked) as (tx, row):
        assert row is not None, "the look always has its row"  # noqa: S101
        if row["stranger_id"]:
            talk, stranger, known = row["conversation_id"], row["stranger_id"], row["customer_id"]
            await customers.become(tx, envelope, talk, stranger, known)
            yield tx, _look(await tx.one(sql("intake").look_in, *asked), macs, inbound.channel)
        else:
            yield tx, _look(row, macs, inbound.channel)


def _look(row: Record, macs: Macs, channel: str) -> Look:
    if row["message_id"]:
        known = (row["message_id"], row["case_id"], row["case_conversation"], row["case_state"])
        return Look(macs=macs, twin=Taken(*known, duplicate=True))
    identities = ((OPERATOR, macs.ref, row["ref_bound"]), (channel, macs.address, row["address_bound"]))
    return Look(
        macs=macs,
        sender=_sender(row) if row["customer_id"] else None,
        unbound={name: mac for name, mac, bound in identities if mac and not bound},
        conversation=row["conversation_id"],
        address_shared=row["address_shared"],
        candidates=across(Open, row, *_OPEN),
        past=across(Past, row, *_PAST),
    )


def _sender(row: Record) -> Sender:
    facts = CustomerFacts(
        lifetime_value=row["lifetime_value_minor"] or 0,
        vip=row["vip"],
        vulnerable=row["vulnerable"],
        prefers_human=row["prefers_human"],
        segment=row["segment"],
    )
    return Sender(id=row["customer_id"], wrapped=row["wrapped"], facts=facts)


def across(kind: Callable[..., T], row: Record, *columns: str) -> list[T]:
    """One value for each place of arrays of one length; none where they are null."""
    return [kind(*values) for values in zip(*(row[name] or () for name in columns), strict=True)]
