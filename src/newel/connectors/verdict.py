"""What an HTTP answer, or its absence, says about an effect: done, refused, not done, unknown."""

from typing import Any, Final

import msgspec

from newel.domain.ports import Answered, NotSent, Outcome, OutcomeKind, Unanswered

_TOO_MANY: Final = 429
_IN_DOUBT: Final = (408, 425)
_ACCEPTED: Final = 202


def of_answer(response: Answered) -> Outcome:
    """What a status means: 2xx done, 4xx definitely not, anything else in doubt."""
    status = response.status
    if status == _TOO_MANY:
        return Outcome(OutcomeKind.NOT_EXECUTED, reason=_title(response))
    if _says_done(response):
        return Outcome(OutcomeKind.CONFIRMED, reference=_reference(content(response)))
    if 400 <= status < 500 and status not in _IN_DOUBT:
        return Outcome(OutcomeKind.REFUSED, reason=_title(response))
    return Outcome(OutcomeKind.UNKNOWN, reason=_title(response))


def of_error(error: NotSent | Unanswered) -> Outcome:
    """What a lost call means: not done if it never left, else in doubt."""
    kind = OutcomeKind.NOT_EXECUTED if isinstance(error, NotSent) else OutcomeKind.UNKNOWN
    return Outcome(kind, reason=str(error))


def of_reconciliation(response: Answered, keyed: bool) -> Outcome:
    """What the other side says afterwards.

    No trace of a call that had a key means that it was not executed: sent again under the same
    key it still happens once. Without a key no trace is no proof, for the call may yet arrive.
    """
    found = content(response)
    if response.status in (404, 410) or (response.accepted and _none(found)):
        kind = OutcomeKind.NOT_EXECUTED if keyed else OutcomeKind.UNKNOWN
        return Outcome(kind, reason="no trace at the other side")
    if response.accepted and found is not None:
        return Outcome(OutcomeKind.CONFIRMED, reference=_reference(found))
    return Outcome(OutcomeKind.UNKNOWN, reason=_title(response))


def content(response: Answered) -> Any:
    """The JSON of an answer, or None."""
    try:
        return msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _says_done(response: Answered) -> bool:
    """A 2xx of the system itself: a page that is no JSON comes from something in between."""
    if not response.accepted or response.status == _ACCEPTED:
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


def _title(response: Answered) -> str:
    """A problem's title, which is the same each time; its detail may name a person."""
    found = content(response)
    title = found.get("title") if isinstance(found, dict) else None
    return f"{response.status} {title}" if isinstance(title, str) else f"{response.status}"
