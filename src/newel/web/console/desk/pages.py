"""The desk as it is read: the list, one case, articles, the playbook, and who else is looking."""

import asyncio
import re
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain import attachment
from newel.domain.access import Act
from newel.domain.attachment import AT_MOST, ENDINGS
from newel.domain.desk import Piece, Sight
from newel.domain.mask import Field
from newel.domain.resolution import AiQuality, Category, Cause
from newel.domain.support import Ground
from newel.domain.words import Cluster
from newel.flow import desk
from newel.flow.desk import Desk
from newel.store import desk as rows
from newel.store import live, views
from newel.web import viewing
from newel.web.console.deed import answers_of, slots_of
from newel.web.console.desk.asked import Asked, Beside, Reveal, Seen, Which, Words
from newel.web.console.desk.beside import beside, listing, reason_of, titles
from newel.web.live import Hub
from newel.web.page import done, page, part, words
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.viewing import Doing

_FIELD: Final = re.compile(r"\[([a-z]+-\d+)\]")


@page_at("/desk", Act.WORK)
async def front(request: Ask) -> Response[str]:
    """My work and the queue."""
    return page(request, "desk.html", opened=None, **await beside(request, request.asked(Asked)))


@page_at("/desk/list", Act.WORK)
async def listed(request: Ask) -> Response[str]:
    """The list alone, when it asks for itself again."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        shown = await listing(request, tx, request.asked(Asked))
    return part(request, "desk/list.html", **shown)


@page_at("/desk/{case_id:uuid}", Act.WORK)
async def case_page(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """One case beside the list."""
    asked = msgspec.structs.replace(request.asked(Asked), open=case_id)
    opened, listed_too = await asyncio.gather(_case(request, case_id), beside(request, asked))
    return page(request, "desk.html", **listed_too | opened)


@page_at("/desk/{case_id:uuid}/case", Act.WORK)
async def case_part(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """The case alone, when it asks for itself again."""
    return part(request, "desk/case.html", **await _case(request, case_id))


@page_at("/desk/{case_id:uuid}/composer", Act.WORK)
async def composer(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Where the owner writes, as it was saved."""
    return part(request, "desk/composer.html", **await _case(request, case_id))


@page_at("/desk/{case_id:uuid}/viewers", Act.WORK)
async def viewers(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Who else has the case open."""
    return part(request, "desk/viewers.html", case_id=case_id, viewers=await _viewers(request, case_id))


@form("/desk/{case_id:uuid}/viewing", Act.WORK)
async def say_viewing(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """My page says that I look, type, or have gone."""
    seen = await request.filled(Seen)
    desk.tell(request.house, viewing.said(case_id, request.me.id, seen.doing))
    return done()


@form("/desk/{case_id:uuid}/reveal", Act.WORK)
async def reveal(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """One hidden value, after the audit has it."""
    asked = await request.filled(Reveal)
    value = await desk.reveal(request.house, request.person, case_id, asked.part, asked.field)
    return part(request, "desk/revealed.html", part=asked.part, field=asked.field, value=value)


@page_at("/desk/{case_id:uuid}/articles", Act.WORK)
async def articles(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """What the articles say to the customer's words, or to mine."""
    asked = request.asked(Words)
    fit = await desk.articles(request.house, request.person, case_id, asked.q)
    view = await _view(request, case_id)
    return part(request, "desk/articles.html", found=fit, q=asked.q, assist=view.assist)


@page_at("/desk/{case_id:uuid}/script", Act.WORK)
async def script(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """The playbook with what is known."""
    asked = request.asked(Which)
    said = {name: values[-1] for name, values in request.query_params.dict().items()}
    given, answers = slots_of(said), answers_of(said)
    found = await desk.script(request.house, request.person, case_id, asked.playbook, given, answers)
    view = await _view(request, case_id)
    return part(
        request,
        "desk/script.html",
        made=found.guide if found else None,
        script=found,
        given=given,
        case_id=case_id,
        key=uuid4().hex,
        assist=view.assist,
        asked_for=view.approval_id is not None,
        reason_of=reason_of(request),
    )


async def _case(request: Ask, case_id: UUID) -> dict[str, Any]:
    opened = await desk.open_case(request.house, request.person, case_id)
    kept = opened.draft
    return {
        "opened": opened,
        "case_id": case_id,
        "parts": {shown.part.value: shown for shown in opened.package.parts} if opened.package else {},
        "thread": _thread(opened),
        "said_at": {line.seq: line.id for line in opened.lines if line.case_id == case_id},
        "case_titles": titles(request, opened.view.workflow),
        "viewers": await _viewers(request, case_id),
        "topic": live.of_case(case_id),
        "reason_of": reason_of(request),
        "cut": cut,
        "whole": opened.sight is Sight.WHOLE,
        "glance": opened.sight is Sight.GLANCE,
        "reads": opened.sight is Sight.READ,
        "read_beside": request.asked(Beside).beside,
        "choices": CHOICES,
        "drafted": msgspec.json.encode(attachment.listed(kept.attachments if kept else ())).decode(),
        "most": AT_MOST,
        "bytes_most": request.house.attachment_bytes,
        "endings": ",".join(ENDINGS),
        "key": uuid4().hex,
    }


def _thread(opened: Desk) -> list[tuple[str, Any]]:
    """Messages, notes and moments in the order in which they came."""
    found: list[tuple[str, Any]] = [("message", line) for line in opened.lines]
    found += [("note", note) for note in opened.notes]
    found += [("moment", moment) for moment in opened.moments]
    return sorted(found, key=_place)


def _place(entry: tuple[str, Any]) -> tuple[Any, int]:
    """By time; of one moment first what the customer said, then what became of it, then what was written."""
    kind, one = entry
    said = kind == "message" and one.direction == "inbound"
    return one.at, 0 if said else 1 if kind == "moment" else 2


async def _viewers(request: Ask, case_id: UUID) -> list[tuple[str, Doing]]:
    here = _hub(request).viewing.at(case_id, request.me.id)
    if not here:
        return []
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        names = await rows.names(tx, list(here))
    return [(name, here[one]) for one, name in names.items()]


async def _view(request: Ask, case_id: UUID) -> views.CaseView:
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.case(tx, case_id)


def _hub(request: Ask) -> Hub:
    hub: Hub = request.app.hub  # type: ignore[attr-defined]  # of our own application
    return hub


def cut(text: str, fields: tuple[Field, ...] = ()) -> list[Piece]:
    """A masked text of the package in pieces: what is hidden stands under its name."""
    kinds = {field.id: field.kind for field in fields}
    found = []
    for n, between in enumerate(_FIELD.split(text)):
        if n % 2 == 0:
            found += [Piece(between)] if between else []
        else:
            found.append(Piece("", between, kinds[between]) if between in kinds else Piece(f"[{between}]"))
    return found


CHOICES: Final = {
    "categories": [(one.value, words(one.value)) for one in Category],
    "causes": [(one.value, words(one.value)) for one in Cause],
    "qualities": [(one.value, words(one.value)) for one in AiQuality],
    "up_causes": [(one.value, words(one.value)) for one in Ground],
    "clusters": [(one.value, words(one.value)) for one in Cluster],
}

ROUTES = [
    front,
    listed,
    case_page,
    case_part,
    composer,
    viewers,
    say_viewing,
    reveal,
    articles,
    script,
]
