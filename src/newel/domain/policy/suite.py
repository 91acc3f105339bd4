"""The suite of a policy: messages, and what must become of them before a version goes live and each day."""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.entry import Entry
from newel.domain.policy.reading_row import Row, low, plain, row_of
from newel.domain.sentence import Sentence, Value, joined

PERSON: Final = "person"
AI: Final = "ai"
_FOR_A_PERSON: Final = Sentence("A person must read it")
_FOR_THE_AI: Final = Sentence("The scan leaves it to the AI")
_FIRES: Final = Sentence("%(trigger)s must fire")
_UNDERSTOOD: Final = Sentence("The AI takes it for %(reason)s")
_AFTER: Final = Sentence("after %(before)s")
_ENDS: Final = Sentence("%(what)s.")


class Trial(Entry, frozen=True, kw_only=True):
    """A message, and what must become of it: ``person``, ``ai``, a trigger that fires, or a contact reason.

    ``after`` are the messages before it in the conversation, oldest first.
    """

    say: str
    becomes: str
    after: tuple[str, ...] = ()


def rows(suite: dict[str, Trial], triggers: frozenset[str]) -> Iterator[Row]:
    """Each trial as it is read."""
    for name, one in suite.items():
        words = _ENDS.of(what=joined(_words(one, triggers), ", "))
        yield row_of(plain(name), one, words, quotes=(one.say,))


def _words(one: Trial, triggers: frozenset[str]) -> Iterator[Value]:
    yield _wanted(one.becomes, triggers)
    if one.after:
        yield _AFTER.of(before=" / ".join(one.after))


def _wanted(becomes: str, triggers: frozenset[str]) -> Sentence:
    if becomes in triggers:
        return _FIRES.of(trigger=plain(becomes))
    if becomes == PERSON:
        return _FOR_A_PERSON
    return _FOR_THE_AI if becomes == AI else _UNDERSTOOD.of(reason=low(becomes))
