"""The help page: what a contact form must hold, in plain words, and how found text is shown."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
import re2

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.references import orders

LONGEST_NAME: Final = 100
LONGEST_EMAIL: Final = 254
LONGEST_ORDER: Final = 40
LONGEST_MESSAGE: Final = 20_000
LONGEST_SEARCH: Final = 300
SEARCHED_WORDS: Final = 12
ORDER_KINDS: Final = frozenset({"order"})
MARK, UNMARK = "\x01", "\x02"
"""What surrounds a found word on its way from the store."""

_WORD: Final = re.compile(r"[^\W_]+")
_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@.]+(?:\.[^\s@.]+)+")
_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote into the form."""

    name: str = ""
    email: str = ""
    order: str = ""
    message: str = ""


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a field; ``values`` stand in the places of its text."""

    text: str
    values: Mapping[str, int] = {}

    def __str__(self) -> str:
        return self.text % {name: f"{value:,}" for name, value in self.values.items()}


class Piece(msgspec.Struct, frozen=True):
    """A piece of an excerpt; ``found`` is what was looked for."""

    text: str
    found: bool


def tidy(given: Contact) -> Contact:
    """As it was meant: without the white space around it, its lines ended in one way."""
    return Contact(
        name=" ".join(given.name.split()),
        email=given.email.strip(),
        order=given.order.strip(),
        message=given.message.replace("\r\n", "\n").replace("\r", "\n").strip(),
    )


def problems(given: Contact, patterns: Iterable[str] = ()) -> Mapping[str, Problem]:
    """What is still wrong, by field, in words that say what to do; empty when it can be sent."""
    found = {
        "name": _name(given.name),
        "email": _email(given.email),
        "order": _order(given.order, patterns),
        "message": _message(given.message),
    }
    return {field: said for field, said in found.items() if said}


def _name(name: str) -> Problem | None:
    if not name:
        return Problem("Tell us your name.")
    return _unusable(name, LONGEST_NAME)


def _email(email: str) -> Problem | None:
    if not email:
        return Problem("Tell us your e-mail address, so that we can find your orders.")
    if not _EMAIL.fullmatch(email):
        return Problem("This is not a whole e-mail address. It looks like name@example.com.")
    return _unusable(email, LONGEST_EMAIL)


def _order(number: str, patterns: Iterable[str]) -> Problem | None:
    if not number or is_order(number, patterns):
        return None
    return Problem(
        "This does not look like an order number. It stands in your confirmation, for example 10023."
    )


def _message(message: str) -> Problem | None:
    if not message:
        return Problem("Tell us how we can help.")
    return _unusable(message, LONGEST_MESSAGE)


def _unusable(text: str, longest: int) -> Problem | None:
    if len(text) > longest:
        found = {"count": len(text), "most": longest}
        return Problem("This is too long: %(count)s characters, and %(most)s is the most.", found)
    if _UNREADABLE.search(text):
        return Problem("There is a sign in it that cannot be read. Type it again.")
    return None


def is_order(number: str, patterns: Iterable[str] = ()) -> bool:
    """Whether it has the shape of an order number: the policy's own pattern, else that of the scan."""
    if len(number) > LONGEST_ORDER:
        return False
    bare = number.removeprefix("#").strip().upper()
    own = [re2.compile(pattern) for pattern in patterns]
    read = (match[1].upper() for pattern in own for match in pattern.finditer(f"order {bare}"))
    return bare in (read if own else orders(f"order {bare}"))


def order_patterns(policy: Bundle) -> tuple[str, ...]:
    """The policy's own patterns of an order number; none where its playbooks use the common shape."""
    slots = (slot for book in policy.playbooks.values() for slot in book.slots.values())
    return tuple(dict.fromkeys(slot.pattern for slot in slots if slot.kind in ORDER_KINDS and slot.pattern))


def said(given: Contact) -> str:
    """The message as it goes in: with the order number, where its words do not name it already."""
    number = given.order.removeprefix("#").strip()
    if not number or re.search(rf"(?<!\w){re.escape(number)}(?!\w)", given.message, re.IGNORECASE):
        return given.message
    return f"{given.message}\n\nOrder {number}"


def plain(asked: str) -> str:
    """What is looked for, as one line of readable text."""
    return " ".join(_UNREADABLE.sub(" ", asked).split())[:LONGEST_SEARCH]


def looked_for(asked: str) -> list[str]:
    """The words of a search, each once; the last may be a beginning."""
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(asked)))[:SEARCHED_WORDS]


def pieces(excerpt: str) -> Iterator[Piece]:
    """An excerpt from the store as pieces, the found words apart."""
    for n, part in enumerate(re.split(f"[{MARK}{UNMARK}]", excerpt)):
        if part:
            yield Piece(part, n % 2 == 1)
