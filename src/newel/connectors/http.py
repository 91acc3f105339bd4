"""Systems of record over HTTP, as the policy describes them: look-ups, actions, reconciliation.

Logs say which call ended how, never what was in it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import structlog

from newel import span
from newel.connectors import verdict
from newel.connectors.places import Unfit, fill, fill_path
from newel.domain.errors import Invalid, Unavailable
from newel.domain.policy.acts import ActionCall, ActionClass, LookUp, System
from newel.domain.ports import (
    ActionRequest,
    Answered,
    Calls,
    Facts,
    NotSent,
    Outcome,
    OutcomeKind,
    Unanswered,
)

log = structlog.get_logger(__name__)
_NO_RECORD = (404, 410)
_NONE: Mapping[str, str] = {}


class Asked(msgspec.Struct, frozen=True):
    """What the policy calls a call, and its path as the policy writes it: so it may be told of."""

    name: str
    template: str


class Endpoint(msgspec.Struct, frozen=True):
    """Where a system is, and the token that opens it; named by ``System.base_url``."""

    url: str
    token: str


class HttpSystems:
    """The systems of record of one policy version; it implements ``domain.ports.Systems``."""

    def __init__(
        self,
        systems: Mapping[str, System],
        actions: Mapping[str, ActionClass],
        endpoints: Mapping[str, Endpoint],
        calls: Calls,
        now: Callable[[], datetime],
    ) -> None:
        self._systems = systems
        self._actions = actions
        self._endpoints = endpoints
        self._calls = calls
        self._now = now

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        """Read ``system.look_up``; None when there is no such record.

        Raises ``Unavailable`` when the system fails or is too slow.
        """
        system, look_up = self._look_up(call)
        try:
            path, query = fill_path(look_up.path, args), fill(look_up.query, args)
            source = str(fill(look_up.source, args))
        except Unfit:
            return None
        found = await self._read(Asked(call, look_up.path), system, path, query)
        values = _picked(found, look_up.pick)
        return None if values is None else Facts(values, source, self._now())

    async def execute(self, request: ActionRequest) -> Outcome:
        """Call the action once; never raises for what the other side did."""
        system, call = self._action(request.action)
        try:
            path, body = fill_path(call.path, _args(request)), fill(call.body, _args(request))
        except Unfit as unfit:
            return Outcome(OutcomeKind.REFUSED, reason=str(unfit))
        headers = {"Idempotency-Key": request.key} if call.key == "header" else {}
        asked = Asked(request.action, call.path)
        outcome = await self._act(asked, system, call.method, path, body, headers)
        log.info("action_called", action=request.action, outcome=outcome.kind, reason=outcome.reason)
        return outcome

    async def reconcile(self, request: ActionRequest) -> Outcome:
        """Ask the other side what became of the call: confirmed, not_executed or unknown."""
        system, call = self._action(request.action)
        outcome = await self._ask(system, call, request)
        log.info("action_reconciled", action=request.action, outcome=outcome.kind)
        return outcome

    async def _read(self, asked: Asked, system: System, path: str, query: Mapping[str, str]) -> Any:
        """The JSON that is there; None when there is no such record."""
        call = asked.name
        try:
            response = await self._send(asked, system, "GET", path + _query(query))
        except (NotSent, Unanswered) as error:
            log.warning("look_up_failed", call=call, error=str(error))
            raise Unavailable(what=call) from error
        found = verdict.content(response)
        if response.status in _NO_RECORD:
            return None
        if not response.accepted or found is None:
            log.warning("look_up_failed", call=call, status=response.status)
            raise Unavailable(what=call)
        return found

    async def _act(
        self, asked: Asked, system: System, method: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> Outcome:
        try:
            return verdict.of_answer(await self._send(asked, system, method, path, body, headers))
        except (NotSent, Unanswered) as error:
            return verdict.of_error(error)

    async def _ask(self, system: System, call: ActionCall, request: ActionRequest) -> Outcome:
        try:
            path = fill_path(call.reconcile, _args(request))
            response = await self._send(Asked(request.action, call.reconcile), system, "GET", path)
        except (NotSent, Unanswered, Unfit) as error:
            return Outcome(OutcomeKind.UNKNOWN, reason=type(error).__name__)
        return verdict.of_reconciliation(response, keyed=call.key == "header")

    async def _send(
        self,
        asked: Asked,
        system: System,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] = _NONE,
    ) -> Answered:
        """One request within the system's time in all; it hears of our trace, if the policy lets it."""
        endpoint = self._endpoint(system)
        headers = {"Authorization": f"Bearer {endpoint.token}", **headers}
        headers |= {} if body is None else {"Content-Type": "application/json"}
        content = b"" if body is None else msgspec.json.encode(body)
        url = endpoint.url.rstrip("/") + path
        with span.calling(method, endpoint.url, asked.template, asked.name) as here:
            headers |= span.headers() if system.traced else {}
            answered = await self._calls.call(
                method, url, seconds=system.timeout_seconds, headers=headers, body=content
            )
            here.answered(answered.status, fails=answered.status not in _NO_RECORD)
            return answered

    def _endpoint(self, system: System) -> Endpoint:
        endpoint = self._endpoints.get(system.base_url)
        if endpoint is None:
            raise Invalid(
                what=f"the setting {system.base_url}", why="it says where a system is, and is not set"
            )
        return endpoint

    def _look_up(self, call: str) -> tuple[System, LookUp]:
        name, _, look_up = call.partition(".")
        system = self._systems.get(name)
        if system is None or look_up not in system.look_ups:
            raise Invalid(what=f"the look-up {call}", why="the policy has none of that name")
        return system, system.look_ups[look_up]

    def _action(self, action: str) -> tuple[System, ActionCall]:
        of_class = self._actions.get(action)
        system = self._systems.get(of_class.system) if of_class else None
        if system is None or action not in system.actions:
            raise Invalid(what=f"the action {action}", why="the policy says no call for it")
        return system, system.actions[action]


def _query(values: Mapping[str, Any]) -> str:
    plain = {name: value if isinstance(value, str) else _written(value) for name, value in values.items()}
    return f"?{urlencode(plain, quote_via=quote)}" if plain else ""


def _written(value: Any) -> str:
    return "" if value is None else msgspec.json.encode(value).decode()


def _args(request: ActionRequest) -> dict[str, Any]:
    """The arguments with the key, which is the reference too where the caller gives none."""
    return {"reference": request.key, **request.args, "key": request.key}


def _picked(found: Any, path: str) -> Mapping[str, Any] | None:
    """The part of an answer that the policy picks; a list becomes ``items`` with their ``count``."""
    for step in path.split(".") if path else ():
        found = _step(found, step)
    if isinstance(found, Mapping):
        return found
    if isinstance(found, list):
        return {"items": found, "count": len(found)}
    return None if found is None else {"value": found}


def _step(found: Any, step: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(step)
    if isinstance(found, Sequence) and not isinstance(found, str) and step.isdigit():
        return found[int(step)] if int(step) < len(found) else None
    return None
