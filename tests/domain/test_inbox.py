"""What an approver is told: limits, the standard, what became of a proposal, and what comes next."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.access import Role
from newel.domain.approval import Approver
from newel.domain.inbox import Fate, Line, after, became, hindrance, pieces
from newel.domain.mask import Secret
from newel.domain.sentence import Sentence
from newel.domain.words import Money

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
CUSTOMER = uuid4()


def approver(limit_minor: int = 5000, customer_id: UUID | None = None) -> Approver:
    roles = frozenset({Role.APPROVER.value})
    return Approver(id=uuid4(), roles=roles, limit_minor=limit_minor, customer_id=customer_id, active=True)


def line(hindered: Sentence | None = None) -> Line:
    return Line(
        id=uuid4(),
        case_id=uuid4(),
        workflow="w",
        contact_reason="r",
        action="refund",
        due_at=NOW,
        created_at=NOW,
        hindrance=hindered,
    )


def test_a_limit_says_what_it_needs() -> None:
    assert hindrance(approver(), CUSTOMER, Money(5000, "GBP")) is None
    assert hindrance(approver(), CUSTOMER, None) is None
    too_much = hindrance(approver(), CUSTOMER, Money(5001, "GBP"))
    assert str(too_much) == "Needs somebody with a limit of 50.01 GBP or more."
    assert "own benefit" in str(hindrance(approver(customer_id=CUSTOMER), CUSTOMER, Money(5001, "GBP")))


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        (Fate(state="pending"), "None"),
        (Fate(state="approved", by="Amara"), "Amara approved it."),
        (Fate(state="approved", by="Amara", mine=True), "You approved it."),
        (Fate(state="rejected", by="Amara", reason="tone"), "Not kind, or not clear enough"),
        (Fate(state="expired"), "Nobody decided in time"),
        (Fate(state="invalidated", newer=True), "customer has written again"),
        (Fate(state="invalidated", reason="what it bound has changed"), "bound to has changed"),
        (Fate(state="invalidated", reason="edited into a new revision", newer=True), "was edited"),
        (Fate(state="withdrawn"), "Somebody took it back"),
    ],
)
def test_what_became_of_it_is_said_in_words(fate: Fate, said: str) -> None:
    assert said in str(became(fate))
    assert bool(became(fate)) == (fate.state != "pending")


def test_the_next_is_the_first_from_here_on_that_i_may_decide() -> None:
    first, above, third = line(), line(Sentence("above")), line()
    lines = (first, above, third)
    assert after(lines, None) == first.id
    assert after(lines, first.id, place=0) == third.id
    assert after(lines, third.id, place=2) == first.id
    assert after((above,), None) == above.id
    assert after((above,), above.id) is None
    assert after((), None, place=7) is None


@pytest.mark.parametrize("marks", [[], [(0, 2, "a"), (1, 3, "b")], [(3, 3, "none")], [(2, 99, "beyond")]])
def test_a_text_in_pieces_is_the_text(marks: list[tuple[int, int, str]]) -> None:
    text = "order 10031"
    assert "".join(piece.text for piece in pieces(text, marks)) == text
    assert "".join(piece.text for piece in pieces("", marks)) == ""


@given(st.text("ab@x 1", max_size=30), st.data())
def test_nothing_of_what_is_hidden_stands_in_a_piece(text: str, data: st.DataObject) -> None:
    places = st.tuples(st.integers(0, 30), st.integers(0, 30))
    marks = [(a, b, "order") for a, b in data.draw(st.lists(places, max_size=4))]
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(start, len(text)))
    hidden = [(Secret(start, end, "email"), "email-1")] if start < end else []
    parts = pieces(text, marks, hidden)
    assert "".join(part.text for part in parts) == (text[:start] + text[end:] if hidden else text)
    assert [part.field for part in parts if part.field] == ["email-1"] * len(hidden)
