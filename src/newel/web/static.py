"""Style sheets, scripts and pictures: read once, compressed once, cached for ever under their hash."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from litestar import Response
from litestar.params import FromPath

from newel.domain.errors import NotFound
from newel.web.catalogue import SOURCE, script
from newel.web.request import Ask
from newel.web.route import Open, page
from newel.web.tongue import CUSTOMERS

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_FOREVER = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


@dataclass(frozen=True)
class Asset:
    """One file: its type, its bytes, and the same compressed."""

    kind: str
    body: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every served file by its path below ``static/``; ``words/`` holds what scripts say, by language."""
    spoken = ((f"words/{code}.js", script(code)) for code in CUSTOMERS if code != SOURCE)
    found = _walk(files("newel.web").joinpath("static"), "")
    return {name: _asset(name, body) for name, body in (*found, *spoken)}


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{name}/")
        elif PurePosixPath(name).suffix in KINDS:
            yield name, entry.read_bytes()


def _asset(name: str, body: bytes) -> Asset:
    return Asset(KINDS[PurePosixPath(name).suffix], body, gzip.compress(body, 9, mtime=0))


@cache
def stamp() -> str:
    """One hash for all files: scripts import each other by relative paths below it."""
    digest = hashlib.sha256()
    for name, asset in sorted(assets().items()):
        digest.update(name.encode() + b"\0" + asset.body)
    return digest.hexdigest()[:16]


def address(name: str) -> str:
    """Where a file is served; ``KeyError`` for one that does not exist."""
    assets()[name]
    return f"/static/{stamp()}/{name}"


@page("/static/{hashed:str}/{name:path}", Open.PUBLIC)
async def static_file(request: Ask, hashed: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One file; under an old hash today's is served, but not kept."""
    found = assets().get(str(name).lstrip("/"))
    if found is None:
        raise NotFound(what="file", id=name)
    headers = dict(_FOREVER) if hashed == stamp() else {"cache-control": "no-cache"}
    body = found.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = found.packed, "gzip"
    return Response(body, media_type=found.kind, headers=headers)


ROUTES = [static_file]
