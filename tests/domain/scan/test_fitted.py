"""A model fitted on the operator's labels: heard where the policy names it, and said to be missing else."""

import msgspec
import pytest

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.features import ScanInput, Signal
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner, compile_scanner

VERSION = "0123456789ab"
CALM = "The second parcel is the same again."
CROSS = "I am furious."


@pytest.fixture
def named(bundle: Bundle) -> Scanner:
    """The scanner of a policy that names a model, with a floor of 0.6."""
    floor = msgspec.structs.replace(bundle.thresholds["emotion_floor"], value=0.6, model=VERSION)
    named = msgspec.structs.replace(bundle, thresholds={**bundle.thresholds, "emotion_floor": floor})
    return compile_scanner(named, shipped_lexicon())


def said(text: str, score: float, cues: float = 1.0, version: str = VERSION) -> ScanInput:
    scores, places = {"emotion": score, "cues": cues}, {"emotion": (0, len(text))}
    return ScanInput(text=text, signals=(Signal("emotion_fitted", version, scores, ("en",), places),))


def fires(receipt: Receipt) -> bool:
    return any(marker.id == "emotion.floor" for marker in receipt.markers)


def test_SCN_3_the_receipt_says_which_model_heard_it(named: Scanner) -> None:
    receipt = named.scan(said(CALM, 0.7))
    [marker] = [marker for marker in receipt.markers if marker.id == "emotion.floor"]
    facts = [item.fact for item in marker.evidence if item.fact]
    assert f"a model hears emotion in it, 70% sure (emotion fitted {VERSION})" in facts
    assert any(item.text == CALM for item in marker.evidence)
    assert "emotion_fitted" not in receipt.not_evaluated
    assert not fires(named.scan(said(CALM, 0.5)))


def test_another_model_than_the_named_one_has_no_say_and_its_absence_is_told(
    named: Scanner, scanner: Scanner
) -> None:
    other = named.scan(said(CALM, 0.99, version="ba9876543210"))
    assert (fires(other), "emotion_fitted" in other.not_evaluated) == (False, True)
    unnamed = scanner.scan(said(CALM, 0.99))
    assert (fires(unnamed), "emotion_fitted" in unnamed.not_evaluated) == (False, False)
    assert "emotion_fitted" in named.scan(ScanInput(text=CALM)).not_evaluated


def test_it_has_no_say_in_another_language(named: Scanner) -> None:
    receipt = named.scan(said("¿Dónde está mi pedido? Quiero saber cuándo llega.", 0.99))
    assert (fires(receipt), "emotion_fitted" in receipt.not_evaluated) == (False, True)


def test_the_cues_count_beside_it_as_much_as_its_fit_found_of_use(named: Scanner) -> None:
    assert fires(named.scan(ScanInput(text=CROSS)))
    assert fires(named.scan(said(CROSS, 0.1)))
    assert not fires(named.scan(said(CROSS, 0.1, cues=0.0)))
    low, high = (named.scan(said(CROSS, 0.1, cues=cues)).risk.score for cues in (0.0, 1.0))
    assert low <= high
