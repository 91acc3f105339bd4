"""What changed, as topics that pages listen to; each audit event of a transaction names its own."""

from uuid import UUID

QUEUE = "queue"
APPROVALS = "approvals"
PEOPLE = "people"
NOTICES = "notices"
SWITCHES = "switches"
OVERFLOW = "overflow"
KNOWLEDGE = "knowledge"
POLICIES = "policies"
REVIEWS = "reviews"
_OF_ENTITY = {
    "work_item": (QUEUE,),
    "sla": (QUEUE,),
    "case": (QUEUE,),
    "approval": (APPROVALS,),
    "proposal": (APPROVALS,),
    "staff": (PEOPLE,),
    "kill_switch": (SWITCHES,),
    "overflow": (OVERFLOW,),
    "overflow_alert": (OVERFLOW,),
    "article": (KNOWLEDGE,),
    "article_draft": (KNOWLEDGE,),
    "policy": (POLICIES,),
    "review": (REVIEWS,),
    "sampling": (REVIEWS,),
    "weekly": (REVIEWS,),
    "post_mortem": (REVIEWS,),
}


def of_case(case_id: UUID) -> str:
    """Whatever happens to one case."""
    return f"case:{case_id}"


def of_conversation(conversation_id: UUID) -> str:
    """What the customer of a conversation may see of it."""
    return f"conversation:{conversation_id}"


def writing_to(conversation_id: UUID) -> str:
    """A person is writing to this customer, at this moment."""
    return f"writing:{conversation_id}"


def typing_on(case_id: UUID) -> str:
    """The customer of this case is typing, at this moment."""
    return f"typing:{case_id}"


def topics(entity: str, case_id: UUID | None) -> tuple[str, ...]:
    """The topics of one audit event."""
    return (*_OF_ENTITY.get(entity, ()), *((of_case(case_id),) if case_id else ()))
