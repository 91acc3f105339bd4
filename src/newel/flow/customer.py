"""Customers: what the system of record says of them, and their own preference."""

from typing import Annotated, Final
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor, Region
from newel.domain.errors import NotFound
from newel.domain.escalation import Order
from newel.domain.words import Assist, Priority, Tier
from newel.flow import delivery, escalation, routing
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import chat as chats
from newel.store import customer as customers
from newel.store.db import Tx

FACT: Final = "prefers_human"
PREFERS: Final = f"request.{FACT}"
_WITH_AI: Final = frozenset({"ai", "deflecting", "approval", "held", "acting", "waiting"})
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
        await _prefer(house, tx, await _known(house, tx, ref), human)


async def prefer_in_case(house: House, actor: Actor, case_id: UUID, token: int, *, human: bool) -> None:
    """The same, as the customer has told the person who has their case."""
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        await _prefer(house, tx, case.customer_id, human, case_id)


async def prefer_in_talk(house: House, tx: Tx, talk: UUID, *, human: bool) -> None:
    """The same, chosen by the customer in their own conversation."""
    about = await chats.matter(tx, talk)
    await _prefer(house, tx, await customers.of_talk(tx, talk), human, about.case_id if about else None)


async def _prefer(house: House, tx: Tx, who: UUID, human: bool, told_in: UUID | None = None) -> None:
    """Whoever wants people has one at once: what the AI has under way for them leaves it."""
    found = [await cases.lock(tx, one) for one in await customers.with_ai(tx, who)] if human else []
    if not await customers.prefer(tx, who, human, case_id=told_in):
        return
    for case in found:
        if case.state in _WITH_AI and case.tier is not Tier.HUMAN:
            running = await house.running(tx, case.workflow)
            await delivery.take_back(tx, case, because="the customer wants people")
            await escalation.escalate(tx, house, running, case, _order(running))


def _order(running: Running) -> Order:
    """As the policy's trigger on the same fact says, which fires on the next message."""
    for name, trigger in running.bundle.triggers.items():
        if trigger.rule.fact == FACT:
            return Order(
                priority=trigger.priority,
                assist=trigger.assist,
                skills=trigger.skills,
                lock=trigger.lock,
                primary=name,
                reasons=(name,),
            )
    return Order(priority=Priority.P2, assist=Assist.DRAFT, lock=True, primary=PREFERS, reasons=(PREFERS,))


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
