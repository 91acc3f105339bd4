"""The connections to what is outside: the systems of record, and whoever hears our webhooks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from newel.config import Settings
from newel.connectors.http import Endpoint, HttpSystems
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Advises, Answered, Calls
from newel.domain.tier.opinion import ranked

HANGS_SECONDS: Final = 60.0


class Outside:
    """Our calls to what is outside; the library is loaded, and the connections are made, at the first."""

    def __init__(self) -> None:
        self._calls: Any = None

    async def call(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        """As ``HttpCalls``."""
        if self._calls is None:
            from newel.connectors.calls import HttpCalls

            self._calls = HttpCalls()
        answered: Answered = await self._calls.call(method, url, seconds=seconds, headers=headers, body=body)
        return answered

    async def close(self) -> None:
        """Close the connections."""
        if self._calls is not None:
            await self._calls.close()


class Patient:
    """Calls of a run that no customer waits for: only what hangs is given up.

    The policy's limits are for live traffic. A replay asks for many tickets side by side on one loop, where
    an answer is read late because the loop, or the machine, is busy; what it reports must not depend on that.
    Fewer tickets side by side would only make it rarer, and everything slower where the systems are far away.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def call(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        """As the calls that it is made of, with more time."""
        longer = max(seconds, HANGS_SECONDS)
        return await self._calls.call(method, url, seconds=longer, headers=headers, body=body)


def systems(bundle: Bundle, settings: Settings, calls: Calls) -> HttpSystems:
    """The systems of record that a policy names, with their address and token from the settings."""
    return systems_at(bundle, Endpoint(settings.systems_url, settings.secret("systems_token")), calls)


def systems_at(bundle: Bundle, place: Endpoint, calls: Calls) -> HttpSystems:
    """The systems of record that a policy names, all at one place."""
    endpoints = {system.base_url: place for system in bundle.systems.values()}
    return HttpSystems(bundle.systems, bundle.actions, endpoints, calls, _now)


def advises(bundle: Bundle, settings: Settings, calls: Calls) -> Advises | None:
    """Who gives the second opinion that a policy asks for; nobody without an address."""
    if bundle.opinion is None or not settings.llm_url:
        return None
    from newel.ai.opinion import Advisor

    opinion = msgspec.structs.replace(bundle.opinion, when=ranked(bundle))
    return Advisor(opinion, settings.llm_url, settings.llm_token, calls)


def _now() -> datetime:
    return datetime.now(UTC)
