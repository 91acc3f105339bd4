"""Patterns: anybody who sees a case says that this happens again; improvers find it (RES-1)."""

from datetime import timedelta
from uuid import UUID

from newel.domain import mask
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden
from newel.domain.note import fit
from newel.domain.resolution import fit_reason
from newel.flow.house import House
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import pattern as rows
from newel.store.case import Case
from newel.store.db import Tx

SHOWN = 500


async def flag(house: House, actor: Actor, case_id: UUID, words: str, contact_reason: str = "") -> UUID:
    """Say in words what happens again, and under which contact reason (the case's, if none is given).

    Once by each person for an episode. What names the customer is masked before it is kept.
    """
    actor.must(Act.READ_CASE)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="flag a pattern", why="only people do")
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        running = await house.running(tx, case.workflow)
        reason = fit_reason(contact_reason, case.contact_reason, running.bundle.playbooks)
        made = await _add(tx, house, case, reason, fit(words))
    if made is None:
        raise Conflict(what=f"case {case_id}", state="flagged", why="you have flagged it before")
    return made


async def flag_at_end(tx: Tx, house: House, case: Case, contact_reason: str, note: str) -> None:
    """Who ends a case says that it happens again: with their note for words, if they wrote one.

    What they have flagged before stands.
    """
    await _add(tx, house, case, contact_reason, note.strip())


async def _add(tx: Tx, house: House, case: Case, contact_reason: str, words: str) -> UUID | None:
    who = (await customers.read(tx, house.envelope, case.customer_id)).profile
    hidden = mask.mask(words, mask.known_of(who.name, who.address, who.phone)).value
    return await rows.add(tx, house.envelope, case, contact_reason, hidden)


async def flagged(house: House, actor: Actor, days: int) -> list[rows.Pattern]:
    """What people flagged in the last days, for those who improve."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.flagged(tx, house.envelope, tx.now - timedelta(days=days), SHOWN)
