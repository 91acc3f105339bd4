"""The choice between playbook and knowledge, and what each comes to."""

from pathlib import Path

import msgspec
import pytest

from newel.domain.answer import (
    Basis,
    Follow,
    NoAnswer,
    Nobody,
    Proposal,
    Quote,
    choose_way,
    from_knowledge,
    from_nobody,
    from_playbook,
)
from newel.domain.playbook import Missing, NoPath, Reply, Why
from newel.domain.policy.parse import included, load_bundle
from newel.domain.ports import Match, Passage

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "policy"
NAME = "customer-support.yaml"
TEXT = (FOLDER / NAME).read_text("utf-8")
POLICY = load_bundle(TEXT, NAME, {one: (FOLDER / one).read_text("utf-8") for one in included(TEXT, NAME)})
WAY = Follow("order_status")


def match(confidence: float, reason: str | None = "order_status", calibrated: bool = True) -> Match:
    return Match(reason, confidence, calibrated, ("lead=0.9",))


def passage(confidence: float, article: str = "delivery-tracking") -> Passage:
    return Passage(article, 3, "Following a parcel", "Parcels can be followed.", confidence)


@pytest.mark.parametrize(
    ("given", "passages", "way"),
    [
        (match(0.9), [passage(0.95)], Follow("order_status")),
        (match(0.9), [], Follow("order_status")),
        (match(0.2), [passage(0.9)], Quote(passage(0.9))),
        (match(0.4), [passage(0.9)], Follow("order_status")),
        (match(0.6), [passage(0.9)], Follow("order_status")),
        (match(0.9, calibrated=False), [passage(0.9)], Quote(passage(0.9))),
        (match(0.3), [passage(0.69)], Follow("order_status")),
        (match(0.99, None), [passage(0.8)], Quote(passage(0.8))),
        (match(0.99, "no_such_playbook"), [passage(0.8)], Quote(passage(0.8))),
    ],
)
def test_TIR_2_playbook_or_knowledge(given: Match, passages: list[Passage], way: Follow | Quote) -> None:
    assert choose_way("Where is my order 10023?", given, passages, POLICY) == way


@pytest.mark.parametrize(
    ("own", "fits", "quoted"), [(0.75, 0.72, False), (0.6, 0.65, False), (0.6, 0.7, True), (0.75, 0.75, True)]
)
def test_SCN_11_an_article_is_quoted_above_both_thresholds(own: float, fits: float, quoted: bool) -> None:
    """The library's own, and the policy's 70 %."""
    assert POLICY.knowledge is not None
    shelf = msgspec.structs.replace(POLICY.knowledge, minimum_confidence=own)
    policy = msgspec.structs.replace(POLICY, knowledge=shelf)
    way = choose_way("Can I follow a parcel?", match(0.99, None), [passage(fits)], policy)
    assert isinstance(way, Quote) is quoted


GENERAL = "How long is the warranty on lamps?"


@pytest.mark.parametrize(
    ("text", "passages", "way"),
    [
        (GENERAL, [passage(0.9, "warranty")], Quote(passage(0.9, "warranty"))),
        (GENERAL, [passage(0.6, "warranty")], Follow("warranty_check")),
        ("How long is the warranty on my lamp?", [passage(0.9, "warranty")], Follow("warranty_check")),
        ("How long is the warranty on 10031?", [passage(0.9, "warranty")], Follow("warranty_check")),
        ("The lamp I bought died, any warranty?", [passage(0.9, "warranty")], Follow("warranty_check")),
        ("Warranty of the lamp please", [passage(0.9, "warranty")], Follow("warranty_check")),
    ],
)
def test_TIR_2_a_general_question_is_for_the_articles(
    text: str, passages: list[Passage], way: Follow | Quote
) -> None:
    assert choose_way(text, match(0.95, "warranty_check"), passages, POLICY) == way


def test_a_general_question_outside_order_playbooks_stays_with_a_sure_playbook() -> None:
    sure = match(0.95, "stock_check")
    assert choose_way("Is the lamp in stock?", sure, [passage(0.9)], POLICY) == Follow("stock_check")


def test_who_speaks_of_their_own_is_asked_which_though_an_article_fits() -> None:
    missing = Missing(("order",), "Which order is it about?", {})
    got = from_playbook(WAY, missing, match(0.9), [passage(0.9)], POLICY, own=True)
    assert isinstance(got, Proposal)
    assert got.basis is Basis.QUESTION


def test_a_reply_that_asks_for_a_value_leaves_the_turn_open() -> None:
    way = Follow("stock_check")
    asking = from_playbook(way, Reply("Several fit. Which one do you mean?", (), {}), match(0.9), [], POLICY)
    told = from_playbook(way, Reply("It is in stock.", (), {}), match(0.9), [], POLICY)
    assert isinstance(asking, Proposal)
    assert isinstance(told, Proposal)
    assert (asking.basis, told.basis) == (Basis.QUESTION, Basis.PLAYBOOK)


def test_nothing_far_off_is_offered() -> None:
    said = Reply("It is on its way.", (), {})
    got = from_playbook(WAY, said, match(0.9), [passage(0.4), passage(0.1, "student-discount")], POLICY)
    assert isinstance(got, Proposal)
    assert got.offers == ("delivery-tracking",)


def test_what_fits_nowhere_is_nobodys() -> None:
    way = choose_way("who won?", match(0.99, None), [passage(0.5)], POLICY)
    assert isinstance(way, Nobody)
    assert from_nobody(way, match(0.99, None)).reasons[0] == "no_playbook_fits"


def test_a_reply_becomes_a_proposal_with_its_ground() -> None:
    said = Reply("It is on its way.", ("order book, order 10023",), {"order.state": "dispatched"})
    got = from_playbook(WAY, said, match(0.9), [passage(0.4), passage(0.3)], POLICY)
    assert isinstance(got, Proposal)
    assert (got.basis, got.contact_reason) == (Basis.PLAYBOOK, "order_status")
    assert (got.sources, got.facts) == (said.sources, said.facts)
    assert (got.confidence, got.calibrated, got.reasons) == (0.9, True, ("lead=0.9",))
    assert got.offers == ("delivery-tracking",)


def test_no_path_is_no_answer_and_says_why() -> None:
    got = from_playbook(WAY, NoPath(Why.NOT_THEIRS, "order"), match(0.9), [], POLICY)
    assert isinstance(got, NoAnswer)
    assert got.reasons[0] == "not_their_order:order"
    assert got.contact_reason == "order_status"


def test_a_missing_slot_is_asked_for_unless_an_article_answers() -> None:
    missing = Missing(("order",), "Which order is it about?", {})
    asked = from_playbook(WAY, missing, match(0.9), [], POLICY)
    quoted = from_playbook(WAY, missing, match(0.9), [passage(0.9)], POLICY)
    silent = from_playbook(WAY, Missing(("order",), "", {}), match(0.9), [], POLICY)
    assert isinstance(asked, Proposal)
    assert (asked.basis, asked.reply, asked.action) == (Basis.QUESTION, "Which order is it about?", None)
    assert isinstance(quoted, Proposal)
    assert quoted.basis is Basis.KNOWLEDGE
    assert isinstance(silent, NoAnswer)


def test_LRN_9_a_quotation_names_article_version_and_title() -> None:
    got = from_knowledge(Quote(passage(0.9)), [passage(0.9)], POLICY)
    assert got.reply == "Parcels can be followed."
    assert got.sources == ("article delivery-tracking v3 (Following a parcel)",)
    assert got.confidence == 0.9
