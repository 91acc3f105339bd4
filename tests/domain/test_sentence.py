"""Sentences with places: English by themselves, kept as JSON and read back as they were."""

import msgspec
import pytest

from newel.domain.sentence import Figure, Sentence, Share, Sum, Value, joined, word

OVER = Sentence("value %(value)s is over %(limit)s")


@pytest.mark.parametrize(
    ("one", "english"),
    [
        (
            OVER.of(value=Sum(98765432100, "GBP"), limit=Sum(200000, "GBP")),
            "987654321.00 GBP is over 2000.00 GBP",
        ),
        (OVER.of(value=Figure(0.7), limit=0.65), "value 0.70 is over 0.65"),
        (OVER.of(value=Share(0.9731, 1), limit=Share(0.7)), "value 97.3% is over 70%"),
        (OVER.of(value=joined(["en", word("none")]), limit=7), "value en, none is over 7"),
        (OVER.of(value="50% %(x)s", limit=OVER.of(value=1, limit=2)), "50% %(x)s is over value 1 is over 2"),
        (Sentence("100% of it"), "100% of it"),
    ],
)
def test_a_sentence_is_english_and_survives_being_kept(one: Sentence, english: str) -> None:
    assert str(one).endswith(english)
    kept = msgspec.json.decode(msgspec.json.encode(one), type=Sentence)
    assert kept == one
    assert str(kept) == str(one)
    assert len({one, kept}) == 1


def test_a_place_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        str(OVER.of(value=1))


def test_values_of_each_kind_are_told_apart() -> None:
    for one in ("a", 1, 0.5, Sum(1, "GBP"), Figure(1), Share(1), joined(["a"]), OVER):
        kept: Value = msgspec.json.decode(msgspec.json.encode(one), type=Value)
        assert kept == one
