"""Customers: what the system of record says of them, and their own preference."""

from typing import Annotated
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor, Region
from newel.domain.errors import NotFound
from newel.flow.house import House
from newel.store import customer as customers
from newel.store.db import Tx

Name = Annotated[str, msgspec.Meta(max_length=500)]


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer as the operator's system of record describes them."""

    name: Name = ""
    email: Name = ""
    phone: Name = ""
    address: Name = ""
    segment: Name = ""
    lifetime_value_minor: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] | None = None
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "GBP"
    vip: bool = False
    vulnerable: bool = False
    training_consent: bool = False
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""
    region: Region = ""


async def put(house: House, actor: Actor, ref: str, told: Told, *, kind: str = "customer") -> UUID:
    """Add or update the customer of an operator's reference."""
    actor.must(Act.INTAKE)
    async with house.db.tx(actor) as tx:
        identities = {customers.OPERATOR: ref} | ({"email": told.email} if told.email else {})
        found = await customers.ensure(tx, house.envelope, identities, customers.Profile(ref=ref), kind=kind)
        before = await customers.read(tx, house.envelope, found)
        parts = {f: getattr(told, f) for f in told.__struct_fields__}
        person = {k: parts.pop(k) for k in ("name", "email", "phone", "address")}
        profile = msgspec.structs.replace(before.profile, ref=ref, **person)
        await customers.put(tx, house.envelope, msgspec.structs.replace(before, profile=profile, **parts))
        return found


async def prefer(house: House, actor: Actor, ref: str, *, human: bool) -> None:
    """The customer's own act: people only from now on, or AI again."""
    actor.must(Act.INTAKE)
    async with house.db.tx(actor) as tx:
        await customers.prefer(tx, await _known(house, tx, ref), human)


async def preference(house: House, actor: Actor, ref: str) -> bool:
    """Whether the customer prefers people."""
    actor.must(Act.INTAKE)
    async with house.db.tx(actor) as tx:
        found = await customers.read(tx, house.envelope, await _known(house, tx, ref))
        return found.prefers_human


async def _known(house: House, tx: Tx, ref: str) -> UUID:
    found = await customers.find(tx, house.envelope, customers.OPERATOR, ref)
    if found is None:
        raise NotFound(what="customer", id=ref)
    return found
