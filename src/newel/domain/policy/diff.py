"""What changed between two bundles, in words, and who has to sign it (POL-2, INV-14)."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from newel.domain.access import Role
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.senses import Kind, Sense, is_clerical, kind_of, rank, sense_of
from newel.domain.policy.sentence import Titles, is_entry, sentence, titles_of
from newel.domain.sentence import Sentence

Direction = Literal["tighter", "looser", "neutral"]
_Path = tuple[str, ...]


class Change(msgspec.Struct, frozen=True):
    """One change at one place; None stands for "is not there".

    ``words`` is a plain text where it was kept before sentences were in several languages.
    """

    path: str
    old: Any
    new: Any
    words: Sentence | str
    kind: Kind
    direction: Direction
    clerical: bool = False


class _Found(NamedTuple):
    """What differs at one place; ``element`` says that one entry of a list came or went."""

    path: _Path
    old: Any
    new: Any
    element: bool = False


class Needed(msgspec.Struct, frozen=True):
    """What has to happen before a change is live.

    Each role signs once, never by the author. With ``emergency`` nobody signs first: one
    person activates at once, and ``review`` names who looks at it within a business day.
    """

    roles: tuple[Role, ...]
    emergency: bool = False
    review: tuple[Role, ...] = ()


def compare(old: Bundle | None, new: Bundle) -> tuple[Change, ...]:
    """All changes from ``old`` (None: there was no policy) to ``new``, in the order of paths."""
    before, after = _plain(old) if old else {}, _plain(new)
    titles = titles_of(before) | titles_of(after)
    return tuple(_change(found, titles) for found in _walk((), before, after))


def signatures_needed(changes: Sequence[Change], emergency: bool = False) -> Needed:
    """Who signs: model risk for thresholds, legal for the taxonomy, the owner for a loosening.

    What is not proved tighter counts as a loosening. An emergency is for tightening only.
    """
    roles = tuple(sorted(_roles(changes)))
    if emergency and may_be_emergency(changes):
        return Needed((), emergency=True, review=roles)
    return Needed(roles)


def may_be_emergency(changes: Sequence[Change]) -> bool:
    """Whether every change tightens (entries of the clerk apart), and one of them does."""
    real = [change for change in changes if not change.clerical]
    return bool(real) and all(change.direction == "tighter" for change in real)


def without_post_mortem(old: Bundle | None, new: Bundle) -> tuple[str, ...]:
    """New markers that do not name the post-mortem of the miss that they answer (POL-2)."""
    if old is None:
        return ()
    added = new.triggers.keys() - old.triggers.keys()
    return tuple(sorted(key for key in added if not new.triggers[key].post_mortem.strip()))


def _roles(changes: Sequence[Change]) -> set[Role]:
    kinds = {change.kind for change in changes}
    roles: set[Role] = set()
    if "threshold" in kinds:
        roles.add(Role.MODEL_RISK)
    if "taxonomy" in kinds:
        roles.add(Role.LEGAL_COMPLIANCE)
    loosens = any(one.direction != "tighter" and not one.clerical for one in changes)
    if loosens or (changes and not roles):
        roles.add(Role.POLICY_OWNER)
    return roles


def _plain(bundle: Bundle) -> dict[str, Any]:
    """Mappings, lists and plain values, as a record of the change can hold them."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(bundle))
    return plain


def _walk(path: _Path, old: Any, new: Any) -> Iterator[_Found]:
    if old == new:
        return
    if len(path) < 2 and isinstance(old or new, dict) and not is_entry(old or new):
        old, new = old or {}, new or {}
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _walk((*path, key), old.get(key), new.get(key))
    elif _is_words(old) and _is_words(new):
        yield from _elements(path, old or [], new or [])
    elif old and new and sense_of(path) in (Sense.MORE, Sense.FEWER):
        yield _Found(path, old, None)
        yield _Found(path, None, new)
    else:
        yield _Found(path, old, new)


def _is_words(value: Any) -> bool:
    """Whether a value is a list of plain values, that come and go one by one."""
    plain = isinstance(value, list) and all(isinstance(one, str | int) for one in value)
    return plain or value is None


def _elements(path: _Path, old: list[Any], new: list[Any]) -> Iterator[_Found]:
    gone = [one for one in dict.fromkeys(old) if one not in new]
    come = [one for one in dict.fromkeys(new) if one not in old]
    yield from (_Found(path, one, None, element=True) for one in gone)
    yield from (_Found(path, None, one, element=True) for one in come)
    if [one for one in old if one not in gone] != [one for one in new if one not in come]:
        yield _Found(path, old, new)


def _change(found: _Found, titles: Titles) -> Change:
    path, old, new = found.path, found.old, found.new
    return Change(
        path=".".join(path),
        old=old,
        new=new,
        words=sentence(path, old, new, found.element, titles),
        kind=kind_of(path),
        direction=_direction(path, old, new),
        clerical=is_clerical(path),
    )


def _direction(path: _Path, old: Any, new: Any) -> Direction:
    sense = sense_of(path)
    if sense is Sense.NEUTRAL or old == new:
        return "neutral"
    if sense in (Sense.MORE, Sense.FEWER):
        before, after = rank(_is_there(old)), rank(_is_there(new))
    else:
        before, after = rank(old), rank(new)
    if before is None or after is None or before == after:
        return "neutral"
    return "tighter" if (after > before) == (sense in (Sense.UP, Sense.MORE)) else "looser"


def _is_there(value: Any) -> bool:
    return value not in (None, "", [], {})
