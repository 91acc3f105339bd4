"""Finds what articles say: BM25 over passages, quoted word for word, refused outside their scope.

A passage answers a question only when it holds nearly all that the question is about: each word
that carries meaning counts by its rarity, and a word that no article knows counts most.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from newel.ai.stem import stem, words
from newel.domain.knowledge import Article, passages, sentences
from newel.domain.policy.bundle import Knowledge as Rules
from newel.domain.ports import Passage

_K1: Final = 1.2
_B: Final = 0.6
_TITLE: Final = 2
_MOST_SENTENCES: Final = 2
_RECORDS: Final = frozenset(("xorder", "xgiftcode", "xmail"))
# Fitted by ridge logistic regression on written questions (`benchmarks/sets/knowledge_open.jsonl`).
_WEIGHTS: Final = {"bias": -4.9, "coverage": 4.9, "lead": 1.3, "title": 4.3}
_WRONG_KIND: Final = 0.5
_FEWEST_WORDS: Final = 2
_SUREST: Final = 0.98
_TALK_TEXT: Final = """
a able about actually after all already also am an and any anybody anyone anything are as ask at be because
been before being but by can check could dear did do does doing done else ever for from get getting give
go going got had has have having hello help here hey hi hope how i if in information into is it its just
kind know let like may me might mine more most much must my need never no not now of off ok on once one only
or other our out over own particular please possible question really say see shall she should so some
somebody someone something still such sure take tell than thank thanks that the their them then there these
they thing this those though through to too try up us use very want was way we well were what when where
which while whether who whom whose why will wish with would yes you your hearthwick xnumber xtime xday xmoney
offer wonder wondering accept
"""
_TALK: Final = frozenset(stem(word) for word in words(_TALK_TEXT))
_SAME_TEXT: Final = """
shipping ship postage delivery deliver delivered
cost costs price prices charge charged fee expensive cheap pay
open opening hours hour closed close
wash washing clean cleaning care
return returns returned
country countries abroad overseas international
long quick quickly fast days day duration
payment payments pay paying paid card cards
refund refunds refunded
present presents gift gifts
discount discounts code codes promo voucher coupon
phone call telephone ring number
job jobs career careers vacancy hiring
warranty guarantee guaranteed
recycle recycling recycled recyclable
"""


def _same() -> dict[str, set[str]]:
    groups = [{stem(word) for word in words(line)} for line in _SAME_TEXT.strip().splitlines()]
    table: dict[str, set[str]] = {}
    for group in groups:
        for one in group:
            table.setdefault(one, set()).update(group)
    return table


_SAME: Final = _same()
_OTHER_WORD: Final = 0.7
_KINDS: Final = {
    "amount": re.compile(r"\bhow much (?!time)|\bcosts?\b|\bprices? (?:of|for)\b|\bfee\b|\bexpensive\b"),
    "time": re.compile(r"\bhow (?:long|soon|fast|quickly|many days)\b|\bwhen\b|\bwhat time\b|\bhours\b"),
}
_ANSWERS: Final = {
    "amount": re.compile(r"£|\bfree\b|\bcosts?\b|per cent|%"),
    "time": re.compile(r"\d|\bday|\bmonth|\bhour|\bweek|\bMonday|\bimmediately|\bonce\b|\bafter\b|\bwhen\b"),
}


class _Place(msgspec.Struct, frozen=True):
    """A passage of an article, with the stems of its sentences and of its title."""

    article: Article
    sentences: tuple[str, ...]
    stems: tuple[frozenset[str], ...]
    title: frozenset[str]
    said: frozenset[str]
    counts: Counter[str]
    length: int


class _Hit(msgspec.Struct, frozen=True):
    place: _Place
    score: float
    coverage: float
    title: float


class _Question(msgspec.Struct, frozen=True):
    """What is asked: its words with how much each tells, and the kind of answer."""

    rarity: dict[str, float]
    kind: str


class Knowledge:
    """Implements ``newel.domain.ports.Library`` over articles in force."""

    def __init__(self, articles: Sequence[Article], rules: Rules | None) -> None:
        allowed = rules.collections if rules else ()
        shelf = [article for article in articles if article.collection in allowed]
        self._titles = {article.id: article.title for article in shelf}
        self._places = [place for article in shelf for place in _places(article)]
        lengths = [place.length for place in self._places]
        self._usual = sum(lengths) / len(lengths) if lengths else 1.0
        self._holders: dict[str, list[_Place]] = {}
        for place in self._places:
            for word in place.counts:
                self._holders.setdefault(word, []).append(place)

    def titles(self, articles: Sequence[str]) -> list[str]:
        """The titles of articles, by id; unknown ones are left out."""
        return [self._titles[one] for one in articles if one in self._titles]

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """The passages that answer a text, best first; one for each article."""
        question = self._question(text)
        best = self._ranked(question)
        refused = len(question.rarity) < _FEWEST_WORDS or not _RECORDS.isdisjoint(words(text))
        return [_passage(hit, best, question, refused) for hit in best[:limit] if hit.score > 0]

    def _question(self, text: str) -> _Question:
        return _Question({word: self._rarity(word) for word in informative(text)}, asked_for(text))

    def _ranked(self, question: _Question) -> list[_Hit]:
        """The best passage of each article, best first; only what holds a word that is asked for."""
        spelled = (one for word in question.rarity for one, _ in _spellings(word))
        places = {id(place): place for one in spelled for place in self._holders.get(one, ())}
        hits = sorted((self._hit(place, question.rarity) for place in places.values()), key=_worth)
        best = {hit.place.article.id: hit for hit in hits}.values()
        return sorted(best, key=_worth, reverse=True)

    def _hit(self, place: _Place, rarity: dict[str, float]) -> _Hit:
        return _Hit(
            place=place,
            score=sum(told * _bm25(place, word, self._usual) for word, told in rarity.items()),
            coverage=_share(place.said, rarity),
            title=_share(place.title, rarity),
        )

    def _rarity(self, word: str) -> float:
        """How much a word tells; one that no article knows tells most."""
        seen = max(len(self._holders.get(one, ())) for one, _ in _spellings(word))
        return math.log(1 + (len(self._places) - seen + 0.5) / (seen + 0.5))


def informative(text: str) -> list[str]:
    """The stems of a question that carry meaning, each once, in order."""
    roots = [stem(word) for word in words(text)]
    return list(dict.fromkeys(root for root in roots if root not in _TALK and root not in _RECORDS))


def _places(article: Article) -> list[_Place]:
    title = [stem(word) for word in words(f"{article.title}")]
    made = []
    for text in passages(article):
        said = sentences(text)
        stems = tuple(frozenset(stem(word) for word in words(one)) for one in said)
        counts = Counter([*(stem(word) for word in words(text)), *(title * _TITLE)])
        known = frozenset(counts)
        made.append(_Place(article, said, stems, frozenset(title), known, counts, sum(counts.values())))
    return made


def _bm25(place: _Place, word: str, usual: float) -> float:
    length = place.length / usual
    return max(share * _frequent(place.counts[one], length) for one, share in _spellings(word))


@lru_cache(maxsize=8192)
def _spellings(word: str) -> tuple[tuple[str, float], ...]:
    others = sorted(_SAME.get(word, set()) - {word})
    return ((word, 1.0), *((one, _OTHER_WORD) for one in others))


def _holds(said: frozenset[str], word: str) -> float:
    return max((share for one, share in _spellings(word) if one in said), default=0.0)


def _frequent(times: int, length: float) -> float:
    return times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * length))


def _share(said: frozenset[str], rarity: dict[str, float]) -> float:
    """How much of what was asked is said, by rarity."""
    return sum(r * _holds(said, word) for word, r in rarity.items()) / sum(rarity.values())


def asked_for(text: str) -> str:
    """The kind of answer that a question asks for: an amount, a time, or nothing in particular."""
    plain = " ".join(words(text))
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(plain)), "")


def _chosen(place: _Place, rarity: dict[str, float], kind: str) -> list[int]:
    """The sentence to quote, and a second one only if it adds something that was asked."""
    fits = [bool(kind and _ANSWERS[kind].search(one)) for one in place.sentences]
    worth = [_share(said, rarity) + 0.25 * fit for said, fit in zip(place.stems, fits, strict=True)]
    first = max(range(len(worth)), key=lambda at: (worth[at], -at))
    held = place.title | place.stems[first]
    gains = [sum(r * _gain(held, said, word) for word, r in rarity.items()) for said in place.stems]
    second = max(range(len(gains)), key=lambda at: (gains[at], -at))
    return sorted({first, second}) if gains[second] > 0 else [first]


def _gain(held: frozenset[str], said: frozenset[str], word: str) -> float:
    return max(0.0, _holds(said, word) - _holds(held, word))


def _worth(hit: _Hit) -> tuple[float, float]:
    return (hit.score * (0.5 + hit.coverage), hit.coverage)


def evidence(hit: _Hit, ranked: Sequence[_Hit]) -> dict[str, float]:
    """What speaks for a hit: how much of the question it holds, and its lead over other articles."""
    others = [_worth(other)[0] for other in ranked if other is not hit]
    mine = _worth(hit)[0]
    lead = (mine - max(others, default=0.0)) / mine if mine else 0.0
    return {"coverage": hit.coverage, "lead": max(lead, 0.0), "title": hit.title}


def _passage(hit: _Hit, ranked: Sequence[_Hit], question: _Question, refused: bool) -> Passage:
    """Refused: one word tells too little; who names an order, a card or an address asks of a record."""
    given = evidence(hit, ranked)
    odds = _WEIGHTS["bias"] + sum(_WEIGHTS[name] * value for name, value in given.items())
    chosen = _chosen(hit.place, question.rarity, question.kind)
    quote = " ".join(hit.place.sentences[at] for at in chosen)
    answers = not question.kind or bool(_ANSWERS[question.kind].search(quote))
    fit = float(1 / (1 + math.exp(-odds))) * (1.0 if answers else _WRONG_KIND)
    sure = 0.0 if refused else min(_SUREST, fit)
    article = hit.place.article
    return Passage(article.id, article.version, article.title, quote, round(sure, 4))
