"""Customers (and vendors): found by blind MACs, their profile sealed under their own key."""

from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import Invalid, NewelError, NotFound
from newel.store import audit
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place

OPERATOR = ""
"""The identity channel of the operator's own references."""


class WrongKey(NewelError):
    """The master key is not this database's; put the file there that the first start made."""

    code = "wrong_key"
    status = 503


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a person; sealed at rest."""

    ref: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    addresses: dict[str, str] = {}
    """Where each channel reaches them."""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """One customer row with its opened profile."""

    id: UUID
    kind: str
    profile: Profile
    segment: str
    lifetime_value_minor: int | None
    currency: str
    vip: bool
    vulnerable: bool
    prefers_human: bool
    training_consent: bool
    language: str
    region: str = ""
    wrapped: bytes


async def find(tx: Tx, envelope: Envelope, channel: str, identity: str) -> UUID | None:
    """Who this reference or address belongs to."""
    found: UUID | None = await tx.value(
        sql("customer").by_mac, channel, identity_mac(envelope, channel, identity)
    )
    return found


def identity_mac(envelope: Envelope, channel: str, identity: str) -> bytes:
    """The blind key of an identity; case and outer space do not matter."""
    return envelope.mac(f"identity:{channel}", identity.strip().casefold())


async def read(tx: Tx, envelope: Envelope, customer_id: UUID) -> Customer:
    """The customer; ``NotFound`` when there is none."""
    row = await tx.row(sql("customer").read, customer_id)
    if row is None:
        raise NotFound(what="customer", id=customer_id)
    values: dict[str, Any] = dict(row)
    profile = profile_of(envelope, customer_id, values["wrapped"], values.pop("profile_sealed"))
    return Customer(profile=profile, **values)


def profile_of(envelope: Envelope, customer_id: UUID, wrapped: bytes, sealed: bytes) -> Profile:
    """A sealed profile, opened under the customer's own key."""
    return envelope.subject(customer_id, wrapped).open_value(profile_place(customer_id), sealed, Profile)


def of_row(envelope: Envelope, customer_id: UUID, wrapped: bytes, row: Record) -> Customer:
    """The customer of a row that holds more."""
    return Customer(
        id=customer_id,
        kind=row["customer_kind"],
        profile=profile_of(envelope, customer_id, wrapped, row["profile_sealed"]),
        segment=row["segment"],
        lifetime_value_minor=row["lifetime_value_minor"],
        currency=row["currency"],
        vip=row["vip"],
        vulnerable=row["vulnerable"],
        prefers_human=row["prefers_human"],
        training_consent=row["training_consent"],
        language=row["spoken"],
        wrapped=wrapped,
    )


async def ensure(
    tx: Tx, envelope: Envelope, identities: dict[str, str], profile: Profile, *, kind: str
) -> UUID:
    """The customer of these identities (channel → value), made when unknown; all get bound."""
    macs = {c: identity_mac(envelope, c, v) for c, v in identities.items()}
    for mac in sorted(macs.values()):
        await tx.value(sql("customer").lock_identity, mac)
    customer = await _known(tx, macs) or await _add(tx, envelope, profile, kind)
    for channel, mac in macs.items():
        await tx.run(sql("customer").identify, channel, mac, customer)
    return customer


async def _known(tx: Tx, macs: dict[str, bytes]) -> UUID | None:
    """Who has one of these identities; two references of the operator are never one person."""
    for channel, mac in sorted(macs.items()):
        found: UUID | None = await tx.value(sql("customer").by_mac, channel, mac)
        other = channel != OPERATOR and OPERATOR in macs
        if found and not (other and await tx.value(sql("customer").referred, found)):
            return found
    return None


async def _add(tx: Tx, envelope: Envelope, profile: Profile, kind: str) -> UUID:
    customer = uuid4()
    wrapped, sealer = envelope.new_subject(customer)
    await tx.run(sql("customer").add_key, customer, wrapped, tx.now)
    await tx.run(
        sql("customer").add, customer, kind, sealer.seal_value(profile_place(customer), profile), tx.now
    )
    await audit.record(tx, "customer.added", "customer", customer, kind=kind)
    return customer


async def become(tx: Tx, envelope: Envelope, talk: UUID, stranger: UUID, known: UUID) -> None:
    """What a sender whom nobody knew began in a conversation goes on as the known customer's (INV-4).

    Cases keep their state, lock, owner and key; the key is wrapped under the known customer's, so that
    their erasure reaches it.
    """
    theirs, before = await read(tx, envelope, known), await read(tx, envelope, stranger)
    old, new = sealer_of(envelope, before), sealer_of(envelope, theirs)
    found = await tx.rows(sql("customer").begun_in, talk)
    keys = [old.rewrap(case_place(row["case_id"]), row["key_wrapped"], new) for row in found]
    talks = {talk, *(row["conversation_id"] for row in found)}
    which = [row["case_id"] for row in found]
    await tx.run(sql("customer").become, list(talks), stranger, known, which, keys)
    reached = msgspec.structs.replace(
        theirs.profile, addresses=before.profile.addresses | theirs.profile.addresses
    )
    if reached != theirs.profile:
        await put(tx, envelope, msgspec.structs.replace(theirs, profile=reached))
    if before.prefers_human:
        await prefer(tx, known, human=True)  # their own lasting wish, made before anybody knew them
    for one in talks:
        await audit.record(tx, "conversation.identified", "conversation", one, customer=str(known))


async def put(tx: Tx, envelope: Envelope, customer: Customer) -> None:
    """Save what the system of record says."""
    sealed = sealer_of(envelope, customer).seal_value(profile_place(customer.id), customer.profile)
    await tx.run(
        sql("customer").put,
        customer.id,
        sealed,
        customer.segment,
        customer.lifetime_value_minor,
        customer.currency,
        customer.vip,
        customer.vulnerable,
        customer.training_consent,
        customer.language,
        tx.now,
        customer.region,
    )
    await audit.record(tx, "customer.put", "customer", customer.id)


async def prefer(tx: Tx, customer_id: UUID, human: bool, *, case_id: UUID | None = None) -> bool:
    """Set the lasting preference for people, told in a case or not; False when it stood like that."""
    if not await tx.run(sql("customer").prefer, customer_id, human, tx.now):
        return False
    await audit.record(tx, "customer.preferred", "customer", customer_id, case_id=case_id, human=human)
    return True


async def of_talk(tx: Tx, talk: UUID) -> UUID:
    """Whose conversation it is."""
    found: UUID | None = await tx.value(sql("customer").of_talk, talk)
    if found is None:
        raise NotFound(what="conversation", id=talk)
    return found


async def prefers(tx: Tx, customer_id: UUID) -> bool:
    """Whether they want people always."""
    return bool(await tx.value(sql("customer").prefers, customer_id))


async def with_ai(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Their cases that the AI has under way."""
    return [row["id"] for row in await tx.rows(sql("customer").with_ai, customer_id)]


def sealer_of(envelope: Envelope, customer: Customer) -> Sealer:
    """Seals under the customer's own key."""
    return envelope.subject(customer.id, customer.wrapped)


def profile_place(customer_id: UUID) -> str:
    """Where a profile is bound."""
    return f"customer.profile:{customer_id}"


async def must_fit(tx: Tx, envelope: Envelope) -> None:
    """Raise ``WrongKey`` when this database was begun with another master key; the first one binds it."""
    row = await tx.row(sql("customer").any_key)
    try:
        if row is not None:
            envelope.subject(row["subject_id"], row["wrapped"])
        sealed = await tx.value(sql("customer").check)
        if sealed is None:
            await tx.run(sql("customer").add_check, envelope.check(), tx.now)
            sealed = await tx.value(sql("customer").check)
        envelope.must_open(sealed)
    except Invalid:
        raise WrongKey() from None
