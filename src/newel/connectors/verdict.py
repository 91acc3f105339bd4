"""What an HTTP answer, or its absence, says about an effect: done, refused, not done, unknown."""

from typing import Any, Final

import httpx2
import msgspec

from newel.domain.ports import Outcome, OutcomeKind

_NEVER_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
_TOO_MANY: Final = 429
_IN_DOUBT: Final = (408, 425)
_ACCEPTED: Final = 202


def of_answer(response: httpx2.Response) -> Outcome:
    """What a status means: 2xx done, 4xx definitely not, anything else in doubt."""
    status = response.status_code
    if status == _TOO_MANY:
        return Outcome(OutcomeKind.NOT_EXECUTED, reason=_title(response))
    if _says_done(response):
        return Outcome(OutcomeKind.CONFIRMED, reference=_reference(content(response)))
    if response.is_client_error and status not in _IN_DOUBT:
        return Outcome(OutcomeKind.REFUSED, reason=_title(response))
    return Outcome(OutcomeKind.UNKNOWN, reason=_title(response))


def of_error(error: Exception) -> Outcome:
    """What a lost call means: not done if it never left, else in doubt."""
    kind = OutcomeKind.NOT_EXECUTED if isinstance(error, _NEVER_SENT) else OutcomeKind.UNKNOWN
    return Outcome(kind, reason=type(error).__name__)


def of_reconciliation(response: httpx2.Response, keyed: bool) -> Outcome:
    """What the other side says afterwards.

    No trace of a call that had a key means that it was not executed: sent again under the same
    key it still happens once. Without a key no trace is no proof, for the call may yet arrive.
    """
    found = content(response)
    if response.status_code in (404, 410) or (response.is_success and _none(found)):
        kind = OutcomeKind.NOT_EXECUTED if keyed else OutcomeKind.UNKNOWN
        return Outcome(kind, reason="no trace at the other side")
    if response.is_success and found is not None:
        return Outcome(OutcomeKind.CONFIRMED, reference=_reference(found))
    return Outcome(OutcomeKind.UNKNOWN, reason=_title(response))


def content(response: httpx2.Response) -> Any:
    """The JSON of an answer, or None."""
    try:
        return msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _says_done(response: httpx2.Response) -> bool:
    """A 2xx of the system itself: a page that is no JSON comes from something in between."""
    if not response.is_success or response.status_code == _ACCEPTED:
        return False
    return not response.content or content(response) is not None


def _none(found: Any) -> bool:
    return found in ([], {}) or (isinstance(found, dict) and found.get("count") == 0)


def _reference(found: Any) -> str:
    """What the other side calls it: ``reference`` or ``id``, of the first entry of a list."""
    if isinstance(found, dict) and "count" in found:
        found = next((value for value in found.values() if isinstance(value, list)), None)
    if isinstance(found, list):
        found = found[0] if found else None
    if not isinstance(found, dict):
        return ""
    return str(found.get("reference") or found.get("id") or "")


def _title(response: httpx2.Response) -> str:
    """A problem's title, which is the same each time; its detail may name a person."""
    found = content(response)
    title = found.get("title") if isinstance(found, dict) else None
    return f"{response.status_code} {title}" if isinstance(title, str) else f"{response.status_code}"
