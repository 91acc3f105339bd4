"""Rows of intake: what is here already (``look``), what arrives (``arrival``), what was said (``heard``)."""

from newel.store.intake.arrival import Arrival, newcomer, take_in, tell
from newel.store.intake.heard import fields, history, inbound, last_outbound, opened_fields, previous, said
from newel.store.intake.look import Look, Macs, Past, Sender, look_in
from newel.store.intake.values import Body, Said, Taken

__all__ = [
    "Arrival",
    "Body",
    "Look",
    "Macs",
    "Past",
    "Said",
    "Sender",
    "Taken",
    "fields",
    "history",
    "inbound",
    "last_outbound",
    "look_in",
    "newcomer",
    "opened_fields",
    "previous",
    "said",
    "take_in",
    "tell",
]
