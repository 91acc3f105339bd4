"""What sentences mean beside the words that they are made of: a second opinion, by the encoder.

Where the words of a sentence leave doubt, what it means is read from its numbers by one logistic
regression for each label, weighed together with what the words say. Who sounds like the examples
without a word of theirs is heard then. It can only raise a score. ``meaning.npz`` keeps what was
learnt; ``python -m newel.ai.teach`` writes it.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import msgspec
import numpy as np
import structlog

from newel.ai import encoder, signal
from newel.ai.encoder import Reads
from newel.ai.features import Columns, Floats
from newel.ai.signal import LED, Asked, Hearing, raised
from newel.domain.scan.features import ENCODER, Signal

FILE: Final = "meaning.npz"
_FORMAT: Final = "meaning-2"
# Languages that are learnt together. Of Spanish and French the encoder reads the English of their glossaries.
TOGETHER: Final = (("en",), ("es", "fr"))
LANGUAGES: Final = tuple(code for codes in TOGETHER for code in codes)
# Log odds. Under the first the words leave no doubt that a sentence is ordinary: of public traffic three in
# four are over it. So much surer than even the two together have to be, by the development sets' alarms.
DOUBT: Final = -4.0
MARGIN: Final = 0.6
# Of a message so many sentences are read at most, the most doubtful ones.
MOST: Final = 12
log = structlog.get_logger("ai")


class Table(msgspec.Struct, frozen=True):
    """From a sentence's numbers to labels, how much its words weigh beside it, and shifts.

    The last column is whether a person must lead at all; ``both`` is what it and the likeliest label
    weigh together.
    """

    table: Floats
    words: Floats
    shifts: Floats
    both: Floats

    def odds(self, words: Floats, numbers: Floats) -> Floats:
        """The log odds of each label, from what the words say of some sentences and from their numbers."""
        read = words * self.words + numbers @ self.table
        slopes = np.append(np.ones(len(self.shifts)), self.both[0]).astype(np.float32)
        return raised(read, slopes, np.append(self.shifts, self.both[1]).astype(np.float32))


class Meaning(msgspec.Struct, frozen=True):
    """A table for the languages of each group of ``TOGETHER``, in that order."""

    version: str
    tables: tuple[Table, ...]

    def odds(self, language: str, words: Floats, numbers: Floats) -> Floats:
        """The log odds of each label in sentences of a language, less the margin."""
        at = next(at for at, codes in enumerate(TOGETHER) if language in codes)
        return self.tables[at].odds(words, numbers) - MARGIN


class Second(msgspec.Struct, frozen=True):
    """The second opinion: what was learnt, and what reads sentences."""

    meaning: Meaning
    reads: Reads

    def heard(self, asked: Asked, words: Floats, first: Floats) -> Floats:
        """The log odds of each window; of a doubtful sentence not less than what it means says."""
        chosen = doubtful(asked, first)
        if not len(chosen):
            return first
        odds = first.copy()
        numbers = self.reads.encode([asked.words(at) for at in chosen])
        meant = self.meaning.odds(asked.said.language, words[chosen], numbers)
        odds[chosen] = np.maximum(odds[chosen], meant)
        return odds

    @property
    def signal(self) -> Signal:
        """That it had a say, and in which languages."""
        return Signal(ENCODER, self.meaning.version, {}, LANGUAGES)


def doubtful(asked: Asked, odds: Floats) -> Columns:
    """The sentences of which the words do not say that they are ordinary; of many the likeliest.

    None of a text in a language that the encoder does not read.
    """
    if asked.said.language not in LANGUAGES:
        return np.zeros(0, np.int64)
    led = odds[: asked.apart, LED].max(1)
    found = np.flatnonzero(asked.single[: asked.apart] & (led > DOUBT))
    return np.sort(found[np.argsort(-led[found], kind="stable")][:MOST])


def listened(shipped: Hearing, asked: Asked, second: Second | None) -> tuple[Floats, tuple[Signal, ...]]:
    """What words alone say of the windows, and the signals of words and meaning together.

    Where reading fails, whatever it is, the words still have their say, and nothing tells of an encoder.
    """
    words = shipped.read(asked.seen)
    odds = shipped.odds(words)
    if second is None:
        return odds, shipped.told(asked, odds)
    try:
        heard = second.heard(asked, words, odds)
    except Exception as error:
        log.warning("meaning.failed", error=type(error).__name__)
        return odds, shipped.told(asked, odds)
    return odds, (*shipped.told(asked, heard, second.meaning.version), second.signal)


def version() -> str:
    """The hash of all that it was made from."""
    made_from = f"{_FORMAT} {signal.version()} {encoder.version()} {TOGETHER}"
    return hashlib.sha256(made_from.encode()).hexdigest()[:12]


def packed(meaning: Meaning) -> bytes:
    """The content of its file."""
    content = BytesIO()
    arrays = {
        f"{name}.{at}": values.astype(np.float16 if name == "table" else np.float32)
        for at, table in enumerate(meaning.tables)
        for name, values in msgspec.structs.asdict(table).items()
    }
    np.savez_compressed(content, allow_pickle=False, version=np.array(meaning.version), **arrays)
    return content.getvalue()


def unpacked(content: bytes) -> Meaning:
    """The one of ``packed``."""
    held: Mapping[str, np.ndarray] = np.load(BytesIO(content), allow_pickle=False)
    fields = Table.__struct_fields__
    tables = (
        Table(*(held[f"{name}.{at}"].astype(np.float32) for name in fields)) for at in range(len(TOGETHER))
    )
    return Meaning(str(held["version"]), tuple(tables))


@cache
def second() -> Second | None:
    """The shipped one; None where it, the encoder or its weights are missing, or do not belong together."""
    try:
        meaning = unpacked(files("newel.ai").joinpath(FILE).read_bytes())
    except (OSError, ValueError, KeyError):
        return None
    reads = encoder.encoder() if meaning.version == version() else None
    return Second(meaning, reads) if reads else None
