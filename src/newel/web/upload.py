"""A file in and out: the raw body of a request, read with a limit; an answer that no browser runs."""

import asyncio
from contextlib import aclosing
from email.message import Message
from typing import Final
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import InternalServerException

from newel.domain.attachment import TooBig, Unsupported
from newel.domain.errors import NewelError
from newel.flow.attachment import File
from newel.web.errors import Malformed
from newel.web.request import Ask

PATIENCE_SECONDS: Final = 120
"""How long a file may take on its way."""
_DRAINED: Final = 4
"""A body too large is read on for so many limits and dropped, so that the sender hears the answer."""
_FORMS: Final = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_HEADERS: Final = {
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}


class TooSlow(NewelError):
    """The file did not come within {seconds} seconds; send it again."""

    code = "too_slow"
    status = 408
    permanent = False


async def body_of(request: Ask, limit: int) -> bytes:
    """The whole body, at most ``limit`` bytes; ``TooBig`` for a larger one, whatever it was announced as."""
    if request.content_type[0].lower() in _FORMS:
        raise Unsupported(why="send the file itself as the body, without a form")
    found, size = bytearray(), 0
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(request.stream()) as chunks:
            async for chunk in chunks:
                size += len(chunk)
                if size <= limit:
                    found += chunk
                elif size > _DRAINED * limit:
                    break
    except TimeoutError:
        raise TooSlow(seconds=PATIENCE_SECONDS) from None
    except InternalServerException:  # the sender went away in the middle
        raise Malformed(why="it ends too early") from None
    if size > limit:
        raise TooBig(limit=limit)
    return bytes(found)


def name_of(request: Ask) -> str:
    """What the sender calls the file, by ``Content-Disposition``; empty when they do not say."""
    head = Message()
    head["content-disposition"] = request.headers.get("content-disposition", "").replace("\n", " ")
    try:
        return head.get_filename("") or ""
    except (UnicodeError, LookupError, ValueError):
        return ""


def declared(request: Ask) -> str:
    """What the sender says the file is."""
    return request.headers.get("content-type", "")


def answer(file: File) -> Response[bytes]:
    """The content: to be saved, never run, never taken for anything else; our own pages show pictures."""
    name = file.about.name
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**_HEADERS, "content-disposition": said}
    return Response(file.content, media_type=file.about.media_type, headers=headers)
