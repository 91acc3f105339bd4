"""Accounts: the link that sets a new password, sent to the address on file."""

import msgspec

from newel.demo.effect import Desk, Effect, Key
from newel.demo.ledger import Done
from newel.demo.shapes import Customer


class ResetAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send the link; it goes nowhere but to the address on file."""


def reset_password(desk: Desk, ref: str, _: ResetAsk) -> Done:
    """Send a link that sets a new password."""
    customer = desk.records.get(Customer, ref)
    reference = desk.reference("PW")
    answer = {
        "reference": reference,
        "customer": ref,
        "sent_to": masked(customer.email),
        "valid_minutes": 60,
    }
    return Done(subject=ref, reference=reference, answer=answer)


def masked(email: str) -> str:
    """An address that its owner recognises, and nobody else: ``p***@example.com``."""
    name, domain = email.split("@", 1)
    return f"{name[:1]}***@{domain}"


EFFECTS = (
    Effect(
        "password_reset",
        "POST",
        "/accounts/{ref:str}/password-resets",
        ResetAsk,
        reset_password,
        Key.OPTIONAL,
    ),
)
