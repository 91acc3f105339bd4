"""The way of a message on one screen: which step each kind of job runs, and where it may lead."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from newel.flow import (
    action,
    answer,
    approval,
    context,
    delivery,
    feedback,
    quality,
    resolution,
    routing,
    sla,
    tier,
)
from newel.flow.house import House
from newel.store.job import Job

Step = Callable[[House, Job], Awaitable[None]]


@dataclass(frozen=True)
class Stage:
    """One kind of job: its step, and the kinds that may follow."""

    step: Step
    next: tuple[str, ...]


WAY: Mapping[str, Stage] = {
    "answer": Stage(
        answer.answer,
        ("delivery", "action", "approval_expiry", "review_expiry", "settle", "deflection", "routing"),
    ),
    "approval_expiry": Stage(approval.expire, ("routing", "context")),
    "review_expiry": Stage(quality.expire, ("routing", "context")),
    "action": Stage(action.execute, ("delivery", "settle", "answer", "routing")),
    "deflection": Stage(tier.silent, ("routing", "context")),
    "refused": Stage(tier.refused, ("routing", "context")),
    "delivery": Stage(delivery.deliver, ("refused",)),
    "routing": Stage(routing.route, ("context",)),
    "rebalance": Stage(routing.rebalance, ("routing",)),
    "breach": Stage(sla.breach, ("delivery", "rebalance")),
    "context": Stage(context.fill, ()),
    "wake": Stage(routing.wake, ("routing",)),
    "release": Stage(resolution.release, ("delivery", "context", "settle", "feedback")),
    "settle": Stage(resolution.settle, ("feedback",)),
    "feedback": Stage(feedback.ingest, ()),
}
