"""The language of a message: what the sender says, its letters, its small words, a model.

A short text without evidence counts as the workflow's first language: "ok" is no reason to
look for a colleague who speaks Finnish. Two words that are hardly of that language are evidence.
"""

import re
import threading
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Protocol
from unicodedata import normalize

import msgspec
import re2

from newel.domain.scan.fold import is_invisible, skeleton
from newel.domain.scan.receipt import Language


class Identifier(Protocol):
    """A model that names the language of a text, with its confidence."""

    def classify(self, text: str) -> tuple[str, float]:
        """The ISO 639-1 code, and the confidence from 0 to 1."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All languages that it knows, each with its confidence."""


_SMALL_WORDS = {
    "en": """the is my i you and to it not for have with of in was please what when where how can are this a
        on be do me at has an if would your am did does will from but been we they there that get got
        need want could should why which""",
    "es": """el la los las de que y en un una es por con para no mi se lo del al como pero su le ya me te
        donde cuando quiero esta este tengo he ha hola muy mas sin porque puedo mis puede pueden favor
        hasta unos unas son sus nada todo nos les os usted ustedes vosotros hay soy tienen tiene quisiera
        necesito gracias buenas pedido alguien nadie quien cual eso esto ya ni o sobre desde tu""",
    "fr": """le la les de des du et est un une je vous pas que qui dans pour sur avec mon ma mes ce ne au il
        en nous ai plus mais ou suis bonjour cette votre vos moi j'ai c'est quand comment avez ma mes ses
        puis peux peut veux voudrais notre leur son sa si sans bien tout tous rien toujours encore merci svp
        quel quelle combien donc ici chez être était sont quelqu'un y par""",
    "de": """der die das und ist nicht ich sie ein eine mit für auf den zu von es im dem wie habe mein meine
        wann wo bitte kann noch haben wir aber auch bei hallo einen einem einer dem des mir mich uns ihr ihre
        ihren sind hat hab wird werden wer warum wieso welche kein keine schon sehr nur mal will möchte danke
        gibt als oder um vom zur zum aus nach""",
    "it": """il lo la gli le di che e un una per non sono con del della mi ho come ma anche quando dove
        vorrei questo ciao mio mia alla nel è si cosa quanto quanta quanti posso può siete avete abbiamo
        hanno degli delle nella sul sulla dalla più perché grazie buongiorno buonasera voglio qualcuno nessuno
        io noi voi stato ancora niente miei mie vostro vostra parlare già""",
    "pt": """o a os as de que e um uma por com para não meu minha se do da no na em como mas quando onde
        quero este olá você está foi não""",
    "nl": """de het een en van ik is niet op mijn met voor dat zijn te er maar ook wat waar wanneer heb heeft
        graag kan nog hallo""",
    "pl": """i w nie na się z do jest to że jak mój moje gdzie kiedy proszę mam czy dla dzień dobry ale po""",
}
_SETS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
# Letters and signs that a language writes and English does not; each counts as a small word.
_MARKS = {"es": "ñ¿¡áíóú", "fr": "çèêëàâùûîïôœ", "de": "äöüß", "pt": "ãõáíóúçâêô", "it": "àèìòù"}
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu)['’]")
# Of ASCII alone: a language without spaces goes on right after a number.
_NOISE = re2.compile(r"https?://[!-~]+|[!-~]+@[!-~]+|[!-~]*\d[!-~]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SINGLE = re.compile(r"(?<![^\W_])[A-Za-z\u00c0-\u024f](?![^\W_])")
_MOST = 1_000
# A language is not assumed of words whose share of it, among the languages named here, is less than this.
# None of 10,368 ordinary English messages is below it, of short Spanish, French and German ones two in three.
_HARDLY, _LETTERS = 0.05, 12
_SPOKEN = 2
_SCRIPTS = (
    ("el", 0x0370, 0x03FF), ("ru", 0x0400, 0x052F), ("hy", 0x0530, 0x058F), ("he", 0x0590, 0x05FF),
    ("ar", 0x0600, 0x06FF), ("hi", 0x0900, 0x097F), ("bn", 0x0980, 0x09FF), ("ta", 0x0B80, 0x0BFF),
    ("th", 0x0E00, 0x0E7F), ("ka", 0x10A0, 0x10FF), ("ja", 0x3040, 0x30FF), ("zh", 0x4E00, 0x9FFF),
    ("ko", 0xAC00, 0xD7AF),
)  # fmt: skip
_FOREIGN = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for _, low, high in _SCRIPTS) + "]")
_LATIN = re.compile("[a-z]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_loading = threading.Lock()
_loaded: list[Identifier] = []


class _Model:
    """The library's model, loaded when a text first needs it: most are known by their small words."""

    def classify(self, text: str) -> tuple[str, float]:
        """As ``Identifier``."""
        said: tuple[str, float] = _model().classify(text)
        return said

    def rank(self, text: str) -> list[tuple[str, float]]:
        """As ``Identifier``."""
        return _model().rank(text)


@cache
def identifier() -> Identifier | None:
    """The model of languages; None where the library is not installed."""
    return _Model() if find_spec("py3langid") else None


def _model() -> Identifier:
    with _loading:
        if not _loaded:
            _loaded.append(unpacked())
    return _loaded[0]


def unpacked() -> Identifier:
    """The library's model, out of its packed file: half a second of work."""
    from py3langid import langid

    model: Identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    return model


def remember(model: Identifier) -> None:
    """The same as an earlier start has unpacked it."""
    with _loading:
        _loaded[:] = [model]


def detect(text: str, given: str | None, supported: Sequence[str], model: Identifier | None) -> Language:
    """The language of the sender's own words; ``given`` is believed."""
    if given and given.strip():
        return Language(re.split(r"[-_]", given.strip().lower())[0], 1.0, how="given")
    sample: str = _unspelt(_NOISE.sub(" ", _inked(text[: 4 * _MOST]))[:_MOST])
    foreign, words = len(_FOREIGN.findall(sample)), _WORD.findall(sample.lower())
    letters = sum(map(len, words))
    if foreign >= 4 and foreign * 5 >= letters:
        if _is_disguised(words):
            looks = "".join(map(skeleton, sample))
            found = _by_words(looks, _WORD.findall(looks), supported, model)
            return msgspec.structs.replace(found, mixed=True, how="disguised")
        mixed = foreign * 5 < letters * 4 and letters - foreign >= 12
        return _by_script(sample, model, mixed)
    return _by_words(sample, words, supported, model)


def _inked(text: str) -> str:
    """The text without what is invisible in it, and without accents where some are of no language."""
    if text.isascii():
        return text
    seen = "".join(char for char in normalize("NFC", text) if not is_invisible(char))
    return "".join(_ACCENTS.split(normalize("NFD", seen))) if _ACCENTS.search(seen) else seen


def _unspelt(sample: str) -> str:
    """The text without single letters where most words are such: spelled out they tell of nothing.

    Latin letters alone: other scripts have words of one letter, or signs between the letters of a word.
    """
    spelt = 2 * len(_SINGLE.findall(sample)) > len(_WORD.findall(sample))
    return _SINGLE.sub(" ", sample) if spelt else sample


def _is_disguised(words: Sequence[str]) -> bool:
    """Whether most words with letters of other scripts are Latin ones: those only look like theirs."""
    odd = [word for word in words if _FOREIGN.search(word)]
    return 2 * sum(map(_looks_latin, odd)) > len(odd)


def _looks_latin(word: str) -> bool:
    return bool(_LATIN.search(word)) and "".join(map(skeleton, word)).isascii()


def _by_script(sample: str, model: Identifier | None, mixed: bool) -> Language:
    counts = Counter(code for char in sample for code, low, high in _SCRIPTS if low <= ord(char) <= high)
    code = "ja" if counts["ja"] else counts.most_common(1)[0][0]
    guess, sure = model.classify(sample) if model else (code, 0.0)
    if sure >= 0.8 and guess not in _SETS:
        return Language(guess, round(sure, 3), mixed)
    return Language(code, 0.8, mixed, "script")


def speaks(text: str, code: str, other: str) -> bool:
    """Whether a few lines hold words of a language that are none of another."""
    sample = text.lower()
    own = _SETS.get(code, frozenset()) - _SETS.get(other, frozenset())
    marks = set(_MARKS.get(code, "")) - set(_MARKS.get(other, ""))
    return len(own & frozenset(_WORD.findall(sample))) + len(marks & set(sample)) >= _SPOKEN


def foreign(text: str, code: str) -> bool:
    """Whether a few lines are plainly of another language than this one, English apart."""
    others = (other for other in _MARKS if other != code)
    return any(speaks(text, other, code) and not speaks(text, code, other) for other in others)


def _hits(sample: str, words: frozenset[str]) -> dict[str, int]:
    """How many small words of each language occur, its own letters and French elisions among them."""
    hits = {code: len(small & words) for code, small in _SETS.items()}
    for code, marks in _MARKS.items():
        hits[code] += sum(mark in sample for mark in marks)
    hits["fr"] += min(2, sum(1 for word in words if _ELIDED.match(word)))
    return hits


def _by_words(sample: str, words: list[str], supported: Sequence[str], model: Identifier | None) -> Language:
    default = supported[0] if supported else "en"
    hits = _hits(sample.lower(), frozenset(words))
    best = max(hits, key=lambda code: (hits[code], code == default, code in supported))
    if hits.get(default, 0) >= 2 and hits[best] == hits[default]:
        return Language(default, 0.9, how="words")
    if len(words) < 3 or model is None:
        return _few_words(hits, best, default) or _by_letters(sample, hits, default, model)
    guess, sure = model.classify(sample)
    if guess == default:
        return Language(default, round(sure, 3))
    rival = hits.get(default, 0)
    if guess not in supported and best in supported and hits[best] >= max(2, hits.get(guess, 0), rival + 1):
        # Of two languages that are near, the one that is served.
        return Language(best, 0.6, how="words")
    agrees = guess == best and (hits[best] >= 2 or (hits[best] == 1 and rival == 0 and sure >= 0.6))
    if (agrees and sure >= 0.3) or (sure >= 0.9 and len(words) >= 6 and rival <= hits.get(guess, 0)):
        return Language(guess, round(max(sure, 0.6), 3))
    return _few_words(hits, best, default) or _by_letters(sample, hits, default, model)


def _few_words(hits: dict[str, int], best: str, default: str) -> Language | None:
    """By small words alone: three of one language, twice those of the default."""
    if hits[best] >= 3 and hits[best] >= 2 * hits.get(default, 0) + 1:
        return Language(best, 0.6, how="words")
    return None


def _by_letters(sample: str, hits: dict[str, int], default: str, model: Identifier | None) -> Language:
    """The default, unless the letters of its words are hardly its own."""
    ranked = dict(model.rank(sample)) if model and _tells(_WORD.findall(sample)) else {}
    shares = {code: ranked.get(code, 0.0) for code in {*_SETS, default}}
    best = max(shares, key=lambda code: shares[code])
    if shares[default] < _HARDLY * sum(shares.values()) and hits.get(default, 0) <= hits.get(best, 0):
        return Language(best, 0.6, how="letters")
    return Language(default, 0.0, how="assumed")


def _tells(words: Sequence[str]) -> bool:
    """Whether words may tell of a language: "ok danke" or a single one does not, nor do names."""
    if len(words) < _SPOKEN or sum(map(len, words)) < _LETTERS:
        return False
    if all(word.isupper() for word in words):
        return len(words) > _SPOKEN
    return any(len(word) > 2 and not word.istitle() for word in words)
