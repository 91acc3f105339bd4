"""SCN-14: the lines that the models learn from, one message each."""

from collections import Counter

import pytest

from newel.ai.examples import shipped
from newel.ai.signal import LANGUAGES
from newel.domain.scan.features import HEARD

LABELS = frozenset(label for labels in HEARD.values() for label in labels)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_has_its_lines_and_every_line_a_known_label(language: str) -> None:
    assert {label for example in shipped(language) for label in example.labels} == LABELS


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_line_in_five_at_least_is_a_near_miss_or_ordinary(language: str) -> None:
    lines = {example.line: bool(example.labels) for example in shipped(language)}
    counted = Counter(lines.values())
    assert counted[False] > counted[True] / 4
