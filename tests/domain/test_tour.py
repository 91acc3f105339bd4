"""The tour: what there is to see comes in order, and each step leads to the page where it goes on."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from newel.domain.tour import Kind, Standing, Step, marks, where

CASE, TALK, ASKED = UUID(int=1), UUID(int=2), UUID(int=3)
STANDING = st.builds(
    Standing,
    case_id=st.just(CASE),
    conversation_id=st.just(TALK),
    locked=st.booleans(),
    pending=st.sampled_from((None, ASKED)),
    approved_by=st.sampled_from((None, "Amara Osei")),
    paid=st.booleans(),
    owner=st.sampled_from((None, "Esme Hartley")),
)
AUTHORS = st.frozensets(st.sampled_from(("ai", "person", "system")))


def step(kind: Kind) -> Step:
    texts = dict.fromkeys(("title", "watch", "workflow", "customer", "customer_name", "text"), "x")
    return Step(name="one", kind=kind, seat="amara", **texts)


@given(st.sampled_from(Kind), STANDING, AUTHORS)
def test_nothing_is_seen_before_somebody_wrote_and_nothing_is_unseen_by_more(
    kind: Kind, at: Standing, authors: frozenset[str]
) -> None:
    assert not any(mark.seen for mark in marks(step(kind), None, frozenset()))
    fewer, more = (marks(step(kind), at, some) for some in (frozenset[str](), authors))
    assert all(b.seen or not a.seen for a, b in zip(fewer, more, strict=True))
    assert more[0].seen


@given(st.sampled_from(Kind), STANDING)
def test_each_step_leads_to_where_it_goes_on(kind: Kind, at: Standing) -> None:
    led = where(step(kind), at)
    if kind is Kind.PERSON:
        assert led == f"/desk/{CASE}"
    else:
        waits = kind is Kind.APPROVAL and at.pending
        assert led == (f"/approvals/{ASKED}" if waits else f"/cases/{CASE}/trace")
