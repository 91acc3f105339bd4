"""Fits how sure a quotation is: ``python -m benchmarks.fit_knowledge`` prints the weights.

Judged are the example questions of the policy, each by the others, and two written sets for
development: questions with the articles that answer them, and questions outside. The result goes
into ``newel.ai.knowledge.WEIGHTS``.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.demo_policy import articles, customer_support
from newel.ai.calibrate import fit_logistic
from newel.ai.knowledge import WEIGHTS, Evidence, Knowledge

SETS = Path(__file__).parent / "sets"
NAMES = [name for name in WEIGHTS if name != "bias"]
Trial = tuple[Evidence, bool, float]


def read(name: str) -> list[dict[str, list[str] | str]]:
    return [json.loads(line) for line in (SETS / name).read_text("utf-8").splitlines()]


def trials(library: Knowledge, questions: dict[str, tuple[str, ...]]) -> Iterator[Trial]:
    """What each piece of evidence said, whether the article was right, and how much that counts."""
    for article, texts in questions.items():
        for text in texts:
            for found in library.evidence(text, without=text):
                yield found, found.article == article, 0.7
    for line in (*read("knowledge_open.jsonl"), *read("outside_open.jsonl")):
        text = str(line["text"])
        for found in library.judged(text, without=text):
            yield found, found.article in (line.get("articles") or ()), 1.0


def main() -> None:
    """Fit and print."""
    policy = customer_support()
    rules = policy.knowledge
    assert rules is not None
    made = list(trials(Knowledge.of(articles(), policy), rules.questions))
    inputs = np.array([[found.values[name] for name in NAMES] for found, _, _ in made])
    right = np.array([float(is_right) for _, is_right, _ in made])
    theta = fit_logistic(inputs, right, np.array([weight for _, _, weight in made]))
    print(json.dumps({name: round(float(w), 2) for name, w in zip([*NAMES, "bias"], theta, strict=True)}))


if __name__ == "__main__":
    main()
