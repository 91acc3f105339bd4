"""The interval against exact binomial sums and published values."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.interval import below, share


def at_least(k: int, n: int, p: Fraction) -> float:
    return float(sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1)))


@given(st.integers(1, 60), st.data())
def test_the_beta_function_is_the_binomial_tail(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n))
    p = data.draw(st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000))
    assert below(float(p), k, n - k + 1) == pytest.approx(at_least(k, n, p), abs=1e-10)


@given(st.integers(1, 4000), st.data())
def test_the_bounds_leave_the_tails_that_they_promise(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    found = share(k, n)
    assert 0 <= found.low <= k / n <= found.high <= 1
    if k:
        assert below(found.low, k, n - k + 1) == pytest.approx(0.025, abs=2e-3)
    if k < n:
        assert 1 - below(found.high, k + 1, n - k) == pytest.approx(0.025, abs=2e-3)


def test_known_values() -> None:
    assert share(0, 60).high == pytest.approx(1 - 0.025 ** (1 / 60), abs=1e-6)
    assert share(60, 60).low == pytest.approx(0.025 ** (1 / 60), abs=1e-6)
    assert (share(8, 10).low, share(8, 10).high) == (0.443905, 0.974789)  # scipy.stats.binomtest
    assert (share(0, 0).low, share(0, 0).high, share(0, 0).value) == (0.0, 1.0, 0.0)
    assert share(450, 500, 0.99).low < share(450, 500).low
