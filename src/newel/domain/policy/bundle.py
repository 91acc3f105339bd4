"""The policy bundle: one readable, versioned document per workflow, as values.

The YAML document has exactly this shape; ``parse.py`` reads it, ``check.py`` says what is wrong.
"""

from datetime import date
from typing import Any, Literal

import msgspec

from newel.domain.policy.calibration import Calibration
from newel.domain.policy.entry import Entry
from newel.domain.policy.quality import Gate, Sampling, Scorecard
from newel.domain.words import Assist, Cluster, Priority, RiskClass, Survey


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


class Ceiling(Entry, frozen=True, kw_only=True):
    """The most that an approval may release of one action class (TIR-5)."""

    cap_minor: int
    floor_minor: int
    lifetime_share: float
    window_days: int = 90


class Weight(Entry, frozen=True, kw_only=True):
    """What one factor adds to the risk score (0 to 1)."""

    weight: float


class LookUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A read of a system of record; ``path`` holds ``{argument}`` places."""

    path: str
    query: dict[str, str] = {}
    pick: str = ""
    source: str


class ActionCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an action class is executed and, afterwards, asked about.

    ``key`` says whether the other system takes an idempotency key; without one the outcome
    can only be asked about by ``reconcile`` (a path with ``{key}`` or ``{reference}``).
    """

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: str
    body: dict[str, Any]
    key: Literal["header", "none"] = "header"
    reconcile: str


class System(Entry, frozen=True, kw_only=True):
    """A system of record: where it is (a setting's name), how it is read and acted upon."""

    base_url: str
    timeout_seconds: float = 5.0
    look_ups: dict[str, LookUp] = msgspec.field(default_factory=dict)
    actions: dict[str, ActionCall] = msgspec.field(default_factory=dict)


class ActionClass(Entry, frozen=True, kw_only=True):
    """A kind of act on the world, and the authority that it needs (INV-12)."""

    system: str
    effect: Literal["money", "order", "account", "record", "none"]
    autonomous: bool = False
    autonomous_ceiling_minor: int = 0
    ceiling: str = ""
    capability: str = "approve"
    identity_level: int = 1


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A value that a playbook needs, and where it may come from, in order.

    ``pattern`` (RE2, one group) replaces the built-in reader of the kind; ``field`` is the key
    in the item's fields or the customer's record; ``ask`` is the question when it is missing.
    """

    kind: Literal[
        "order",
        "sku",
        "product",
        "email",
        "gift_card",
        "date",
        "time",
        "address",
        "number",
        "text",
        "field",
    ]
    sources: tuple[Literal["text", "fields", "profile", "only_open_order", "latest_order"], ...]
    required: bool = True
    field: str = ""
    pattern: str = ""
    ask: str = ""


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One look-up of a playbook: ``call`` is ``system.look_up``, ``args`` are templates.

    A record found by the customer's words must name its owner, and that must be the customer;
    ``public`` marks records that belong to nobody (products) or to their bearer (gift cards).
    """

    call: str
    args: dict[str, str] = {}
    optional: bool = False
    public: bool = False


class Pick(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The entry of a list of facts that a slot's words name, or the only entry there is.

    ``among`` is the list's path, ``by`` the keys that the words are compared with, ``equal``
    keeps the entries whose key equals a known path (an unknown path asks nothing), ``one_of``
    those whose key is one of these values; ``must_match`` refuses even the only entry when the
    words do not name it; ``first`` takes the first of several that fit equally.
    """

    among: str
    slot: str = ""
    by: tuple[str, ...] = ("sku", "name")
    equal: dict[str, str] = {}
    one_of: dict[str, tuple[str, ...]] = {}
    must_match: bool = False
    first: bool = False


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test on one fact (dotted path); the given operators must all hold."""

    fact: str
    eq: Any = None
    one_of: tuple[Any, ...] | None = None
    not_one_of: tuple[Any, ...] | None = None
    present: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    within_days: int | None = None
    older_than_days: int | None = None
    same_as: str = ""
    differs_from: str = ""


class Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The action that a playbook path proposes; ``args`` are templates of facts.

    ``amount`` and ``paid`` (what the customer paid, the most that can go back) are one fact of
    a look-up each, such as ``{order.total}``; customer text is never an amount.
    """

    action: str
    args: dict[str, str] = {}
    amount: str = ""
    paid: str = ""
    justification: str


class Path(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One branch of a playbook: if its conditions hold, this reply and this action.

    Each fact that the reply names must be present; a missing one sends the case to a person.
    """

    when: tuple[Condition, ...] = ()
    reply: str
    act: Proposed | None = None
    to_person: bool = False
    note: str = ""


class Playbook(Entry, frozen=True, kw_only=True):
    """The documented path of one contact reason, that T1 may execute."""

    title: str
    risk: RiskClass
    phrases: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    slots: dict[str, Slot] = msgspec.field(default_factory=dict)
    needs: dict[str, Need] = msgspec.field(default_factory=dict)
    picks: dict[str, Pick] = msgspec.field(default_factory=dict)
    paths: tuple[Path, ...]
    skills: tuple[str, ...] = ()
    certificate: str = ""


class Offer(Entry, frozen=True, kw_only=True):
    """A product or service that the person on a case may offer: when it fits, why, and in which words.

    It fits a case of these ``contact_reasons`` (none named: of any) while all of ``when`` holds; ``needs``
    and ``picks`` are those of a playbook, and know the ``customer``. ``because`` tells the person why it
    is shown, ``text`` is what they may put into their reply, with ``texts`` in other languages. Used or
    dismissed, it is not shown again to the same customer for ``rest_days``.
    """

    title: str
    contact_reasons: tuple[str, ...] = ()
    needs: dict[str, Need] = msgspec.field(default_factory=dict)
    picks: dict[str, Pick] = msgspec.field(default_factory=dict)
    when: tuple[Condition, ...] = ()
    because: str
    text: str
    texts: dict[str, str] = msgspec.field(default_factory=dict)
    rest_days: int = 90


class Knowledge(Entry, frozen=True, kw_only=True):
    """Which collections the AI may quote, and how sure the retrieval must be.

    ``questions`` are examples of what customers ask, by the article that answers it.
    """

    collections: tuple[str, ...]
    minimum_confidence: float
    risk: RiskClass = RiskClass.LOW
    questions: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class SlaTargets(Entry, frozen=True, kw_only=True):
    """Targets of one priority in minutes; ``around_the_clock`` or on the calendar."""

    resolution_minutes: int
    first_response_minutes: int
    next_response_minutes: int
    around_the_clock: bool = True


class Sla(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Targets by priority, presets that replace the resolution minutes, and the approval target."""

    targets: dict[Literal["P1", "P2", "P3"], SlaTargets]
    presets: dict[str, SlaTargets] = {}
    approval_minutes: int = 15
    approval_expires_after_targets: int = 4
    alerts_percent: tuple[int, ...] = (50, 75, 90, 100, 150)


class Calendar(Entry, frozen=True, kw_only=True):
    """Business time: zone, opening spans by weekday (``"09:00-12:30"``), holidays."""

    zone: str
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], tuple[str, ...]]
    country: str = ""
    closed: tuple[date, ...] = ()


class Routing(Entry, frozen=True, kw_only=True):
    """How work finds its person."""

    generalist_after_seconds: int = 60
    generalist_skill: str = "general"
    default_skills: tuple[str, ...] = ()
    depth_alert_percent: int = 150
    on_call: str = ""


class Overflow(Entry, frozen=True, kw_only=True):
    """Who steps in when far more waits than usual: ``routing.depth_alert_percent`` of ``normal_depth``.

    ``people`` and ``teams`` (contractors) get none of the workflow's work while the pool is closed.
    ``with_skills`` names people of other work, who keep theirs. An open pool lets its members stand in
    for the skills of ``stands_in_for``, never in regulated work, from ``from_priority`` down, and each
    has ``most_each`` such cases at most. At ``relief_percent`` of the normal depth what the alert or a
    supervisor opened closes by itself; without it only by hand.
    """

    normal_depth: int
    opens: Literal["by_itself", "by_hand"] = "by_hand"
    relief_percent: int | None = None
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    with_skills: tuple[str, ...] = ()
    stands_in_for: tuple[str, ...] = ()
    from_priority: Priority = Priority.P3
    most_each: int = 2


class Deflection(Entry, frozen=True, kw_only=True):
    """Offering articles before a confidence trigger sets T3 (TIR-12)."""

    enabled: bool = True
    articles: int = 3
    chat_minutes: int = 10
    mail_minutes: int = 240


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
    """The whole policy of one workflow."""

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
    deflection: Deflection | None = None
    surveys: tuple[Survey, ...] = (Survey.CSAT,)
    messages: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    commitments: tuple[str, ...] = ()

    @property
    def fitted(self) -> frozenset[str]:
        """The versions of the fitted models that have a say."""
        return frozenset(one.model for one in self.thresholds.values() if one.model)
