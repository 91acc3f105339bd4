"""A change of policy as one sentence that a support lead understands.

Playbooks and recommendations go by their titles, and their parts by what a reader of them sees; of the rest
keys stand as the file has them.
"""

from collections.abc import Mapping
from typing import Any, Final

from newel.domain.sentence import Sentence, Value, joined, word
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
    "suite": Sentence("Trial %(name)s"),
    "messages": Sentence("Message %(name)s"),
    "texts": Sentence("Texts in %(name)s"),
    "owners": Sentence("Owner of %(name)s"),
    "owned": Sentence("Owner of %(name)s"),
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
Titles = Mapping[tuple[str, str], str]
"""What an entry is called, by its section and its key."""
_UNTITLED: Final[Titles] = {}
_PARTS_OF: Final = ("playbooks", "offers")
_PARTS: Final = {
    "title": Sentence("the title"),
    "risk": Sentence("the risk"),
    "phrases": Sentence("how customers say it"),
    "when": Sentence("the condition"),
    "slots": Sentence("what must be known"),
    "needs": Sentence("what is looked up"),
    "picks": Sentence("what is chosen"),
    "paths": Sentence("which way it goes"),
    "skills": Sentence("what a person needs"),
    "certificate": Sentence("the certificate"),
    "contact_reasons": Sentence("the list of contact reasons"),
    "because": Sentence("why it is shown"),
    "text": Sentence("the text"),
    "texts": Sentence("the text in other languages"),
    "rest_days": Sentence("the rest until it is shown again"),
    "owner": Sentence("the owner"),
    "date": Sentence("the date"),
    "post_mortem": Sentence("the post-mortem"),
    "kind": Sentence("the kind"),
    "sources": Sentence("where it comes from"),
    "required": Sentence("whether it is needed"),
    "ask": Sentence("the question"),
    "field": Sentence("the field"),
    "pattern": Sentence("the pattern"),
    "call": Sentence("the look-up"),
    "args": Sentence("what it is asked with"),
    "optional": Sentence("whether it may be missing"),
    "public": Sentence("whether it is open to everybody"),
    "among": Sentence("what it is chosen from"),
    "by": Sentence("what it is recognised by"),
    "equal": Sentence("what has to be equal"),
    "one_of": Sentence("what it has to be one of"),
    "must_match": Sentence("whether the customer must name it"),
    "first": Sentence("whether the first is taken"),
}
_SPELLED: Final[dict[str, dict[int, str]]] = {
    "priority": {one.value: one.name for one in Priority},
    "from_priority": {one.value: one.name for one in Priority},
    "assist": {one.value: one.name.lower() for one in Assist},
}


def titles_of(bundle: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What people call the playbooks and recommendations of a bundle in plain values."""
    return {
        (part, key): one["title"]
        for part in _PARTS_OF
        for key, one in bundle.get(part, {}).items()
        if one.get("title")
    }


def sentence(
    path: tuple[str, ...], old: Any, new: Any, element: bool, titles: Titles = _UNTITLED
) -> Sentence:
    """The change at a path in words; ``element`` says that one entry of a list came or went."""
    what = _subject(path, titles)
    if element and old is None:
        return _GAINS.of(what=what, value=_shown(path, new))
    if element:
        return _LOSES.of(what=what, value=_shown(path, old))
    if _empty(old):
        return _come(_NEW, _NEW_AS, what, path, new)
    if _empty(new):
        return _come(_REMOVED, _REMOVED_AS, what, path, old)
    if isinstance(old, dict | list):
        return _REWRITTEN.of(what=what)
    return _GOES.of(what=what, old=_shown(path, old), new=_shown(path, new))


def _come(bare: Sentence, told: Sentence, what: Sentence, path: tuple[str, ...], value: Any) -> Sentence:
    """What came or went; with its value, if that is a plain one."""
    if isinstance(value, dict | list):
        return bare.of(what=what)
    return told.of(what=what, value=_shown(path, value))


def is_entry(value: dict[str, Any]) -> bool:
    """Whether a section is one entry, and not a mapping of entries."""
    return isinstance(value.get("owner"), str)


def _subject(path: tuple[str, ...], titles: Titles) -> Sentence:
    """Who changed, and which part of it."""
    noun = _NOUNS.get(path[0])
    if noun and len(path) > 1:
        name = titles.get((path[0], path[1]), path[1])
        subject, part = noun.of(name=name), _part(path[0], path[2:])
    else:
        subject, part = word(path[0].replace("_", " ").capitalize()), ".".join(path[1:])
    return _PART.of(subject=subject, part=part) if part else subject


def _part(section: str, path: tuple[str, ...]) -> Value:
    """Which part of an entry; every second step is a name of its own, and stays as the file has it."""
    if section not in _PARTS_OF or not path:
        return ".".join(path)
    plain = [one.replace("_", " ") for one in path]
    said = (plain[n] if n % 2 else _PARTS.get(one, plain[n]) for n, one in enumerate(path))
    return joined(said, ", ")


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
