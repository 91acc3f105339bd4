"""A change of policy as one sentence that a support lead understands."""

from typing import Any, Final

from newel.domain.words import Assist, Priority

_NOUNS: Final = {
    "triggers": "Trigger",
    "thresholds": "Threshold",
    "risk": "Risk factor",
    "ceilings": "Ceiling",
    "systems": "System",
    "actions": "Action",
    "fields": "Field",
    "playbooks": "Playbook",
    "offers": "Offer",
    "gates": "Risk class",
    "messages": "Message",
    "texts": "Texts in",
    "owners": "Owner of",
}
_SPELLED: Final[dict[str, dict[int, str]]] = {
    "priority": {one.value: one.name for one in Priority},
    "from_priority": {one.value: one.name for one in Priority},
    "assist": {one.value: one.name.lower() for one in Assist},
}


def sentence(path: tuple[str, ...], old: Any, new: Any, element: bool) -> str:
    """The change at a path in words; ``element`` says that one entry of a list came or went."""
    subject, part = _subject(path)
    what = f"{subject}: {part}" if part else subject
    if element:
        verb, value = ("gains", new) if old is None else ("loses", old)
        return f"{what} {verb} {_shown(path, value)}."
    if _empty(old) or _empty(new):
        verb = "is new" if _empty(old) else "is removed"
        value = new if _empty(old) else old
        told = "" if isinstance(value, dict | list) else f" ({_shown(path, value)})"
        return f"{what} {verb}{told}."
    if isinstance(old, dict | list):
        return f"{what} is rewritten."
    return f"{what} goes from {_shown(path, old)} to {_shown(path, new)}."


def is_entry(value: dict[str, Any]) -> bool:
    """Whether a section is one entry, and not a mapping of entries."""
    return isinstance(value.get("owner"), str)


def _subject(path: tuple[str, ...]) -> tuple[str, str]:
    """Who changed, and which part of it."""
    noun = _NOUNS.get(path[0])
    if noun and len(path) > 1:
        return f"{noun} {path[1]}", ".".join(path[2:])
    return path[0].replace("_", " ").capitalize(), ".".join(path[1:])


def _empty(value: Any) -> bool:
    return value in (None, "", [], {})


def _shown(path: tuple[str, ...], value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and path[-1] in _SPELLED:
        return _SPELLED[path[-1]].get(value, str(value))
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 80 else f'"{value[:77]}…"'
    return f"{value:g}" if isinstance(value, float) else str(value)
