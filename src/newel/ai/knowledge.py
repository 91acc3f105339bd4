"""Finds what articles say: recognised by example questions and by their own words, quoted word for word.

A text is read as a whole and by its asking sentences alone. How near it comes to an article's
questions, how much of it the article says, and the lead over other articles make the confidence;
what names a stranger (a brand, a place that no article knows) or a record is refused, and a quotation
is not sure that leaves out what was asked: how heavy a pan is, when it says how the pan is seasoned.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from newel.ai.courtesy import asking, matter, names
from newel.ai.passages import RECORDS, TALK, Hit, Passages, Question, informative, unsaid, worth
from newel.ai.questions import Near, Questions
from newel.ai.spelling import Spelling
from newel.ai.stem import words
from newel.domain.knowledge import Article, Pointer, passages
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.knowledge import Knowledge as Rules
from newel.domain.ports import Passage

# Fitted by `python -m benchmarks.fit_knowledge`.
WEIGHTS: Final[Mapping[str, float]] = {
    "nearness": 2.95,
    "near_lead": 4.61,
    "coverage": 0.27,
    "title": 2.1,
    "lead": 4.24,
    "unknown": -2.3,
    "few": -1.69,
    "bias": -1.72,
}
_WRONG_KIND: Final = 0.5
_MOST_UNSAID: Final = 0.28
_FEWEST_WORDS: Final = 2
_OUTSIDE_BELOW: Final = 0.45
_SUREST: Final = 0.98
_CANDIDATES: Final = 3
_MOST_UNKNOWN: Final = 3
_LEAST_LEAD: Final = -0.3


class Evidence(msgspec.Struct, frozen=True):
    """What speaks for an article as the answer to one reading of a text."""

    article: str
    values: Mapping[str, float]
    hit: Hit
    question: Question
    near: Near

    @property
    def odds(self) -> float:
        """The log odds that the article answers."""
        return WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in self.values.items())


class Knowledge:
    """Implements ``newel.domain.ports.Library`` over articles in force.

    ``elsewhere`` are texts that are not for articles, such as the phrases of playbooks.
    """

    def __init__(
        self, articles: Sequence[Article], rules: Rules | None, elsewhere: Sequence[str] = ()
    ) -> None:
        allowed = rules.collections if rules else ()
        shelf = [article for article in articles if article.collection in allowed]
        self._titles = {article.id: article.title for article in shelf}
        self._passages = Passages(shelf)
        known = rules.questions if rules else {}
        own = {one: asked for one, asked in known.items() if one in self._titles}
        self.questions = Questions(own, elsewhere)
        self._spelling = Spelling([*_words(shelf, self.questions), *sorted(TALK)])

    @classmethod
    def of(cls, articles: Sequence[Article], policy: Bundle) -> "Knowledge":
        """The library of a policy: what playbooks are asked, or nobody of the shop, is not for articles.

        Of what lies outside the playbooks, all that comes near to an article's question is inside here.
        """
        asked = [phrase for playbook in policy.playbooks.values() for phrase in playbook.phrases]
        own = Questions(policy.knowledge.questions if policy.knowledge else {})
        nearest = {text: max(own.near(text).best.values(), default=0.0) for text in policy.outside}
        asked += [text for text, near in nearest.items() if near < _OUTSIDE_BELOW]
        return cls(articles, policy.knowledge, asked)

    def offered(self, articles: Sequence[str]) -> list[Pointer]:
        """Articles by id with their titles; unknown ones are left out."""
        return [Pointer(one, self._titles[one]) for one in articles if one in self._titles]

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """The passages that come nearest to a text, best first; one for each article."""
        return self._found(text, limit, self._refused(text))

    def answers(self, text: str, limit: int) -> Sequence[Passage]:
        """As ``search``, but nothing where it would be sure of nothing: most messages ask of a record."""
        return () if self._refused(text) else self._found(text, limit, refused=False)

    def _found(self, text: str, limit: int, refused: bool) -> Sequence[Passage]:
        best: dict[str, Evidence] = {}
        for evidence in sorted(self.judged(text), key=lambda e: -e.odds):
            best.setdefault(evidence.article, evidence)
        found = [self._passage(evidence, refused) for evidence in list(best.values())[:limit]]
        return sorted(found, key=lambda passage: -passage.confidence)

    def _passage(self, evidence: Evidence, refused: bool) -> Passage:
        example = self._passages.question(evidence.near.example(evidence.article))
        text, answers = self._passages.quote(evidence.article, evidence.question, example)
        left_out = unsaid(evidence.question, text, example, self._titles[evidence.article])
        answers = answers and left_out < _MOST_UNSAID
        fit = 1 / (1 + math.exp(-evidence.odds)) * (1.0 if answers else _WRONG_KIND)
        sure = 0.0 if refused else min(_SUREST, fit)
        article = evidence.hit.place.article
        return Passage(article.id, article.version, article.title, text, round(sure, 4))

    def _refused(self, text: str) -> bool:
        """Whether it asks nothing, or of a record, or with a word or name that is strange here."""
        said = words(text)
        named = (self._spelling.corrected(name) for name in names(matter(text)))
        strange = self._unknown(_asked(text)) > 0 or any(not self._spelling.knows(name) for name in named)
        return len(said) < _FEWEST_WORDS or not RECORDS.isdisjoint(said) or strange

    def judged(self, text: str, without: str | None = None) -> Iterator[Evidence]:
        """What speaks for articles in each reading of a message: the whole, and what it asks."""
        whole = matter(text)
        unknown = self._unknown(whole)
        for reading in dict.fromkeys((whole, asking(whole))):
            if reading:
                yield from self.evidence(reading, unknown, without)

    def _unknown(self, text: str) -> int:
        """How many words that tell something nobody of the shop has ever used."""
        told = (word for word in self._corrected(text).split() if not word.startswith("x"))
        return sum(not self._spelling.knows(word) for word in told)

    def _corrected(self, text: str) -> str:
        return " ".join(self._spelling.corrected(word) for word in words(text))

    def evidence(self, text: str, unknown: int = 0, without: str | None = None) -> Iterator[Evidence]:
        """For the articles that come nearest: what speaks for each; an example may be left out."""
        plain = self._corrected(text)
        near = self.questions.near(plain, without)
        question = self._passages.question(plain)
        hits = {hit.place.article.id: hit for hit in self._passages.ranked(question)}
        values = {article: worth(hit)[0] for article, hit in hits.items()}
        few = float(len(informative(plain)) < 2)
        for article in _nearest(near.best, values):
            if article in hits:
                told = _values(article, near.best, values, hits[article])
                told |= {"few": few, "unknown": float(min(unknown, _MOST_UNKNOWN))}
                yield Evidence(article, told, hits[article], question, near)


def _asked(text: str) -> str:
    """What is asked: the asking sentences, or all when nothing stands beside them."""
    whole = matter(text)
    return asking(whole) or whole


def _nearest(*rankings: Mapping[str, float]) -> Iterator[str]:
    best = (sorted(ranking, key=lambda one: (-ranking[one], one))[:_CANDIDATES] for ranking in rankings)
    yield from dict.fromkeys(article for some in best for article in some)


def _values(
    article: str, near: Mapping[str, float], values: Mapping[str, float], hit: Hit
) -> dict[str, float]:
    mine, others = near.get(article, 0.0), _best_other(article, near)
    value, other = values[article], _best_other(article, values)
    return {
        "nearness": mine,
        "near_lead": max(mine - others, _LEAST_LEAD),
        "coverage": hit.coverage,
        "title": hit.title,
        "lead": (value - other) / max(value, other, 1e-9),
    }


def _best_other(article: str, values: Mapping[str, float]) -> float:
    return max((value for one, value in values.items() if one != article), default=0.0)


def _words(shelf: Sequence[Article], questions: Questions) -> Iterator[str]:
    """Every word of the shop: of its articles, their titles, and the questions."""
    for text in questions.texts:
        yield from words(text)
    for article in shelf:
        yield from words(article.title)
        for passage in passages(article):
            yield from words(passage)
