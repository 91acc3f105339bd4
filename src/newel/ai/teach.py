"""Teaches the models of the scan: ``python -m newel.ai.teach`` learns them anew from the examples.

It prints, of lines that the judging model did not see, how many of each label are heard and how many
without one raise it, and writes the file that ``newel.ai.signal`` reads.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from newel.ai import signal
from newel.ai.examples import Example, shipped
from newel.ai.features import Floats
from newel.ai.lesson import Lesson, calibrated, learn, table_of, unseen
from newel.ai.said import windows
from newel.ai.signal import LABELS, LANGUAGES, LED, ORDINARY, Hearing, raised, together

_EVEN: Final = 0.0  # log odds


def lesson() -> Lesson:
    """The shipped examples; the last column of the truth is whether a person must lead."""
    examples = [part for example in shipped(*LANGUAGES) for part in parts(example)]
    told = table_of(LABELS, [example.labels for example in examples])
    led = told[:, LED].max(1, keepdims=True)
    lines = np.array([example.line for example in examples])
    return Lesson(tuple(example.text for example in examples), np.concatenate([told, led], axis=1), lines)


def parts(example: Example) -> tuple[Example, ...]:
    """An example; where it has no label, each of its sentences and clauses has none either."""
    if example.labels:
        return (example,)
    sentences = (example.text[start:end] for start, end in windows(example.text))
    spoken = (part.strip() for sentence in sentences for part in (sentence, *sentence.split(",")))
    return tuple(
        Example(text, (), example.line) for text in dict.fromkeys((example.text, *filter(None, spoken)))
    )


def fits(scores: Floats, truth: Floats) -> Floats:
    """Slopes and shifts that make scores of unseen texts log odds: of each column, and of all together."""
    counts = np.where(truth.any(1), 1, ORDINARY).astype(np.float32)
    each = calibrated(scores, truth, counts)
    both = together(scores * each[:, 0] + each[:, 1])[:, None]
    return np.concatenate([each, calibrated(both, truth[:, -1:], counts)])


def taught(say: Callable[[str], object] = print) -> Hearing:
    """The model, learnt anew from the shipped examples."""
    taken = lesson()
    say(f"{len(taken.texts)} texts; each third is held back once")
    scores = unseen(taken)
    found = fits(scores, taken.truth)
    for line in figures(raised(scores, found[:, 0], found[:, 1]), taken.truth):
        say(line)
    say("learning from all")
    return Hearing(signal.version(), learn(taken), found[:, 0], found[:, 1])


def figures(odds: Floats, truth: Floats) -> list[str]:
    """Of each label how many texts are heard at even odds, and how many without any label raise it."""
    none = ~truth.any(1)
    return [
        f"{label:20} heard {share(odds[truth[:, at] > 0, at]):7.1%}   raised {share(odds[none, at]):7.2%}"
        for at, label in enumerate(LABELS)
    ]


def share(odds: Floats) -> float:
    """How many are likelier than not."""
    return float((odds > _EVEN).mean()) if len(odds) else 0.0


def main() -> None:
    """Learn anew and write the file."""
    path = Path(signal.__file__).with_name(signal.FILE)
    path.write_bytes(signal.packed(taught()))


if __name__ == "__main__":
    main()
