"""Articles that may contradict each other: the same said with another figure in it.

Two sentences speak of the same when their words are, or when the one adds a few to the other's; a
word on either side that the other lacks ("a wrong item", "a missing item") makes them two matters.
Candidates share one of their rarer words (prefix filtering: Chaudhuri, Ganti and Kaushik 2006), so
that a shelf of thousands is compared in a fraction of all pairs.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from newel.domain.knowledge import Article, passages, sentences

LIKE: Final = 0.7
_FEWEST: Final = 3
_FIGURE: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD: Final = re.compile(r"[^\W\d_]+")


class Said(msgspec.Struct, frozen=True):
    """A sentence of an article, with its words and its figures."""

    article: str
    text: str
    words: frozenset[str]
    figures: tuple[str, ...]


class Contradiction(msgspec.Struct, frozen=True):
    """Two sentences of two articles that say the same with other figures."""

    one: Said
    other: Said


def contradictions(articles: Sequence[Article]) -> list[Contradiction]:
    """All pairs among articles of one language, in the order in which the later one stands."""
    told = [said for article in articles for said in _said(article)]
    languages = {article.id: article.language for article in articles}
    found = (Contradiction(one, other) for one, other in _candidates(told) if _differ(one, other))
    return [pair for pair in found if languages[pair.one.article] == languages[pair.other.article]]


def against(article: Article, shelf: Iterable[Article]) -> list[Contradiction]:
    """What others on the shelf say otherwise than this article; an older version of it does not count."""
    mine = list(_said(article))
    others = (one for one in shelf if one.id != article.id and one.language == article.language)
    theirs = (said for other in others for said in _said(other))
    return [Contradiction(one, other) for other in theirs for one in mine if _differ(one, other)]


def _said(article: Article) -> Iterator[Said]:
    for passage in passages(article):
        for text in sentences(passage):
            words, figures = frozenset(_WORD.findall(text.lower())), tuple(_FIGURE.findall(text))
            if figures and len(words) >= _FEWEST:
                yield Said(article.id, text, words, figures)


def _candidates(told: Sequence[Said]) -> Iterator[tuple[Said, Said]]:
    """Pairs that share a word among the rarest of each: without one, too few of their words can agree."""
    often = Counter(word for said in told for word in said.words)
    holders: dict[str, list[int]] = defaultdict(list)
    for at, said in enumerate(told):
        rarest = sorted(said.words, key=lambda word: (often[word], word))
        prefix = rarest[: len(rarest) - math.ceil(LIKE * len(rarest)) + 1]
        for before in sorted({one for word in prefix for one in holders[word]}):
            yield told[before], said
        for word in prefix:
            holders[word].append(at)


def _differ(one: Said, other: Said) -> bool:
    """Whether two sentences of two articles say the same with other figures."""
    if one.article == other.article or one.figures == other.figures:
        return False
    within = one.words <= other.words or other.words <= one.words
    return within and len(one.words & other.words) >= LIKE * len(one.words | other.words)
