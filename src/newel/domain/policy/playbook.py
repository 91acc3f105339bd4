"""A playbook of a policy: what it needs to know, and which way it goes then."""

from typing import Any, Literal

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.words import RiskClass


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
