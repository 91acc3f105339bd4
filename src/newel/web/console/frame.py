"""The frame of every page, kept alive: the menu's numbers, the bell, and the banner while AI is stopped."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.notice import words_of
from newel.flow import notice
from newel.store import frame
from newel.store import kill_switch as switches
from newel.store import notice as notices
from newel.web.page import part
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at

SHOWN = 20
COUNTED = 100


@page_at("/frame", Open.SIGNED_IN)
async def frame_part(request: Ask) -> Response[str]:
    """All that the frame shows besides the page, in one look."""
    return part(request, "parts/frame.html", **await _shown(request))


async def _shown(request: Ask) -> dict[str, Any]:
    me = request.me
    async with request.house.db.tx(me.actor, read_only=True) as tx:
        counts = await frame.counts(tx, me.id, scores=me.actor.may(Act.SCORE))
        unseen = await notices.unseen(tx, me, COUNTED)
        engaged = await switches.engaged(tx)
    return {
        "counts": counts if me.actor.may(Act.READ_CASE) else None,
        "notices": [(one, words_of(one.kind)) for one in unseen[:SHOWN]],
        "unseen": len(unseen),
        "engaged": engaged,
    }


@form("/notices/{notice_id:uuid}/seen", Open.SIGNED_IN)
async def seen(request: Ask, notice_id: FromPath[UUID]) -> Response[str]:
    """I have seen a notice."""
    await notice.seen(request.house, request.me, notice_id)
    return part(request, "parts/frame.html", **await _shown(request))


@form("/notices/seen", Open.SIGNED_IN)
async def all_seen(request: Ask) -> Response[str]:
    """I have seen all that went to me."""
    await notice.all_seen(request.house, request.me)
    return part(request, "parts/frame.html", **await _shown(request))


ROUTES = [frame_part, seen, all_seen]
