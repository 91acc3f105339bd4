"""Candle subscriptions: paused for a while, or stopped."""

from datetime import date, timedelta

import msgspec

from newel.demo.effect import Desk, Effect, Text
from newel.demo.ledger import Done
from newel.demo.problems import refused, unusable
from newel.demo.shapes import Subscription

PAUSE_DAYS = timedelta(days=30)
LONGEST = timedelta(days=90)


class PauseAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pause until a day, 30 days when none is given, at most 90."""

    until: date | None = None


class StopAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stop the subscription for good."""

    reason: Text = "customer asked"


def pause(desk: Desk, id_: str, ask: PauseAsk) -> Done:
    """Send nothing until the day."""
    subscription = _in_state(desk, id_, "active")
    until = ask.until or desk.today + PAUSE_DAYS
    if not desk.today < until <= desk.today + LONGEST:
        raise unusable("a pause ends within the next 90 days")
    changed = msgspec.structs.replace(subscription, state="paused", paused_until=until, next_on=None)
    return _changed(desk, changed, "SP")


def stop(desk: Desk, id_: str, _: StopAsk) -> Done:
    """Send nothing any more."""
    subscription = _in_state(desk, id_, "active", "paused")
    changed = msgspec.structs.replace(subscription, state="cancelled", next_on=None, paused_until=None)
    return _changed(desk, changed, "SC")


def _in_state(desk: Desk, id_: str, *states: str) -> Subscription:
    subscription = desk.records.get(Subscription, id_)
    if subscription.state not in states:
        raise refused("wrong_state", f"Only for {' or '.join(states)}", f"{id_} is {subscription.state}")
    return subscription


def _changed(desk: Desk, changed: Subscription, prefix: str) -> Done:
    desk.records.put(changed)
    reference = desk.reference(prefix)
    answer = {"reference": reference, **msgspec.to_builtins(changed)}
    return Done(subject=changed.id, reference=reference, answer=answer)


EFFECTS = (
    Effect("subscription_pause", "POST", "/subscriptions/{id:str}/pauses", PauseAsk, pause),
    Effect("subscription_cancel", "POST", "/subscriptions/{id:str}/cancellations", StopAsk, stop),
)
