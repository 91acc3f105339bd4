"""What is wrong with a playbook before it runs, for ``newel policy check``."""

from collections.abc import Container, Iterable, Iterator
from typing import Final

from newel.domain.playbook.template import lint, only_place, places
from newel.domain.policy.playbook import Playbook

OWN_ROOTS: Final = ("slots", "customer", "fields")


def problems(playbook: Playbook) -> tuple[str, ...]:
    """What is wrong with a playbook before it runs: unreadable templates, unknown names."""
    return tuple(_problems(playbook))


def _problems(playbook: Playbook) -> Iterator[str]:
    roots = {*OWN_ROOTS, *playbook.needs, *playbook.picks}
    for where, template in _templates(playbook):
        yield from (f"{where}: {wrong}" for wrong in lint(template))
        yield from unknown(where, places(template), roots, playbook.slots)
    for number, path in enumerate(playbook.paths):
        facts = [condition.fact for condition in path.when]
        yield from unknown(f"paths.{number}.when", facts, roots, playbook.slots)
        for name in ("amount", "paid"):
            template = getattr(path.act, name, "")
            where = f"paths.{number}.act.{name}"
            yield from _amount_problem(where, template, playbook) if template else ()
        if not path.reply and not path.to_person:
            yield f"paths.{number}: a path needs a reply, or to_person: true"


def _templates(playbook: Playbook) -> Iterator[tuple[str, str]]:
    for need, wanted in playbook.needs.items():
        yield from ((f"needs.{need}.args.{arg}", t) for arg, t in wanted.args.items())
    for number, path in enumerate(playbook.paths):
        yield f"paths.{number}.reply", path.reply
        if path.act:
            yield f"paths.{number}.act.justification", path.act.justification
            for arg, template in path.act.args.items():
                yield f"paths.{number}.act.args.{arg}", template


def unknown(where: str, named: Iterable[str], roots: set[str], slots: Container[str] = ()) -> Iterator[str]:
    """The paths that begin with nothing that is known there, or name a slot that is not."""
    for path in named:
        root, _, rest = path.partition(".")
        if root not in roots:
            yield f"{where}: nothing is called {root!r}; known are {sorted(roots)}"
        elif root == "slots" and rest not in slots:
            yield f"{where}: there is no slot {rest!r}"


def _amount_problem(where: str, amount: str, playbook: Playbook) -> Iterator[str]:
    root = (only_place(amount) or "").split(".")[0]
    if root not in playbook.needs and root not in playbook.picks:
        yield f"{where}: an amount is one fact of a look-up, as {{order.total}}"
