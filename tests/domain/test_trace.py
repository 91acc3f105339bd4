"""The story of a case: who has read it stands apart from what happened."""

from datetime import UTC, datetime, timedelta

from newel.domain.trace import OPENED, By, Step, readings

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
AMARA, JUNE = By("staff", "1", "Amara"), By("staff", "2", "June")


def step(n: int, event: str, by: By) -> Step:
    at = NOON + timedelta(minutes=n)
    return Step(
        n=n, at=at, stage="case", event=event, by=by, entity="case", entity_id="c", state=None, detail={}
    )


def test_readings_are_folded_by_person_and_the_steps_keep_their_numbers() -> None:
    told = [
        step(1, "case.opened", By("service", "web")),
        step(2, OPENED, AMARA),
        step(3, "case.escalated", By("system", "scan")),
        step(4, OPENED, JUNE),
        step(5, OPENED, AMARA),
    ]
    steps, read = readings(told)
    assert [one.n for one in steps] == [1, 3]
    assert [(one.by.name, one.times, one.last) for one in read] == [
        ("Amara", 2, NOON + timedelta(minutes=5)),
        ("June", 1, NOON + timedelta(minutes=4)),
    ]
