"""The plain matcher: which contact reason a text asks for, and how likely that is right.

Two views of the text (with and without concepts) are judged by logistic regression. How well
they agree, how far the best label leads and how near the nearest phrases are make P(correct);
a text unlike every phrase, or one that the views read differently, is nobody's guess. So is
one that names another company ("my Argos order") and no record of the shop.
"""

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Final

import msgspec
import numpy as np

from newel.ai.calibration import probability
from newel.ai.courtesy import matter, names
from newel.ai.features import LETTERS, MIXED, Columns, Floats, similarities, word_columns, word_counts
from newel.ai.passages import RECORDS, TALK
from newel.ai.spelling import Spelling
from newel.ai.stem import words
from newel.ai.train import Examples, View, examples, span, train_view
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.calibration import Calibration
from newel.domain.ports import Match

_NEAREST: Final = 7
_MOST_CHARACTERS: Final = 4000
_CLEAR_LEAD: Final = 0.3
_MOST_IN_DOUBT: Final = {"stranger_named": 0.4, "views_disagree": 0.5, "nothing_said": 0.5}
"""The most that a match is worth under a doubt, whatever its probability: no threshold may be lower."""
_OWN_THINGS: Final = RECORDS | {"xsku", "postcode", "address"}
EVIDENCE: Final = (
    "log_odds", "lead", "agreement", "other_view", "nearest", "nearest_lead", "votes", "outside", "strange",
)  # fmt: skip


class Judgement(msgspec.Struct, frozen=True):
    """The best label and what speaks for it, in the order of ``EVIDENCE``."""

    label: int
    evidence: Floats


class Intent:
    """Implements ``newel.domain.ports.Matcher`` on phrases, with numpy alone."""

    def __init__(
        self,
        phrases: Mapping[str, Sequence[str]],
        outside: Sequence[str],
        calibration: Calibration | None = None,
    ) -> None:
        self.examples: Examples = examples(phrases, outside)
        self.version = self.examples.version
        self.calibration = calibration if calibration and calibration.matcher == self.version else None
        self._seen = word_counts(self.examples.texts)
        own = (text for texts in phrases.values() for text in texts)
        self._names = Spelling([*(word for text in own for word in words(text)), *sorted(TALK)])
        self._spelling = Spelling(
            [*(word for text in self.examples.texts for word in words(text)), *sorted(TALK)]
        )
        labels, classes = len(self.examples.labels), self.examples.classes
        self.views: tuple[View, View] = (
            train_view(span(self.examples.texts, MIXED), classes, labels),
            train_view(span(self.examples.texts, LETTERS), classes, labels),
        )

    @classmethod
    def of(cls, policy: Bundle) -> "Intent":
        """The matcher of a policy: its playbooks' phrases, what lies outside, its calibration."""
        phrases = {name: book.phrases for name, book in policy.playbooks.items() if book.phrases}
        return cls(phrases, policy.outside, policy.calibration)

    @classmethod
    def lazy(cls, policy: Bundle) -> "LazyIntent":
        """The same matcher, trained when it is first asked."""
        return LazyIntent(policy)

    def match(self, text: str) -> Match:
        """The best reason for a text, or None with the confidence that it is none."""
        judged = self.judge(text)
        reason = self.examples.labels[judged.label] or None
        calibrated = self.calibration is not None
        sure = probability(self.calibration, judged.evidence) if self.calibration else _rough(judged)
        doubts = tuple(self._doubts(text, judged)) if reason else ()
        least = min((_MOST_IN_DOUBT[doubt] for doubt in doubts), default=1.0)
        return Match(reason, round(min(sure, least), 4), calibrated, (*_why(judged), *doubts))

    def judge(self, text: str) -> Judgement:
        """The best label with its evidence, before calibration; courtesy and slips do not count."""
        cut = self._spelling.mended(matter(text[:_MOST_CHARACTERS]))
        rows = [view.weigher.row(cut) for view in self.views]
        logs = [view.log_shares(*row) for view, row in zip(self.views, rows, strict=True)]
        near = similarities(self.views[0].rows, *rows[0])
        return judge(logs[0], logs[1], near, self.examples.classes, self._strange(cut))

    def _doubts(self, text: str, judged: Judgement) -> Iterator[str]:
        """What no probability makes up for: a stranger, numbers alone, two readings of which none leads."""
        if self._names_stranger(text):
            yield "stranger_named"
        if all(word.startswith("x") for word in words(text[:_MOST_CHARACTERS])):
            yield "nothing_said"
        told = dict(zip(EVIDENCE, judged.evidence, strict=True))
        if not told["agreement"] and told["lead"] < _CLEAR_LEAD:
            yield "views_disagree"

    def _names_stranger(self, text: str) -> bool:
        """Whether a name stands in it that no playbook knows; addresses and records are the shop's matter."""
        said = names(matter(text[:_MOST_CHARACTERS]))
        if not said or not _OWN_THINGS.isdisjoint(words(text)):
            return False
        return any(not self._names.knows(self._names.corrected(name)) for name in said)

    def _strange(self, text: str) -> float:
        columns = word_columns(text)
        return strangeness(self._seen[columns], len(self.examples.texts))


class LazyIntent:
    """Trains at the first question, so that what never asks (a web process) never trains."""

    def __init__(self, policy: Bundle) -> None:
        self._policy = policy
        self._lock = Lock()
        self._made: Intent | None = None

    def _intent(self) -> Intent | None:
        if not any(book.phrases for book in self._policy.playbooks.values()):
            return None
        with self._lock:
            self._made = self._made or Intent.of(self._policy)
            return self._made

    @property
    def version(self) -> str:
        """The version of the matcher; empty when the policy has no phrases."""
        intent = self._intent()
        return intent.version if intent else ""

    def match(self, text: str) -> Match:
        """The best reason for a text; without phrases there is none."""
        intent = self._intent()
        return intent.match(text) if intent else Match(None, 0.0, False, ("no_phrases",))


def strangeness(seen: Floats, texts: int) -> float:
    """The share of a text's words that no example has, each by its rarity."""
    rarity = np.log((1 + texts) / (1 + seen)) + 1
    return float(rarity[seen <= 0].sum() / rarity.sum()) if len(seen) else 1.0


def judge(mixed: Floats, letters: Floats, near: Floats, classes: Columns, strange: float) -> Judgement:
    """Weigh the two views' log shares, the similarity to each example, and unknown words."""
    labels = len(mixed)
    both = (mixed + letters) / 2
    shares = np.exp(both) / np.exp(both).sum()
    best, second = (int(label) for label in np.argsort(-shares, kind="stable")[:2])
    top = float(shares[best])
    closest = np.zeros(labels, dtype=np.float32)
    np.maximum.at(closest, classes, near)
    order = np.argsort(-near, kind="stable")[:_NEAREST]
    votes = np.bincount(classes[order], weights=near[order], minlength=labels)
    evidence = (
        np.log(top / (1 - top + 1e-6)),
        top - float(shares[second]),
        float(mixed.argmax() == letters.argmax()),
        float(np.exp(min(mixed[best], letters[best]))),
        float(closest[best]),
        float(closest[best] - np.delete(closest, best).max()),
        float(votes[best] / max(votes.sum(), 1e-9)),
        float(shares[-1]) if best != labels - 1 else 0.0,
        strange,
    )
    return Judgement(best, np.array(evidence, dtype=np.float32))


def _rough(judged: Judgement) -> float:
    """The label's own share: a number to show, never one to trust."""
    return float(1 / (1 + np.exp(-judged.evidence[0])))


def _why(judged: Judgement) -> tuple[str, ...]:
    pairs = zip(EVIDENCE, judged.evidence, strict=True)
    return tuple(f"{name}={value:.2f}" for name, value in pairs)
