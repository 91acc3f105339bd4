"""Teaches the models of the scan: ``python -m newel.ai.teach`` learns them anew from the examples.

It prints, of lines that the judging model did not see, how many of each label are heard and how many
without one raise it, and writes the file that ``newel.ai.signal`` reads.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newel.ai import gloss, meaning, signal
from newel.ai.encoder import encoder
from newel.ai.examples import Example, shipped
from newel.ai.features import Columns, Floats
from newel.ai.lesson import Lesson, Unseen, calibrated, learn, table_of, unseen
from newel.ai.meaning import Meaning
from newel.ai.said import windows
from newel.ai.signal import LABELS, LANGUAGES, LED, ORDINARY, Hearing, raised, together
from newel.ai.understood import understood

_EVEN: Final = 0.0  # log odds


def lesson(read: Callable[[str, str], str] = gloss.beside) -> Lesson:
    """The shipped examples, as they are read of a language; last is whether a person must lead."""
    examples = [[part for each in shipped(code) for part in parts(each)] for code in LANGUAGES]
    spoken = np.repeat(np.arange(len(LANGUAGES)), [len(mine) for mine in examples])
    taken = [part for mine in examples for part in mine]
    told = table_of(LABELS, [part.labels for part in taken])
    led = told[:, LED].max(1, keepdims=True)
    lines = np.array([part.line for part in taken]) * len(LANGUAGES) + spoken
    texts = tuple(read(part.text, LANGUAGES[at]) for part, at in zip(taken, spoken, strict=True))
    truth = np.concatenate([told, led], axis=1)
    return Lesson(texts, truth, lines, balanced(told.sum(1) > 0, spoken))


def balanced(labelled: NDArray[np.bool_], spoken: Columns) -> Floats:
    """How often each text counts, so that all languages have as many ordinary texts for each labelled one.

    Where there are fewer, the mere words of a language would be a sign of every label.
    """
    often = np.ones(len(spoken), np.float32)
    shares = [float((~labelled[spoken == code]).mean()) for code in range(int(spoken.max()) + 1)]
    most = max(share / (1 - share) for share in shares)
    for code, share in enumerate(shares):
        often[(spoken == code) & ~labelled] = most * (1 - share) / share
    return often


def parts(example: Example) -> tuple[Example, ...]:
    """An example; where it has no label, each of its sentences and clauses has none either."""
    if example.labels:
        return (example,)
    sentences = (example.text[start:end] for start, end in windows(example.text))
    spoken = (part.strip() for sentence in sentences for part in (sentence, *sentence.split(",")))
    return tuple(
        Example(text, (), example.line) for text in dict.fromkeys((example.text, *filter(None, spoken)))
    )


def fits(scores: Floats, truth: Floats, often: Floats) -> Floats:
    """Slopes and shifts that make scores of unseen texts log odds: of each column, and of all together."""
    counts = np.where(truth.any(1), 1, ORDINARY * often).astype(np.float32)
    each = calibrated(scores, truth, counts)
    both = together(scores * each[:, 0] + each[:, 1])[:, None]
    return np.concatenate([each, calibrated(both, truth[:, -1:], counts)])


def taught(taken: Lesson, held: Unseen, say: Callable[[str], object] = print) -> Hearing:
    """The model, learnt anew from the shipped examples."""
    say(f"{len(taken.texts)} texts; {len(held.part.texts)} of a third of the lines were held back")
    found = fits(held.scores, held.part.truth, held.part.counts)
    for line in figures(raised(held.scores, found[:, 0], found[:, 1]), held.part.truth):
        say(line)
    say("learning from all")
    return Hearing(signal.version(), learn(taken, held.model), found[:, 0], found[:, 1])


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


def meant(held: Unseen, say: Callable[[str], object] = print) -> Meaning | None:
    """What sentences mean, learnt from the same lines and weighed on the same that were held back."""
    reads = encoder()
    if reads is None:
        return None
    say("reading by what sentences mean")
    return understood(held.scores, lesson(gloss.english), reads)


def main() -> None:
    """Learn anew and write the files."""
    taken, folder = lesson(), Path(signal.__file__).parent
    held = unseen(taken)
    (folder / signal.FILE).write_bytes(signal.packed(taught(taken, held)))
    found = meant(held)
    if found is None:
        sys.exit("the encoder is not installed: meaning.npz stays as it was")
    (folder / meaning.FILE).write_bytes(meaning.packed(found))


if __name__ == "__main__":
    main()
