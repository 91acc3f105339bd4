"""A policy in words: nothing of it is left out, and each sentence says what the rule does."""

from pathlib import Path

import msgspec
import pytest
from tests.domain.policy.documents import OPINION

from newel.cli.source import policy_source
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.entry import Entry
from newel.domain.policy.parse import load_bundle
from newel.domain.policy.playbook import Condition
from newel.domain.policy.reading import read
from newel.domain.policy.reading_row import Row, span
from newel.domain.policy.reading_rules import threshold
from newel.domain.policy.steps import condition, steps
from newel.domain.sentence import said
from newel.domain.words import Survey

POLICIES = Path(__file__).parents[3] / "src/newel/demo/policy"
DEFAULT = Path(__file__).parents[3] / "src/newel/domain/policy/default.yaml"


def load(path: Path) -> Bundle:
    source = policy_source(path)
    return load_bundle(source.text, source.name, source.includes)


@pytest.fixture(scope="module")
def support() -> Bundle:
    return load(POLICIES / "customer-support.yaml")


@pytest.mark.parametrize(
    "path", [DEFAULT, POLICIES / "customer-support.yaml", POLICIES / "invoice-exceptions.yaml"], ids=str
)
def test_WRK_9_every_entry_of_a_policy_is_read_with_its_owner_and_date(path: Path) -> None:
    bundle = load(path)
    told = [(row.owner, row.since) for section in read(bundle) for row in section.rows if row.owner]
    written = [(one.owner, one.date) for one in entries(bundle)]
    assert set(told) == set(written)
    assert all(told.count(one) >= written.count(one) for one in written)
    assert all(row.words or row.quotes for section in read(bundle) for row in section.rows)


def entries(value: object) -> list[Entry]:
    """All entries of a bundle, wherever they stand."""
    if isinstance(value, Entry):
        return [value]
    if isinstance(value, dict):
        return [found for one in value.values() for found in entries(one)]
    if isinstance(value, msgspec.Struct):
        return [found for name in value.__struct_fields__ for found in entries(getattr(value, name))]
    return []


def row(bundle: Bundle, section: str, name: str) -> Row:
    rows = next(one.rows for one in read(bundle) if one.key == section)
    return next(one for one in rows if str(one.name) == name)


@pytest.mark.parametrize(
    ("section", "name", "words"),
    [
        ("triggers", "Safety", "as P1, the AI does not help, with the time of safety"),
        ("triggers", "Upset", "above emotion floor (0.5)"),
        ("triggers", "Speaks of money back", "a person approves what the AI proposes"),
        ("thresholds", "Lifetime value minor", "2000.00 GBP"),
        ("thresholds", "Repeat window days", "30 days"),
        (
            "ceilings",
            "Refund",
            "50.00 GBP: 1 % of what the customer has spent, but 25.00 GBP at least",
        ),
        ("actions", "Password reset", "The AI may do it by itself"),
        ("actions", "Refund", "A person approves it, within the ceiling refund"),
        ("sla", "P3", "Resolved within 10 h, first answer within 4 h, next within 4 h, in business time"),
        ("routing", "Overflow pool", "The alert opens the pool, and at 100 % it closes by itself"),
        ("routing", "Overflow pool", "whoever has invoices, complaints, in for general, orders"),
        ("routing", "Overflow pool", "P2 and below, 2 each at most"),
        ("offers", "Cushion pad", "Feather cushion pad, on cases of order status, delivery date"),
        ("offers", "Cushion pad", "cover sku is known and had sku is not known and pad in stock is yes"),
        ("offers", "Cushion pad", "to the same customer again after 90 days; in en, es, fr."),
        ("gates", "Low risk", "5% are marked for review"),
        ("playbooks", "Order status", "answers only; low risk"),
    ],
)
def test_an_entry_says_what_its_rule_does(support: Bundle, section: str, name: str, words: str) -> None:
    assert words in str(row(support, section, name).words)


def test_the_second_opinion_says_who_is_asked_and_what() -> None:
    asking = load_bundle(DEFAULT.read_text("utf-8") + OPINION, "p.yaml")
    assert "llama-3.3-70b-instruct is asked, and has 10 seconds" in str(
        row(asking, "opinion", "Who is asked").words
    )
    assert "somebody else may have got into" in row(asking, "opinion", "Account security").quotes[0]


def test_a_marker_says_that_the_ai_is_silent(support: Bundle) -> None:
    legal = row(support, "triggers", "Legal words")
    assert str(legal.mark) == "marker"
    assert "the AI sends nothing until a person lowers it" in str(legal.words)


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((Survey.CSAT,), "Customers are asked how we did (CSAT, 1 to 5)."),
        (
            (Survey.NPS, Survey.EFFORT),
            "Customers are asked whether they would recommend us (NPS, 0 to 10) or how easy it was "
            "(effort, 1 to 7). Each case is asked one of them, in turns.",
        ),
        ((), "Nobody is asked."),
    ],
)
def test_RES_5_what_is_asked_at_the_end_is_said(
    support: Bundle, kinds: tuple[Survey, ...], said: str
) -> None:
    changed = msgspec.structs.replace(support, surveys=kinds)
    assert str(row(changed, "surveys", "At the end").words) == said


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (15, "15 min"), (60, "1 h"), (90, "90 min"), (600, "10 h")]
)
def test_minutes_are_said_as_people_say_them(minutes: int, said: str) -> None:
    assert str(span(minutes)) == said


def test_a_threshold_has_the_unit_of_its_name(support: Bundle) -> None:
    one = support.thresholds["confidence_minimum"]
    assert said(threshold("confidence_minimum", one, "GBP")) == "0.7"


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (Condition(fact="order.state", eq="placed"), "the order's state is placed"),
        (Condition(fact="order.expected_on", present=False), "the expected day of delivery is not known"),
        (Condition(fact="a.b", one_of=("x", "y"), at_least=2), "a b is x or y and is 2 or more"),
        (Condition(fact="a", not_one_of=("x", "y")), "a is not x nor y"),
        (Condition(fact="a", eq=True), "a is yes"),
        (Condition(fact="a", older_than_days=30), "a lies more than 30 days back"),
        (Condition(fact="a", same_as="b.c"), "a is the same as b c"),
        (Condition(fact="a"), "a is looked at"),
    ],
)
def test_a_condition_is_half_a_sentence(test: Condition, said: str) -> None:
    assert str(condition(test)) == said


def test_each_way_of_a_playbook_leads_somewhere(support: Bundle) -> None:
    for key, playbook in support.playbooks.items():
        told = steps(playbook)
        assert len(told.ways) == len(playbook.paths), key
        assert all(way.reply or way.act or way.to_person for way in told.ways), key
        assert len(told.asks) == len(playbook.slots), key
    order = steps(support.playbooks["order_status"])
    assert said(order.asks[0]).startswith("Order, from what the customer wrote, else their only open order.")
    assert [said(one) for one in order.looks_up] == ["Order: order in shop."]
    damaged = steps(support.playbooks["refund_damaged"])
    assert said(damaged.looks_up[1]) == "Line: the one of order items that the customer names by item."
    assert said(damaged.ways[1].act) == "Refund of the item's price"
    assert said(damaged.ways[0].to_person) == (
        "A person has it: something was already given back on this order."
    )
