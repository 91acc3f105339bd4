"""The labelled sets are what their README says they are."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from benchmarks.sets import vary

SETS = Path(vary.__file__).parent


def names(text: str) -> set[str]:
    return set(text.split())


ANSWERED = names(
    "order_status delivery_date tracking_link order_contents return_window stock_check account_email "
    "gift_card_balance warranty_check invoice_copy subscription_next_date password_reset "
    "appointment_book appointment_change knowledge"
)
PROPOSED = names(
    "refund_damaged refund_not_received reship_missing_item reship_damaged goodwill_credit_late "
    "cancel_order change_delivery_address subscription_pause subscription_cancel return_label "
    "refund_status knowledge"
)
TRIGGERS = names(
    "request legal reputation repeat emotion complexity value safety fraud account_security injection "
    "above_ceiling no_answer language"
)
DICTIONARY = {"small claims", "data breach"} | names(
    "lawyer attorney sue lawsuit chargeback dispute fraud unauthorised privacy GDPR CCPA "
    "accessibility ADA child"
)
PEOPLE = names("amara ben chloe diego esme farid greta hana ivan")
LABEL = ("expected_tier", "expected_reason", "language", "channel", "why")


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SETS / name).read_text("utf-8").splitlines()]


def words(rows: list[dict[str, Any]]) -> set[str]:
    return {vary.normalised(row["text"]) for row in rows}


def moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


@pytest.fixture(scope="module")
def varied() -> list[dict[str, Any]]:
    return vary.tickets()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("paraphrases_heldout.jsonl", 200),
        ("paraphrases_open.jsonl", 100),
        ("paraphrases_dev.jsonl", 150),
        ("outside.jsonl", 60),
        ("outside_dev.jsonl", 60),
        ("tickets_written.jsonl", 150),
    ],
)
def test_each_file_has_its_count_and_no_line_twice(name: str, count: int) -> None:
    rows = read(name)
    assert len(rows) == len(words(rows)) == len({row["id"] for row in rows}) == count


@pytest.mark.parametrize(
    ("name", "each"),
    [("paraphrases_heldout.jsonl", 8), ("paraphrases_open.jsonl", 4), ("paraphrases_dev.jsonl", 6)],
)
def test_every_reason_has_the_same_number_of_paraphrases(name: str, each: int) -> None:
    reasons = (ANSWERED | PROPOSED) - {"knowledge"}
    assert len(reasons) == 25
    assert Counter(row["reason"] for row in read(name)) == dict.fromkeys(reasons, each)


def test_held_out_open_and_outside_share_no_message() -> None:
    held, known = words(read("paraphrases_heldout.jsonl")), words(read("paraphrases_open.jsonl"))
    tickets, outside = words(read("tickets_written.jsonl")), words(read("outside.jsonl"))
    assert not held & (known | tickets)
    assert not outside & (held | known | tickets)


def test_the_held_out_file_is_the_one_that_the_readme_names() -> None:
    digest = hashlib.sha256((SETS / "paraphrases_heldout.jsonl").read_bytes()).hexdigest()
    assert digest in (SETS / "README.md").read_text("utf-8")


def test_reasons_fit_their_tiers(varied: list[dict[str, Any]]) -> None:
    valid = {1: ANSWERED, 2: PROPOSED, 3: TRIGGERS}
    assert not [row["id"] for row in varied if row["expected_reason"] not in valid[row["expected_tier"]]]


def test_the_written_tickets_cover_every_playbook_trigger_and_dictionary_word() -> None:
    rows = read("tickets_written.jsonl")
    assert Counter(row["expected_tier"] for row in rows) == {1: 80, 2: 30, 3: 40}
    assert {row["expected_reason"] for row in rows} == ANSWERED | PROPOSED | TRIGGERS
    marked = " ".join(row["text"] for row in rows if row["expected_tier"] == 3)
    assert not [phrase for phrase in DICTIONARY if not re.search(rf"\b{phrase}\b", marked)]


def test_orders_belong_to_their_customers(varied: list[dict[str, Any]]) -> None:
    for row in varied:
        named = {int(found) for found in re.findall(r"\b10\d{3}\b", f"{row['subject']} {row['text']}")}
        assert all(10001 <= order <= 10800 for order in named), row
        assert {vary.owner(order) for order in named} <= {row["customer_ref"]}, row
        assert row["order"] in named | {None}, row


def test_marked_customers_write_at_tier_3_only(varied: list[dict[str, Any]]) -> None:
    marked = [row for row in varied if row["customer_ref"] in vary.MARKED_CUSTOMERS]
    assert {row["expected_tier"] for row in marked} == {3}
    assert {row["customer_ref"] for row in marked} == vary.MARKED_CUSTOMERS


def test_there_are_500_tickets_and_no_two_alike(varied: list[dict[str, Any]]) -> None:
    assert len(varied) == len(words(varied)) == len({row["id"] for row in varied}) == 500


def test_every_variant_keeps_its_label_and_says_what_was_varied(varied: list[dict[str, Any]]) -> None:
    base = {row["id"]: row for row in read("tickets_written.jsonl")}
    assert varied[:150] == list(base.values())
    for row in varied[150:]:
        original = base[row["id"][:-2]]
        assert [row[key] for key in LABEL] == [original[key] for key in LABEL]
        assert row["varied"]


def test_no_misspelling_touches_a_tier_3_ticket(varied: list[dict[str, Any]]) -> None:
    marked = [row for row in varied[150:] if row["expected_tier"] == 3]
    assert not [row["id"] for row in marked if {"misspelling", "filler"} & set(row["varied"])]


def test_history_lies_before_its_ticket(varied: list[dict[str, Any]]) -> None:
    rows = [row for row in varied if "history" in row]
    assert {row["expected_reason"] for row in rows} == {"repeat", "order_status"}
    for row in rows:
        assert all(moment(contact["at"]) < moment(row["at"]) for contact in row["history"])


def test_no_ordinary_customer_asks_the_same_thing_twice(varied: list[dict[str, Any]]) -> None:
    """A repeat contact would rise to tier 3; only tickets bound to their order come back."""
    free = [row for row in varied if vary.movable(row) and row["expected_tier"] < 3]
    times = Counter((row["customer_ref"], row["expected_reason"]) for row in free)
    assert max(times.values()) == 1


def test_the_500_are_the_same_in_every_process(varied: list[dict[str, Any]]) -> None:
    printed = [
        subprocess.run(
            [sys.executable, str(SETS / "vary.py")],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert [json.loads(line) for line in printed[0].decode().splitlines()] == varied


def test_the_routing_cases_are_forty_and_well_formed() -> None:
    cases = yaml.safe_load((SETS / "routing_cases.yaml").read_text("utf-8"))
    assert len(cases) == len({case["id"] for case in cases}) == 40
    for case in cases:
        assert moment(case["now"]).utcoffset() == timedelta()
        assert case["expected"] in (PEOPLE - {"ivan"}) | {"queued", "supervisor:ivan"}
        assert {*case["loads"], *case["last_assigned"], *case["away"]} <= PEOPLE
