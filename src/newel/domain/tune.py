"""Setting a floor on the operator's own labelled messages: what each one finds, and what it costs."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from newel.domain.errors import Invalid
from newel.domain.interval import Share, share
from newel.domain.policy.bundle import Bundle
from newel.domain.scan.emotion import EMOTIONS, beside, emotion, with_cue
from newel.domain.scan.features import MAX_TEXT, ScanInput
from newel.domain.scan.language import identifier
from newel.domain.scan.lexicon import Lexicon
from newel.domain.scan.reader import Reader

_TEXT, _LABEL = "text", "label"
_YES: Final = frozenset({"1", "yes", "true", "y", "anger", "distress", "grief", "frustration", "emotion"})
_NO: Final = frozenset({"", "0", "no", "false", "n", "none", "neutral"})
_LEAST_EACH: Final = 20
_MOST_ROWS: Final = 100_000
_STEPS: Final = tuple(step / 100 for step in range(1, 100))
_VALUE = re.compile(r"\bvalue:\s*[0-9.]+")
_MODEL = re.compile(r",\s*model:\s*[^\s,}]+|(?<=\{)model:\s*[^\s,}]+,\s*|\n +model:[^\n]*")
_MOSTLY: Final = 0.9
# How much of the phrases and of behaviour may count beside a fitted model.
PARTS: Final = (1.0, 0.5, 0.25, 0.0)


class Labelled(msgspec.Struct, frozen=True):
    """A message, and whether a person judged that it shows the emotion."""

    line: int
    text: str
    shows: bool


class BadRow(msgspec.Struct, frozen=True):
    """A row that cannot be used, and why."""

    line: int
    why: str


class Trade(msgspec.Struct, frozen=True):
    """A floor with what it finds of the messages that show it, and how many of the others it fires on."""

    floor: float
    recall: Share
    alarms: Share


class Way(msgspec.Struct, frozen=True):
    """A way to score messages, what each floor makes of it, and the floor that keeps the promise."""

    name: str
    trades: tuple[Trade, ...]
    chosen: Trade | None


def labelled(content: str) -> Iterator[Labelled | BadRow]:
    """The rows of a CSV with the columns text and label; ``Invalid`` where it has no such columns."""
    rows = csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    missing = {_TEXT, _LABEL} - set(rows.fieldnames or ())
    if missing:
        raise Invalid(what="the labels", why=f"the first line names no column {', '.join(sorted(missing))}")
    count = 0
    try:
        for row in rows:
            count += 1
            if count > _MOST_ROWS:
                raise Invalid(what="the labels", why=f"there are more than {_MOST_ROWS:,} rows")
            yield _row(rows.line_num, row.get(_TEXT) or "", row.get(_LABEL))
    except csv.Error as error:
        yield BadRow(rows.line_num, str(error))


def _row(line: int, text: str, label: str | None) -> Labelled | BadRow:
    if label is None:
        return BadRow(line, "it has no label")
    if not text.strip():
        return BadRow(line, "its text is empty")
    if len(text) > MAX_TEXT:
        return BadRow(line, f"its text is longer than {MAX_TEXT:,} characters")
    word = label.strip().lower()
    if word in _YES or word in _NO:
        return Labelled(line, text, word in _YES)
    return BadRow(line, f'"{label}" is no label; write yes or no')


def must_suffice(given: Sequence[Labelled]) -> None:
    """``Invalid`` where there are too few of a kind to tell, or one message has two labels."""
    yes = sum(one.shows for one in given)
    for what, found in (("that show it", yes), ("that do not", len(given) - yes)):
        if found < _LEAST_EACH:
            why = f"{found} messages {what}; {_LEAST_EACH} are needed at least"
            raise Invalid(what="the labels", why=why)


def rules_alone(bundle: Bundle, lexicon: Lexicon, texts: Sequence[str]) -> "Ruled":
    """The emotion scores by the rules, as the scan would give them."""
    entries = [entry for family in EMOTIONS for entry in lexicon.of(family)]
    served = tuple(code for code in bundle.languages if code in lexicon.languages)
    reader, model = Reader(entries, lexicon.spellings, served), identifier()
    readings = (reader.read(ScanInput(text=text), bundle, model) for text in texts)
    found = [(emotion(reading)[0], reading.language.code) for reading in readings]
    return Ruled(tuple(score for score, _ in found), tuple(code for _, code in found))


class Ruled(NamedTuple):
    """What the rules make of messages: their emotion scores, and their languages."""

    scores: tuple[float, ...]
    codes: tuple[str, ...]

    def with_cues(self, cues: Iterable[float], languages: Sequence[str]) -> list[float]:
        """The scores with the shipped model's cues, where it knows the language (none named: all)."""
        return [
            with_cue(score, cue) if not languages or code in languages else score
            for score, code, cue in zip(self.scores, self.codes, cues, strict=True)
        ]

    def beside(self, own: Iterable[float], languages: Sequence[str], part: float) -> list[float]:
        """A fitted model's scores with a part of these, where it knows the language; else these."""
        return [
            beside(one, score, part) if not languages or code in languages else score
            for score, code, one in zip(self.scores, self.codes, own, strict=True)
        ]


def language_of(codes: Sequence[str]) -> str:
    """The language of nearly all; empty where there are several."""
    code, count = Counter(codes).most_common(1)[0]
    return code if count >= _MOSTLY * len(codes) else ""


def way(name: str, scores: Sequence[float], shows: Sequence[bool], most_alarms: float) -> Way:
    """What every floor makes of scores, and the one that is proposed."""
    found = trades(scores, shows)
    return Way(name, found, best(found, most_alarms))


def trades(scores: Sequence[float], shows: Sequence[bool]) -> tuple[Trade, ...]:
    """Every floor in steps of 0.01."""
    yes = [score for score, shown in zip(scores, shows, strict=True) if shown]
    no = [score for score, shown in zip(scores, shows, strict=True) if not shown]
    return tuple(trade(floor, yes, no) for floor in _STEPS)


def trade(floor: float, yes: Sequence[float], no: Sequence[float]) -> Trade:
    """One floor, with exact intervals at 95 %."""
    return Trade(floor, _over(yes, floor), _over(no, floor))


def _over(scores: Sequence[float], floor: float) -> Share:
    return share(sum(score > floor for score in scores), len(scores))


def best(found: Sequence[Trade], most_alarms: float) -> Trade | None:
    """The lowest floor that finds any, and whose false alarms are with confidence not more than wished."""
    able = (trade for trade in found if trade.alarms.high <= most_alarms)
    return next((trade for trade in able if trade.recall.count), None)


def best_way(ways: Sequence[Way]) -> Way | None:
    """The way that finds most at its floor; of several that find the same, the first."""
    able = [one for one in ways if one.chosen]
    return max(able, key=lambda one: one.chosen.recall.count if one.chosen else 0, default=None)


def with_floor(policy: str, name: str, value: float, model: str = "") -> str | None:
    """The policy's text with one threshold's value and model changed, and nothing else; None without it."""
    at = re.search(rf"^thresholds:.*?^  {re.escape(name)}:", policy, re.MULTILINE | re.DOTALL)
    if at is None:
        return None
    following = re.compile(r"^ {0,2}\S", re.MULTILINE).search(policy, at.end())
    end = following.start() if following else len(policy)
    entry = _MODEL.sub("", policy[at.end() : end])
    found = _VALUE.search(entry)
    if found is None:
        return None
    between = ", " if "{" in entry[: found.start()] else "\n    "
    named = f"{between}model: {model}" if model else ""
    changed = f"{entry[: found.start()]}value: {value:.2f}{named}{entry[found.end() :]}"
    return policy[: at.end()] + changed + policy[end:]
