"""Which words can be searched for."""

from hypothesis import given
from hypothesis import strategies as st

from newel.domain.mask import short_name
from newel.domain.search import WORDS_AT_MOST, words


def test_marks_case_and_width_do_not_matter() -> None:
    assert words("Zoë ASKED about the ＨＷ-104") == {"zoe", "asked", "about", "hw-104", "hw", "104"}


def test_addresses_are_found_whole_and_by_parts() -> None:
    assert {"tom@example.com", "tom", "example"} <= words("write to tom@example.com.")


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_word_of_a_text_is_found_in_it(one: str, other: str) -> None:
    assert words(one) <= words(f"{one} {other}")


@given(st.text())
def test_words_of_words_are_themselves(text: str) -> None:
    for word in words(text):
        assert word in words(word)


def test_a_huge_text_has_its_limit() -> None:
    assert len(words(" ".join(f"word{i}" for i in range(10 * WORDS_AT_MOST)))) == WORDS_AT_MOST


def test_names_are_short_in_lists() -> None:
    assert [short_name(n) for n in ("Tom Ashdown", "Cher", "", "Ana María de la Cruz")] == [
        "Tom A.", "Cher", "", "Ana C.",
    ]  # fmt: skip
