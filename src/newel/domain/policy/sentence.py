"""A change of policy as one sentence that a support lead understands; keys stand as the file has them."""

from typing import Any, Final

from newel.domain.sentence import Sentence, Value, word
from newel.domain.words import Assist, Priority

_NOUNS: Final = {
    "triggers": Sentence("Trigger %(name)s"),
    "thresholds": Sentence("Threshold %(name)s"),
    "risk": Sentence("Risk factor %(name)s"),
    "ceilings": Sentence("Ceiling %(name)s"),
    "systems": Sentence("System %(name)s"),
    "actions": Sentence("Action %(name)s"),
    "fields": Sentence("Field %(name)s"),
    "playbooks": Sentence("Playbook %(name)s"),
    "offers": Sentence("Offer %(name)s"),
    "gates": Sentence("Risk class %(name)s"),
    "messages": Sentence("Message %(name)s"),
    "texts": Sentence("Texts in %(name)s"),
    "owners": Sentence("Owner of %(name)s"),
}
_PART: Final = Sentence("%(subject)s: %(part)s")
_GAINS: Final = Sentence("%(what)s gains %(value)s.")
_LOSES: Final = Sentence("%(what)s loses %(value)s.")
_NEW: Final = Sentence("%(what)s is new.")
_NEW_AS: Final = Sentence("%(what)s is new (%(value)s).")
_REMOVED: Final = Sentence("%(what)s is removed.")
_REMOVED_AS: Final = Sentence("%(what)s is removed (%(value)s).")
_REWRITTEN: Final = Sentence("%(what)s is rewritten.")
_GOES: Final = Sentence("%(what)s goes from %(old)s to %(new)s.")
_YES: Final = Sentence("yes")
_NO: Final = Sentence("no")
_SPELLED: Final[dict[str, dict[int, str]]] = {
    "priority": {one.value: one.name for one in Priority},
    "from_priority": {one.value: one.name for one in Priority},
    "assist": {one.value: one.name.lower() for one in Assist},
}


def sentence(path: tuple[str, ...], old: Any, new: Any, element: bool) -> Sentence:
    """The change at a path in words; ``element`` says that one entry of a list came or went."""
    what = _subject(path)
    if element and old is None:
        return _GAINS.of(what=what, value=_shown(path, new))
    if element:
        return _LOSES.of(what=what, value=_shown(path, old))
    if _empty(old):
        return _come(_NEW, _NEW_AS, path, new)
    if _empty(new):
        return _come(_REMOVED, _REMOVED_AS, path, old)
    if isinstance(old, dict | list):
        return _REWRITTEN.of(what=what)
    return _GOES.of(what=what, old=_shown(path, old), new=_shown(path, new))


def _come(bare: Sentence, told: Sentence, path: tuple[str, ...], value: Any) -> Sentence:
    """What came or went; with its value, if that is a plain one."""
    if isinstance(value, dict | list):
        return bare.of(what=_subject(path))
    return told.of(what=_subject(path), value=_shown(path, value))


def is_entry(value: dict[str, Any]) -> bool:
    """Whether a section is one entry, and not a mapping of entries."""
    return isinstance(value.get("owner"), str)


def _subject(path: tuple[str, ...]) -> Sentence:
    """Who changed, and which part of it."""
    noun = _NOUNS.get(path[0])
    if noun and len(path) > 1:
        subject, part = noun.of(name=path[1]), ".".join(path[2:])
    else:
        subject, part = word(path[0].replace("_", " ").capitalize()), ".".join(path[1:])
    return _PART.of(subject=subject, part=part) if part else subject


def _empty(value: Any) -> bool:
    return value in (None, "", [], {})


def _shown(path: tuple[str, ...], value: Any) -> Value:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, int) and path[-1] in _SPELLED:
        return _SPELLED[path[-1]].get(value, str(value))
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 80 else f'"{value[:77]}…"'
    return value if isinstance(value, float | int) else str(value)
