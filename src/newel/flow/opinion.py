"""A second opinion before the AI's answer may leave alone: asked outside any transaction, of masked words."""

from asyncio import to_thread
from collections.abc import Sequence
from typing import Final

import structlog
from msgspec.structs import replace

from newel import span
from newel.domain import mask
from newel.domain.answer import NoAnswer, Proposal
from newel.domain.policy.opinion import JUDGED, UNHEARD
from newel.domain.tier import Signals, may_leave
from newel.domain.tier.opinion import LONGEST
from newel.flow.house import Turn

_BEFORE: Final = 3
log = structlog.get_logger("opinion")


async def weighed(turn: Turn, signals: Signals, said: Proposal | NoAnswer) -> Signals:
    """With the second opinion, where the policy asks for one and the answer might leave without a person."""
    if turn.stopped or not may_leave(signals, said, turn.running.bundle):
        return signals
    return replace(signals, opinion=JUDGED if turn.judged else await _asked(turn))


async def _asked(turn: Turn) -> str:
    """Nobody outside learns who the customer is; of more than may be read nothing is asked."""
    before = tuple(reversed(turn.before[:_BEFORE]))
    words = tuple(reversed(turn.messages)) or (turn.text,)
    advises = turn.running.advises
    if advises is None or sum(map(len, (*before, *words))) > LONGEST:
        log.warning("opinion.unheard", error="too_long" if advises else "nobody_to_ask")
        return UNHEARD
    with span.part("model", {"newel.call": "opinion"}):
        return await advises.advise(*await to_thread(_masked, turn, before, words))


def _masked(turn: Turn, *parts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    who = turn.profile
    known = mask.known_of(who.name, who.address, who.phone)
    return tuple(tuple(mask.masked_text(text, known) for text in texts) for texts in parts)
