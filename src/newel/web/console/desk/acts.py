"""What is done with a case on the desk: taken, passed on, put aside, ended, marked."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.resolution import CONSOLE_HOLD, AiQuality, Category, Cause, Resolution
from newel.domain.support import Ground, Up
from newel.domain.words import Cluster, Tier
from newel.flow import customer, escalation, miss, reopening, resolution, routing, support
from newel.store import views
from newel.web.page import done, lead
from newel.web.request import Ask
from newel.web.route import form
from newel.web.shapes import Attachments, Key, Language, Reason, Short, Token

Text = Annotated[str, msgspec.Meta(max_length=20_000, pattern=r"^[^\x00]*\Z")]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=31 * 24 * 3600)]
Listed = Annotated[str, msgspec.Meta(max_length=300, pattern=r"^[a-z0-9_., -]*\Z")]


class Mine(msgspec.Struct, frozen=True):
    """The token of my work item."""

    token: Token


class Batch(msgspec.Struct, frozen=True):
    """How many P3 cases at most."""

    most: Annotated[int, msgspec.Meta(ge=1, le=routing.LARGEST_BATCH)]


class Transfer(msgspec.Struct, frozen=True):
    """To a person, or without one back to the queue, which may ask for other skills or language."""

    token: Token
    reason: Reason
    login: Key | None = None
    skills: Listed = ""
    language: Language = ""


class Escalate(msgspec.Struct, frozen=True):
    """To whom, why, and in words."""

    token: Token
    to: Up
    cause: Ground
    reason: Reason
    skills: Listed = ""


class Snooze(msgspec.Struct, frozen=True):
    """Until when the case is put aside."""

    token: Token
    until: Annotated[datetime, msgspec.Meta(tz=True)]


class Lower(msgspec.Struct, frozen=True):
    """To which tier, why, and whether a lock is lifted."""

    to_tier: Literal[1, 2, 3]
    reason: Reason
    unlock: bool = False


class Resolve(msgspec.Struct, frozen=True):
    """How the case ended; the reply, if any, is the last one."""

    token: Token
    category: Category
    cause: Cause | None = None
    ai_quality: AiQuality | None = None
    seconds_spent: Seconds | None = None
    pattern_flag: bool = False
    contact_reason: Annotated[str, msgspec.Meta(max_length=100)] = ""
    note: Text = ""
    reply: Text = ""
    attachments: Attachments = ()
    unconfirmed: bool = False
    key: Short = ""


class Wish(msgspec.Struct, frozen=True):
    """Whether the customer of my case wants people always."""

    token: Token
    prefers_human: bool


class Reopen(msgspec.Struct, frozen=True):
    """Why an ended case is opened again."""

    reason: Reason


class Missed(msgspec.Struct, frozen=True):
    """The cluster that the scan should have seen."""

    cluster: Cluster


@form("/desk/next", Act.WORK)
async def take_next(request: Ask) -> Response[str]:
    """The most urgent case that I may take is mine."""
    item = await routing.claim_next(request.house, request.person)
    return lead(f"/desk/{item.case_id}") if item else done(request.gettext("Nothing waits for you now."))


@form("/desk/batch", Act.WORK)
async def take_batch(request: Ask) -> Response[str]:
    """Several P3 cases that I may take are mine at once."""
    asked = await request.filled(Batch)
    items = await routing.claim_batch(request.house, request.person, asked.most)
    if not items:
        return done(request.gettext("No P3 work waits for you now."))
    return done(request.ngettext("%(num)s case is yours.", "%(num)s cases are yours.", len(items)))


@form("/desk/{case_id:uuid}/take", Act.WORK)
async def take(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """This case from the queue is mine."""
    await routing.take(request.house, request.person, case_id)
    return done(request.gettext("The case is yours."))


@form("/desk/{case_id:uuid}/takeover", Act.ASSIGN)
async def take_over(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """A supervisor takes it, from the AI or from whoever has it."""
    await escalation.take_over(request.house, request.person, case_id)
    return done(request.gettext("The case is yours. Nothing of the AI leaves any more."))


@form("/desk/{case_id:uuid}/transfer", Act.WORK)
async def transfer(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Pass it to a person or back to the queue."""
    asked = await request.filled(Transfer)
    if asked.login is None:
        await routing.hand_back(
            request.house,
            request.person,
            case_id,
            asked.token,
            asked.reason,
            skills=_several(asked.skills) or None,
            language=asked.language,
        )
        return lead("/desk", request.gettext("The case waits in the queue."))
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        staff_id = await views.staff_id(tx, asked.login)
    await routing.transfer(request.house, request.person, case_id, asked.token, staff_id, asked.reason)
    return lead("/desk", request.gettext("The case is with %(login)s.", login=asked.login))


@form("/desk/{case_id:uuid}/escalation", Act.WORK)
async def escalate(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Pass it up, to a supervisor or to a domain expert."""
    asked = await request.filled(Escalate)
    item = await support.escalate(
        request.house,
        request.person,
        case_id,
        asked.token,
        to=asked.to,
        cause=asked.cause,
        reason=asked.reason,
        skills=_several(asked.skills),
    )
    if str(item.owner_id) == request.actor.id:
        return done(request.gettext("No supervisor is on shift: the on-call was paged, and you keep it."))
    return lead("/desk", request.gettext("The case was passed up."))


@form("/desk/{case_id:uuid}/snooze", Act.WORK)
async def snooze(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Put it aside until a time."""
    asked = await request.filled(Snooze)
    await routing.snooze(request.house, request.person, case_id, asked.token, asked.until)
    return lead("/desk", request.gettext("Snoozed. It comes back by itself."))


@form("/desk/{case_id:uuid}/waking", Act.WORK)
async def unsnooze(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Take it up again before its time."""
    asked = await request.filled(Mine)
    await routing.unsnooze(request.house, request.person, case_id, asked.token)
    return done(request.gettext("Back on your desk."))


@form("/desk/{case_id:uuid}/lowering", Act.LOWER)
async def lower(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Hand it back to the AI, or lift a lock, with a reason."""
    asked = await request.filled(Lower)
    tier = Tier(asked.to_tier)
    await escalation.lower_case(
        request.house, request.person, case_id, tier, unlock=asked.unlock, reason=asked.reason
    )
    if tier is Tier.HUMAN:
        return done(request.gettext("The lock is lifted; the case stays with people."))
    return lead("/desk", request.gettext("The AI has the case again."))


@form("/desk/{case_id:uuid}/resolution", Act.WORK)
async def resolve(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """End the case; a last reply may be taken back for some seconds."""
    asked = await request.filled(Resolve, many=("attachments",))
    values = {name: getattr(asked, name) for name in Resolution.__struct_fields__ if hasattr(asked, name)}
    said = Resolution(**values)
    await resolution.resolve(
        request.house,
        request.person,
        case_id,
        asked.token,
        said,
        hold=CONSOLE_HOLD,
        attachments=asked.attachments,
        unconfirmed=asked.unconfirmed,
        key=asked.key,
    )
    if said.reply or asked.attachments:
        return done(sent=int(CONSOLE_HOLD.total_seconds()))
    return lead("/desk", request.gettext("Resolved."))


@form("/desk/{case_id:uuid}/reopening", Act.WORK)
async def reopen(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """A case that has ended is open again, and mine."""
    asked = await request.filled(Reopen)
    await reopening.reopen(request.house, request.person, case_id, asked.reason)
    return lead(f"/desk/{case_id}", request.gettext("The case is open again, and yours."))


@form("/desk/{case_id:uuid}/miss", Act.MARK_MISS)
async def mark_missed(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """It should have been a person's from the start."""
    asked = await request.filled(Missed)
    await miss.mark(request.house, request.person, case_id, asked.cluster)
    return done(request.gettext("Marked for the weekly review."))


@form("/desk/{case_id:uuid}/preference", Act.WORK)
async def prefer(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """The customer has told me that they want people always, or no longer."""
    asked = await request.filled(Wish)
    human = asked.prefers_human
    await customer.prefer_in_case(request.house, request.person, case_id, asked.token, human=human)
    if human:
        return done(request.gettext("A person has every case of this customer from now on."))
    return done(request.gettext("The AI may answer this customer again, in their next case."))


def _several(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.replace(",", " ").split() if one)


ROUTES = [
    take_next,
    take_batch,
    take,
    take_over,
    transfer,
    escalate,
    snooze,
    unsnooze,
    lower,
    resolve,
    reopen,
    mark_missed,
    prefer,
]
