"""Recommendations on the desk: what fits is shown to who works the case, who uses or dismisses it.

Nothing of it leaves by itself: its text goes into the composer by the person's own act, and the reply
is theirs. The systems of record are asked outside of any transaction; what speaks against offering
anything is looked at before, and again where it is recorded.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import offer as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden, Unavailable
from newel.domain.offer import Bar, Recommendation, Uptake
from newel.domain.playbook import Known, calls
from newel.domain.policy.offer import Offer
from newel.domain.ports import Facts, Systems
from newel.flow import routing
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import merge as merges
from newel.store import offer as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.db import Tx

PATIENCE: Final = 3.0
"""Seconds: what takes longer is not worth a person's wait."""
KEPT_SECONDS: Final = 60.0
"""What the systems of record said holds so long: a page looks again at whatever happens to its case."""
_ROUNDS: Final = 4
_Key = tuple[UUID, int, UUID, str, tuple[str, ...]]
_kept: dict[_Key, tuple[float, list[Recommendation]]] = {}
Asked = dict[tuple[str, tuple[tuple[str, str], ...]], Facts | None]


class Fitting(msgspec.Struct, frozen=True, kw_only=True):
    """What fits a case now; or, with nothing in it, why nothing is offered here."""

    offers: tuple[Recommendation, ...] = ()
    withheld: Bar | None = None


@dataclass(frozen=True, kw_only=True)
class _Brief:
    """What is looked up for a case, and for whom."""

    case: Case
    running: Running
    profile: dict[str, Any]
    offers: dict[str, Offer]
    now: datetime
    withheld: Bar | None


async def fitting(house: House, actor: Actor, case_id: UUID) -> Fitting:
    """What the owner of a case may offer; each that is shown is recorded, once in its episode."""
    async with house.db.tx(actor, read_only=True) as tx:
        brief = await _brief(tx, house, actor, case_id)
    if brief.withheld or not brief.offers:
        return Fitting(withheld=brief.withheld)
    found = await _lately(brief)
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        await _mine(tx, actor, case)
        why = await _bar(tx, house, case, await customers.read(tx, house.envelope, case.customer_id))
        if why:
            return Fitting(withheld=why)
        for one in found:
            await rows.show(tx, case, one.name, brief.running.id, UUID(actor.id))
    return Fitting(offers=tuple(found))


async def _brief(tx: Tx, house: House, actor: Actor, case_id: UUID) -> _Brief:
    case = await cases.read(tx, case_id)
    await _mine(tx, actor, case)
    running = await house.running(tx, case.workflow)
    customer = await customers.read(tx, house.envelope, case.customer_id)
    resting = await _resting(tx, running, case)
    return _Brief(
        case=case,
        running=running,
        profile=rule.asked_of({"ref": customer.profile.ref, **msgspec.structs.asdict(customer)}),
        offers=rule.candidates(running.bundle, case.contact_reason, case.language, resting),
        now=tx.now,
        withheld=await _bar(tx, house, case, customer),
    )


async def _mine(tx: Tx, actor: Actor, case: Case) -> None:
    """Only who works the case: no colleague, no supervisor who looks on, no program."""
    actor.must(Act.WORK)
    item = await work.open_of(tx, case.id)
    if actor.kind != "staff" or item is None or str(item.owner_id) != actor.id:
        raise Forbidden(actor=actor.id, act="see what may be offered", why="it is for who works the case")


async def _bar(tx: Tx, house: House, case: Case, customer: Customer) -> Bar | None:
    bundle = (await house.running(tx, case.workflow)).bundle
    merged = [one.id for one in await merges.taken_in(tx, case.id)]
    back = bundle.pays_back(case.contact_reason)
    return rule.bar(await rows.matter(tx, case, customer, merged, money_back=back))


async def _resting(tx: Tx, running: Running, case: Case) -> set[str]:
    """What this customer was offered lately, or a person found out of place."""
    offers = running.bundle.offers
    ended = await rows.ended_of(tx, case, list(offers))
    return {
        name
        for name, last in ended.items()
        if last.here or tx.now < last.ended_at + timedelta(days=offers[name].rest_days)
    }


async def _lately(brief: _Brief) -> list[Recommendation]:
    """What fits, as it was found a moment ago; what speaks against it is looked at by the caller, always."""
    case, now = brief.case, time.monotonic()
    for old in [key for key, (at, _) in _kept.items() if now - at > KEPT_SECONDS]:
        del _kept[old]
    key = (case.id, case.episode, brief.running.id, case.language, tuple(brief.offers))
    if key not in _kept:
        _kept[key] = (now, await _found(brief))
    return _kept[key][1]


async def _found(brief: _Brief) -> list[Recommendation]:
    """The first that fit; a system that is slow or away makes fewer of them, and no error."""
    asked: Asked = {}
    found: list[Recommendation] = []
    home = brief.running.bundle.languages[0]
    try:
        async with asyncio.timeout(PATIENCE):
            for name, offer in brief.offers.items():
                known = await _known(brief.running.systems, offer, brief.profile, asked)
                fits = rule.recommended(name, offer, known, brief.case.language, home, brief.now)
                found += [fits] if fits else []
                if len(found) == rule.MOST:
                    break
    except (TimeoutError, Unavailable):
        return found
    return found


async def _known(systems: Systems, offer: Offer, profile: Mapping[str, Any], asked: Asked) -> Known:
    """The look-ups of an offer in rounds; what was asked for another one is not asked again."""
    known = Known(profile=profile)
    for _ in range(_ROUNDS):
        wanted = calls(offer, known)
        if not wanted:
            break
        said = {one.need: await _once(systems, one.call, one.args, asked) for one in wanted}
        known = msgspec.structs.replace(known, facts={**known.facts, **said})
    return known


async def _once(systems: Systems, call: str, args: Mapping[str, str], asked: Asked) -> Facts | None:
    key = (call, tuple(sorted(args.items())))
    if key not in asked:
        asked[key] = await systems.look_up(call, args)
    return asked[key]


async def use(house: House, actor: Actor, case_id: UUID, token: int, name: str) -> None:
    """The owner puts it into their reply; refused when something speaks against it by now."""
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        why = await _bar(tx, house, case, await customers.read(tx, house.envelope, case.customer_id))
        if why:
            raise Conflict(what=f"case {case_id}", state=why.value, why="nothing is offered here")
        await rows.end(tx, case, name, "used", UUID(actor.id))


async def dismiss(house: House, actor: Actor, case_id: UUID, token: int, name: str) -> None:
    """The owner finds it out of place; the customer is not recommended it again for its time of rest."""
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        await rows.end(tx, case, name, "dismissed", UUID(actor.id))


async def uptakes(house: House, actor: Actor, days: int) -> list[Uptake]:
    """How each recommendation fared in the last days."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.uptakes(tx, tx.now - timedelta(days=days))
