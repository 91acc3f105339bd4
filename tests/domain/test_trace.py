"""The story of a case: who has read it stands apart from what happened."""

from datetime import UTC, datetime, timedelta

from newel.domain.sentence import said
from newel.domain.telling import told
from newel.domain.trace import OPENED, By, Step, readings

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
AMARA, JUNE = By("staff", "1", "Amara"), By("staff", "2", "June")


def step(n: int, event: str, by: By, **detail: object) -> Step:
    at = NOON + timedelta(minutes=n)
    return Step(
        n=n, at=at, stage="case", event=event, by=by, entity="case", entity_id="c", state=None, detail=detail
    )


def test_readings_are_folded_by_person_and_the_steps_keep_their_numbers() -> None:
    steps_of = [
        step(1, "case.opened", By("service", "web")),
        step(2, OPENED, AMARA),
        step(3, "case.escalated", By("system", "scan")),
        step(4, OPENED, JUNE),
        step(5, OPENED, AMARA),
    ]
    steps, read = readings(steps_of)
    assert [one.n for one in steps] == [1, 3]
    assert [(one.by.name, one.times, one.last) for one in read] == [
        ("Amara", 2, NOON + timedelta(minutes=5)),
        ("June", 1, NOON + timedelta(minutes=4)),
    ]


def test_a_step_says_nothing_as_a_machine_writes_it() -> None:
    """Keys are words, days are days; what a model weighed, and what is not known, is no row."""
    rows = told(
        step(
            1,
            "proposal.made",
            By("ai", "answer"),
            template="out_of_hours",
            contact_reason="order_status",
            risk_factors=[{"name": "risk_words", "weight": 0.15}],
            facts={"order.delivered_on": "2026-11-13T00:00:00", "order.state": "in_transit"},
            signals={
                "evidence": ["log_odds=3.17; lead=0.95", "votes=0.74"],
                "language": "en",
                "error": "",
                "cause": None,
                "skills": [],
            },
            language={"code": "fr", "mixed": False},
            action={"action": "return_label", "amount": None, "args": {"sku": "HW-103"}},
        )
    )
    assert [f"{row.label}: {said(row.value)}" for row in rows] == [
        "Template: out of hours",
        "Contact reason: order status",
        "Risk factors: Name: risk words, Weight: 0.15",
        "Facts: the day of delivery: 13 Nov 2026",
        "Facts: the order's state: in transit",
        "Signals: Language: English",
        "Signals: Skills: none",
        "Language: Code: French, Mixed: no",
        "Action: return label",
        "Args: SKU: HW-103",
    ]
