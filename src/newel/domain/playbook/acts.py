"""What a playbook can have done, whatever path the facts lead to: a person decides, the facts fill it in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from newel.domain.playbook.conditions import all_hold
from newel.domain.playbook.facts import Known
from newel.domain.playbook.picks import with_picks
from newel.domain.playbook.plan import Action, NoPath, acting, blocked, sources_of
from newel.domain.policy.playbook import Path, Playbook


class Doable(msgspec.Struct, frozen=True):
    """An act filled with facts; ``leads`` where the facts lead to it by themselves."""

    action: Action
    sources: tuple[str, ...]
    facts: Mapping[str, Any]
    leads: bool = False


def acts(playbook: Playbook, known: Known, now: datetime) -> dict[str, Doable | NoPath]:
    """Each action class of the playbook, by the path that leads, else the first that the facts can fill.

    A record that is not there or not the customer's own fills nothing (INV-17).
    """
    why_not, tree = blocked(playbook, known), with_picks(playbook, known)
    leading = next((path for path in playbook.paths if all_hold(path.when, tree, now)), None)
    found: dict[str, Doable | NoPath] = {}
    for path in playbook.paths:
        if path.act is None:
            continue
        made = why_not or _doable(playbook, path, known, tree, leads=path is leading)
        if _better(made, found.get(path.act.action)):
            found[path.act.action] = made
    return found


def _better(made: Doable | NoPath, than: Doable | NoPath | None) -> bool:
    if isinstance(than, Doable):
        return isinstance(made, Doable) and made.leads and not than.leads
    return than is None or isinstance(made, Doable)


def _doable(
    playbook: Playbook, path: Path, known: Known, tree: Mapping[str, Any], *, leads: bool
) -> Doable | NoPath:
    assert path.act is not None, "only paths with an act are asked about"  # noqa: S101
    made = acting(playbook, path.act, tree)
    if isinstance(made, NoPath):
        return made
    assert made.action is not None, "an act gives an action"  # noqa: S101
    return Doable(made.action, sources_of(playbook, made.used, known), made.used, leads)
