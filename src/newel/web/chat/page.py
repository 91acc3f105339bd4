"""The script that a site loads, and the page of the chat that it shows."""

from dataclasses import replace
from functools import cache
from typing import Final

import msgspec
from litestar import Response

from newel.domain.attachment import AT_MOST, ENDINGS
from newel.domain.chat import Door, Wait
from newel.web import catalogue
from newel.web.catalogue import SOURCE, scripted
from newel.web.chat.shapes import Arrive
from newel.web.chat.view import REQUESTED, spoken
from newel.web.page import framed
from newel.web.request import Ask
from newel.web.route import Open, page
from newel.web.static import Asset, assets
from newel.web.tongue import CUSTOMERS
from newel.web.visitor import outlook_of

LOADER: Final = "js/chat/loader.js"
WORDS_GO_HERE: Final = b"/* words by language */ {}"
KEEP_SECONDS: Final = 300


@page("/chat.js", Open.PUBLIC)
async def loader(request: Ask) -> Response[bytes]:
    """The script that a site loads: a launcher, and a frame for the page below."""
    asset = _loader()
    headers = {
        "cache-control": f"public, max-age={KEEP_SECONDS}",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
    }
    return Response(asset.body, media_type=asset.kind, headers=headers)


@cache
def _loader() -> Asset:
    """The script with its words in every language: it cannot know before which page carries it."""
    said = {code: scripted(code, catalogue.LOADER) for code in CUSTOMERS if code != SOURCE}
    asset = assets()[LOADER]
    return replace(asset, body=asset.body.replace(WORDS_GO_HERE, msgspec.json.encode(said)))


@page("/chat", Open.PUBLIC)
async def window(request: Ask) -> Response[str]:
    """The chat itself; only the sites of the settings may show it inside of theirs."""
    asked = request.asked(Arrive)
    door: Door = request.app.state.door
    host = asked.host if door.admits(asked.host) else ""
    outlook = await outlook_of(request)
    speaks = spoken(request, asked.language, outlook)
    return framed(
        request,
        "chat.html",
        " ".join(("'self'", *door.origins)),
        speaks=speaks,
        site=asked.site,
        host=host,
        greeting=outlook.greeting(speaks.code),
        away=outlook.wait is Wait.AWAY,
        request_text=speaks.gettext(REQUESTED),
        endings=",".join(ENDINGS),
        most=AT_MOST,
        bytes_most=request.house.attachment_bytes,
    )
