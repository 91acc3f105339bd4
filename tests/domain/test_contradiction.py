"""Articles that say the same with other figures are found; what only sounds alike is not."""

import itertools
from datetime import date

import pytest
from benchmarks.demo_policy import articles
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.contradiction import LIKE, against, contradictions
from newel.domain.knowledge import Article

RETURNS = "Items can be returned within 30 days of delivery."


def article(name: str, body: str, language: str = "en") -> Article:
    return Article(
        id=name,
        title=name,
        collection="c",
        owner="o",
        updated=date(2026, 11, 1),
        language=language,
        body=body,
    )


@pytest.mark.parametrize(
    "other",
    [
        "Items can be returned within 14 days of delivery.",
        "Unused items can be returned within 14 days of delivery.",
        "Items can be returned within 30 days of delivery, furniture within 14 days.",
    ],
)
def test_LRN_9_the_same_with_another_figure_is_flagged(other: str) -> None:
    [found] = contradictions([article("a", f"First. {RETURNS}"), article("b", other)])
    assert (found.one.text, found.other.text) == (RETURNS, other)


@pytest.mark.parametrize(
    "other",
    [
        RETURNS,
        "Gifts can be returned within 14 days of delivery.",
        "Items can be returned on any day.",
        "A label for returned items costs 2 pounds.",
    ],
)
def test_LRN_9_the_same_figure_or_another_matter_is_not(other: str) -> None:
    assert contradictions([article("a", RETURNS), article("b", other)]) == []


def test_LRN_9_one_article_and_another_language_do_not_contradict() -> None:
    other = RETURNS.replace("30", "14")
    assert contradictions([article("a", f"{RETURNS} {other}")]) == []
    assert contradictions([article("a", RETURNS), article("b", other, "es")]) == []


def test_LRN_9_a_new_version_is_held_against_the_others_and_not_against_itself() -> None:
    shelf = [article("a", RETURNS), article("b", "Other matters take 2 days.")]
    new = RETURNS.replace("30", "14")
    assert against(article("a", new), shelf) == []
    [found] = against(article("c", new), shelf)
    assert (found.one.article, found.other.article) == ("c", "a")


def test_the_demo_company_does_not_contradict_itself() -> None:
    assert contradictions(articles()) == []


WORDS = st.lists(st.sampled_from("abcdefghij"), min_size=3, max_size=8, unique=True)
BODIES = st.lists(st.tuples(WORDS, st.integers(1, 3)), min_size=2, max_size=12)


@given(BODIES)
def test_no_pair_is_missed_by_looking_at_rare_words_first(told: list[tuple[list[str], int]]) -> None:
    shelf = [article(str(n), f"{' '.join(words)} {figure}.") for n, (words, figure) in enumerate(told)]
    expected = {
        (str(a), str(b))
        for (a, (one, x)), (b, (two, y)) in itertools.combinations(enumerate(told), 2)
        if x != y
        and (set(one) <= set(two) or set(two) <= set(one))
        and len(set(one) & set(two)) >= LIKE * len(set(one) | set(two))
    }
    assert {(pair.one.article, pair.other.article) for pair in contradictions(shelf)} == expected
