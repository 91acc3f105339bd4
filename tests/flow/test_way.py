"""The way names every kind of job, and every kind that it names exists."""

from newel.domain.states import JOB_KINDS
from newel.flow.way import WAY


def test_each_kind_of_job_has_its_step() -> None:
    assert set(WAY) == set(JOB_KINDS)


def test_what_may_follow_is_on_the_way() -> None:
    assert {kind for stage in WAY.values() for kind in stage.next} <= set(WAY)
