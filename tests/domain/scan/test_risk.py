"""SCN-10: the composite score with its factors."""

import pytest

from newel.domain.errors import Invalid
from newel.domain.policy.bundle import Bundle
from newel.domain.scan.features import CustomerFacts, ScanInput
from newel.domain.scan.risk import RiskFacts, check_factors, risk_score
from newel.domain.scan.scanner import Scanner
from newel.domain.words import Cluster

FACTS = RiskFacts(clusters=frozenset({Cluster.RISK_WORDS}), emotion=0.4)


def test_factors_are_listed_and_sum_to_the_score(bundle: Bundle) -> None:
    risk = risk_score(bundle.risk, FACTS)
    assert {factor.name for factor in risk.factors} == {"risk_words", "interaction"}
    assert risk.score == pytest.approx(sum(factor.weight for factor in risk.factors))


def test_SCN_11_confidence_may_only_raise(bundle: Bundle) -> None:
    without = risk_score(bundle.risk, FACTS).score
    scores = [risk_score(bundle.risk, FACTS, confidence).score for confidence in (1.0, 0.9, 0.5, 0.0)]
    assert scores == sorted(scores)
    assert scores[0] == without
    assert scores[-1] == pytest.approx(without + bundle.risk["low_confidence"].weight)


def test_the_score_never_exceeds_one(bundle: Bundle) -> None:
    everything = RiskFacts(
        clusters=frozenset(Cluster),
        regulated=True,
        emotion=1.0,
        recent_contacts=9,
        customer=CustomerFacts(vip=True, vulnerable=True),
    )
    assert risk_score(bundle.risk, everything, 0.0).score == 1.0


def test_a_factor_that_nothing_adds_is_refused() -> None:
    check_factors(["vip", "topic", "topic.fraud", "low_confidence"], ["topic.fraud"])
    with pytest.raises(Invalid, match="moon_phase"):
        check_factors(["moon_phase"], ["topic.fraud"])


def test_SCN_10_a_score_over_the_threshold_is_a_trigger(scanner: Scanner) -> None:
    receipt = scanner.scan(ScanInput(text="It's fraud and I am upset, refund me"))
    marker = next(marker for marker in receipt.markers if marker.id == "risk.score")
    assert receipt.risk.score > 0.6
    assert marker.evidence[0].fact == f"risk score {receipt.risk.score:.2f} is over 0.6"
