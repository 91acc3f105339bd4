"""Signed webhooks: ``Newel-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``."""

import hashlib
import hmac
import time
from collections.abc import Callable

import httpx2
import msgspec

from newel.domain.ports import Delivery, Outbound

_TIMEOUT_SECONDS = 10.0


class Webhook:
    """Posts each message once accepted; the same message id is the same message."""

    name = "api"

    def __init__(
        self,
        url: str,
        secret: bytes,
        clock: Callable[[], float] = time.time,
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._client = client or httpx2.AsyncClient()

    async def deliver(self, message: Outbound) -> Delivery:
        """POST the message as JSON; 2xx accepts, 4xx (but 408, 409, 425, 429) is final."""
        body = msgspec.json.encode({"type": "message", **msgspec.to_builtins(message)})
        headers = {"content-type": "application/json", "newel-signature": self.signature(body)}
        try:
            answer = await self._client.post(
                self._url, content=body, headers=headers, timeout=_TIMEOUT_SECONDS
            )
        except httpx2.HTTPError as error:
            return Delivery(accepted=False, reason=type(error).__name__)
        final = 400 <= answer.status_code < 500 and answer.status_code not in {408, 409, 425, 429}
        accepted = 200 <= answer.status_code < 300
        reason = "" if accepted else f"HTTP {answer.status_code}"
        return Delivery(accepted=accepted, permanent=final, reason=reason)

    def signature(self, body: bytes) -> str:
        """The header's value for a body, as of now."""
        at = str(int(self._clock()))
        return f"t={at},v1={hmac.new(self._secret, at.encode() + b'.' + body, hashlib.sha256).hexdigest()}"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class Shelf:
    """Without a webhook a message is delivered by standing ready to be fetched."""

    name = "api"

    async def deliver(self, message: Outbound) -> Delivery:
        """Accept: the claim has made it visible."""
        return Delivery(accepted=True, provider_id=message.message_id)
