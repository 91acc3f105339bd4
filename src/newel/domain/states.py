"""Every state machine of the house as one table; SQL repeats it as a guard, and a test compares."""

from collections.abc import Iterator, Mapping

Machine = Mapping[str, tuple[str, ...]]

CASE: Machine = {
    "ai": ("deflecting", "approval", "held", "acting", "queued", "waiting", "resolved"),
    "deflecting": ("ai", "queued", "waiting", "resolved"),
    "approval": ("acting", "waiting", "queued", "ai", "resolved"),
    "held": ("waiting", "queued", "ai", "resolved"),
    "acting": ("waiting", "queued", "ai"),
    "queued": ("owned", "ai", "resolved"),
    "owned": ("queued", "waiting", "snoozed", "ai", "acting", "resolved"),
    "waiting": ("ai", "queued", "owned", "resolved"),
    "snoozed": ("owned", "queued", "resolved"),
    "resolved": ("ai", "queued"),
}
PROPOSAL: Machine = {
    "made": ("released", "pending", "discarded", "superseded"),
    "released": ("superseded", "discarded"),
    "pending": ("decided", "discarded", "superseded"),
    "decided": (),
    "discarded": (),
    "superseded": (),
}
APPROVAL: Machine = {
    "pending": ("approved", "rejected", "expired", "withdrawn", "invalidated"),
    "approved": ("invalidated",),
    "rejected": (),
    "expired": (),
    "withdrawn": (),
    "invalidated": (),
}
ACTION: Machine = {
    "authorised": ("claimed", "void", "unknown"),
    "claimed": ("confirmed", "refused", "unknown", "authorised"),
    "unknown": ("confirmed", "refused", "authorised", "void"),
    "confirmed": (),
    "refused": (),
    "void": (),
}
WORK_ITEM: Machine = {
    "queued": ("owned", "done", "cancelled"),
    "owned": ("queued", "done", "cancelled"),
    "done": (),
    "cancelled": (),
}
SLA: Machine = {
    "running": ("paused", "met", "cancelled"),
    "paused": ("running", "met", "cancelled"),
    "met": (),
    "cancelled": (),
}
OUTBOX: Machine = {
    "pending": ("claimed", "withdrawn", "dead"),
    "claimed": ("delivered", "dead"),
    "delivered": (),
    "withdrawn": (),
    "dead": ("pending",),
}
FEEDBACK: Machine = {
    "pending": ("ingested", "dead"),
    "ingested": (),
    "dead": ("pending",),
}
POLICY: Machine = {
    "draft": ("active",),
    "active": ("retired",),
    "retired": (),
}
ARTICLE_DRAFT: Machine = {
    "draft": ("review", "withdrawn"),
    "review": ("draft", "published", "withdrawn"),
    "published": (),
    "withdrawn": (),
}
OVERFLOW: Machine = {
    "open": ("closed",),
    "closed": (),
}
OFFER: Machine = {
    "shown": ("used", "dismissed"),
    "used": (),
    "dismissed": (),
}
REVIEW: Machine = {
    "open": ("done", "released", "corrected", "returned", "void"),
    "done": (),
    "released": (),
    "corrected": (),
    "returned": (),
    "void": (),
}
WEEKLY: Machine = {
    "open": ("signed",),
    "signed": (),
}
POST_MORTEM: Machine = {
    "open": ("written", "closed"),
    "written": (),
    "closed": (),
}

MACHINES: Mapping[str, Machine] = {
    "case": CASE,
    "proposal": PROPOSAL,
    "approval": APPROVAL,
    "action": ACTION,
    "work_item": WORK_ITEM,
    "sla": SLA,
    "outbox": OUTBOX,
    "feedback": FEEDBACK,
    "policy": POLICY,
    "article_draft": ARTICLE_DRAFT,
    "overflow": OVERFLOW,
    "offer": OFFER,
    "review": REVIEW,
    "weekly": WEEKLY,
    "post_mortem": POST_MORTEM,
}

JOB_KINDS = (
    "answer",
    "approval_expiry",
    "review_expiry",
    "action",
    "deflection",
    "refused",
    "delivery",
    "routing",
    "rebalance",
    "breach",
    "context",
    "wake",
    "release",
    "settle",
    "feedback",
)
"""Every kind of job; ``flow.way`` says what each does."""


def transitions() -> Iterator[tuple[str, str, str]]:
    """All (machine, from, to) triples."""
    for name, machine in MACHINES.items():
        for before, afters in machine.items():
            for after in afters:
                yield name, before, after


def may_go(machine: str, before: str, after: str) -> bool:
    """Whether the machine knows the change; staying in a state is no change."""
    return before == after or after in MACHINES[machine][before]
