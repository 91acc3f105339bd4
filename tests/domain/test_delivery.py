"""Which fixed text is true now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newel.domain.delivery import fixed_text, text_now
from newel.domain.policy.parse import included, load_bundle
from newel.domain.words import Priority

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "policy"
NAME = "customer-support.yaml"
TEXT = (FOLDER / NAME).read_text("utf-8")
POLICY = load_bundle(TEXT, NAME, {one: (FOLDER / one).read_text("utf-8") for one in included(TEXT, NAME)})
NOON, NIGHT = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 22, tzinfo=UTC)
HOLIDAY = datetime(2026, 12, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "priority", "now", "told"),
    [
        ("handover", Priority.P3, NOON, "handover"),
        ("handover", Priority.P3, NIGHT, "out_of_hours"),
        ("handover", Priority.P3, HOLIDAY, "out_of_hours"),
        ("handover", Priority.P1, NIGHT, "handover"),
        ("breach_notice", Priority.P3, NIGHT, "breach_notice"),
    ],
)
def test_a_hand_over_that_waits_for_business_hours_says_so(
    key: str, priority: Priority, now: datetime, told: str
) -> None:
    assert text_now(key, priority, POLICY, now) == told


@pytest.mark.parametrize(
    ("priority", "told"),
    [(Priority.P1, "handover"), (Priority.P2, "out_of_hours"), (Priority.P3, "out_of_hours")],
)
def test_RES_3_a_hand_over_while_nobody_is_there_says_so(priority: Priority, told: str) -> None:
    assert text_now("handover", priority, POLICY, NOON, here=False) == told


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("es", "Gracias por"),
        ("es-MX", "Gracias por"),
        ("fr", "Merci de"),
        ("en", "Thank you"),
        ("de", "Thank you"),
        ("", "Thank you"),
    ],
)
def test_WRK_10_a_fixed_text_speaks_the_customers_language_or_the_policys(language: str, begins: str) -> None:
    assert fixed_text(POLICY, "handover", language).startswith(begins)


def test_WRK_10_hearthwick_says_everything_in_each_of_its_languages() -> None:
    assert {language: texts.keys() for language, texts in POLICY.texts.items()} == {
        "es": POLICY.messages.keys(),
        "fr": POLICY.messages.keys(),
    }
