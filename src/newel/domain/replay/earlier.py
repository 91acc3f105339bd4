"""What a customer wrote before a ticket, in the same file: as live, where earlier contacts count (SCN-4)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from newel.domain.replay.values import Ticket
from newel.domain.scan.features import PastContact, as_utc

SPAN: Final = timedelta(days=90)
NEWEST: Final = 20
_TEXT: Final = 2_000


class _Told(NamedTuple):
    at: datetime
    line: int
    conversation: str
    text: str


class Earlier:
    """The earlier tickets of each customer, by their time; the order of the file plays no part.

    ``told`` says whether there is anything to go by: tickets with both a customer and a time.
    """

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        by_customer: dict[str, list[_Told]] = defaultdict(list)
        for ticket in tickets:
            if ticket.customer_ref and ticket.at:
                told = _Told(as_utc(ticket.at), ticket.line, ticket.conversation, ticket.text[:_TEXT])
                by_customer[ticket.customer_ref].append(told)
        self.told = bool(by_customer)
        self._of = {who: sorted(all_of) for who, all_of in by_customer.items() if len(all_of) > 1}

    def given_to(self, ticket: Ticket) -> Ticket:
        """The ticket with what it follows, and its history; one that brings its own history keeps it."""
        if not ticket.at:
            return ticket
        now = as_utc(ticket.at)
        before = [
            one for one in self._of.get(ticket.customer_ref, ()) if (one.at, one.line) < (now, ticket.line)
        ]
        ticket = msgspec.structs.replace(ticket, follows=before[-1].line if before else None)
        if ticket.history:
            return ticket
        told = [
            PastContact(one.at, None, one.text)
            for one in before
            if now - one.at <= SPAN and not (one.conversation and one.conversation == ticket.conversation)
        ]
        return msgspec.structs.replace(ticket, history=tuple(told[-NEWEST:]))
