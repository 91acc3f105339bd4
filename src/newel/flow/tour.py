"""The tour: a customer of the show company writes what a step says, and what has become of it."""

from typing import Final

import msgspec

from newel.domain import tour as rule
from newel.domain.access import Act, Actor
from newel.domain.intake import Inbound, Sender
from newel.domain.tour import CHANNEL, Mark, Standing, Step, Tour
from newel.flow import intake
from newel.flow.house import House
from newel.store import tour as rows
from newel.store import views
from newel.store.db import Tx
from newel.store.views import Visible

GUIDE: Final = Actor(kind="service", id="tour", scopes=frozenset({Act.INTAKE, Act.READ_CONVERSATION}))


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A step, where it stands, what there is to see, and what its customer has got."""

    step: Step
    marks: tuple[Mark, ...]
    said: tuple[Visible, ...] = ()
    at: Standing | None = None
    where: str = ""


async def write(house: House, step: Step) -> None:
    """The step's customer writes; once, however often it is asked for."""
    inbound = Inbound(
        channel=CHANNEL,
        external_id=_thread(step),
        workflow=step.workflow,
        conversation=_thread(step),
        customer=Sender(ref=step.customer, verified=True),
        text=step.text,
    )
    await intake.receive(house, GUIDE, inbound)


async def look(house: House, tour: Tour) -> list[Seen]:
    """All steps as they stand."""
    async with house.db.tx(GUIDE, read_only=True) as tx:
        return [await _seen(tx, house, step) for step in tour.steps]


async def _seen(tx: Tx, house: House, step: Step) -> Seen:
    at = await rows.standing(tx, house.envelope.mac(f"thread:{CHANNEL}", _thread(step)))
    if at is None:
        return Seen(step=step, marks=rule.marks(step, None, frozenset()))
    said = tuple(await views.conversation(tx, house.envelope, at.conversation_id, 0))
    authors = frozenset(one.author for one in said)
    return Seen(step=step, marks=rule.marks(step, at, authors), said=said, at=at, where=rule.where(step, at))


def _thread(step: Step) -> str:
    return f"tour-{step.name}"
