"""One playbook as it is written: cut out, put back, and nothing else touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.errors import Invalid, NotFound
from newel.domain.policy.excerpt import excerpt, rewritten
from newel.domain.policy.parse import Source

MAIN = "include: [books.yaml]\nworkflow: w\n"
BOOKS = """\
systems: {shop: {}}
playbooks:
  # The first.
  one:
    title: One  # a remark
    paths:
      - reply: >-
          A long
          reply.

        to_person: false

  # The second.
  two: {title: Two}
  three:
      title: Three
actions: {}
"""
SOURCE = Source("w.yaml", MAIN, {"books.yaml": BOOKS})


def test_the_body_comes_without_its_margin_and_what_stands_around_it() -> None:
    assert excerpt(SOURCE, "one") == (
        "title: One  # a remark\npaths:\n  - reply: >-\n      A long\n      reply.\n\n    to_person: false"
    )
    assert excerpt(SOURCE, "three") == "title: Three"


def test_put_back_as_it_was_it_is_the_same_file() -> None:
    for key in ("one", "three"):
        assert rewritten(SOURCE, key, excerpt(SOURCE, key)) == SOURCE


def test_a_new_body_stands_where_the_old_one_stood() -> None:
    made = rewritten(SOURCE, "three", "title: Drei\r\nrisk: low\r\n")
    assert made.includes["books.yaml"] == BOOKS.replace(
        "      title: Three\n", "      title: Drei\n      risk: low\n"
    )
    assert made.text == MAIN


def test_what_has_no_lines_of_its_own_is_left_to_its_file() -> None:
    with pytest.raises(Invalid, match="one line"):
        excerpt(SOURCE, "two")
    with pytest.raises(NotFound):
        excerpt(SOURCE, "four")


@given(st.lists(st.text("ab:# ", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=6))
def test_whatever_is_written_the_lines_around_it_stay(lines: list[str]) -> None:
    after = rewritten(SOURCE, "one", "\n".join(lines)).includes["books.yaml"]
    assert after.startswith(BOOKS[: BOOKS.index("    title: One")])
    assert after.endswith(BOOKS[BOOKS.index("\n\n  # The second.") :])
