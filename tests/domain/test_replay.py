"""The report: sums that must hold whatever the tickets were."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.replay import LineError, Rates, Report, Result, Run, Setting, Tally
from newel.domain.replay.cost import cost_of
from newel.domain.replay.tally import percentages
from newel.domain.words import Money, Tier

RUN = Run("1", datetime(2026, 11, 20, tzinfo=UTC))
SETTING = Setting(source="past.csv", workflow="w", policy="w/1", look_ups="none", clock="ticket")
TIERS = {
    "release": Tier.AUTONOMOUS,
    "propose": Tier.SUPERVISED,
    "escalate": Tier.HUMAN,
    "deflect": Tier.HUMAN,
}
WORD = st.sampled_from(["order_status", "refund_damaged", "", "tracking_link"])

results = st.builds(
    lambda decision, **more: Result(decision=decision, tier=TIERS[decision], **more),
    line=st.integers(2, 10_000),
    id=st.text("abc123", min_size=1, max_size=6),
    decision=st.sampled_from(list(TIERS)),
    reasons=st.lists(st.sampled_from(["marker", "scan_floor:legal", "facts_of_record"]), min_size=1).map(
        tuple
    ),
    triggers=st.lists(st.sampled_from(["legal.dictionary", "value.vip"]), max_size=3).map(tuple),
    asked=st.booleans(),
    contact_reason=WORD,
    category=WORD,
    basis=st.sampled_from(["playbook", "knowledge", "question", ""]),
    sources=st.lists(st.sampled_from(["order 1", "article a v1 (A)"]), max_size=2, unique=True).map(tuple),
    action=st.sampled_from(["", "refund"]),
    amount=st.none() | st.builds(Money, st.integers(1, 9999), st.just("GBP")),
    language=st.sampled_from(["en", "fr", ""]),
    expected_tier=st.none() | st.integers(1, 3),
    expected_reason=WORD,
)


def report(found: list[Result], errors: tuple[LineError, ...] = ()) -> Report:
    tally = Tally()
    for result in found:
        tally.add(result)
    return tally.report(RUN, SETTING, errors)


@given(st.dictionaries(st.text(max_size=4), st.integers(0, 10**9), max_size=40))
def test_INS_6_percentages_sum_to_exactly_100(counts: dict[str, int]) -> None:
    found = percentages(counts)
    total = sum(counts.values())
    assert sum(found.values()) == (100 if total else 0)
    assert all(abs(found[k] - Decimal(counts[k]) * 100 / total) < Decimal("0.01") for k in counts if total)


def test_percentages_of_thirds() -> None:
    assert percentages({1: 1, 2: 1, 3: 1}) == {1: Decimal("33.34"), 2: Decimal("33.33"), 3: Decimal("33.33")}


@given(st.lists(results, max_size=40))
def test_INT_6_counts_add_up(found: list[Result]) -> None:
    made = report(found)
    assert made.tickets == len(found) == sum(row.count for row in made.tiers)
    assert sum(row.percent for row in made.tiers) == (100 if found else 0)
    assert sum(row.count for row in made.decisions) == len(found)
    assert sum(row.count for row in made.contact_reasons) == len(found)
    assert all(row.count == row.tier_1 + row.tier_2 + row.tier_3 for row in made.contact_reasons)
    assert sum(row.count for row in made.approvals) == sum(r.decision == "propose" for r in found)
    by_reason = Counter((int(r.tier), reason) for r in found for reason in set(r.reasons))
    assert {(row.tier, row.reason): row.count for row in made.reasons} == by_reason


@given(st.lists(results, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_tickets_changes_nothing(found: list[Result], random: Random) -> None:
    mixed = list(found)
    random.shuffle(mixed)
    assert msgspec.json.encode(report(found)) == msgspec.json.encode(report(mixed))


@given(st.lists(results, max_size=40))
def test_the_confusion_table_counts_each_labelled_ticket_once(found: list[Result]) -> None:
    labelled = [r for r in found if r.expected_tier is not None]
    made = report(found).confusion
    if not labelled:
        assert made is None
        return
    assert made is not None
    assert sum(sum(row.values()) for row in made.table.values()) == len(labelled) == made.right.of
    assert made.right.count == sum(r.expected_tier == r.tier for r in labelled)
    assert sum(row.count for row in made.disagreements) == made.right.of - made.right.count
    released = sorted(r.id for r in labelled if r.expected_tier == 3 and r.decision == "release")
    assert list(made.released_though_human) == released


def rates(**more: object) -> Rates:
    given = {"currency": "GBP", "minutes_by_tier": {2: "1.5", 3: "9"}, "cost_per_hour": "30", **more}
    return msgspec.convert({"cost_per_ai_answer": "0.02", **given}, Rates, strict=False)


def test_INS_6_cost_follows_from_the_operators_rates() -> None:
    found = cost_of({1: 60, 2: 40, 3: 20}, 100, rates(minutes_today="8"))
    assert found.hours_by_tier == {1: Decimal("0.00"), 2: Decimal("1.00"), 3: Decimal("3.00")}
    assert (found.people_hours, found.people_cost) == (Decimal("4.00"), Decimal("120.00"))
    assert (found.ai_cost, found.total) == (Decimal("2.00"), Decimal("122.00"))
    assert (found.today_hours, found.today_cost) == (Decimal("16.00"), Decimal("480.00"))


def test_INS_6_without_rates_nothing_is_invented() -> None:
    assert report([]).cost is None
    assert cost_of({1: 1}, 1, rates()).today_cost is None
    with pytest.raises(msgspec.ValidationError, match="cost_per_click"):
        rates(cost_per_click="1")
