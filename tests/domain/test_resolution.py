"""Resolution: what a person may say that a case was about."""

import pytest

from newel.domain.errors import Invalid
from newel.domain.resolution import fit_reason


@pytest.mark.parametrize(
    ("said", "own", "kept"),
    [
        ("", "order_status", "order_status"),
        ("refund_damaged", "order_status", "refund_damaged"),
        ("gone", "gone", "gone"),
        ("", "", ""),
    ],
)
def test_RES_1_a_reason_is_the_policys_or_the_cases_own(said: str, own: str, kept: str) -> None:
    assert fit_reason(said, own, {"order_status", "refund_damaged"}) == kept


def test_RES_1_a_reason_that_no_policy_knows_is_refused() -> None:
    with pytest.raises(Invalid, match="choose one"):
        fit_reason("made_up", "order_status", {"order_status"})
