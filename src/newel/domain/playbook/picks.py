"""Picks: the entry of a list of facts that the customer's words name.

The words choose among records that the system of record gave; they never make one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from newel.domain.playbook.facts import ABSENT, Known, at
from newel.domain.policy.playbook import Need, Pick


class Looking(Protocol):
    """Whatever looks facts up and picks among them: a playbook, an offer."""

    @property
    def needs(self) -> Mapping[str, Need]:
        """The look-ups, by the name of what they find."""

    @property
    def picks(self) -> Mapping[str, Pick]:
        """The entries that are picked of lists, in order: a later one may pick from an earlier one."""


def with_picks(looking: Looking, known: Known) -> dict[str, Any]:
    """The tree of what is known, with each pick that leads to one entry."""
    tree = known.tree()
    for name, pick in looking.picks.items():
        chosen = _picked(pick, tree)
        if chosen is not None:
            tree[name] = chosen
    return tree


def _picked(pick: Pick, tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The only entry of a list of facts, or the one that the slot's words name best."""
    entries = _kept(pick, at(tree, pick.among), tree)
    if len(entries) == 1 and not pick.must_match:
        return entries[0]
    words = _words(at(tree, f"slots.{pick.slot}"))
    scores = [len(words & _words(_label(entry, pick))) for entry in entries]
    best = max(scores, default=0)
    if not best and (pick.must_match or not pick.first):
        return None
    named = [entry for entry, score in zip(entries, scores, strict=True) if score == best]
    return named[0] if named and (len(named) == 1 or pick.first) else None


def _kept(pick: Pick, entries: Any, tree: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if entries is ABSENT or isinstance(entries, str) or not isinstance(entries, Sequence):
        return []
    wanted = {key: at(tree, path) for key, path in pick.equal.items()}
    asked = {key: value for key, value in wanted.items() if value is not ABSENT}
    return [
        entry
        for entry in entries
        if isinstance(entry, Mapping)
        and all(entry.get(key) == value for key, value in asked.items())
        and all(entry.get(key) in values for key, values in pick.one_of.items())
    ]


def _label(entry: Mapping[str, Any], pick: Pick) -> str:
    return " ".join(str(at(entry, key)) for key in pick.by)


def _words(text: Any) -> set[str]:
    if not isinstance(text, str):
        return set()
    cleaned = "".join(c if c.isalnum() or c == "-" else " " for c in text.casefold())
    return {word.removesuffix("s") for word in cleaned.split() if len(word) > 2}
