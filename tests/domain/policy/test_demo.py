"""The demo company's policies: whole, right by the house's own knowledge, and as the company says."""

from pathlib import Path

import pytest

import newel.demo
from newel.domain.policy.check import check
from newel.domain.policy.parse import Document, included, load_document
from newel.domain.words import RiskClass
from newel.flow.policy import known

FOLDER = Path(newel.demo.__file__).parent / "policy"


def read(name: str) -> Document:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return load_document(text, name, {one: (FOLDER / one).read_text("utf-8") for one in included(text, name)})


@pytest.mark.parametrize("name", ["customer-support.yaml", "invoice-exceptions.yaml"])
def test_a_demo_policy_has_nothing_to_mend_and_no_standard_trigger_missing(name: str) -> None:
    assert check(read(name), known()) == ()


def test_TIR_5_refunds_have_their_floor_cap_and_share() -> None:
    refund = read("customer-support.yaml").bundle.ceilings["refund"]
    assert (refund.floor_minor, refund.cap_minor, refund.lifetime_share, refund.window_days) == (
        2500,
        5000,
        0.01,
        90,
    )


def test_only_what_moves_no_money_is_autonomous() -> None:
    bundle = read("customer-support.yaml").bundle
    free = {name for name, action in bundle.actions.items() if action.autonomous}
    assert free == {"password_reset", "appointment", "appointment_change"}
    assert set(bundle.gates) == set(RiskClass)
