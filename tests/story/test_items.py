"""Back-office items: what records settle is settled by playbook and logged; the rest is a person's."""

from typing import Any
from uuid import uuid4

from tests.story.day import Day, Json

FIELDS = (
    "id", "vendor", "vendor_name", "number", "amount", "issued_on", "po_number", "cost_centre",
    "vendor_tax_id", "department", "bank_account_ending",
)  # fmt: skip


def sent(day: Day, number: str, confidence: float = 0.98, **read: Any) -> Json:
    """An invoice as the reader of the accounts department hands it in."""
    invoice = day.books.get(f"/invoices/{number}").json()
    fields = {name: invoice[name] for name in FIELDS}
    fields |= {"amount": invoice["amount"]["amount_minor"] / 100}
    body = {
        "external_id": uuid4().hex,
        "workflow": "invoice-exceptions",
        "customer": {"ref": invoice["vendor"] or "unknown"},
        "fields": fields | read,
        "confidence": confidence,
    }
    return dict(day.channel.post("/api/v1/items", json=body).raise_for_status().json())


def ledger(day: Day, number: str) -> list[Json]:
    found: list[Json] = day.books.get("/ledger", params={"subject": number}).json()["rows"]
    return found


def test_TIR_15_a_duplicate_is_made_void_once(day: Day) -> None:
    taken = sent(day, "INV-20008")
    day.becomes(taken, "resolved")
    (row,) = ledger(day, "INV-20008")
    assert row["class"] == "invoice_void"
    case = day.case(taken)
    assert (case["kind"], case["contact_reason"], case["tier"]) == ("item", "duplicate_invoice", 1)
    assert day.books.get("/invoices/INV-20008").json()["status"] == "void"
    steps = {step["event"]: step for step in day.trace(taken)}
    assert "autonomous_action" in steps["decision.release"]["detail"]["reasons"]


def test_TIR_15_a_missing_order_number_is_filled_in_once(day: Day) -> None:
    found = day.books.get("/purchase-orders?vendor=V001&amount_minor=561300").json()
    (order,) = found["purchase_orders"]
    taken = sent(day, "INV-20012")
    day.becomes(taken, "resolved")
    (row,) = ledger(day, "INV-20012")
    assert row["class"] == "invoice_field"
    assert day.books.get("/invoices/INV-20012").json()["po_number"] == order["number"]
    assert day.case(taken)["contact_reason"] == "missing_po_number"


def test_TIR_15_a_change_of_bank_is_a_persons(day: Day) -> None:
    taken = sent(day, "INV-20019")
    owner = day.owner(taken)
    assert owner.login == "hana"
    assert day.case(taken)["tier"] == 3
    assert ledger(day, "INV-20019") == []
    owner.resolve(taken["case_id"], category="redirected")
