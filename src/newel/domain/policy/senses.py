"""For each place of a bundle: what kind of change it is, and which way is tighter.

Tighter sends more work to people, sooner, or lets the AI do less. Only what is proved tighter
counts as such: whatever stands in no row is neutral, and is signed like a loosening.
"""

from enum import StrEnum
from typing import Any, Final, Literal

from newel.domain.policy.tuned import THRESHOLDS
from newel.domain.words import Pattern, RiskClass

Kind = Literal["threshold", "taxonomy", "ceiling", "routing", "sla", "playbook", "text", "other"]


class Sense(StrEnum):
    """Which way is tighter: a number that rises or falls, an entry that comes or goes."""

    UP = "up"
    DOWN = "down"
    MORE = "more"
    FEWER = "fewer"
    NEUTRAL = "neutral"


_UP, _DOWN, _MORE, _FEWER = Sense.UP, Sense.DOWN, Sense.MORE, Sense.FEWER

RANKED: Final[dict[str, int]] = {
    **{word.value: rank for rank, word in enumerate(RiskClass)},
    **{word.value: rank for rank, word in enumerate(Pattern)},
    **{"none": 0, "record": 1, "order": 2, "account": 3, "money": 4},
}

SECTION_KINDS: Final[dict[str, Kind]] = {
    "triggers": "taxonomy",
    "commitments": "taxonomy",
    "thresholds": "threshold",
    "risk": "threshold",
    "gates": "threshold",
    "opinion": "taxonomy",
    "sampling": "threshold",
    "calibration": "threshold",
    "ceilings": "ceiling",
    "actions": "ceiling",
    "playbooks": "playbook",
    "systems": "playbook",
    "fields": "playbook",
    "outside": "playbook",
    "knowledge": "playbook",
    "sla": "sla",
    "calendar": "sla",
    "routing": "routing",
    "overflow": "routing",
    "offers": "text",
    "surveys": "text",
    "messages": "text",
    "texts": "text",
    "title": "text",
    "definition_of_right": "text",
}

# Of every entry: who answers, since when, and notes. They change no behaviour.
CLERICAL: Final = frozenset({"owner", "date", "note", "post_mortem", "version", "title"})

SENSES: Final[dict[tuple[str, ...], Sense]] = {
    ("languages",): _FEWER,
    ("commitments",): _MORE,
    ("triggers", "*"): _MORE,
    ("triggers", "*", "floor"): _UP,
    ("triggers", "*", "lock"): _UP,
    ("triggers", "*", "priority"): _DOWN,
    ("triggers", "*", "assist"): _DOWN,
    ("triggers", "*", "regulated"): _UP,
    ("triggers", "*", "deflection"): _DOWN,
    ("triggers", "*", "rule", "lexicon"): _MORE,
    ("triggers", "*", "rule", "phrases"): _MORE,
    ("triggers", "*", "rule", "fact"): _MORE,
    ("triggers", "*", "rule", "detector"): _MORE,
    ("triggers", "*", "rule", "above"): _FEWER,
    ("risk", "*"): _MORE,
    ("risk", "*", "weight"): _UP,
    ("ceilings", "*"): _MORE,
    ("ceilings", "*", "cap_minor"): _DOWN,
    ("ceilings", "*", "floor_minor"): _DOWN,
    ("ceilings", "*", "lifetime_share"): _DOWN,
    ("ceilings", "*", "window_days"): _UP,
    ("actions", "*"): _FEWER,
    ("actions", "*", "effect"): _UP,
    ("actions", "*", "autonomous"): _DOWN,
    ("actions", "*", "autonomous_ceiling_minor"): _DOWN,
    ("actions", "*", "ceiling"): _MORE,
    ("actions", "*", "identity_level"): _UP,
    ("playbooks", "*"): _FEWER,
    ("playbooks", "*", "risk"): _UP,
    ("playbooks", "*", "phrases"): _FEWER,
    ("playbooks", "*", "certificate"): _FEWER,
    ("offers", "*"): _FEWER,
    ("offers", "*", "rest_days"): _UP,
    ("outside",): _MORE,
    ("fields", "*", "required"): _UP,
    ("fields", "*", "pattern"): _MORE,
    ("knowledge",): _FEWER,
    ("knowledge", "collections"): _FEWER,
    ("knowledge", "minimum_confidence"): _UP,
    ("knowledge", "risk"): _UP,
    ("sla", "targets", "*", "resolution_minutes"): _DOWN,
    ("sla", "targets", "*", "first_response_minutes"): _DOWN,
    ("sla", "targets", "*", "next_response_minutes"): _DOWN,
    ("sla", "targets", "*", "around_the_clock"): _UP,
    ("sla", "presets", "*", "resolution_minutes"): _DOWN,
    ("sla", "presets", "*", "first_response_minutes"): _DOWN,
    ("sla", "presets", "*", "next_response_minutes"): _DOWN,
    ("sla", "presets", "*", "around_the_clock"): _UP,
    ("sla", "approval_minutes"): _DOWN,
    ("sla", "approval_expires_after_targets"): _DOWN,
    ("sla", "alerts_percent"): _MORE,
    ("calendar", "week", "*"): _MORE,
    ("calendar", "closed"): _FEWER,
    ("routing", "generalist_after_seconds"): _UP,
    ("routing", "depth_alert_percent"): _DOWN,
    ("gates", "*"): _MORE,
    ("gates", "*", "pattern"): _UP,
    ("gates", "*", "sample_share"): _UP,
    ("gates", "*", "held_share"): _UP,
    ("scorecard",): _MORE,
    ("scorecard", "criteria", "*"): _MORE,
    ("scorecard", "criteria", "*", "critical"): _UP,
    ("scorecard", "pass_score"): _UP,
    ("sampling",): _MORE,
    ("sampling", "approved_share"): _UP,
    ("sampling", "resolved_share"): _UP,
    ("sampling", "target"): _UP,
    ("sampling", "floor"): _UP,
    ("sampling", "raised_times"): _UP,
    ("suite", "*"): _MORE,
    ("deflection",): _FEWER,
    ("deflection", "enabled"): _DOWN,
    ("deflection", "articles"): _DOWN,
    ("deflection", "chat_minutes"): _DOWN,
    ("deflection", "mail_minutes"): _DOWN,
    **{
        ("thresholds", name, "value"): _UP if one.tighter == "up" else _DOWN
        for name, one in THRESHOLDS.items()
    },
}
# Sections that hold entries by name, that are one entry, and that hold entries a step deeper.
_NAMED: Final = frozenset(
    {
        "triggers",
        "thresholds",
        "ceilings",
        "risk",
        "systems",
        "actions",
        "playbooks",
        "offers",
        "gates",
        "suite",
    }
)
_SINGLE: Final = frozenset(
    {
        "calendar",
        "routing",
        "overflow",
        "deflection",
        "knowledge",
        "scorecard",
        "sampling",
        "weekly",
        "opinion",
    }
)


def kind_of(path: tuple[str, ...]) -> Kind:
    """The kind of a change at a path; it says who signs."""
    if is_clerical(path):
        return "other"
    if path == ("knowledge", "minimum_confidence"):
        return "threshold"
    return SECTION_KINDS.get(path[0], "other")


def is_clerical(path: tuple[str, ...]) -> bool:
    """Whether a change there alters no behaviour: owner, date, note, version."""
    if path[0] == "owned" or path == ("sla", "preset"):  # the times of an industry are told one by one
        return True
    if path[-1] not in CLERICAL:
        return False
    section, depth = path[0], len(path)
    if depth < 3:
        return depth == 1 or section in _SINGLE
    return (depth == 3 and section in _NAMED) or (depth == 4 and section == "sla")


def sense_of(path: tuple[str, ...]) -> Sense:
    """Which way is tighter at a path."""
    exact = SENSES.get(path)
    if exact:
        return exact
    wild = (one for one in SENSES if len(one) == len(path) and _fits(one, path))
    return next((SENSES[one] for one in wild), Sense.NEUTRAL)


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return all(want in ("*", step) for want, step in zip(pattern, path, strict=True))


def rank(value: Any) -> float | None:
    """A value as a number that can rise or fall, or None."""
    if isinstance(value, str):
        return RANKED.get(value)
    return float(value) if isinstance(value, bool | int | float) else None
