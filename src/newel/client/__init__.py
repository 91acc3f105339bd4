"""The Python client of Newel's API: typed, and it sends again under the same id.

It imports nothing of the house: the package may be used on a machine that has no Newel.
"""

from newel.client.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    NewelProblem,
    NotFound,
    Refused,
    StaleToken,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from newel.client.session import Client
from newel.client.values import (
    Accepted,
    Approval,
    Asked,
    By,
    Case,
    Customer,
    Head,
    Message,
    Messages,
    Step,
    Story,
)

__all__ = [
    "Accepted",
    "Approval",
    "Asked",
    "By",
    "Case",
    "Client",
    "Conflict",
    "Customer",
    "FieldProblem",
    "Forbidden",
    "Head",
    "Message",
    "Messages",
    "NewelProblem",
    "NotFound",
    "Refused",
    "StaleToken",
    "Step",
    "Story",
    "TooMany",
    "Unauthenticated",
    "Unavailable",
]
