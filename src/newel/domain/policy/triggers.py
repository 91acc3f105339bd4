"""The triggers of a policy, the numbers that they are held against, and what each adds to the risk."""

from typing import Literal

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.words import Assist, Cluster, Priority


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a trigger fires; any of the given parts is enough.

    ``lexicon`` names shipped phrase families, ``phrases`` adds the operator's own, ``fact``
    names a fact of the feature snapshot (``vip``), ``detector`` a named function of the scanner
    (``repeat_contact``, ``several_orders``). ``above`` names the threshold that a number among
    these must exceed; beside families alone, that which a model's score for one of them must.
    """

    lexicon: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    fact: str = ""
    above: str = ""
    detector: str = ""


class Trigger(Entry, frozen=True, kw_only=True):
    """A rule on signals and its effect; ``lock`` makes it a marker."""

    cluster: Cluster
    rule: Rule
    floor: Literal[2, 3]
    lock: bool = False
    priority: Priority = Priority.P3
    assist: Assist = Assist.SUMMARISE
    skills: tuple[str, ...] = ()
    regulated: bool = False
    preset: str = ""
    deflection: bool = False


class Threshold(Entry, frozen=True, kw_only=True):
    """One number that people tune; its unit is part of its name.

    ``model`` is the version of the model that was fitted on the operator's labels and with which the
    number was measured; no other version is heard under this policy.
    """

    value: float
    model: str = ""
    note: str = ""


class Weight(Entry, frozen=True, kw_only=True):
    """What one factor adds to the risk score (0 to 1)."""

    weight: float
