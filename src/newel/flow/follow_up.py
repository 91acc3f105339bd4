"""Follow-up: whoever comes back to the AI's answer within a day, in its case or by another way (RES-4)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from newel.domain import follow_up as rule
from newel.domain.feedback import Body, What
from newel.domain.words import Tier
from newel.flow import feedback
from newel.flow.house import House
from newel.store import answer as answers
from newel.store import case as cases
from newel.store import resolution as resolutions
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.intake import Arrival


async def here(tx: Tx, arrival: Arrival) -> Arrival:
    """A case that was answered is followed up: by all but thanks, and the answer to our own question."""
    case, attached = arrival.case, bool(arrival.attached)
    settled = case.state == "waiting" and case.tier is not Tier.HUMAN
    if not settled or not rule.asks(arrival.inbound.text, attached=attached) or await answers.asks(tx, case):
        return arrival
    return msgspec.structs.replace(arrival, case=msgspec.structs.replace(case, follow_up=True))


async def elsewhere(tx: Tx, house: House, same: Sequence[UUID], case: Case) -> None:
    """Answered cases to whose matter (``same``) a message of another case comes back are followed up by it.

    They are locked in the order of their ids. Whoever opens a case holds none yet, and waits its turn;
    whoever holds one already marks those alone that are free right then, so that no two wait for each other.
    """
    for answered in await cases.lock_several(tx, same, wait=case.turn == 0):
        counts = rule.counts(answered.tier, answered.answered_at, tx.now, marked=answered.follow_up)
        if counts and not await answers.asks(tx, answered):
            await _mark(tx, house, answered, case)


async def _mark(tx: Tx, house: House, answered: Case, by: Case) -> None:
    """What has ended well by then did not: that is said beside what was said of its end."""
    marked = await cases.move(tx, answered, "followed", follow_up=True, data={"again_in": str(by.id)})
    ended = await resolutions.of(tx, marked) if marked.state == "resolved" else None
    if ended:
        body = Body(category=ended.category, by_person=False)
        await feedback.add(tx, house, marked, What.FOLLOW_UP, body, ended.id)
