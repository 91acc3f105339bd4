"""Acts: systems, action classes, their ceilings, and the playbooks that use them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from newel.domain.policy.acts import ActionClass, Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.playbook import Need, Playbook, Proposed
from newel.domain.policy.problem import Problem, did_you_mean
from newel.domain.policy.sheet import Sheet, blank

_PLACE: Final = re.compile(r"\{(\w+)\}")
_ADDED: Final = frozenset({"key", "reference", "amount_minor", "currency"})


def check_acts(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in ceilings, actions, fields and playbooks."""
    for name, ceiling in sheet.bundle.ceilings.items():
        yield from _ceiling(sheet, name, ceiling)
    for name, action in sheet.bundle.actions.items():
        yield from _action(sheet, name, action)
        yield from _authority(sheet, name, action)
    yield from _fields(sheet)
    for name, playbook in sheet.bundle.playbooks.items():
        yield from _playbook(sheet, name, playbook)


def _ceiling(sheet: Sheet, name: str, ceiling: Ceiling) -> Iterator[Problem]:
    path = ("ceilings", name)
    if ceiling.cap_minor < 0 or ceiling.floor_minor < 0:
        yield sheet.wrong(*path, says="an amount is below nothing", hint="0 or more is right")
    if ceiling.floor_minor > ceiling.cap_minor:
        says = f"the floor {ceiling.floor_minor} is above the cap {ceiling.cap_minor}"
        yield sheet.wrong(*path, "floor_minor", says=says, hint="lower the floor or raise the cap")
    yield from sheet.within(*path, "lifetime_share", value=ceiling.lifetime_share, low=0, high=1)
    yield from sheet.within(*path, "window_days", value=ceiling.window_days, low=1, high=3650)


def _action(sheet: Sheet, name: str, action: ActionClass) -> Iterator[Problem]:
    path, systems = ("actions", name), sheet.bundle.systems
    if action.system not in systems:
        hint = did_you_mean(action.system, systems)
        says = f'unknown system "{action.system}"'
        yield sheet.wrong(*path, "system", says=says, hint=hint)
    elif name not in systems[action.system].actions:
        says = f'the system "{action.system}" has no action "{name}"'
        hint = did_you_mean(name, systems[action.system].actions)
        yield sheet.wrong(*path, "system", says=says, hint=hint)
    yield from sheet.within(*path, "identity_level", value=action.identity_level, low=0, high=3)


def _authority(sheet: Sheet, name: str, action: ActionClass) -> Iterator[Problem]:
    """Money has a ceiling, and moves by itself only up to a ceiling of its own (INV-12)."""
    path, own = ("actions", name), action.autonomous_ceiling_minor
    among = sheet.bundle.ceilings
    if action.ceiling:
        yield from sheet.named(*path, "ceiling", what="ceiling", name=action.ceiling, among=among)
    elif action.effect == "money":
        hint = f"add ceiling: {next(iter(among), 'refund')}"
        yield sheet.wrong(*path, says="moves money without a ceiling", hint=hint)
    if action.autonomous and action.effect == "money" and own <= 0:
        hint = "set autonomous_ceiling_minor, or take autonomous out"
        says = "money moves by itself, without a ceiling of its own"
        yield sheet.wrong(*path, "autonomous", says=says, hint=hint)
    cap = among[action.ceiling].cap_minor if action.ceiling in among else own
    if own < 0 or own > cap:
        hint = f"0 to {cap} is right"
        yield sheet.wrong(*path, "autonomous_ceiling_minor", says="is above the cap", hint=hint)
    if own and not (action.autonomous and action.effect == "money"):
        hint = "take it out, or write autonomous: true on an effect on money"
        yield sheet.wrong(*path, "autonomous_ceiling_minor", says="is never used", hint=hint)


def _fields(sheet: Sheet) -> Iterator[Problem]:
    bundle = sheet.bundle
    if bundle.kind == "items" and not bundle.fields:
        yield sheet.wrong("fields", says="items have no fields", hint="add the fields of an item")
    for name, field in bundle.fields.items():
        if field.pattern and not _compiles(field.pattern):
            says = f'"{field.pattern}" is no pattern'
            yield sheet.wrong("fields", name, "pattern", says=says, hint="see RE2's syntax")


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _playbook(sheet: Sheet, name: str, playbook: Playbook) -> Iterator[Problem]:
    path = ("playbooks", name)
    if not playbook.paths:
        yield sheet.wrong(*path, "paths", says="has none", hint="add a path with its reply")
    for at, phrase in enumerate(playbook.phrases):
        if blank(phrase):
            yield sheet.wrong(*path, "phrases", at, says="is empty", hint="write a phrase")
    for said in sheet.known.playbook(playbook):
        where, _, what = said.partition(": ")
        yield sheet.wrong(*path, *where.split("."), says=what)
    yield from check_needs(sheet, path, playbook.needs)
    yield from _slots(sheet, name, playbook)
    for at, one in enumerate(playbook.paths):
        if one.act:
            yield from _proposed(sheet, (*path, "paths", str(at), "act"), one.act)
        if one.act and one.to_person:
            hint = "keep one of the two"
            yield sheet.wrong(*path, "paths", at, says="acts and goes to a person", hint=hint)


def check_needs(sheet: Sheet, of: tuple[str, ...], needs: Mapping[str, Need]) -> Iterator[Problem]:
    """Look-ups that no system offers, or without an argument of theirs."""
    calls = _look_ups(sheet.bundle)
    for need, wanted in needs.items():
        path = (*of, "needs", need)
        if wanted.call not in calls:
            yield from sheet.named(*path, "call", what="look-up", name=wanted.call, among=calls)
            continue
        for argument in sorted(calls[wanted.call] - wanted.args.keys()):
            says = f'{wanted.call} needs the argument "{argument}"'
            yield sheet.wrong(*path, "args", says=says, hint=f"add {argument}: under args")


def _look_ups(bundle: Bundle) -> dict[str, set[str]]:
    """Every ``system.look_up`` with the arguments that its path and query name."""
    return {
        f"{system}.{name}": set(_PLACE.findall(" ".join([one.path, *one.query.values()])))
        for system, of in bundle.systems.items()
        for name, one in of.look_ups.items()
    }


def _slots(sheet: Sheet, name: str, playbook: Playbook) -> Iterator[Problem]:
    for key, slot in playbook.slots.items():
        path = ("playbooks", name, "slots", key)
        if not slot.sources:
            yield sheet.wrong(*path, "sources", says="names none", hint="say where it comes from")
        is_field = "fields" in slot.sources and sheet.bundle.kind == "items"
        if is_field:
            among = sheet.bundle.fields
            yield from sheet.named(*path, "field", what="field", name=slot.field or key, among=among)


def _proposed(sheet: Sheet, path: tuple[str, ...], act: Proposed) -> Iterator[Problem]:
    actions = sheet.bundle.actions
    if act.action not in actions:
        yield from sheet.named(*path, "action", what="action", name=act.action, among=actions)
    elif actions[act.action].effect == "money" and not act.amount:
        hint = "name the fact that holds it, as {order.total_minor}"
        yield sheet.wrong(*path, says="moves money without an amount", hint=hint)
    yield from _arguments(sheet, path, act)
    if blank(act.justification):
        yield sheet.wrong(*path, "justification", says="is empty", hint="say why in one line")


def _arguments(sheet: Sheet, path: tuple[str, ...], act: Proposed) -> Iterator[Problem]:
    """Each place of the action's path and body is an argument, or what an execution adds."""
    action = sheet.bundle.actions.get(act.action)
    system = sheet.bundle.systems.get(action.system) if action else None
    call = system.actions.get(act.action) if system else None
    if call is None:
        return
    named = _PLACE.findall(f"{call.path} {call.reconcile} {_texts(call.body)}")
    for argument in sorted(set(named) - act.args.keys() - _ADDED):
        says = f'{act.action} needs the argument "{argument}"'
        yield sheet.wrong(*path, "args", says=says, hint=f"add {argument}: under args")


def _texts(value: Any) -> str:
    """All texts of a body, however deep."""
    if isinstance(value, dict | list):
        return " ".join(map(_texts, value.values() if isinstance(value, dict) else value))
    return str(value)
