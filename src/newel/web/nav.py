"""Where a person may go: the entries of the menu, by their acts."""

from collections.abc import Sequence
from dataclasses import dataclass

from newel.domain.access import Act, Actor
from newel.web.tongue import N_


@dataclass(frozen=True)
class Entry:
    """One page of the menu: its address, its name, its picture, the keys that lead there."""

    path: str
    name: str
    icon: str
    keys: str
    act: Act | None = None
    """What one must be allowed; None: everybody who is signed in may look."""
    count: str = ""
    """The topic whose number stands beside the name, if any."""
    besides: tuple[str, ...] = ()
    """Further addresses that belong to it."""

    def holds(self, path: str) -> bool:
        """Whether a page is of this entry."""
        return path.startswith((self.path, *self.besides))


ENTRIES: Sequence[Entry] = (
    Entry("/desk", N_("Desk"), "desk", "g d", Act.WORK, count="mine"),
    Entry("/approvals", N_("Approvals"), "approval", "g a", Act.APPROVE, count="approvals"),
    Entry("/review", N_("Review"), "review", "g r", Act.SCORE, count="reviews"),
    Entry("/weekly", N_("Weekly review"), "history", "g v", Act.REVIEW),
    Entry("/patterns", N_("Patterns"), "flag", "g o", Act.REVIEW),
    Entry("/wallboard", N_("Wallboard"), "wallboard", "g w", Act.ASSIGN),
    Entry("/search", N_("Search"), "search", "g s", Act.READ_CASE),
    Entry("/knowledge", N_("Knowledge"), "book", "g k", besides=("/macros",)),
    Entry("/policy", N_("Policy"), "policy", "g y"),
    Entry("/explain", N_("Explain"), "help", "g e"),
    Entry("/kill-switch", N_("Stop AI"), "stop", "g x", Act.KILL_SWITCH),
)


TOUR = Entry("/tour", N_("Tour"), "star", "g t")
"""Where a show company has one."""


def entries(actor: Actor, *, tour: bool = False) -> list[Entry]:
    """What the actor may see."""
    return [entry for entry in (*ENTRIES, *([TOUR] * tour)) if entry.act is None or actor.may(entry.act)]


def home(actor: Actor) -> str:
    """Where a person begins."""
    return next((entry.path for entry in entries(actor) if entry.act), "/profile")
