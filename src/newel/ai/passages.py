"""Passages of articles: BM25 over what is asked, and the sentences to quote, word for word."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from newel.ai.stem import stem, words
from newel.ai.synonyms import spellings
from newel.domain.knowledge import Article, passages, sentences

_K1: Final = 1.2
_B: Final = 0.6
_TITLE: Final = 2
_BEGINNING: Final = 3
_OPENS: Final = 0.05
RECORDS: Final = frozenset(("xorder", "xgiftcode", "xmail"))
_TALK_TEXT: Final = """
a able about actually after all already also am an and any anybody anyone anything are as ask at be because
been before being but by can check could dear did do does doing done else ever for from get getting give
go going got had has have having hello help here hey hi hope how i if in information into is it its just
kind know let like may me might mine more most much must my need never no not now of off ok on once one only
or other our out over own particular please possible question really say see shall she should so some
somebody someone something still such sure take tell than thank thanks that the their them then there these
they thing this those though through to too try up us use very want was way we well were what when where
which while whether who whom whose why will wish with would yes you your hearthwick xnumber xtime xday xmoney
offer wonder wondering accept best normally normal generally general usually usual typically
"""
TALK: Final = frozenset(stem(word) for word in words(_TALK_TEXT))
_KINDS: Final = {
    "weight": re.compile(r"\bhow heavy\b|\bhow much do(?:es)? .*\bweigh\b|\bweights?\b|\bweigh\b"),
    "size": re.compile(
        r"\bhow (?:big|large|tall|wide|deep|high|thick)\b|\bdimensions?\b|\bmeasure(?:ments?)?\b"
    ),
    "number": re.compile(r"\bhow many (?!days?|hours|weeks|minutes|months)"),
    "amount": re.compile(
        r"\bhow much (?!time)|\bcosts?\b|\bwhat (?:is|are) the prices?\b|\bfee\b|\bexpensive\b"
    ),
    "time": re.compile(r"\bhow (?:long|soon|fast|quickly|many days)\b|\bwhen\b|\bwhat time\b|\bhours\b"),
}
_WHOLE: Final = re.compile(
    r"\bhow (?:do|does|can) (?:the |your |a )?(?:\w+ ){1,3}work\b"
    r"|\b(?:tell me|more|information|explain)\b.*\babout\b"
    r"|\bwhat (?:is |are )?(?:the |your )?(?:\w+ ){1,2}(?:policy|policies|terms|conditions|rules)\b"
    r"|\bhow (?:do|does) (?:the |your )?(?:\w+ ){1,2}(?:policy|terms|conditions) look\b"
)
_ANSWERS: Final = {
    "weight": re.compile(r"\d ?(?:k?g|grams?|kilograms?|kilos?)\b|\bweigh"),
    "size": re.compile(r"\d ?(?:[cm]?m|metres?)\b"),
    "number": re.compile(
        r"\d|\b(?:one|two|three|four|five|six|ten|once|twice|both|any|no|several|whatever the number)\b", re.I
    ),
    "amount": re.compile(r"£|\bfree\b|\bcosts?\b|per cent|%"),
    "time": re.compile(
        r"\d|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|\bimmediately\b|\bat once\b|\bnever\b"
    ),
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


class Hit(msgspec.Struct, frozen=True):
    """A passage that holds words of a question, and how many of them."""

    place: _Place
    score: float
    coverage: float
    title: float


class Question(msgspec.Struct, frozen=True):
    """What is asked: its words with how much each tells, and the kind of answer."""

    rarity: dict[str, float]
    kind: str
    whole: bool


class Passages:
    """All passages of a shelf, found by the words that they hold."""

    def __init__(self, shelf: Sequence[Article]) -> None:
        self._places = [place for article in shelf for place in _places(article)]
        lengths = [place.length for place in self._places]
        self._usual = sum(lengths) / len(lengths) if lengths else 1.0
        self._of: dict[str, list[_Place]] = {}
        self._holders: dict[str, list[_Place]] = {}
        for place in self._places:
            self._of.setdefault(place.article.id, []).append(place)
            for word in place.counts:
                self._holders.setdefault(word, []).append(place)

    def question(self, text: str) -> Question:
        """What a text asks of the shelf."""
        rarity = {word: self._rarity(word) for word in informative(text)}
        return Question(rarity, asked_for(text), bool(_WHOLE.search(" ".join(words(text)))))

    def ranked(self, question: Question) -> list[Hit]:
        """The best passage of each article, best first; only what holds a word that is asked for."""
        spelled = (one for word in question.rarity for one, _ in spellings(word))
        places = {id(place): place for one in spelled for place in self._holders.get(one, ())}
        hits = sorted((self._hit(place, question.rarity) for place in places.values()), key=worth)
        best = {hit.place.article.id: hit for hit in hits}.values()
        return sorted(best, key=worth, reverse=True)

    def quote(self, article: str, question: Question, example: Question) -> tuple[str, bool]:
        """The sentences to quote, and whether they hold the kind of answer that is asked for.

        The best sentence by what is asked, and by the example that the text came near to; a second
        one of its passage only if it adds something that was asked. Who asks how the matter works
        hears how the article begins.
        """
        if question.whole:
            return " ".join(self._of[article][0].sentences[:_BEGINNING]), True
        said = [(place, at) for place in self._of[article] for at in range(len(place.sentences))]
        opening = said[0]  # an article says first what it is about
        place, first = max(
            said, key=lambda one: _fitness(one[0], one[1], question, example) + _OPENS * (one == opening)
        )
        held = place.title | place.stems[first]
        gains = [sum(r * _gain(held, s, w) for w, r in question.rarity.items()) for s in place.stems]
        second = max(range(len(gains)), key=lambda at: (gains[at], -at))
        chosen = sorted({first, second}) if gains[second] > 0 else [first]
        text = " ".join(place.sentences[at] for at in chosen)
        return text, not question.kind or bool(_ANSWERS[question.kind].search(text))

    def _hit(self, place: _Place, rarity: dict[str, float]) -> Hit:
        return Hit(
            place=place,
            score=sum(told * _bm25(place, word, self._usual) for word, told in rarity.items()),
            coverage=_share(place.said, rarity),
            title=_share(place.title, rarity),
        )

    def _rarity(self, word: str) -> float:
        """How much a word tells; one that no article knows tells most."""
        seen = max(len(self._holders.get(one, ())) for one, _ in spellings(word))
        return math.log(1 + (len(self._places) - seen + 0.5) / (seen + 0.5))


def unsaid(question: Question, text: str, example: Question, title: str) -> float:
    """The share of what is asked, by how much each word tells, that none of them says."""
    said = frozenset(stem(word) for word in words(f"{text} {title}")) | frozenset(example.rarity)
    return 1 - _share(said, question.rarity)


def worth(hit: Hit) -> tuple[float, float]:
    """By what passages are ranked."""
    return (hit.score * (0.5 + hit.coverage), hit.coverage)


def informative(text: str) -> list[str]:
    """The stems of a question that carry meaning, each once, in order."""
    roots = [stem(word) for word in words(text)]
    return list(dict.fromkeys(root for root in roots if root not in TALK and root not in RECORDS))


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
    return max(share * _frequent(place.counts[one], length) for one, share in spellings(word))


def _holds(said: frozenset[str], word: str) -> float:
    return max((share for one, share in spellings(word) if one in said), default=0.0)


def _frequent(times: int, length: float) -> float:
    return times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * length))


def _share(said: frozenset[str], rarity: dict[str, float]) -> float:
    """How much of what was asked is said, by rarity."""
    total = sum(rarity.values())
    return sum(r * _holds(said, word) for word, r in rarity.items()) / total if total else 0.0


def asked_for(text: str) -> str:
    """The kind of answer that a question asks for: an amount, a time, or nothing in particular."""
    plain = " ".join(words(text))
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(plain)), "")


def _fitness(place: _Place, at: int, question: Question, example: Question) -> float:
    """How well a sentence answers: by itself, by the example, by its passage, by its kind."""
    said = place.stems[at]
    fits = bool(question.kind and _ANSWERS[question.kind].search(place.sentences[at]))
    by_itself, by_example = _share(said, question.rarity), _share(said, example.rarity)
    return by_itself + 0.5 * by_example + 0.1 * _share(place.said, question.rarity) + 0.5 * fits


def _gain(held: frozenset[str], said: frozenset[str], word: str) -> float:
    return max(0.0, _holds(said, word) - _holds(held, word))
