"""The set of invoices: what its labels rest on, worked out without a playbook."""

from collections import Counter

from benchmarks.sets.invoices import TODAY, TRAPS, items

from newel.demo.generate.purchasing import SHARES
from newel.demo.world import generate


def test_INT_2_five_hundred_items_with_one_outcome_each() -> None:
    made = items()
    assert made == items()
    assert len({item["id"] for item in made}) == len(made) == 500
    labels = Counter(item["expected_reason"] for item in made)
    trapped = sum(count for count, _ in TRAPS.values())
    assert all(labels[name] == count for name, (count, _) in TRAPS.items())
    flawed = {flaw.value: count for flaw, count in SHARES.items()}
    assert sum(flawed.values()) - sum(labels[flaw] for flaw in flawed) == trapped
    for item in made:
        assert (item["expected_tier"] == 1) is (item["truth"] is not None)


def test_the_truths_are_in_the_world() -> None:
    world = generate(TODAY)
    known = {
        "po_number": {order.number for order in world.purchase_orders},
        "cost_centre": {vendor.cost_centre for vendor in world.vendors},
        "vendor_tax_id": {vendor.tax_id for vendor in world.vendors},
    }
    paid = {invoice.id for invoice in world.invoices if invoice.status == "paid"}
    for item in items():
        truth = item["truth"] or {}
        if truth.get("action") == "invoice_field":
            assert truth["value"] in known[truth["field"]]
            assert not item["fields"][truth["field"]]
        elif truth.get("action") == "invoice_void":
            assert truth["duplicate_of"] in paid
        elif truth:
            assert truth["department"] != item["fields"]["department"]
