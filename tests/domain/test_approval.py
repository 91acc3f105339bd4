"""What an edited amount may be."""

import pytest

from newel.domain.approval import AboveCeiling, within_ceiling


@pytest.mark.parametrize(("amount", "cap", "used"), [(2000, 2000, 0), (500, 2000, 1500), (0, 0, 900)])
def test_TIR_5_up_to_what_is_left_of_the_cap(amount: int, cap: int, used: int) -> None:
    within_ceiling(amount, cap, used)


@pytest.mark.parametrize(
    ("amount", "cap", "used", "left"), [(2001, 2000, 0, 2000), (501, 2000, 1500, 500), (1, 2000, 2500, 0)]
)
def test_TIR_5_above_it_the_error_says_what_is_left(amount: int, cap: int, used: int, left: int) -> None:
    with pytest.raises(AboveCeiling) as refused:
        within_ceiling(amount, cap, used)
    assert refused.value.data == {"amount_minor": amount, "ceiling_minor": left}
