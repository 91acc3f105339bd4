"""HTTP calls to what is outside: one answer within a time, or the certainty that nothing was sent.

No redirect is followed, no cookie is kept and no password file is read; names of proxies are read from
the environment, once for each host.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from newel.domain.ports import Answered, NotSent, Unanswered

_NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_LOST: Final = (aiohttp.ClientError, TimeoutError, OSError)
_TO_CONNECT: Final = 0.8
# Servers close idle connections after five seconds at the earliest: ours go first.
_KEPT_SECONDS: Final = 4.0


class HttpCalls:
    """Implements ``newel.domain.ports.Calls``; to be made where the event loop runs."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # A lost answer is no proof that nothing was done: PUT and DELETE, too, are sent once (INV-11).
        self._session._retry_connection = False

    async def call(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        """One request within ``seconds`` in all; connecting gives up a little before.

        Raises ``NotSent`` when nothing has left, ``Unanswered`` when it may have.
        """
        address = _address(url)
        limit = aiohttp.ClientTimeout(total=seconds, connect=seconds * _TO_CONNECT)
        try:
            async with self._session.request(
                method,
                address,
                headers=headers,
                data=body or None,
                timeout=limit,
                allow_redirects=False,
                proxy=_proxy(address.scheme, address.host or ""),
            ) as answer:
                return Answered(answer.status, await answer.read())
        except _NEVER_SENT as error:
            raise NotSent(type(error).__name__) from error
        except _LOST as error:
            raise Unanswered(type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


@lru_cache(maxsize=256)
def _proxy(scheme: str, host: str) -> str | None:
    """The proxy that the environment names for a host. aiohttp's own look also reads ``.netrc`` each time."""
    named = "" if proxy_bypass(host) else getproxies().get(scheme, "")
    return named if named.startswith("http") else None


def _address(url: str) -> URL:
    try:
        address = URL(url, encoded=True)
        _ = address.port  # is read now, or refused when the call is under way
        return address
    except ValueError as error:
        raise NotSent("InvalidURL") from error
