"""Articles as pages show and people change them."""

from uuid import uuid4

import pytest

from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.knowledge import Block, Line, blocks, check_publisher, check_writer, difference, slug


def test_a_body_is_headings_paragraphs_and_points() -> None:
    body = "# Returns\nWithin 30 days\nof delivery.\n\n- one\n- two\n\n1. first\n\nText <b>as is</b>."
    assert list(blocks(body)) == [
        Block("heading", ("Returns",)),
        Block("paragraph", ("Within 30 days of delivery.",)),
        Block("points", ("one", "two")),
        Block("points", ("first",)),
        Block("paragraph", ("Text <b>as is</b>.",)),
    ]
    assert list(blocks(" \n\n ")) == []


def test_a_comparison_names_what_is_kept_gone_and_new() -> None:
    assert list(difference("a\nb\nc", "a\nB\nc")) == [
        Line("kept", "a"),
        Line("gone", "b"),
        Line("new", "B"),
        Line("kept", "c"),
    ]


@pytest.mark.parametrize(("title", "id_"), [("Returns: how?", "returns-how"), ("  50 % off ", "50-off")])
def test_an_article_is_named_by_its_title(title: str, id_: str) -> None:
    assert slug(title) == id_


def test_a_title_without_letters_names_nothing() -> None:
    with pytest.raises(Invalid):
        slug("???")


def test_nobody_publishes_their_own_and_only_its_writer_changes_a_draft() -> None:
    writer, other = uuid4(), uuid4()
    check_publisher("review", writer, other)
    check_writer("draft", writer, writer)
    with pytest.raises(Forbidden):
        check_publisher("review", writer, writer)
    with pytest.raises(Conflict):
        check_publisher("draft", writer, other)
    with pytest.raises(Forbidden):
        check_writer("draft", writer, other)
    with pytest.raises(Conflict):
        check_writer("review", writer, writer)
