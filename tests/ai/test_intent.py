"""The matcher: deterministic, fast, unsure outside its scope, and bound to its calibration."""

import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from benchmarks.demo_policy import customer_support
from hypothesis import given, settings
from hypothesis import strategies as st

from newel.ai.calibrate import Line, calibrate, read_lines
from newel.ai.calibration import probability
from newel.ai.features import MIXED, Weigher, meant, similarities
from newel.ai.intent import EVIDENCE, Intent
from newel.ai.lbfgs import NotConverged, minimise
from newel.ai.stem import stem, words
from newel.ai.train import inner_products

POLICY = customer_support()
SETS = Path(__file__).parents[2] / "benchmarks" / "sets"
SMALL = {
    "stock": ["is the lamp in stock", "do you have the mug", "is it sold out", "any lamps left"],
    "password": ["reset my password", "I can't log in", "forgot my password", "new password please"],
    "cancel": ["cancel my order", "please cancel it", "don't send my order", "stop the order"],
}
OUTSIDE = ["what is the weather", "tell me a joke", "are you hiring", "who won the match"]


@pytest.fixture(scope="module")
def intent() -> Intent:
    return Intent.of(POLICY)


@pytest.fixture(scope="module")
def small() -> Intent:
    return Intent(SMALL, OUTSIDE)


def test_the_shipped_calibration_fits_the_running_playbooks(intent: Intent) -> None:
    assert POLICY.calibration is not None
    assert POLICY.calibration.matcher == intent.version
    assert len(POLICY.calibration.centre) == len(EVIDENCE)


def test_other_phrases_make_confidence_uncalibrated() -> None:
    book = POLICY.playbooks["order_status"]
    other = msgspec.structs.replace(book, phrases=(*book.phrases, "has my box gone walkabout"))
    changed = Intent.of(
        msgspec.structs.replace(POLICY, playbooks={**POLICY.playbooks, "order_status": other})
    )
    assert changed.version != POLICY.calibration.matcher  # type: ignore[union-attr]
    assert not changed.match("where is my order").calibrated


def test_the_same_inputs_make_the_same_matcher(small: Intent) -> None:
    again = Intent(dict(reversed(SMALL.items())), OUTSIDE)
    assert again.version == small.version
    assert again.match("is the mug sold out") == small.match("is the mug sold out")
    assert Intent(SMALL, OUTSIDE[:-1]).version != small.version


def test_plain_questions_find_their_reason(intent: Intent) -> None:
    asked = {
        "Where is order 10023?": "order_status",
        "Mug arrived broken, order 10031, refund please": "refund_damaged",
        "I forgot my password": "password_reset",
        "cancel my candle subscription": "subscription_cancel",
        "cancel my order": "cancel_order",
    }
    for text, reason in asked.items():
        match = intent.match(text)
        assert (match.reason, match.calibrated) == (reason, True), text
        assert match.confidence >= 0.7, text


def test_another_company_is_nobodys_matter(intent: Intent) -> None:
    assert intent.match("Please cancel my Zorbify subscription").confidence < 0.5
    assert "stranger_named" in intent.match("Please cancel my Zorbify subscription").why
    assert "stranger_named" not in intent.match("Please cancel my candle subscription").why
    assert "stranger_named" not in intent.match("Where is my parcel for Zorbina, order 10023?").why


def test_the_open_paraphrases_keep_their_figures(intent: Intent) -> None:
    """At least 80 of 100 right and at most 2 wrong at the policy's threshold (development set)."""
    lines = read_lines((SETS / "paraphrases_open.jsonl").read_bytes())
    sure = [(line.reason, match) for line in lines if (match := intent.match(line.text)).confidence >= 0.7]
    right = sum(match.reason == reason for reason, match in sure)
    wrong = sum(match.reason not in (reason, None) for reason, match in sure)
    assert right >= 80
    assert wrong <= 2


@pytest.mark.parametrize("text", ["", " ", "?!", "\x00", "日本語のテキスト", "a" * 100_000, "10001 " * 5000])
def test_odd_texts_are_nobodys_guess(intent: Intent, text: str) -> None:
    match = intent.match(text)
    assert match.reason is None or match.confidence < 0.7


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_a_match_is_a_probability_whatever_the_text(text: str) -> None:
    match = _SMALL.match(text)
    assert 0.0 <= match.confidence <= 1.0
    assert match.reason is None or match.reason in SMALL
    assert not match.calibrated


_SMALL = Intent(SMALL, OUTSIDE)


def test_matching_takes_milliseconds(intent: Intent) -> None:
    intent.match("warm up")
    began = time.process_time()
    for number in range(50):
        intent.match(f"could you tell me where order {10000 + number} has got to by now")
    assert (time.process_time() - began) / 50 < 0.02


def test_calibration_rises_and_never_claims_certainty(small: Intent) -> None:
    lines = [Line("is the lamp sold out", "stock"), Line("sing me a song", None)]
    made = calibrate(small, lines)
    assert made.matcher == small.version
    assert list(made.shares) == sorted(made.shares)
    assert list(made.scores) == sorted(made.scores)
    assert 0 < probability(made, np.full(len(EVIDENCE), 1e3, np.float32)) <= 0.995
    assert made.about["line"] == 2


def test_inner_products_are_those_of_the_rows() -> None:
    weigher = Weigher([*SMALL["stock"], *OUTSIDE], MIXED)
    rows = weigher.rows([*SMALL["stock"], *OUTSIDE])
    one_by_one = np.array([similarities(rows, *weigher.row(text)) for text in [*SMALL["stock"], *OUTSIDE]])
    assert np.allclose(inner_products(rows), one_by_one, atol=1e-4)


def test_minimise_finds_the_minimum_and_says_when_it_does_not() -> None:
    scale = np.linspace(1, 50, 40, dtype=np.float32)
    found = minimise(
        lambda x: (float((scale * (x - 1) ** 2).sum()), 2 * scale * (x - 1)), np.zeros(40, np.float32)
    )
    assert np.allclose(found, 1, atol=1e-2)
    with pytest.raises(NotConverged):
        minimise(lambda x: (float(x.sum()), np.ones_like(x)), np.zeros(3, np.float32), most=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where's order #10023?", ["where", "order", "xorder"]),
        ("HWGC-1234-5678 and HW-120", ["xgiftcode", "and", "xsku"]),
        ("I can’t log in", ["i", "can", "not", "log", "in"]),
        ("it's £18.00 at 2pm", ["it", "xmoney", "at", "xtime"]),
        ("Dear Hearthwick,\nwhere is the lamp that I bought?\nKind regards,\nJo", None),
    ],
)
def test_words_are_plain(text: str, expected: list[str] | None) -> None:
    assert words(text) == (expected or words("where is the lamp that I bought?"))


def test_stems_and_concepts() -> None:
    assert {stem(word) for word in ("return", "returns", "returned", "returning")} == {"return"}
    assert "damage" in meant([stem(word) for word in words("it arrived in pieces")])
    assert "refund" in meant([stem(word) for word in words("I want my money back")])
