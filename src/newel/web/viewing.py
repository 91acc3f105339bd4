"""Who has a case open, and who is typing: said by their pages every few seconds, kept for some more.

It travels between servers as a topic (``viewing:case:person:doing``) in the notification of all
changes: ids and a word, never a text, and nothing of it is stored.
"""

import time
from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

import msgspec

TOPIC = "viewing"
CASES_AT_MOST = 10_000
"""More than people can look at: then all is forgotten, and said again within seconds."""
KEPT_SECONDS = {"viewing": 15.0, "typing": 7.0}


class Doing(StrEnum):
    """What somebody does on a page."""

    VIEWING = "viewing"
    TYPING = "typing"
    GONE = "gone"


class Heard(msgspec.Struct, frozen=True):
    """What a page said last, and until when it counts."""

    doing: Doing
    until: float


def said(case_id: UUID, staff_id: UUID, doing: Doing) -> str:
    """What a page says, as the topic that carries it to all servers."""
    return f"{TOPIC}:{case_id}:{staff_id}:{doing}"


class Viewing:
    """What this server has heard."""

    def __init__(self) -> None:
        self._cases: dict[str, dict[UUID, Heard]] = {}

    def hear(self, topic: str) -> Iterator[str]:
        """Take a page's word in; the topic of its case when that changed who is seen."""
        if len(self._cases) > CASES_AT_MOST:
            self._cases.clear()
        _, case, person, word = topic.split(":")
        before = self._seen(case)
        here, doing, now = self._cases.setdefault(case, {}), Doing(word), time.monotonic()
        if doing is Doing.GONE:
            here.pop(UUID(person), None)
        else:
            here[UUID(person)] = Heard(doing, now + KEPT_SECONDS[doing])
        for gone in [one for one, heard in here.items() if heard.until <= now]:
            del here[gone]
        if not here:
            del self._cases[case]
        if self._seen(case) != before:
            yield f"{TOPIC}:{case}"

    def at(self, case_id: UUID, but: UUID) -> dict[UUID, Doing]:
        """Who else is at a case now."""
        now = time.monotonic()
        here = self._cases.get(str(case_id), {})
        return {one: heard.doing for one, heard in here.items() if heard.until > now and one != but}

    def _seen(self, case: str) -> dict[UUID, Doing]:
        return {one: heard.doing for one, heard in self._cases.get(case, {}).items()}
