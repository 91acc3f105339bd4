"""The post-mortem of a miss: read, and written by whose it is."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain import post_mortem as rule
from newel.domain import weekly
from newel.domain.access import Act
from newel.domain.post_mortem import Measure, Told
from newel.flow import post_mortem
from newel.web.page import lead, page
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Reason, Short
from newel.web.tongue import N_

WHYS = {
    rule.Why.NOT_SEEN: N_("The models did not see it"),
    rule.Why.BELOW_THRESHOLD: N_("It was seen, below the threshold"),
    rule.Why.MARKER_MISSING: N_("No marker names it"),
    rule.Why.SPARED: N_("A rule spared it"),
    rule.Why.ROUTING: N_("It was seen, and went the wrong way"),
}
MEASURES = {
    Measure.MARKER: N_("A new marker is proposed"),
    Measure.THRESHOLD: N_("A threshold is changed"),
    Measure.PLAYBOOK: N_("A playbook is changed"),
    Measure.NOTHING: N_("Nothing, for this reason"),
}


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A post-mortem from the page; the phrases stand one a line."""

    why: rule.Why
    missed: Reason
    measure: Measure
    remedy: Reason
    phrases: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    like: Short = ""


@page_at("/post-mortems/{post_mortem_id:uuid}", Act.REVIEW)
async def one(request: Ask, post_mortem_id: FromPath[UUID]) -> Response[str]:
    """One post-mortem, to be written or as it was."""
    found = await post_mortem.opened(request.house, request.person, post_mortem_id)
    running = request.house.in_force().get(found.workflow)
    markers = {key: one for key, one in running.bundle.triggers.items() if one.lock} if running else {}
    return page(
        request,
        "post_mortem.html",
        one=found,
        mine=weekly.answers_for(request.person, found.owner_id),
        markers=[key for key, trigger in markers.items() if trigger.cluster is found.cluster],
        whys=WHYS,
        measures=MEASURES,
        name=rule.name_of(found.id),
    )


@form("/post-mortems/{post_mortem_id:uuid}/text", Act.REVIEW)
async def write(request: Ask, post_mortem_id: FromPath[UUID]) -> Response[str]:
    """Write it."""
    said = await request.filled(Written)
    told = Told(
        why=said.why,
        missed=said.missed,
        measure=said.measure,
        remedy=said.remedy,
        phrases=tuple(one.strip() for one in said.phrases.splitlines() if one.strip()),
        like=said.like,
    )
    done = await post_mortem.write(request.house, request.person, post_mortem_id, told)
    say = request.gettext("Written.")
    if done.draft:
        say = request.gettext("Written. %(version)s is a draft now, to be signed.", version=done.draft)
    return lead(f"/post-mortems/{post_mortem_id}", say)


ROUTES = [one, write]
