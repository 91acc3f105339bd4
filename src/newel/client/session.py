"""The client itself: calls, retries, and one exception for each way to fail."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar
from uuid import UUID

import httpx2
import msgspec

from newel.client.errors import NewelProblem, no_answer, problem
from newel.client.values import (
    Accepted,
    Approval,
    Asked,
    Case,
    Customer,
    Messages,
    Story,
)

T = TypeVar("T")
AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_WAIT: Final = 30.0


class _Queue(msgspec.Struct, frozen=True):
    approvals: tuple[Approval, ...]


class _Decided(msgspec.Struct, frozen=True):
    state: str


class _Me(msgspec.Struct, frozen=True):
    csrf_token: str = ""


class _Session(msgspec.Struct, frozen=True):
    me: _Me


class Client:
    """A connection to one Newel, with a service token or a person's session; close it, or use ``with``.

    What can be sent twice without harm (everything here but ``decide``) is tried ``attempts`` times:
    messages and items under the same external id, so that each is taken once.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        attempts: int = 5,
        timeout: float = 10.0,
        transport: httpx2.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)
        self._attempts, self._pause = attempts, pause

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def sign_in(self, login: str, password: str) -> None:
        """Act as a person from here on: approvals are decided by people alone."""
        body = {"login": login, "password": password}
        me = self._call(_Session, "POST", "/api/v1/sessions", body, attempts=1).me
        self._http.headers["x-newel-csrf"] = me.csrf_token

    def send_message(self, external_id: str, customer: Customer, text: str = "", **more: Any) -> Accepted:
        """Hand in a customer's message; ``more``: ``conversation``, ``channel`` and so on."""
        body = {"external_id": external_id, "customer": customer, "text": text, **more}
        return self._call(Accepted, "POST", "/api/v1/messages", body)

    def send_item(
        self,
        external_id: str,
        workflow: str,
        customer: Customer,
        fields: Mapping[str, Any],
        **more: Any,
    ) -> Accepted:
        """Hand in a back-office item with its fields (and ``confidence``, where the extraction has one)."""
        body = {"external_id": external_id, "workflow": workflow, "customer": customer, "fields": fields}
        return self._call(Accepted, "POST", "/api/v1/items", body | more)

    def messages(self, conversation_id: UUID, after: int = 0) -> Messages:
        """What has left for the customer of a conversation since ``after``."""
        return self._call(Messages, "GET", f"/api/v1/conversations/{conversation_id}/messages?after={after}")

    def case(self, case_id: UUID) -> Case:
        """Where a case stands."""
        return self._call(Case, "GET", f"/api/v1/cases/{case_id}")

    def trace(self, case_id: UUID) -> Story:
        """The whole story of a case."""
        return self._call(Story, "GET", f"/api/v1/cases/{case_id}/trace")

    def approvals(self) -> Sequence[Approval]:
        """What waits for an approver, the most urgent first."""
        return self._call(_Queue, "GET", "/api/v1/approvals").approvals

    def approval(self, approval_id: UUID) -> Asked:
        """What one of them asks for."""
        return self._call(Asked, "GET", f"/api/v1/approvals/{approval_id}")

    def decide(self, approval_id: UUID, decision: Literal["approve", "edit", "reject"], **more: Any) -> str:
        """Decide as the person who has signed in; what became of it. It is sent once.

        After ``Unavailable`` read the approval: whether it was decided is not known.
        """
        path = f"/api/v1/approvals/{approval_id}/decision"
        return self._call(_Decided, "POST", path, {"decision": decision, **more}, attempts=1).state

    def _call(self, kind: type[T], method: str, path: str, body: Any = None, *, attempts: int = 0) -> T:
        most = attempts or self._attempts
        for tried in range(1, most + 1):
            try:
                return self._once(kind, method, path, body)
            except NewelProblem as error:
                if tried == most or not (error.status in AGAIN or error.code == "no_answer"):
                    raise
                self._pause(_wait(tried, error.retry_after))
        raise AssertionError("at least one attempt is made")

    def _once(self, kind: type[T], method: str, path: str, body: Any) -> T:
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if content is None else {"content-type": "application/json"}
        try:
            answer = self._http.request(method, path, content=content, headers=headers)
        except httpx2.TransportError as error:
            raise no_answer(type(error).__name__) from error
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=kind)
        raise problem(answer.status_code, answer.content, _seconds(answer.headers.get("retry-after", "")))


def _seconds(given: str) -> float | None:
    return float(given) if given.isdigit() else None


def _wait(tried: int, asked: float | None) -> float:
    """As the server asks, else longer each time; never longer than half a minute."""
    own = 0.2 * 2**tried * (0.5 + random.random())  # noqa: S311
    return min(asked if asked is not None else own, LONGEST_WAIT)
