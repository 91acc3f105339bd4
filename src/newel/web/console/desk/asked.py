"""What the desk's pages are asked for."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from newel.domain.saved_view import Filter, SavedView
from newel.web.viewing import Doing

Name = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[\w.-]*\Z")]
Looked = Annotated[str, msgspec.Meta(max_length=400)]


class Asked(Filter, frozen=True, kw_only=True):
    """Which part of the queue to show, by a saved view or by hand, and which case is open beside it."""

    open: UUID | None = None
    view: UUID | None = None

    def but(self, **changes: Any) -> str:
        """The query of the same list with something else asked."""
        after = msgspec.structs.replace(
            self, **({"view": None} if changes.keys() - {"open"} else {}), **changes
        )
        asked = msgspec.structs.asdict(after) | {"late": "true" if after.late else ""}
        if after.view is not None:
            asked = {"open": after.open, "view": after.view}
        return urlencode({name: value for name, value in asked.items() if value})

    def within(self, saved: Sequence[SavedView]) -> "Asked":
        """The same with what its saved view asks for; a view that is gone asks for nothing."""
        found = next((view for view in saved if view.id == self.view), None)
        if found is None:
            return msgspec.structs.replace(self, view=None)
        return msgspec.structs.replace(self, **msgspec.structs.asdict(found.filter))


class Beside(msgspec.Struct, frozen=True):
    """The case of mine beside which I read this one."""

    beside: UUID | None = None


class Words(msgspec.Struct, frozen=True):
    """What to look for in the articles; nothing: what the customer wrote."""

    q: Looked = ""


class Which(msgspec.Struct, frozen=True):
    """Which playbook to read; none: that of the case's contact reason."""

    playbook: Name = ""


class Seen(msgspec.Struct, frozen=True):
    """What a page says of its person."""

    doing: Doing


class Reveal(msgspec.Struct, frozen=True):
    """Which hidden value of which part."""

    part: Name
    field: Name
