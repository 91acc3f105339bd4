"""Appointments: a slot of the book for a customer, booked or moved."""

from datetime import date as Day

import msgspec

from newel.demo.effect import Desk, Effect, Name
from newel.demo.ledger import Done
from newel.demo.problems import missing, refused, unusable
from newel.demo.records import Records
from newel.demo.shapes import Appointment, Customer
from newel.demo.slots import PLACES, slots

Slot = dict[str, str]


class BookingAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Book a slot, by its name or as the first free one of a day (at that time, if one is given)."""

    customer: Name
    type: Name
    slot: Name | None = None
    date: Day | None = None
    time: Name | None = None


class MoveAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Move an appointment to another slot of its type."""

    slot: Name | None = None
    date: Day | None = None
    time: Name | None = None


def free_slots(records: Records, type_: str = "", on: str = "", at: str = "", limit: int = 200) -> list[Slot]:
    """The slots that nobody has, soonest first."""
    taken = {appointment.slot for appointment in records.page(Appointment)}
    free = [
        {"slot": id_, "type": kind, "date": day.isoformat(), "time": time, "place": PLACES[kind]}
        for id_, kind, day, time in slots(records.today)
        if id_ not in taken and type_ in ("", kind) and on in ("", day.isoformat()) and at in ("", time)
    ]
    return free[:limit]


def book(desk: Desk, _: str, ask: BookingAsk) -> Done:
    """Write the appointment into the book."""
    desk.records.get(Customer, ask.customer)
    if ask.type not in PLACES:
        raise unusable(f"type is one of {', '.join(PLACES)}")
    slot = _choose(desk.records, ask.type, ask)
    id_ = f"A{1000 + desk.number}"
    return _write(desk, id_, ask.customer, slot)


def move(desk: Desk, id_: str, ask: MoveAsk) -> Done:
    """Give the appointment another slot; its old one is free again."""
    old = desk.records.get(Appointment, id_)
    slot = _choose(desk.records, old.type, ask)
    return _write(desk, id_, old.customer, slot)


def _choose(records: Records, type_: str, ask: BookingAsk | MoveAsk) -> Slot:
    if (ask.slot is None) == (ask.date is None):
        raise unusable("give either a slot or a date")
    if ask.slot is not None and ask.slot not in {id_ for id_, *_ in slots(records.today)}:
        raise missing("slot", ask.slot)
    on = ask.date.isoformat() if ask.date else ""
    for slot in free_slots(records, type_, on, ask.time or ""):
        if ask.slot in (None, slot["slot"]):
            return slot
    raise refused("slot_taken", "No such slot is free")


def _write(desk: Desk, id_: str, customer: str, slot: Slot) -> Done:
    appointment = Appointment(
        id=id_,
        customer=customer,
        type=slot["type"],
        slot=slot["slot"],
        on=Day.fromisoformat(slot["date"]),
        time=slot["time"],
        place=slot["place"],
    )
    desk.records.put(appointment)
    reference = desk.reference("AP")
    answer = {"reference": reference, **msgspec.to_builtins(appointment)}
    return Done(subject=customer, reference=reference, answer=answer)


EFFECTS = (
    Effect("appointment", "POST", "/appointments", BookingAsk, book),
    Effect("appointment_change", "PUT", "/appointments/{id:str}", MoveAsk, move),
)
