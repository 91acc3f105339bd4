"""What models say is weighed beside the rules: it can only add, and what nobody said is named."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.explain import explain
from newel.domain.scan.features import ENCODER, HEARD, ScanInput, Signal
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner
from newel.domain.words import Tier

TEXT = "It is what it is, and so be it."
SCORES = st.dictionaries(
    st.sampled_from([family for families in HEARD.values() for family in families]), st.floats(0, 1)
)
TRIGGERS = {
    "request": "request.person",
    "legal": "legal.dictionary",
    "reputation": "reputation.threat",
    "grief": "emotion.floor",
    "safety": "topic.safety",
    "fraud": "topic.fraud",
    "account_security": "topic.account_security",
    "hardship": "topic.regulated",
    "repeat": "repeat.contact",
    "injection": "injection.instructions",
    "several_orders": "complexity.several_orders",
    "customs": "complexity.customs",
    "off_policy": "complexity.off_policy",
}
# These ask for approval, not for a person.
SECOND_TIER = {
    "data_words": "data.said",
    "refund_words": "risk_words.refund",
    "account_words": "risk_words.account",
}


def said(family: str, score: float, **more: Any) -> Signal:
    name = next(name for name, families in HEARD.items() if family in families)
    return Signal(name, "v1", {family: score}, **more)


def scan(scanner: Scanner, *signals: Signal, text: str = TEXT) -> Receipt:
    return scanner.scan(ScanInput(text=text, signals=signals))


@pytest.mark.parametrize(("family", "trigger"), TRIGGERS.items())
def test_a_score_over_the_floor_fires_its_trigger(scanner: Scanner, family: str, trigger: str) -> None:
    receipt = scan(scanner, said(family, 0.97, places={family: (3, 10)}))
    marker = next(marker for marker in receipt.markers if marker.id == trigger)
    assert receipt.tier_floor is Tier.HUMAN
    assert marker.evidence[0].text == TEXT[3:10]
    heard = f"a model hears {family.replace('_', ' ')} in it, 97% sure ("
    assert any(str(item.fact).startswith(heard) for item in marker.evidence)
    assert trigger not in {each.id for each in scan(scanner, said(family, 0.3)).markers}


@pytest.mark.parametrize(("family", "trigger"), SECOND_TIER.items())
def test_money_and_data_that_a_model_hears_ask_for_approval(
    scanner: Scanner, family: str, trigger: str
) -> None:
    receipt = scan(scanner, said(family, 0.97))
    assert receipt.tier_floor is Tier.SUPERVISED
    assert [marker.id for marker in receipt.markers] == [trigger]


def test_words_need_no_model(scanner: Scanner) -> None:
    text = "I want to speak to a human"
    receipt = scan(scanner, said("request", 0.99), text=text)
    assert receipt.markers == scan(scanner, text=text).markers


def test_who_had_no_say_is_named(scanner: Scanner) -> None:
    assert set(scan(scanner).not_evaluated) >= set(HEARD)
    assert "emotion_model" not in scan(scanner, said("anger", 0.1)).not_evaluated


def test_that_no_encoder_was_asked_is_said(scanner: Scanner) -> None:
    """One that does not read the language was asked: there words are all that is meant to be heard."""
    asked = Signal(ENCODER, "v1", {}, ("en",))
    assert ENCODER in scan(scanner, said("anger", 0.1)).not_evaluated
    assert ENCODER not in scan(scanner, asked).not_evaluated
    assert ENCODER not in scan(scanner, asked, text="¿Dónde está mi paquete, por favor?").not_evaluated


def test_a_model_of_another_language_has_no_say(scanner: Scanner) -> None:
    receipt = scan(scanner, said("request", 0.99, languages=("xx",)))
    assert "request_model" in receipt.not_evaluated
    assert "request.person" not in {marker.id for marker in receipt.markers}


def test_a_place_outside_of_the_text_is_none(scanner: Scanner) -> None:
    receipt = scan(scanner, said("request", 0.99, places={"request": (5, 500)}))
    marker = next(marker for marker in receipt.markers if marker.id == "request.person")
    assert [each.start for each in marker.evidence] == [None]


def test_without_a_floor_in_the_policy_a_model_decides_nothing(bundle: Bundle) -> None:
    from newel.domain.scan.lexicon import shipped_lexicon
    from newel.domain.scan.scanner import compile_scanner

    trigger = bundle.triggers["request.person"]
    rule = msgspec.structs.replace(trigger.rule, above="")
    deaf = {**bundle.triggers, "request.person": msgspec.structs.replace(trigger, rule=rule)}
    scanner = compile_scanner(msgspec.structs.replace(bundle, triggers=deaf), shipped_lexicon())
    assert "request.person" not in {m.id for m in scan(scanner, said("request", 1.0)).markers}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scores=SCORES, text=st.sampled_from([TEXT, "My lawyer will sue you.", "I'm furious!!!"]))
def test_INV_17_no_score_ever_lowers_anything(scanner: Scanner, scores: dict[str, float], text: str) -> None:
    alone, heard = (
        scan(scanner, *signals, text=text) for signals in ((), (Signal("emotion_model", "v1", scores),))
    )
    assert {marker.id for marker in alone.markers} <= {marker.id for marker in heard.markers}
    assert heard.tier_floor >= alone.tier_floor
    assert heard.risk.score >= alone.risk.score


def test_the_explanation_says_what_the_model_made_of_it(scanner: Scanner) -> None:
    told = explain(scanner, ScanInput(text=TEXT, signals=(said("request", 0.31),)))
    why = {answer.trigger: str(answer.why) for answer in told.answers}
    assert "0.31 for request is not over" in why["request.person"]
    assert "No model was asked" in why["reputation.threat"]


@pytest.mark.parametrize(
    ("family", "one", "more"),
    [
        ("several_orders", "A slot for my sofa? Order 10396", "A slot for my other sofa? Order 10396"),
        ("several_products", "HW-101 is chipped.", "HW-101 is chipped, the jug leaks."),
    ],
)
def test_a_score_of_several_says_nothing_where_one_alone_is_named(
    scanner: Scanner, family: str, one: str, more: str
) -> None:
    trigger = f"complexity.{family}"
    score = said(family, 0.97)
    assert trigger not in {each.id for each in scan(scanner, score, text=one).markers}
    assert trigger in {each.id for each in scan(scanner, score, text=more).markers}
