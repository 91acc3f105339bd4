"""What stands beside a case: my work, the queue, and the people to whom work may go."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from newel.domain import reason as reasons
from newel.domain.routing import highest
from newel.domain.words import Priority
from newel.store import desk as rows
from newel.store import routing as work
from newel.store import saved_view as saved_views
from newel.store import views
from newel.store.db import Tx
from newel.web.console.desk.asked import Asked
from newel.web.page import words
from newel.web.request import Ask

SHOWN: Final = 30
TAGS: Final = 5
BATCH: Final = 5
"""So many P3 cases are offered to be taken at once, if the person has room for them."""
NOTHING: Final = 9
"""A priority that no work has: whoever takes nothing from the queue."""


async def beside(request: Ask, asked: Asked) -> dict[str, Any]:
    """The list, the people to whom work may go, and what they know."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        listed, people = await listing(request, tx, asked), await rows.people(tx)
    return {
        **listed,
        "people": [(one.login, *_introduced(request, one)) for one in people if one.id != request.me.id],
        "skills": sorted({skill for one in people for skill in one.skills}),
        "languages": sorted({language for one in people for language in one.languages}),
    }


async def listing(request: Ask, tx: Tx, asked: Asked) -> dict[str, Any]:
    """My work, and the part of the queue that is asked for."""
    me = request.me
    serving = await work.serving(tx, me.id)
    taken = await rows.mine(tx, request.house.envelope, me.id)
    first = int(highest(serving.person) or NOTHING)
    saved = await saved_views.seen_by(tx, me.id)
    asked = asked.within(saved)
    waiting = await rows.queue(tx, request.house.envelope, serving, first, asked, SHOWN)
    depth = await rows.depth(tx)
    questions = await views.questions(tx, request.house.envelope, me.id)
    shown = [*taken, *waiting]
    flows = dict.fromkeys([*(one.workflow for one in depth), *(row.workflow for row in shown)])
    return {
        "taken": taken,
        "waiting": waiting,
        "depth": depth,
        "questions": questions,
        "person": serving.person,
        "batch": min(serving.person.room, BATCH, sum(one.n for one in depth if one.priority == Priority.P3)),
        "asked": asked,
        "saved": saved,
        "titles": {workflow: titles(request, workflow) for workflow in flows},
        "common": _common(shown, asked.tag),
        "reason_of": reason_of(request),
    }


def _common(shown: Sequence[rows.Row], asked: str) -> list[str]:
    """The tags to choose from: what is asked for, and what most of those shown carry."""
    carried = Counter(tag for row in shown for tag in row.tags if tag != asked)
    return [*([asked] if asked else []), *(tag for tag, _ in carried.most_common(TAGS))]


def titles(request: Ask, workflow: str) -> Mapping[str, str]:
    """The titles of a workflow's contact reasons; none of one that is not in force."""
    running = request.house.in_force().get(workflow)
    playbooks = running.bundle.playbooks if running else {}
    return {reason: playbook.title for reason, playbook in playbooks.items()}


def reason_of(request: Ask) -> Callable[[str], str]:
    """Reasons in the reader's language."""
    return lambda reason: request.tongue.sentence(reasons.said(reason))


def _introduced(request: Ask, one: rows.Colleague) -> tuple[str, str]:
    here = request.gettext("Available") if one.presence == "available" else request.gettext("Away")
    load = request.gettext("%(n)s of %(all)s", n=one.load, all=one.capacity)
    takes = f"{one.name} · {here}, {load} · {', '.join(one.languages)}"
    return takes, f"{one.name} · {here} · {', '.join(map(words, one.skills)).lower()}"
