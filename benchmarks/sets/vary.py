"""Vary the 150 written tickets to 500, each variant with the label of the ticket that it comes from.

    python benchmarks/sets/vary.py > tickets.jsonl

Every ticket stays as written and gets two variants, every third one a third: 150 + 300 + 50. The variations,
and where they would change the label and are left out:

- order: another order of another ordinary customer, or only another customer. Not for the story orders,
  marked customers, tickets with `supposes`, several orders, a language.
- subject: the subject moves into the text.
- contractions: "I'd" is written out as "I would".
- misspelling: a slip in one word that is no part of a trigger or of a refund word. Not for tier 3.
- punctuation: the last mark is dropped, doubled or set apart; a chat message without one gets one.
- casing: the first letter becomes small or capital.
- lines: all on one line, or sentences on lines of their own.
- filler: a polite sentence in front. Not for tier 3, where politeness would take off anger.
- greeting, closing: a line in front or at the end, where there is none.

The random numbers are seeded by the ticket's id, so that the 500 are the same on every machine. A variant
comes four to six weeks after its original, with its history moved by the same time. An ordinary customer gets
at most one variant, unless the order must stay.
"""

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

Ticket: TypeAlias = dict[str, Any]
Wording: TypeAlias = Callable[[Ticket, random.Random], str]

WRITTEN = Path(__file__).with_name("tickets_written.jsonl")
STORY_ORDERS = {10023: "C0012", 10031: "C0017", 10044: "C0020", 10050: "C0025"}
MARKED_CUSTOMERS = {"C0003", "C0005", "C0008", "C0009"}
UNMOVED_REASONS = {"complexity", "value", "language"}

GREETINGS = {
    "en": ("Hi,", "Hello,", "Good morning,", "Hi there,", "Dear Hearthwick,", "Hello team,", "Good evening,"),
    "fr": ("Bonjour Hearthwick,", "Madame, Monsieur,", "Bonsoir,"),
    "pl": ("Szanowni Państwo,", "Witam,", "Dobry wieczór,"),
}
CLOSINGS = {
    "en": ("Thanks", "Best wishes,\nJo", "Kind regards,\nR. Patel", "Sam", "M. Okafor", "Thank you."),
    "fr": ("Cordialement", "Bien à vous", "Belle journée"),
    "pl": ("Pozdrawiam", "Z góry dziękuję", "Miłego dnia"),
}
FILLERS = (
    "Sorry to bother you.",
    "I hope you are well.",
    "I hope this is the right place to ask.",
    "Just a quick one.",
    "When you have a moment, no rush.",
    "Lovely shop, by the way.",
)
CONTRACTIONS = {
    "I'd": "I would",
    "I've": "I have",
    "I'm": "I am",
    "We've": "We have",
    "we've": "we have",
    "don't": "do not",
    "can't": "cannot",
    "isn't": "is not",
    "doesn't": "does not",
    "won't": "will not",
    "it's": "it is",
    "It's": "It is",
    "what's": "what is",
    "What's": "What is",
    "where's": "where is",
    "Where's": "Where is",
    "when's": "when is",
}
SLIPS = {
    "please": "plese",
    "could": "coud",
    "would": "woud",
    "order": "oder",
    "delivery": "delivary",
    "which": "wich",
    "what": "waht",
    "when": "wehn",
    "with": "wiht",
    "have": "hvae",
    "your": "yuor",
    "the": "teh",
    "about": "abuot",
    "bought": "bougt",
    "from": "frm",
    "you": "u",
}
GREETED = re.compile(r"(hi|hiya|hello|dear|good \w+|bonjour|dzień dobry)\b", re.IGNORECASE)
CLOSED = re.compile(r"\b(thanks?|regards|wishes|yours|cheers|ta|merci|dziękuję|best,)\W", re.IGNORECASE)


def written() -> list[Ticket]:
    """Return the tickets as they were written."""
    return [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]


def owner(order: int) -> str:
    """Return the customer to whom an order of the demo shop belongs."""
    return STORY_ORDERS.get(order) or f"C{(order - 10001) % 300 + 1:04}"


def normalised(text: str) -> str:
    """Return the words alone, so that two texts which differ in case or punctuation count as one."""
    return " ".join(re.findall(r"\w+", text.lower()))


def contractions(ticket: Ticket, _rng: random.Random) -> str:
    """Write every contraction out."""
    pattern = r"\b(" + "|".join(CONTRACTIONS) + r")\b"
    return re.sub(pattern, lambda found: CONTRACTIONS[found[0]], ticket["text"])


def misspelling(ticket: Ticket, rng: random.Random) -> str:
    """Misspell one word, everywhere it stands."""
    text: str = ticket["text"]
    words = [word for word in SLIPS if re.search(rf"\b{word}\b", text)]
    if ticket["expected_tier"] == 3 or not words:
        return text
    word = rng.choice(words)
    return re.sub(rf"\b{word}\b", SLIPS[word], text)


def punctuation(ticket: Ticket, rng: random.Random) -> str:
    """Drop, double or set apart the last mark; e-mails that end in a name keep it bare."""
    text: str = ticket["text"]
    if text[-1] not in ".?":
        return text + rng.choice((".", " ..", "...")) if ticket["channel"] != "email" else text
    return text[:-1] + rng.choice(("", f" {text[-1]}", text[-1] * 2))


def casing(ticket: Ticket, _rng: random.Random) -> str:
    """Swap the case of the first letter."""
    text: str = ticket["text"]
    return text[0].swapcase() + text[1:]


def lines(ticket: Ticket, _rng: random.Random) -> str:
    """Put all on one line, or each sentence on its own."""
    text: str = ticket["text"]
    if "\n" in text:
        return re.sub(r"\s*\n\s*", " ", text)
    return re.sub(r"(?<=[.?!]) (?=[A-Z])", "\n", text)


def opened(ticket: Ticket) -> bool:
    """Say whether the text begins with a greeting already, or with the subject of its e-mail."""
    greeted = bool(GREETED.match(ticket["text"])) and ticket["language"] == "en"
    return greeted or (ticket["channel"] == "email" and not ticket["subject"])


def filler(ticket: Ticket, rng: random.Random) -> str:
    """Put a polite sentence in front."""
    text: str = ticket["text"]
    return text if ticket["expected_tier"] == 3 or opened(ticket) else f"{rng.choice(FILLERS)} {text}"


def greeting(ticket: Ticket, rng: random.Random) -> str:
    """Put a greeting in front, unless the customer greets already."""
    text: str = ticket["text"]
    if opened(ticket):
        return text
    return rng.choice(GREETINGS[ticket["language"]]) + rng.choice((" ", "\n", "\n\n")) + text


def closing(ticket: Ticket, rng: random.Random) -> str:
    """Put a closing line at the end, unless there is one."""
    text: str = ticket["text"]
    if CLOSED.search(text[-60:] + " ") and ticket["language"] == "en":
        return text
    return text + rng.choice(("\n", "\n\n")) + rng.choice(CLOSINGS[ticket["language"]])


WORDINGS: dict[str, Wording] = {
    "contractions": contractions,
    "misspelling": misspelling,
    "punctuation": punctuation,
    "casing": casing,
    "lines": lines,
    "filler": filler,
    "greeting": greeting,
    "closing": closing,
}


class Customers:
    """Hands out ordinary customers, each once, and never one who wrote the same kind of ticket."""

    def __init__(self, tickets: list[Ticket]) -> None:
        taken = MARKED_CUSTOMERS | set(STORY_ORDERS.values())
        self.free = [ref for ref in (f"C{n:04}" for n in range(1, 301)) if ref not in taken]
        random.Random("customers").shuffle(self.free)
        self.wrote = {(ticket["customer_ref"], ticket["expected_reason"]) for ticket in tickets}

    def take(self, reason: str) -> str:
        """Return the next customer for a ticket of this reason."""
        ref = next(ref for ref in self.free if (ref, reason) not in self.wrote)
        self.free.remove(ref)
        return ref


def movable(ticket: Ticket) -> bool:
    """Say whether the label holds for another customer and order as well."""
    return (
        "supposes" not in ticket
        and ticket["order"] not in STORY_ORDERS
        and ticket["customer_ref"] not in MARKED_CUSTOMERS
        and ticket["expected_reason"] not in UNMOVED_REASONS
    )


def order_of(ref: str, rng: random.Random) -> int:
    """Return one of the orders of a customer."""
    first = 10000 + int(ref[1:])
    return rng.choice([n for n in (first, first + 300, first + 600) if n <= 10800 and owner(n) == ref])


def moved(ticket: Ticket, ref: str, rng: random.Random) -> Ticket:
    """Return the ticket of another customer, with an order of theirs wherever one is named."""
    old = ticket["order"]
    if old is None:
        return ticket | {"customer_ref": ref}
    new = order_of(ref, rng)
    renamed: Ticket = json.loads(json.dumps(ticket).replace(str(old), str(new)))
    return renamed | {"customer_ref": ref, "order": new}


def later(ticket: Ticket, days: int) -> Ticket:
    """Return the ticket with its time and its history moved."""

    def shift(at: str) -> str:
        return (datetime.fromisoformat(at) + timedelta(days=days)).isoformat().replace("+00:00", "Z")

    past = [contact | {"at": shift(contact["at"])} for contact in ticket.get("history", [])]
    return ticket | {"at": shift(ticket["at"])} | ({"history": past} if past else {})


def reworded(ticket: Ticket, rng: random.Random) -> Ticket:
    """Apply three or four wordings in their order, and name those that changed something."""
    varied = list(ticket["varied"])
    if ticket["subject"] and rng.random() < 0.3:
        ticket = ticket | {"text": f"{ticket['subject'].rstrip('?')} - {ticket['text']}", "subject": None}
        varied.append("subject")
    picked = set(rng.sample(list(WORDINGS), rng.choice((3, 4))))
    for name in (name for name in WORDINGS if name in picked):
        text = WORDINGS[name](ticket, rng)
        if text != ticket["text"]:
            ticket = ticket | {"text": text}
            varied.append(name)
    return ticket | {"varied": varied}


def fresh(ticket: Ticket, rng: random.Random, seen: set[str]) -> Ticket:
    """Return a rewording whose words are new."""
    tries = (reworded(ticket, rng) for _ in range(200))
    return next(variant for variant in tries if normalised(variant["text"]) not in seen)


def variants(ticket: Ticket, count: int, customers: Customers, seen: set[str]) -> Iterator[Ticket]:
    """Yield `count` variants whose words are not those of any ticket before."""
    for number in range(count):
        rng = random.Random(f"{ticket['id']}/{number}")
        start = later(ticket, days=28 + 7 * number) | {"id": f"{ticket['id']}-{'abc'[number]}", "varied": []}
        if movable(ticket):
            start = moved(start, customers.take(ticket["expected_reason"]), rng) | {"varied": ["order"]}
        variant = fresh(start, rng, seen)
        seen.add(normalised(variant["text"]))
        yield variant


def tickets() -> list[Ticket]:
    """Return the 150 written tickets, and behind them their 350 variants."""
    base = written()
    customers = Customers(base)
    seen = {normalised(ticket["text"]) for ticket in base}
    extra = [
        variant
        for place, ticket in enumerate(base)
        for variant in variants(ticket, 3 if place % 3 == 0 else 2, customers, seen)
    ]
    return base + extra


def main() -> None:
    """Write the 500 tickets as JSON lines."""
    for ticket in tickets():
        sys.stdout.write(json.dumps(ticket, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
