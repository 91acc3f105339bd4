"""Routing: queued work finds its person by itself (``queue``) or by somebody's hand (``hands``)."""

from newel.flow.routing.hands import (
    assign,
    claim_next,
    hand_back,
    mine,
    my_work,
    presence,
    reorder,
    snooze,
    transfer,
    wake,
)
from newel.flow.routing.queue import (
    call_out,
    own,
    queued,
    rebalance,
    release,
    requeue,
    route,
    rules_of,
    sweep,
    take_over,
)

__all__ = [
    "assign",
    "call_out",
    "claim_next",
    "hand_back",
    "mine",
    "my_work",
    "own",
    "presence",
    "queued",
    "rebalance",
    "release",
    "reorder",
    "requeue",
    "route",
    "rules_of",
    "snooze",
    "sweep",
    "take_over",
    "transfer",
    "wake",
]
