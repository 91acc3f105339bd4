"""Typed errors: a machine code, a sentence that says what to do, and data fields.

The class docstring is the message; ``{name}`` in it is filled from the data fields.
``permanent`` tells a retrying caller whether the same call can ever succeed.
"""

import re
from typing import Any, ClassVar, Final

_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
_ACCOUNT: Final = re.compile(_ID)
_NAMED: Final = re.compile(rf"(.*\w) {_ID}")


class NewelError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    permanent: ClassVar[bool] = True

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The docstring's first line with the data filled in."""
        first = (type(self).__doc__ or self.code).strip().splitlines()[0]
        return first.format_map(_Known(self.told))

    @property
    def told(self) -> dict[str, Any]:
        """What the message is filled with: people know the case that they look at, and no ids."""
        return {name: _without_id(value) for name, value in self.data.items()}


def _without_id(value: Any) -> Any:
    """``case 0f3a…`` → ``the case``."""
    named = _NAMED.match(value) if isinstance(value, str) else None
    return f"the {named[1]}" if named else value


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class Invalid(NewelError):
    """{what} is not usable: {why}"""

    code = "invalid"
    status = 422


class NotFound(NewelError):
    """There is no {what} {id}; check the id."""

    code = "not_found"
    status = 404


class Forbidden(NewelError):
    """{who} may not {act}: {why}"""

    code = "forbidden"
    status = 403

    @property
    def told(self) -> dict[str, Any]:
        """The id of an account says nothing to people: it is that of whoever reads this."""
        actor = str(self.data.get("actor", "?"))
        return {**super().told, "who": "You" if _ACCOUNT.match(actor) else actor}


class Unauthenticated(NewelError):
    """Sign in, or send a valid token: {why}"""

    code = "unauthenticated"
    status = 401


class Conflict(NewelError):
    """{what} is {state}: {why}"""

    code = "conflict"
    status = 409


class StaleToken(NewelError):
    """{what} has passed to another owner; fetch it again before writing."""

    code = "stale_token"
    status = 409


class TooLarge(NewelError):
    """{what} has {size} characters; the most is {limit}."""

    code = "too_large"
    status = 413


class Unavailable(NewelError):
    """{what} does not answer now; try again later."""

    code = "unavailable"
    status = 503
    permanent = False
