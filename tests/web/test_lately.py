"""What a page missed: all that changed after its mark, and never less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.web import lately
from newel.web.lately import Lately

TOPICS = st.sampled_from([f"case:{n}" for n in range(6)])


def lived(before: list[str], after: list[str]) -> tuple[Lately, str]:
    """What has seen all of these changes, and the mark between them."""
    past = Lately()
    for topic in before:
        past.changed(topic)
    mark = past.mark
    for topic in after:
        past.changed(topic)
    return past, mark


@given(before=st.lists(TOPICS), after=st.lists(TOPICS), shown=st.frozensets(TOPICS))
def test_of_the_topics_of_a_page_those_are_told_that_changed_after_its_mark(
    before: list[str], after: list[str], shown: frozenset[str]
) -> None:
    past, mark = lived(before, after)
    assert past.since(mark, shown) == shown & frozenset(after)


@given(before=st.lists(TOPICS), after=st.lists(TOPICS, min_size=1), most=st.integers(1, 5))
def test_what_is_forgotten_is_never_told_as_unchanged(before: list[str], after: list[str], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lately, "TOPICS_AT_MOST", most)
        past, mark = lived(before, after)
        missed = past.since(mark, frozenset(after))
    assert missed is None or missed == frozenset(after)


def test_no_mark_of_before_a_gap_tells_anything_after_it() -> None:
    past = Lately()
    past.changed("queue")
    before = past.mark
    past.forget()
    assert past.since(before, frozenset({"queue"})) is None
    assert past.since(past.mark, frozenset({"queue"})) == frozenset()


def test_another_process_does_not_know_the_mark() -> None:
    assert Lately().since(Lately().mark, frozenset({"queue"})) is None
