"""Routing: who may have which work (``reach``), who gets it by itself (``queue``) or by hand (``hands``)."""

from newel.domain.routing.hands import Fit, fits
from newel.domain.routing.queue import (
    ALL_FULL,
    NOBODY_ABLE,
    Assign,
    Nobody,
    Queue,
    Rules,
    ToSupervisor,
    Verdict,
    decide,
    pick_supervisor,
    rank,
)
from newel.domain.routing.reach import (
    eligible,
    general,
    highest,
    qualified,
    qualified_as_generalist,
    reaches,
    serves,
    speaks,
    takes,
)
from newel.domain.routing.work import SUPERVISOR, Ask, Item, Person

__all__ = [
    "ALL_FULL",
    "NOBODY_ABLE",
    "SUPERVISOR",
    "Ask",
    "Assign",
    "Fit",
    "Item",
    "Nobody",
    "Person",
    "Queue",
    "Rules",
    "ToSupervisor",
    "Verdict",
    "decide",
    "eligible",
    "fits",
    "general",
    "highest",
    "pick_supervisor",
    "qualified",
    "qualified_as_generalist",
    "rank",
    "reaches",
    "serves",
    "speaks",
    "takes",
]
