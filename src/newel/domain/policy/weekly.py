"""The weekly review of a workflow's misses: when it is due, who does it, what it covers; and in words."""

from typing import Final, Literal

from newel.domain.policy.entry import Entry
from newel.domain.sentence import Sentence, Value, joined, word

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Part = Literal["misses", "audit", "patterns", "overturned", "thresholds", "post_mortems"]
PARTS: Final[tuple[Part, ...]] = ("misses", "audit", "patterns", "overturned", "thresholds", "post_mortems")
DAYS: Final[dict[Weekday, Sentence]] = {
    "mon": Sentence("Monday"),
    "tue": Sentence("Tuesday"),
    "wed": Sentence("Wednesday"),
    "thu": Sentence("Thursday"),
    "fri": Sentence("Friday"),
    "sat": Sentence("Saturday"),
    "sun": Sentence("Sunday"),
}
COVERS: Final[dict[Part, Sentence]] = {
    "misses": Sentence("what people marked as missed"),
    "audit": Sentence("what reviews of samples found missed"),
    "patterns": Sentence("what was flagged as happening again"),
    "overturned": Sentence("what people changed of the AI's proposals, and what reviews failed"),
    "thresholds": Sentence("thresholds, and how much is sampled"),
    "post_mortems": Sentence("post-mortems"),
}
_WORDS: Final = Sentence(
    "Opened each %(day)s at %(at)s, done within %(due)s business days. It covers %(covers)s. "
    "A post-mortem is written within %(days)s business days of its miss."
)


class Weekly(Entry, frozen=True, kw_only=True):
    """When the week is looked back on, on the clock of the calendar's zone, and what that covers.

    ``owner`` does it: the login or the name of an account; where it names none, the supervisors do.
    ``due_days`` and ``post_mortem_days`` are business days.
    """

    day: Weekday = "mon"
    at: str = "09:00"
    due_days: int = 2
    post_mortem_days: int = 3
    covers: tuple[Part, ...] = PARTS


def in_words(rule: Weekly) -> Value:
    """When, how long and what, as sentences."""
    return _WORDS.of(
        day=DAYS[rule.day],
        at=word(rule.at),
        due=rule.due_days,
        covers=joined(COVERS[part] for part in rule.covers),
        days=rule.post_mortem_days,
    )
