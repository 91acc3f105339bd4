"""Signed webhooks: ``Newel-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``."""

import hashlib
import hmac
import time
from collections.abc import Callable

import msgspec

from newel import span
from newel.domain.ports import Calls, Delivery, NotSent, Outbound, Unanswered

_TIMEOUT_SECONDS = 10.0


class Webhook:
    """Posts each message once accepted; the same message id is the same message."""

    name = "api"

    def __init__(
        self,
        url: str,
        secret: bytes,
        calls: Calls,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._calls = calls

    async def deliver(self, message: Outbound) -> Delivery:
        """POST the message as JSON; 2xx accepts, 4xx (but 408, 409, 425, 429) is final."""
        body = msgspec.json.encode({"type": "message", **msgspec.to_builtins(message)})
        headers = {"content-type": "application/json", "newel-signature": self.signature(body)}
        try:
            with span.calling("POST", self._url, call="webhook") as here:
                headers |= span.headers()
                answer = await self._calls.call(
                    "POST", self._url, seconds=_TIMEOUT_SECONDS, headers=headers, body=body
                )
                here.answered(answer.status)
        except (NotSent, Unanswered) as error:
            return Delivery(accepted=False, reason=str(error))
        final = 400 <= answer.status < 500 and answer.status not in {408, 409, 425, 429}
        reason = "" if answer.accepted else f"HTTP {answer.status}"
        return Delivery(accepted=answer.accepted, permanent=final, reason=reason)

    def signature(self, body: bytes) -> str:
        """The header's value for a body, as of now."""
        at = str(int(self._clock()))
        return f"t={at},v1={hmac.new(self._secret, at.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


class Shelf:
    """Without a webhook a message is delivered by standing ready to be fetched."""

    name = "api"

    async def deliver(self, message: Outbound) -> Delivery:
        """Accept: the claim has made it visible."""
        return Delivery(accepted=True, provider_id=message.message_id)
