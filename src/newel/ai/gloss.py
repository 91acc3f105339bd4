"""What Spanish and French words say in English, word by word: what English examples taught is heard then.

Of each language ``glossary/`` holds one line for each English word: ``fed up: hart- | hasta las narices``.
A word that ends in a hyphen is a stem, which any ending of the language may follow; after the bar stand
turns of phrase, with commas between. What is said under ``-`` says nothing in English. Words that nobody
wrote down stay as they are, with English endings where Latin gave both languages the same word. It is no
translation, and nobody reads it but the models.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

LANGUAGES: Final = ("es", "fr")
_SILENT: Final = "-"
_SHORTEST: Final = 2  # a stem
_ROOT: Final = 4  # of a word that is the same in English but for its ending
_TOKEN = re.compile(r"[a-z]+|\d+|[!?.,;:]")
_ELIDED = re.compile(r"\b(l|d|j|m|t|s|n|c|qu|jusqu|lorsqu|puisqu|quelqu)'(?=[a-z])")
_ENDINGS: Final = {
    "es": re.compile(
        r"[aeo]?s?|is|i|r|n|[aei]r|[aeu]n|[ai]d[ao]s?|ando|i?endo|yendo|[aei]mos|[ae]is|[ei]o|ieron|aron|aste"
        r"|iste|aban?|ian?|[ae]?r?[ai]an?|i?eran?|[aei]r?e|ieres?|[aei]r(?:se|l[aeo]s?|me|te|nos)|[ae](?:me|l[ao]s?)"
        r"|enme|anme|anos|[ae]dme|[cst]?ion(?:es)?|mientos?|dor[ae]?s?|(?:a)?mente|[ai]bles?|idad|os[ao]s?|it[ao]s?"
        r"|(?:ad)?isim[ao]|ic[ao]s?|u[ao]|[aei]d|[ae]ros?|eras?|istas?|aje|c[aeo]r?|q?u?en?|q?ueme|guen?|g[ao]"
        r"|zc[ao]|ntes?|ues"
    ),
    "fr": re.compile(
        r"e?s?|e?nt|[ei]r|ez|ons|ait|ais|aient|ions|iez|ai?|as|ont|ante?s?|ees?|ie?s?|it|iss(?:ent|ez|ai[st]|ons)"
        r"|e?rai?s?|e?ront|e?rez|e?rait|ir(?:a|ai|ez|ont|ait|ais)|re|ue?s?|e?ments?|eurs?|euses?|rices?|[ast]?t?ions?"
        r"|[ai]bles?|ites?|i[fv]e?s?|eux|elles?|ale?|aux|ages?|[ae]nce|iques?|istes?|iere?s?|x|ds?|tes?"
    ),
}  # fmt: skip
_ALIKE: Final = {
    "es": (
        ("ciones", "tions"), ("cion", "tion"), ("dades", "ties"), ("dad", "ty"), ("mente", "ly"),
        ("encia", "ence"), ("ancia", "ance"), ("ismo", "ism"), ("ario", "ary"), ("ico", "ic"), ("ica", "ic"),
        ("oso", "ous"), ("ivo", "ive"), ("iva", "ive"),
    ),
    "fr": (
        ("ement", "ly"), ("aire", "ary"), ("ite", "ity"), ("ique", "ic"), ("eur", "or"), ("eux", "ous"),
        ("if", "ive"),
    ),
}  # fmt: skip


class Glossary(msgspec.Struct, frozen=True):
    """The English of the words, stems and turns of phrase of a language."""

    language: str
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    turns: dict[str, dict[tuple[str, ...], str]] = {}
    """By their first word; the longest first."""

    @classmethod
    def of(cls, language: str, text: str) -> "Glossary":
        """What a file says; of two lines for one word the first counts."""
        found = cls(language, {}, {}, {})
        turned: dict[tuple[str, ...], str] = {}
        for line in text.splitlines():
            english, _, rest = line.partition(":")
            single, _, turns = rest.partition("|")
            said = "" if english == _SILENT else english
            for word in single.split():
                (found.stems if word.endswith("-") else found.words).setdefault(word.rstrip("-"), said)
            for spoken in turns.split(","):
                turned.setdefault(tuple(spoken.split()), said)
        for turn in sorted(turned, key=len, reverse=True):
            if len(turn) > 1:
                found.turns.setdefault(turn[0], {})[turn] = turned[turn]
        return found

    def turn(self, tokens: list[str], at: int) -> tuple[int, str] | None:
        """The longest turn of phrase that begins at a token: how many tokens it has, and its English."""
        for turn, said in self.turns.get(tokens[at], {}).items():
            if tokens[at : at + len(turn)] == [*turn]:
                return len(turn), said
        return None

    def word(self, word: str) -> str:
        """The English of one word: of itself, of its singular, of its longest stem, or of its ending."""
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if form in self.words:
                return self.words[form]
        for end in range(len(word), _SHORTEST - 1, -1):
            if word[:end] in self.stems and _ENDINGS[self.language].fullmatch(word[end:]):
                return self.stems[word[:end]]
        for ending, english in _ALIKE[self.language]:
            if word.endswith(ending) and len(word) >= len(ending) + _ROOT:
                return word.removesuffix(ending) + english
        return word


def glossed(text: str, language: str) -> str:
    """The English of a text's words, in their order; nothing of a text in a language without a glossary."""
    if language not in LANGUAGES:
        return ""
    return " ".join(filter(None, _said(_tokens(text, language), language)))


def english(text: str, language: str) -> str:
    """A text as the encoder reads it, which knows English: word by word where there is a glossary."""
    return glossed(text, language) if language in LANGUAGES else text


def beside(text: str, language: str) -> str:
    """A text with its English after it, as the models read it."""
    english = glossed(text, language)
    return f"{text} {english}" if english else text


def _said(tokens: list[str], language: str) -> Iterator[str]:
    """The English of turns of phrase, the longest first, and of the words between them."""
    known, at = _glossary(language), 0
    while at < len(tokens):
        length, said = known.turn(tokens, at) or (1, _word(tokens[at], language))
        yield said
        at += length


def _tokens(text: str, language: str) -> list[str]:
    """The words of a text without marks, short forms written out."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("œ", "oe"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _TOKEN.findall(_ELIDED.sub(r"\1e ", plain) if language == "fr" else plain)


@lru_cache(maxsize=1 << 14)
def _word(token: str, language: str) -> str:
    return _glossary(language).word(token) if token.isalpha() else token


@cache
def _glossary(language: str) -> Glossary:
    return Glossary.of(language, source(language))


@cache
def source(language: str) -> str:
    """All that is written down for a language."""
    return files("newel.ai").joinpath("glossary", f"{language}.txt").read_text("utf-8")
