"""Acts beside the case: its owner has one done, by their own authority, and sees how it stands."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import Forbidden
from newel.flow import deed
from newel.web.errors import rejection
from newel.web.page import done, part
from newel.web.request import Ask
from newel.web.route import form, page
from newel.web.shapes import Key, Reason, Short, Token

Amount = Annotated[str, msgspec.Meta(pattern=r"^\d{1,9}([.,]\d{1,2})?$")]
Slots = Annotated[dict[Key, Short], msgspec.Meta(max_length=20)]
SLOT: Final = "slot."
ANSWER: Final = "answer."


class Do(msgspec.Struct, frozen=True, kw_only=True):
    """Which act of which playbook; the key is of the form, so that pressing twice is one act."""

    token: Token
    playbook: Key
    act: Key
    key: Key
    amount: Amount | None = None


class AskFor(Do, frozen=True, kw_only=True):
    """The same, as what others are asked for; why, for who decides."""

    why: Reason


@form("/desk/{case_id:uuid}/actions", Act.WORK)
async def do(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Have it done; how it ended is seen on the case."""
    asked = await request.filled(Do)
    given = await request.form()
    wanted = deed.Asked(
        playbook=asked.playbook,
        act=asked.act,
        slots=slots_of({name: given.getall(name)[-1] for name in given}),
        amount_minor=_minor(asked.amount),
        key=asked.key,
    )
    await deed.do(request.house, request.person, case_id, asked.token, wanted)
    return done(request.gettext("Begun. Beside the case you see whether it is confirmed."), acted=True)


@form("/desk/{case_id:uuid}/asking", Act.WORK)
async def ask(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Ask those with a higher limit; the case stays mine."""
    asked = await request.filled(AskFor)
    given = await request.form()
    wanted = deed.Asked(
        playbook=asked.playbook,
        act=asked.act,
        slots=slots_of({name: given.getall(name)[-1] for name in given}),
        amount_minor=_minor(asked.amount),
    )
    await deed.ask(request.house, request.person, case_id, asked.token, wanted, asked.why)
    return done(request.gettext("Asked. You are told what is decided; the case stays yours."), acted=True)


@page("/desk/{case_id:uuid}/deeds", Act.WORK)
async def done_here(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """What was done in a case, as the form that ends it names it; nothing once it is another's."""
    try:
        deeds = await deed.done(request.house, request.person, case_id)
    except Forbidden:
        deeds = ()
    return part(request, "desk/done_here.html", deeds=deeds)


def slots_of(given: Mapping[str, str]) -> dict[str, str]:
    """What was said by hand for the slots of a playbook; blank is not said."""
    named = {name.removeprefix(SLOT): v.strip() for name, v in given.items() if name.startswith(SLOT)}
    try:
        return msgspec.convert({name: value for name, value in named.items() if value}, Slots)
    except msgspec.ValidationError as error:
        raise rejection(error) from None


def _minor(amount: Amount | None) -> int | None:
    return int(Decimal(amount.replace(",", ".")) * 100) if amount else None


def answers_of(given: Mapping[str, str]) -> dict[str, bool]:
    """What was answered to conditions of a playbook of which no fact says whether they hold."""
    named = {n.removeprefix(ANSWER): v for n, v in given.items() if n.startswith(ANSWER)}
    return {name[:16]: value == "yes" for name, value in [*named.items()][:50] if value in {"yes", "no"}}


ROUTES = [do, ask, done_here]
