"""Reading one message: its words now, its subject, its attachments, and what it goes on with."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.emotion import behaviour
from newel.domain.scan.features import FITTED, ScanInput
from newel.domain.scan.language import Identifier, detect, foreign, speaks
from newel.domain.scan.lexicon import Entry
from newel.domain.scan.matcher import Matcher
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import Zones, blanked, zones
from newel.domain.scan.reading import Found, Heard, Reading
from newel.domain.scan.receipt import Evidence, Language, stated
from newel.domain.scan.spelling import Spelling
from newel.domain.sentence import Sentence
from newel.domain.words import Span

_NOT_TEXT = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_SURE, _AROUND = 0.8, 120
# How much of what came before a message may hold the beginning of a phrase.
TAIL = 400
_ENDED = tuple(".!?;:,)…")
_STOPS = tuple(".!?;")
_NOTHING = Zones([])
_SUBJECT = Sentence("subject: %(words)s")
_ATTACHMENT = Sentence("attachment: %(words)s")
_BEGUN = Sentence("begun in the messages before: %(words)s")


def readable(text: str) -> str:
    """The text with NUL and lone surrogates replaced, code point by code point."""
    return text if text.isascii() and "\0" not in text else text.translate(_NOT_TEXT)


class Reader:
    """Finds the entries of a lexicon, and a policy's own, in messages; holds no state of any."""

    def __init__(
        self,
        entries: Sequence[Entry],
        spellings: Mapping[str, Spelling],
        served: tuple[str, ...],
        own: Sequence[Entry] = (),
    ) -> None:
        self.entries = (*entries, *own)
        self.matcher = Matcher(entries, own)
        self._spellings, self._served = spellings, served

    def read(self, message: ScanInput, bundle: Bundle, model: Identifier | None) -> Reading:
        """What stands in the message, and where."""
        text = readable(message.text)
        covered = zones(text)
        own = blanked(text, covered) if covered.spans else text
        language = detect(own, message.language, bundle.languages, model)
        spelling = self.spelling(language.code)
        places = self.matcher.find(views(text, spelling), text, covered)
        beside = self._beside(message, text, spelling)
        found: dict[str, tuple[Found, ...]] = {}
        for index in sorted(places.keys() | beside.keys()):
            entry = self.entries[index]
            here = _meant(entry, places.get(index, ()), text, language)
            if not here and index not in beside:
                continue
            one = Found(entry.phrases, here, beside.get(index, ()))
            found[entry.family] = (*found.get(entry.family, ()), one)
        heard = _heard(message, language.code, bundle.fitted)
        return Reading(message, bundle, text, own, found, language, self._served, behaviour(own), heard)

    def spelling(self, code: str) -> Spelling | None:
        """What mends slips in a language; in one without, that of the first one served."""
        first = self._served[0] if self._served else ""
        return self._spellings.get(code) or self._spellings.get(first)

    def _beside(
        self, message: ScanInput, text: str, spelling: Spelling | None
    ) -> dict[int, tuple[Evidence, ...]]:
        """What stands outside of the text itself, by entry."""
        found: dict[int, tuple[Evidence, ...]] = {}
        for index, evidence in (
            *self._named(_SUBJECT, message.subject, spelling),
            *(
                each
                for name in message.attachments
                for words in dict.fromkeys((name, spoken(name)))
                for each in self._named(_ATTACHMENT, words, spelling)
            ),
            *self._continued(message.previous, text, spelling),
        ):
            found[index] = (*found.get(index, ()), *evidence)
        return found

    def _named(
        self, what: Sentence, words: str, spelling: Spelling | None
    ) -> Iterator[tuple[int, tuple[Evidence, ...]]]:
        words = readable(words)
        if not words:
            return
        for index, spans in self.matcher.find(views(words, spelling), words, _NOTHING).items():
            yield index, tuple(stated(what.of(words=_quoted(words, span))) for span in spans)

    def _continued(
        self, previous: Sequence[str], text: str, spelling: Spelling | None
    ) -> Iterator[tuple[int, tuple[Evidence, ...]]]:
        """Phrases that begin in the messages before and end in this one."""
        for before in begun(previous) if text.strip() else ():
            whole = before + text[:TAIL]
            for index, spans in self.matcher.find(views(whole, spelling), whole, _NOTHING).items():
                yield index, tuple(_crossing(spans, len(before), whole, text))


def begun(previous: Sequence[str]) -> Iterator[str]:
    """What came before, as it may go on: with a new word, or in the midst of one that no mark has ended."""
    said = [readable(each) for each in previous]
    ways = [" ".join([*said, ""])] if said else []
    if said and said[-1][-1:] not in _ENDED:
        ways += [" ".join(said), "".join(said)]
    return iter(dict.fromkeys(each[-TAIL:] for each in ways))


def goes_on(previous: Sequence[str], text: str) -> bool:
    """Whether a sentence may begin in the messages before and end in this one: no stop has ended it."""
    return any(before.rstrip()[-1:] not in _STOPS for before in begun(previous) if text.strip())


def _meant(entry: Entry, places: tuple[Span, ...], text: str, language: Language) -> tuple[Span, ...]:
    """Where words are of the entry's language: "time" in an English text is no form of the Spanish "timar".

    English counts in every text; in one whose language is in doubt every other one counts too, but where
    the words around are plainly of a language that is near to it ("sale con" is no French in Spanish).
    """
    if entry.language in ("", "en", language.code):
        return places
    sure = language.confidence >= _SURE
    said = ((place, text[max(0, place.start - _AROUND) : place.end + _AROUND]) for place in places)
    return tuple(
        place
        for place, around in said
        if (speaks(around, entry.language, language.code) if sure else not foreign(around, entry.language))
    )


def _heard(message: ScanInput, code: str, fitted: frozenset[str]) -> dict[str, Heard]:
    """What the models that know the language say, by family; a place outside of the text is none.

    Of those that were fitted on the operator's labels only the ones that the policy names have a say.
    """
    heard: dict[str, Heard] = {}
    for signal in message.signals:
        if not signal.knows(code) or (signal.name == FITTED and signal.version not in fitted):
            continue
        for family, score in signal.scores.items():
            start, end = signal.places.get(family, (0, 0))
            place = Span(start, end) if 0 <= start < end <= len(message.text) else None
            heard[family] = Heard(score, f"{signal.name} {signal.version}", place)
    return heard


def _crossing(spans: Iterable[Span], border: int, whole: str, text: str) -> Iterator[Evidence]:
    first = len(text) - len(text.lstrip())
    for span in spans:
        if span.start < len(whole[:border].rstrip()) and span.end > border + first:
            end = span.end - border
            yield Evidence(first, end, text[first:end])
            yield stated(_BEGUN.of(words=_quoted(whole, span)))


def _quoted(words: str, span: Span) -> str:
    return f'"{words[span.start : span.end]}"'


def spoken(name: str) -> str:
    """A file name as words, without its ending."""
    return _HUMP.sub(" ", _ENDING.sub("", name))
