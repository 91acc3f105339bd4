"""A model of emotion that was fitted on an operator's own labels, and how it comes to the scan.

It lies in a file of its own, named by its version, which is the hash of all that it holds. A policy
names the version that its floor was measured with: no other is heard.
"""

import hashlib
import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import structlog

from newel.ai import encoder
from newel.ai.encoder import Once
from newel.ai.features import WIDTH, Floats, Rows
from newel.ai.lesson import Learnt
from newel.ai.meaning import LANGUAGES, Second, listened, second
from newel.ai.numbers import numbers
from newel.ai.signal import LABELS, Asked, Hearing, hearing
from newel.ai.traits import WEIGHTS, Seen, weighed
from newel.domain.scan.emotion import EMOTIONS
from newel.domain.scan.features import CUES, FITTED, OWN, ScanInput, Signal

SHARES: Final = np.array(
    [WEIGHTS[kind] if kind in ("word", "pair", "part") else 0.0 for kind in WEIGHTS], np.float32
)
_MOODS: Final = [LABELS.index(name) for name in EMOTIONS]
_SUREST: Final = 8.0
_FORMAT: Final = "fitted-2"
_NAME = re.compile(r"emotion-[0-9a-f]{12}\.npz")
NOTHING: Final = np.zeros(0, np.float32)
log = structlog.get_logger("ai")


class Fitted(msgspec.Struct, frozen=True):
    """Its own reading of a message, how much that and what it is fitted beside weigh, and a shift.

    ``beside`` is the version of the shipped model that it was fitted beside, ``reads`` that of the
    encoder, and ``meant`` what it makes of the encoder's numbers (the last is a shift); empty where it
    does without. ``cues`` is how much of the phrases and of behaviour counts beside it. The score is the
    share of messages that show emotion among those that look like this one, were half of all messages
    of that kind.
    """

    learnt: Learnt
    weights: Floats
    beside: str = ""
    language: str = ""
    cues: float = 1.0
    reads: str = ""
    meant: Floats = NOTHING

    @property
    def languages(self) -> tuple[str, ...]:
        """What it knows; empty for every language."""
        return (self.language,) if self.language else ()

    @property
    def version(self) -> str:
        """The hash of all that it holds."""
        digest = hashlib.sha256()
        for name, values in sorted(_arrays(self).items()):
            digest.update(f"{name} {values.dtype} {values.shape} ".encode() + values.tobytes())
        return digest.hexdigest()[:12]

    def rows(self, seen: Seen) -> Rows:
        """The rows of windows, as it weighs them."""
        return weighed(seen, self.learnt.scale, SHARES)

    def shares(self, seen: Seen, moods: Floats, numbers: Floats) -> Floats:
        """The scores of several windows, from its own reading, the shipped model's moods and numbers."""
        own = self.learnt.scores(self.rows(seen))[:, 0]
        meant = sense(numbers, self.meant) if self.reads else NOTHING
        return shares(inputs(own, moods if self.beside else NOTHING, meant), self.weights)

    def has(self, shipped: Hearing | None, also: Second | None) -> bool:
        """Whether all that it was fitted beside is there, and is as it was then."""
        beside = not self.beside or (shipped is not None and shipped.version == self.beside)
        return beside and (not self.reads or (also is not None and encoder.version() == self.reads))


def sense(numbers: Floats, table: Floats) -> Floats:
    """What a table, whose last is a shift, makes of the encoder's numbers."""
    found: Floats = numbers @ table[:-1] + table[-1]
    return found


def inputs(own: Floats, moods: Floats, meant: Floats) -> Floats:
    """What is weighed of each window: its own reading, how sure the shipped model is of each mood, its sense.

    Without the shipped model or the encoder there is nothing of theirs.
    """
    beside = [np.clip(each, -_SUREST, _SUREST) for each in (moods, meant) if len(each)]
    return np.column_stack([own, *beside])


def shares(given: Floats, weights: Floats) -> Floats:
    """The logistic function of weighed inputs; the last weight is the shift."""
    found: Floats = 1 / (1 + np.exp(-(given @ weights[:-1] + weights[-1])))
    return found


def moods_of(scores: Floats) -> Floats:
    """What the shipped model says of the four moods alone."""
    return scores[:, _MOODS]


class Ears(msgspec.Struct, frozen=True):
    """All models of the scan together: each message is taken apart once."""

    shipped: Hearing | None
    fitted: Mapping[str, Fitted] = {}
    second: Second | None = None

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        """What each model says."""
        asked, also = Asked.of(message), self.second and Second(self.second.meaning, Once(self.second.reads))
        scores, told = listened(self.shipped, asked, also) if self.shipped else (None, ())
        moods = silence(asked) if scores is None else moods_of(scores)
        read = self._numbers(asked, moods, also)
        heard = {name: one for name, one in self.fitted.items() if read is not None or not one.reads}
        return (*told, *(_told(name, one, asked, moods, read) for name, one in heard.items()))

    def _numbers(self, asked: Asked, moods: Floats, also: Second | None) -> Floats | None:
        """What the encoder makes of a message, if a model asks for it; None where it fails."""
        wanted = any(one.reads for one in self.fitted.values())
        if also is None or not wanted or asked.said.language not in LANGUAGES:
            return None
        try:
            return numbers(asked, moods, also.reads)
        except Exception as error:
            log.warning("fitted.failed", error=type(error).__name__)
            return None


def silence(asked: Asked) -> Floats:
    """The moods of a message where no shipped model hears them."""
    return np.zeros((asked.seen.windows, len(EMOTIONS)), np.float32)


def _told(version: str, model: Fitted, asked: Asked, moods: Floats, read: Floats | None) -> Signal:
    """The highest score of any window, or of the text as a whole."""
    found = model.shares(asked.seen, moods, NOTHING if read is None else read)
    best = int(found.argmax())
    scores, place = {OWN: round(float(found[best]), 4), CUES: model.cues}, asked.place(best)
    return Signal(FITTED, version, scores, model.languages, {OWN: place} if place else {})


def file_name(version: str) -> str:
    """What the file of a version is called."""
    return f"emotion-{version}.npz"


def packed(model: Fitted) -> bytes:
    """The content of its file."""
    content = BytesIO()
    np.savez_compressed(content, allow_pickle=False, **_arrays(model))
    return content.getvalue()


def _arrays(model: Fitted) -> dict[str, np.ndarray]:
    learnt = model.learnt
    return {
        "about": np.array([_FORMAT, model.beside, model.language, str(model.cues), model.reads]),
        "known": learnt.known.astype(np.uint32),
        "scale": learnt.scale[learnt.known].astype(np.float16),
        "table": learnt.table[:, 0].astype(np.float16),
        "bias": learnt.bias.astype(np.float32),
        "weights": model.weights.astype(np.float32),
        "meant": model.meant.astype(np.float32),
    }


def unpacked(content: bytes) -> Fitted:
    """The model of a file; ``ValueError`` where it is none."""
    try:
        held: Mapping[str, np.ndarray] = np.load(BytesIO(content), allow_pickle=False)
        form, beside, language, cues, reads = (*map(str, held["about"]), "")[:5]
        scale = np.zeros(WIDTH, np.float32)
        known = held["known"].astype(np.int64)
        scale[known] = held["scale"]
        learnt = Learnt.of(scale, known, held["table"].astype(np.float32)[:, None], held["bias"])
        weights, meant = held["weights"], held["meant"] if reads else NOTHING
    except (OSError, LookupError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError("it holds no fitted model") from error
    if form != _FORMAT:
        raise ValueError(f"it was fitted by another release ({form})")
    return Fitted(learnt, weights, beside, language, float(cues), reads, meant)


def as_packed(model: Fitted) -> Fitted:
    """The model as it will be read from its file."""
    return unpacked(packed(model))


def names_in(folder: Path) -> tuple[str, ...]:
    """The files of a folder that may hold a model."""
    try:
        return tuple(sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)))
    except OSError:
        return ()


def ears(folder: Path, names: Sequence[str] | None = None) -> Ears:
    """The shipped model and those of a folder; a file that is no model, or not the named one, is left out."""
    shipped, also, found = hearing(), second(), dict[str, Fitted]()
    for name in names_in(folder) if names is None else names:
        try:
            model = unpacked((folder / name).read_bytes())
        except (OSError, ValueError):
            continue
        if model.has(shipped, also) and file_name(model.version) == name:
            found[model.version] = model
    return Ears(shipped, found, also)
