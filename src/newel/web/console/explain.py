"""Explain: a text, each view of it, and why each rule of a running policy fires on it or does not."""

from typing import Annotated

import msgspec
from litestar import Response

from newel.flow import explain
from newel.web.page import page, part
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at
from newel.web.shapes import Key

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=explain.LONGEST)]


class Asked(msgspec.Struct, frozen=True):
    """Whose policy, and the text: sent as a form, so that it stands in no address and no log."""

    workflow: Key
    text: Text


@page_at("/explain", Open.SIGNED_IN)
async def ask(request: Ask) -> Response[str]:
    """Where a text is typed."""
    return page(request, "explain.html", workflows=_workflows(request), longest=explain.LONGEST)


@form("/explain", Open.SIGNED_IN)
async def told(request: Ask) -> Response[str]:
    """What the scan makes of it."""
    asked = await request.filled(Asked)
    found = await explain.told(request.house, request.me.actor, asked.workflow, asked.text)
    return part(request, "explain/told.html", said=found.said, text=found.text)


def _workflows(request: Ask) -> list[tuple[str, str]]:
    """The workflows with conversations that run now, with their titles."""
    bundles = [(name, running.bundle) for name, running in request.house.in_force().items()]
    return [(name, bundle.title) for name, bundle in bundles if bundle.kind == "conversations"]


ROUTES = [ask, told]
