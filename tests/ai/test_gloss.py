"""SCN-14: Spanish and French words in English, word by word, for the models of the scan."""

import pytest

from newel.ai import gloss
from newel.ai.signal import Asked
from newel.domain.scan.features import ScanInput


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("Me tenéis hasta las narices", "es", "me you have fed up"),
        ("Denunciar la estafa", "es", "report to the police the scam"),
        ("J’en ai ras le bol !", "fr", "i fed up !"),
        ("Mon cœur", "fr", "my heart"),
    ],
)
def test_turns_of_phrase_stems_and_short_forms_are_known(text: str, language: str, english: str) -> None:
    assert gloss.glossed(text, language) == english


@pytest.mark.parametrize(
    ("word", "language", "english"), [("reputación", "es", "reputation"), ("zumbido", "es", "zumbido")]
)
def test_a_word_that_nobody_wrote_down_keeps_its_root(word: str, language: str, english: str) -> None:
    table = gloss.Glossary.of(language, "")
    assert table.word(gloss._tokens(word, language)[0]) == english


def test_of_two_lines_for_a_word_the_first_counts_and_an_ending_must_be_one() -> None:
    table = gloss.Glossary.of("es", "speak: habl-\nshout: habl- grita | a gritos\n-: se")
    assert [table.word(each) for each in ("hablamos", "hablxyz", "grita", "se")] == [
        "speak", "hablxyz", "shout", "",
    ]  # fmt: skip


def test_english_and_languages_without_a_glossary_are_read_as_they_stand() -> None:
    assert gloss.beside("ring me", "en") == "ring me"
    assert gloss.beside("Ruf mich an", "de") == "Ruf mich an"


def test_the_models_read_a_spanish_text_with_its_english_beside_it() -> None:
    spanish = Asked.of(ScanInput(text="Quiero hablar con una persona de ustedes, por favor"))
    english = Asked.of(ScanInput(text="i want speak with a human, please, somebody of you"))
    alone = Asked.of(ScanInput(text="zzz"))
    shared = set(spanish.seen.entries.column) & set(english.seen.entries.column)
    assert spanish.said.language == "es"
    assert len(shared) > 20 + len(set(alone.seen.entries.column) & set(english.seen.entries.column))
