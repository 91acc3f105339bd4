"""SCN-12: data triggers on the fields of an item."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from newel.domain.policy.bundle import Bundle, Field
from newel.domain.scan.features import PastContact, ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import Scanner, compile_scanner

FIELDS = {
    "invoice_number": Field(type="text", required=True, pattern="INV-[0-9]{4}"),
    "total": Field(type="money", required=True),
    "due_date": Field(type="date"),
    "paid": Field(type="boolean"),
}
GOOD = {
    "invoice_number": "INV-0001",
    "total": "120.00",
    "net": "100.00",
    "tax": "20.00",
    "due_date": "2026-12-01",
}


@pytest.fixture(scope="module")
def items(bundle: Bundle) -> Scanner:
    kind = msgspec.structs.replace(bundle, kind="items", fields=FIELDS)
    return compile_scanner(kind, shipped_lexicon())


def found(
    scanner: Scanner, fields: dict[str, Any] | None, *history: PastContact
) -> dict[str, list[str | None]]:
    receipt = scanner.scan(ScanInput(text="", fields=fields, history=history))
    return {marker.id: [item.fact for item in marker.evidence] for marker in receipt.markers}


def test_a_sound_item_has_no_marker(items: Scanner) -> None:
    assert found(items, GOOD) == {}


@pytest.mark.parametrize(
    ("change", "key", "fact"),
    [
        ({"invoice_number": "  "}, "data.missing_field", "invoice_number is missing"),
        ({"total": None}, "data.missing_field", "total is missing"),
        ({"invoice_number": "0001"}, "data.format", "invoice_number does not look like INV-[0-9]{4}"),
        ({"total": "a lot"}, "data.format", "total is not a number"),
        ({"due_date": "soon"}, "data.format", "due_date is not a date (YYYY-MM-DD)"),
        ({"paid": "yes"}, "data.format", "paid is not true or false"),
        ({"total": "121.00"}, "data.conflict", "total 121.00 is not net 100.00 plus tax 20.00"),
        (
            {"invoice_date": "2026-12-02"},
            "data.conflict",
            "due_date 2026-12-01 is before invoice_date 2026-12-02",
        ),
        (
            {"vendor": "A", "vendor_on_record": "B"},
            "data.conflict",
            "vendor A differs from vendor_on_record B",
        ),
        ({"duplicate_of": "INV-0000"}, "data.duplicate", "duplicate_of is INV-0000"),
    ],
)
def test_SCN_12_each_data_trigger_names_the_field(
    items: Scanner, change: dict[str, Any], key: str, fact: str
) -> None:
    assert fact in found(items, {**GOOD, **change})[key]


@pytest.mark.parametrize(
    "change", [{"total": 120}, {"total": 120.0}, {"amount_on_record": "5", "amount": "5.00"}, {"paid": False}]
)
def test_the_same_value_written_otherwise_is_no_conflict(items: Scanner, change: dict[str, Any]) -> None:
    assert found(items, {**GOOD, **change}) == {}


def test_a_number_seen_before_is_a_duplicate(items: Scanner) -> None:
    past = PastContact(at=datetime(2026, 11, 1, tzinfo=UTC), text="Invoice INV-0001 from V001")
    assert found(items, GOOD, past)["data.duplicate"] == [f"INV-0001 was seen on {date(2026, 11, 1)}"]
    assert "data.duplicate" not in found(items, GOOD, msgspec.structs.replace(past, text="INV-00012"))


def test_an_item_without_fields_lacks_them_all(items: Scanner, scanner: Scanner) -> None:
    assert "data.missing_field" in found(items, None)
    assert found(scanner, None) == {}


@pytest.mark.parametrize("odd", [float("nan"), [], {"a": 1}, "\ud800", "1e999999", 10**400, True])
def test_odd_values_never_raise(items: Scanner, odd: Any) -> None:
    for name in (*GOOD, "duplicate_of", "total_on_record", "invoice_date"):
        found(items, {**GOOD, name: odd})
