"""What a step of a case says, label by label, as people read it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain.attachment import Attached
from newel.domain.fact import called, shown
from newel.domain.reason import said
from newel.domain.scan.receipt import Evidence
from newel.domain.sentence import Figure, Sentence, Share, Sum, Value, joined, spoken, word
from newel.domain.telling.key import readable
from newel.domain.telling.reasons import REASONS, reason_said
from newel.domain.trace import Step
from newel.domain.words import Assist

_HIDDEN: Final = frozenset(
    {
        "by",
        "attachments",
        "floor",
        "message",
        "message_id",
        "proposal_id",
        "approval_id",
        "action_id",
        "class",
    }
)
_ID: Final = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_FIGURES: Final = re.compile(r"[a-z_]+=[-0-9.]+(;|$)")
_TEXTS: Final = frozenset({"text", "reply"})
_WORDS: Final = frozenset(
    {
        "ai_quality",
        "author",
        "authority",
        "by_kind",
        "category",
        "cause",
        "clusters",
        "direction",
        "drafted_by",
        "ended_for",
        "kind",
        "labels",
        "lane",
        "not_evaluated",
        "outcome",
        "skills",
        "state",
        "work",
    }
)
"""Whose values are words of ours."""
_TONGUES: Final = frozenset({"language", "code"})
_TRIGGERS: Final = frozenset({"markers", "primary", "reason"})
_OF: Final = Sentence("%(part)s: %(name)s")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a step says: a label and a value, or a text that somebody wrote."""

    label: Sentence
    value: Value = ""
    text: bool = False
    at: datetime | None = None


def told(step: Step) -> tuple[Row, ...]:
    """All that a step says, in words, what somebody wrote last."""
    kept = {name: v for name, v in step.detail.items() if name not in _HIDDEN and not _is_id(v)}
    rows = [row for name, value in kept.items() for row in _rows(name, value)]
    return tuple(sorted(rows, key=lambda row: row.text))


def _is_id(value: Any) -> bool:
    """What tells people nothing; the API has it."""
    return isinstance(value, UUID) or (isinstance(value, str) and _ID.fullmatch(value) is not None)


def _measured(value: Any) -> bool:
    """What a model weighed (``log_odds=3.17; lead=0.95``): figures for the API, which tell people nothing."""
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_measured, value))
    return isinstance(value, str) and _FIGURES.match(value) is not None


def carried(step: Step) -> tuple[Attached, ...]:
    """The files of the message that a step shows."""
    return msgspec.convert(step.detail.get("attachments", ()), tuple[Attached, ...])


def _rows(name: str, value: Any) -> Iterator[Row]:
    label = word(readable(name.removesuffix("_minor")))
    if value is None:
        return
    if name in _TEXTS and isinstance(value, str):
        yield Row(label=label, value=value, text=True)
    elif name == "evidence" and isinstance(value, Mapping):
        yield from (Row(label=_OF.of(part=label, name=said(n)), value=_seen(v)) for n, v in value.items())
    elif name == "facts" and isinstance(value, Mapping):
        yield from (Row(label=_OF.of(part=label, name=called(n)), value=shown(v)) for n, v in value.items())
    elif name in {"args", "signals"} and isinstance(value, Mapping):
        yield from (
            Row(label=_OF.of(part=label, name=word(readable(str(n)))), value=plain(str(n), v))
            for n, v in value.items()
            if v not in (None, "") and not _measured(v)
        )
    elif name == "action" and isinstance(value, Mapping):
        yield from (row for part, one in value.items() for row in _rows(part, one))
    else:
        at = _moment(name, value)
        yield Row(label=label, value="" if at else plain(name, value), at=at)


def _seen(evidence: Any) -> Value:
    """What a trigger saw: words of the text, or facts; once, however many readings of the text show it."""
    items = msgspec.convert(evidence, tuple[Evidence, ...])
    return joined(dict.fromkeys(one.says or one.fact or f"“{one.text}”" for one in items), "; ")


def _moment(name: str, value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not (name.endswith("_at") and isinstance(value, str)):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def plain(name: str, value: Any) -> Value:
    """A value as people read it; some names say how."""
    value = msgspec.to_builtins(value)
    if value == []:
        return _plain(value)
    if name == "reasons" and isinstance(value, list):
        return joined((reason_said(str(one)) for one in value), "; ")
    if name == "why" and isinstance(value, str) and value in REASONS:
        return REASONS[value]
    if name in _TRIGGERS or name in _WORDS:
        named = said if name in _TRIGGERS else _worded
        return joined((named(str(one)) for one in (value if isinstance(value, list) else [value])), "; ")
    if name in _TONGUES and isinstance(value, str):
        return spoken(value)
    how = _NUMBERS.get("minor" if name.endswith("_minor") else name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return how(value) if how and number else _plain(value)


def _worded(value: str) -> Sentence:
    return word(readable(value))


_NUMBERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "assist": lambda n: word(readable(Assist(n).name.lower())),
    "tier": "T{}".format,
    "tier_floor": "T{}".format,
    "from_tier": "T{}".format,
    "to_tier": "T{}".format,
    "priority": "P{}".format,
    "confidence": lambda n: Share(n, 1),
    "confidence_minimum": Share,
    "minor": lambda n: Figure(n / 100),
}


def _plain(value: Any) -> Value:
    if isinstance(value, bool):
        return Sentence("yes") if value else Sentence("no")
    if isinstance(value, Mapping):
        if {"amount_minor", "currency"} <= value.keys():
            return Sum(value["amount_minor"], value["currency"])
        named = (
            (str(n), spoken(v) if n in _TONGUES and isinstance(v, str) else _plain(v))
            for n, v in value.items()
        )
        return joined(_OF.of(part=word(readable(n)), name=one) for n, one in named)
    if isinstance(value, list | tuple):
        return joined(map(_plain, value), "; ") if value else Sentence("none")
    return shown(value)
