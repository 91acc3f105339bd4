"""The policy bundle: one readable, versioned document per workflow, as values.

The YAML document has exactly this shape; ``parse.py`` reads it, ``check.py`` says what is wrong. Each
part stands in a file of its own.
"""

from typing import Literal

import msgspec

from newel.domain.policy.acts import ActionClass, Ceiling, System
from newel.domain.policy.calibration import Calibration
from newel.domain.policy.entry import Entry
from newel.domain.policy.knowledge import Deflection, Knowledge
from newel.domain.policy.offer import Offer
from newel.domain.policy.opinion import Opinion
from newel.domain.policy.overflow import Overflow
from newel.domain.policy.playbook import Playbook
from newel.domain.policy.quality import Gate, Sampling, Scorecard
from newel.domain.policy.routing import Routing
from newel.domain.policy.sla import Calendar, Sla
from newel.domain.policy.suite import Trial
from newel.domain.policy.triggers import Threshold, Trigger, Weight
from newel.domain.policy.weekly import Weekly
from newel.domain.words import RiskClass, Survey


class Owners(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who answers for the workflow; it is not live until all four are named (INT-3)."""

    quality: str
    risk_decisions: str
    exception_resolution: str
    improvement: str


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A typed field of a back-office item."""

    type: Literal["text", "number", "money", "date", "boolean"]
    required: bool = False
    pattern: str = ""
    known_source: str = ""


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole policy of one workflow.

    ``owned`` says who answers for the sections whose entries are plain words and numbers, by their name.
    """

    workflow: str
    title: str
    kind: Literal["conversations", "items"]
    version: str
    currency: str
    languages: tuple[str, ...]
    definition_of_right: str
    owners: Owners
    triggers: dict[str, Trigger]
    thresholds: dict[str, Threshold]
    ceilings: dict[str, Ceiling] = {}
    risk: dict[str, Weight] = {}
    systems: dict[str, System] = {}
    actions: dict[str, ActionClass] = {}
    fields: dict[str, Field] = {}
    playbooks: dict[str, Playbook] = {}
    offers: dict[str, Offer] = {}
    outside: tuple[str, ...] = ()
    calibration: Calibration | None = None
    knowledge: Knowledge | None = None
    sla: Sla
    calendar: Calendar
    routing: Routing
    overflow: Overflow | None = None
    gates: dict[RiskClass, Gate]
    scorecard: Scorecard | None = None
    sampling: Sampling | None = None
    weekly: Weekly | None = None
    suite: dict[str, Trial] = {}
    opinion: Opinion | None = None
    deflection: Deflection | None = None
    surveys: tuple[Survey, ...] = (Survey.CSAT,)
    messages: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    commitments: tuple[str, ...] = ()
    owned: dict[str, Entry] = {}

    @property
    def fitted(self) -> frozenset[str]:
        """The versions of the fitted models that have a say."""
        return frozenset(one.model for one in self.thresholds.values() if one.model)

    @property
    def weekly_rule(self) -> Weekly:
        """The weekly review as it says; where it says nothing, the default, by who answers for quality."""
        return self.weekly or Weekly(owner=self.owners.quality, date=self.calendar.date)

    def pays_back(self, contact_reason: str) -> bool:
        """Whether its playbook may give money back: nobody is sold anything in such a case."""
        playbook = self.playbooks.get(contact_reason)
        acts = [path.act.action for path in playbook.paths if path.act] if playbook else []
        return any(act in self.actions and self.actions[act].effect == "money" for act in acts)
