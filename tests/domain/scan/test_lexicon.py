"""Every entry of the shipped lexicon does what its own examples say."""

from datetime import date

import pytest

from newel.domain.errors import Invalid
from newel.domain.scan.lexicon import Entry, parse_lexicon, shipped_lexicon
from newel.domain.scan.matcher import CompiledEntry, Matcher, TightEntry
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import zones

FAMILIES = {
    *("request", "legal", "reputation", "repeat", "anger", "distress", "grief", "frustration"),
    *("customs", "partial_usage", "several_products", "safety", "fraud", "account_security"),
    *("financial_advice", "medical", "bereavement", "hardship", "discrimination", "employment"),
    *("minors", "legal_advice", "several_orders", "off_policy", "data_words"),
    *("injection", "refund_words", "cancellation_words", "money_words", "account_words"),
}
EXAMPLES = [
    pytest.param(entry, text, fires, id=f"{entry.language}-{entry.family}-{entry.name}-{text[:30]}")
    for entry in shipped_lexicon().entries
    for fires, texts in ((True, entry.phrases.fires), (False, entry.phrases.spares))
    for text in texts
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(shipped_lexicon().entries)


@pytest.mark.parametrize(("entry", "text", "fires"), EXAMPLES)
def test_examples_fire_and_near_misses_are_spared(
    matcher: Matcher, entry: Entry, text: str, fires: bool
) -> None:
    found = matcher.find(views(text), text, zones(text))
    assert (shipped_lexicon().entries.index(entry) in found) is fires


def test_SCN_14_families_exist_in_more_than_one_language() -> None:
    lexicon = shipped_lexicon()
    assert lexicon.families == FAMILIES
    for family in ("request", "legal"):
        assert {entry.language for entry in lexicon.of(family)} >= {"en", "es", "fr"}


def test_every_entry_has_owner_date_and_an_example() -> None:
    for entry in shipped_lexicon().entries:
        assert entry.phrases.owner
        assert entry.phrases.date >= date(2026, 1, 1)
        if entry.phrases.weight == 1.0:
            assert entry.phrases.fires or entry.family == "legal", (entry.family, entry.name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("language: en\nfamilies: {legal: {a: {say: [x]}}}", "owner"),
        ("language: en\nfamilies: {legal: {a: {owner: A, date: 2026-01-01, say: ['{who}']}}}", "who"),
        ("language: [", "lexicon file"),
    ],
)
def test_a_broken_file_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        parse_lexicon({"xx.yaml": text})


@pytest.mark.parametrize("kind", [CompiledEntry, TightEntry])
def test_every_phrase_can_be_read(kind: type[CompiledEntry]) -> None:
    for entry in shipped_lexicon().entries:
        read = kind(entry)
        assert read.expression
        for number in range(len(read.bodies)):
            read.phrase(number)
