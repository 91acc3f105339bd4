"""The printed trace: readable, and harmless to the terminal."""

import io
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console

from newel.cli.trace import show
from newel.domain.trace import By, Head, Step, Story

AT = datetime(2026, 11, 18, 12, 0, 0, 123000, tzinfo=UTC)
CASE = UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2")


def story(text: str) -> Story:
    head = Head(
        id=CASE,
        workflow="customer-support",
        kind="conversation",
        contact_reason="order_status",
        language="en",
        state="waiting",
        tier=1,
        locked=False,
        priority=3,
        episode=1,
        policy_version="customer-support/1",
        opened_at=AT,
        resolved_at=None,
        owner_id=None,
    )
    step = Step(
        n=1,
        at=AT,
        stage="intake",
        event="message.received",
        by=By("staff", "x", "Amara Osei"),
        entity="message",
        entity_id="m",
        state=None,
        detail={"text": text, "markers": ["legal", "regulated"]},
    )
    return Story(case=head, opened=True, steps=(step,))


def printed(text: str) -> str:
    out = io.StringIO()
    show(story(text), Console(file=out, width=160, force_terminal=False))
    return out.getvalue()


def test_POL_6_each_step_has_time_stage_event_actor_and_detail() -> None:
    page = printed("Where is order 10023?")
    for part in (
        str(CASE),
        "order_status",
        "T1",
        "customer-support/1",
        "12:00:00.123",
        "intake",
        "message.received",
        "staff Amara Osei",
        "Where is order 10023?",
        "markers: legal, regulated",
    ):
        assert part in page


def test_CTX_5_customer_text_moves_nothing_in_the_terminal() -> None:
    page = printed("\x1b[2J\x1b]0;owned\x07 [red]not markup[/red] \u202egnp.exe\r\x9b31m")
    assert not set(page) & set("\x1b\x07\x9b\u202e\r")
    assert "[red]not markup[/red]" in page


def test_POL_6_nothing_is_cut_however_long() -> None:
    long = "mug " * 500 + "the end"
    assert "the end" in " ".join(printed(long).split())
