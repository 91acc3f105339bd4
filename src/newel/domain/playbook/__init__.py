"""Playbooks: the documented path of one contact reason, followed with facts.

``fill_slots`` → ``calls`` (rounds of look-ups) → ``choose``; all pure. The flow makes the calls.
"""

from newel.domain.playbook.acts import Doable, acts
from newel.domain.playbook.check import problems
from newel.domain.playbook.conditions import all_hold
from newel.domain.playbook.facts import Known
from newel.domain.playbook.guide import Guide, guide
from newel.domain.playbook.own import asks_in_general, speaks_of_own
from newel.domain.playbook.plan import Action, Call, NoPath, Reply, Why, blocked, calls, choose
from newel.domain.playbook.slots import Filled, Missing, fill_slots, fills, wants_orders, with_given

__all__ = [
    "Action",
    "Call",
    "Doable",
    "Filled",
    "Guide",
    "Known",
    "Missing",
    "NoPath",
    "Reply",
    "Why",
    "acts",
    "all_hold",
    "asks_in_general",
    "blocked",
    "calls",
    "choose",
    "fill_slots",
    "fills",
    "guide",
    "problems",
    "speaks_of_own",
    "wants_orders",
    "with_given",
]
