"""The suite of a policy: messages, and what must become of them before a version goes live and each day."""

from typing import Final

from newel.domain.policy.entry import Entry

PERSON: Final = "person"
AI: Final = "ai"


class Trial(Entry, frozen=True, kw_only=True):
    """A message, and what must become of it: ``person``, ``ai``, a trigger that fires, or a contact reason.

    ``after`` are the messages before it in the conversation, oldest first.
    """

    say: str
    becomes: str
    after: tuple[str, ...] = ()
