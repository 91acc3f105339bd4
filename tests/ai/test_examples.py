"""SCN-14: the lines written for models to learn from; until one has, the rules are held against them."""

from importlib.resources import files

import pytest

from newel.ai.examples import shipped
from newel.domain.policy.parse import load_bundle
from newel.domain.scan.features import HEARD, ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import Scanner, compile_scanner
from newel.domain.words import Tier

LANGUAGES = ("es", "fr")
LABELS = frozenset(label for labels in HEARD.values() for label in labels)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    text = files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    bundle = load_bundle(text.replace("languages: [en]", "languages: [en, es, fr]"), "default.yaml")
    return compile_scanner(bundle, shipped_lexicon())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_is_known(language: str) -> None:
    assert {label for example in shipped(language) for label in example.labels} <= LABELS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_hear_nearly_all_and_cry_wolf_seldom(scanner: Scanner, language: str) -> None:
    lines = shipped(language)
    heard = [scanner.scan(ScanInput(text=line.text)).tier_floor is Tier.HUMAN for line in lines]
    meant = [person for person, line in zip(heard, lines, strict=True) if line.labels]
    plain = [person for person, line in zip(heard, lines, strict=True) if not line.labels]
    assert sum(meant) >= 0.93 * len(meant)
    assert sum(plain) <= 0.05 * len(plain)
