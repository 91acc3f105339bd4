"""A second opinion on what the AI would answer alone: a language model says whether a person must lead.

It is asked after the scan, of what might leave without a person, and can only raise the tier. An opinion
that does not come is no consent: a person approves the answer.
"""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.opinion import JUDGED, NONE
from newel.domain.policy.triggers import Trigger
from newel.domain.tier.effect import Raise
from newel.domain.tier.given import Signals
from newel.domain.words import Tier

LONGEST: Final = 20_000
"""Letters that are read at most; of a longer text the opinion counts as unheard."""
CONSENTS: Final = "second_opinion"
"""What a released answer stands on besides."""


def heard(signals: Signals, policy: Bundle) -> bool:
    """Whether nothing is left to be said: what leaves may leave."""
    return policy.opinion is None or signals.opinion in (NONE, JUDGED)


def named(signals: Signals, policy: Bundle) -> Trigger | None:
    """The trigger that the opinion names, with all that follows from it."""
    asked = policy.opinion is not None and signals.opinion in policy.opinion.when
    return policy.triggers.get(signals.opinion) if asked else None


def names(signals: Signals, policy: Bundle) -> Iterator[Raise]:
    """What the opinion names is a person's."""
    if named(signals, policy) is not None:
        yield Raise(Tier.HUMAN, f"opinion:{signals.opinion}")


def lacks(signals: Signals, policy: Bundle) -> Iterator[Raise]:
    """Of what would leave alone: without an opinion a person approves it."""
    if not heard(signals, policy) and named(signals, policy) is None:
        yield Raise(Tier.SUPERVISED, "opinion_unheard")


def consents(signals: Signals, policy: Bundle) -> tuple[str, ...]:
    """The reason that it adds to those for a release."""
    return (CONSENTS,) if policy.opinion is not None and signals.opinion == NONE else ()


def ranked(policy: Bundle) -> dict[str, str]:
    """What is asked, the most urgent trigger first: the first that applies is named, and has its effect."""
    asked = policy.opinion.when if policy.opinion else {}
    triggers = policy.triggers
    urgent = {key: (triggers[key].priority, triggers[key].assist, key) for key in asked}
    return {key: asked[key] for key in sorted(asked, key=urgent.__getitem__)}
