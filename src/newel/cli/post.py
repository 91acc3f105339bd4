"""Posting to the API until it is taken: the same external id again and again, never twice in."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from newel.cli.rows import Refused
from newel.cli.source import text_of
from newel.domain.errors import Forbidden, Unauthenticated, Unavailable

if TYPE_CHECKING:
    import httpx2

ATTEMPTS: Final = 8
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 10.0
_LONGEST_ANSWER: Final = 300
_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)
Url = Annotated[str, typer.Option(help="The running server; empty: the one of NEWEL_HOST and NEWEL_PORT.")]
"""The option by which a command is told where the server is."""


def server(url: str) -> str:
    """Where the server is: as said, else where the settings have it listen."""
    from newel.config import read

    return url or read().url


def token_at(file: Path | None) -> str:
    """The token of the file; without one that of the demo company at home, if there is one."""
    from newel.config import read

    home = Path(read().home, "api-token")
    if file is None:
        return text_of(home).strip() if home.exists() else ""
    return text_of(file).strip()


class Taken(msgspec.Struct, frozen=True):
    """The server has it; ``duplicate`` when it had it before."""

    duplicate: bool


class Api:
    """The API of a running server, with its token."""

    def __init__(self, url: str, token: str, first_wait: float = _FIRST_WAIT) -> None:
        import httpx2

        self._url = url.rstrip("/")
        self._first_wait = first_wait
        if not (token.isascii() and token.isprintable()):
            raise Unauthenticated(why="the token's file holds what is no token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx2.AsyncClient(headers=headers, timeout=30)

    async def __aenter__(self) -> "Api":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def post(self, path: str, line: int, body: Mapping[str, Any]) -> Taken | Refused:
        """Post a row until there is an answer; raises when nobody may, or nobody answers."""
        for attempt in range(ATTEMPTS):
            said = await self._once(path, body)
            if said is not None and said.status_code not in _AGAIN:
                return _answer(said, line)
            if attempt + 1 < ATTEMPTS:
                await asyncio.sleep(self._wait(attempt, said))
        raise Unavailable(what=f"{self._url} (asked {ATTEMPTS} times for line {line})")

    async def _once(self, path: str, body: Mapping[str, Any]) -> "httpx2.Response | None":
        import httpx2

        try:
            return await self._client.post(self._url + path, content=msgspec.json.encode(body), headers=_JSON)
        except httpx2.TransportError:
            return None
        except httpx2.InvalidURL:
            raise Unavailable(what=f"the address {self._url}") from None

    def _wait(self, attempt: int, said: "httpx2.Response | None") -> float:
        """Longer each time, and as long as the server asks for."""
        asked = said.headers.get("retry-after", "") if said is not None else ""
        wait: float = self._first_wait * 2**attempt
        return min(_LONGEST_WAIT, max(wait, float(asked) if asked.isdigit() else 0.0))


_JSON: Final = {"Content-Type": "application/json"}


def _answer(said: "httpx2.Response", line: int) -> Taken | Refused:
    if said.status_code == 401:
        raise Unauthenticated(why="the server does not know the token; see newel token create --scope intake")
    if said.status_code == 403:
        raise Forbidden(actor="the token", act="take messages in", why="it lacks the scope intake")
    if said.is_success:
        return Taken(duplicate=said.status_code == 200)
    return Refused(
        line, f"the server refused it ({said.status_code}): {_why(said)}", "mend the row, import again"
    )


def _why(said: "httpx2.Response") -> str:
    """What a problem says of itself."""
    try:
        found = msgspec.json.decode(said.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        return said.reason_phrase
    fields = found.get("errors")
    named = [f"{f.get('field')}: {f.get('message')}" for f in fields if isinstance(f, dict)] if fields else []
    words = [str(found.get("detail") or found.get("title") or said.reason_phrase), *named]
    return " ".join(words)[:_LONGEST_ANSWER]
