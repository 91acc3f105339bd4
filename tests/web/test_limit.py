"""Buckets that fill by time."""

import pytest

from newel.web.limit import Limits, Rate, TooOften


def test_a_burst_is_allowed_and_then_so_many_a_second() -> None:
    now = [100.0]
    limits, rate = Limits(lambda: now[0]), Rate(burst=2, a_second=0.5)
    assert [limits.allow("write", "a", rate) for _ in range(3)] == [True, True, False]
    assert limits.allow("write", "b", rate)
    assert limits.allow("read", "a", rate)
    with pytest.raises(TooOften) as refused:
        limits.must("write", "a", rate)
    assert refused.value.data == {"seconds": 2}
    now[0] += 2
    limits.must("write", "a", rate)
    now[0] += 1000
    assert [limits.allow("write", "a", rate) for _ in range(3)] == [True, True, False]
