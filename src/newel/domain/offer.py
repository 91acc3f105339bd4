"""Recommendations: where nothing is offered, what fits the facts, and how often it was taken up.

Only the person who works a case sees one, with why; nothing of it ever leaves by itself. Where anything
is wrong (a trigger fired, a lock, a late answer, a failed act) nobody is sold anything.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from newel.domain.interval import Share, share
from newel.domain.playbook import Known, all_hold, blocked
from newel.domain.playbook.check import unknown
from newel.domain.playbook.picks import with_picks
from newel.domain.playbook.template import MissingFact, lint, places, render
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.offer import Offer
from newel.domain.words import Assist

MOST: Final = 2
"""So many are shown at once: who reads has a customer to answer."""
OF_CUSTOMER: Final = ("ref", "segment", "lifetime_value_minor", "currency", "language")
"""What an offer may ask of the customer: nothing that is hidden on the desk."""


class Bar(StrEnum):
    """Why nothing is offered on a case."""

    NO_CONVERSATION = "no_conversation"
    NOT_AT_WORK = "not_at_work"
    LOCKED = "locked"
    TRIGGERED = "triggered"
    MONEY_BACK = "money_back"
    UNSCANNED = "unscanned"
    ASSIST = "assist"
    VULNERABLE = "vulnerable"
    LATE = "late"
    FAILED = "failed"
    ELSEWHERE = "elsewhere"


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether anything is offered on a case, whatever would fit.

    ``triggers`` are all that fired on any message of the case and of those merged into it; ``late``: a
    target was breached; ``money_back``: what the case is about may give money back; ``failed``: an act
    was refused, or nobody knows what became of it;
    ``elsewhere``: another open case of the customer is locked.
    """

    kind: str
    state: str
    locked: bool
    assist: Assist
    triggers: Collection[str]
    scanned: bool
    money_back: bool
    vulnerable: bool
    late: bool
    failed: bool
    elsewhere: bool


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """What fits: why it is shown, and the text that a person may put into their reply."""

    name: str
    title: str
    because: str
    text: str
    language: str
    sources: tuple[str, ...] = ()


class Uptake(msgspec.Struct, frozen=True, kw_only=True):
    """How often one was shown, used and dismissed; ``taken`` is used of shown, with its 95 % interval."""

    workflow: str
    name: str
    shown: int
    used: int
    dismissed: int
    taken: Share


def bar(matter: Matter) -> Bar | None:
    """Why nothing is offered here; None when something may be."""
    return next((why for why, holds in _bars(matter) if holds), None)


def _bars(matter: Matter) -> Iterator[tuple[Bar, bool]]:
    yield Bar.NO_CONVERSATION, matter.kind != "conversation"
    yield Bar.NOT_AT_WORK, matter.state != "owned"
    yield Bar.LOCKED, matter.locked
    yield Bar.TRIGGERED, bool(matter.triggers)
    yield Bar.UNSCANNED, not matter.scanned
    yield Bar.MONEY_BACK, matter.money_back
    yield Bar.ASSIST, matter.assist is not Assist.DRAFT
    yield Bar.VULNERABLE, matter.vulnerable
    yield Bar.LATE, matter.late
    yield Bar.FAILED, matter.failed
    yield Bar.ELSEWHERE, matter.elsewhere


def candidates(bundle: Bundle, reason: str, language: str, resting: Collection[str]) -> dict[str, Offer]:
    """What is worth looking facts up for: of this contact reason, said in this language, and not resting."""
    return {
        name: offer
        for name, offer in bundle.offers.items()
        if name not in resting
        and (not offer.contact_reasons or reason in offer.contact_reasons)
        and _text(offer, language, bundle.languages[0])
    }


def recommended(
    name: str, offer: Offer, known: Known, language: str, home: str, now: datetime
) -> Recommendation | None:
    """The offer in words, if the facts let it be made; a record that is not the customer's never does."""
    tree = with_picks(offer, known)
    if blocked(offer, known) or not all_hold(offer.when, tree, now):
        return None
    because, text = render(offer.because, tree), render(_text(offer, language, home), tree)
    if isinstance(because, MissingFact) or isinstance(text, MissingFact):
        return None
    return Recommendation(
        name=name,
        title=offer.title,
        because=because.text,
        text=text.text,
        language=language or home,
        sources=tuple(dict.fromkeys(said.source for said in known.facts.values() if said)),
    )


def _text(offer: Offer, language: str, home: str) -> str:
    """The words in the customer's language; none rather than those of another."""
    return offer.text if language in ("", home) else offer.texts.get(language, "")


def asked_of(customer: Mapping[str, Any]) -> dict[str, Any]:
    """What offers may know of a customer; what nobody has said is not there."""
    return {name: customer[name] for name in OF_CUSTOMER if customer.get(name) not in (None, "")}


def uptake(workflow: str, name: str, shown: int, used: int, dismissed: int) -> Uptake:
    """The counts of one offer, with the share that was used."""
    return Uptake(
        workflow=workflow, name=name, shown=shown, used=used, dismissed=dismissed, taken=share(used, shown)
    )


def problems(offer: Offer) -> tuple[str, ...]:
    """What is wrong inside an offer, for ``newel policy check``: unreadable templates, unknown names."""
    return tuple(_problems(offer))


def _problems(offer: Offer) -> Iterator[str]:
    roots = {"customer", *offer.needs, *offer.picks}
    for where, template in _templates(offer):
        yield from (f"{where}: {wrong}" for wrong in lint(template))
        yield from _named(where, places(template), roots)
    for at, condition in enumerate(offer.when):
        yield from _named(f"when.{at}.fact", [condition.fact], roots)
    for name, pick in offer.picks.items():
        yield from _named(f"picks.{name}.among", [pick.among], roots)
        if pick.slot:
            yield f"picks.{name}.slot: an offer has no slots"


def _named(where: str, named: Collection[str], roots: set[str]) -> Iterator[str]:
    yield from unknown(where, named, roots)
    for path in named:
        root, _, field = path.partition(".")
        if root == "customer" and field not in OF_CUSTOMER:
            yield f"{where}: {path} is not for offers; known of the customer are {sorted(OF_CUSTOMER)}"


def _templates(offer: Offer) -> Iterator[tuple[str, str]]:
    yield "because", offer.because
    yield "text", offer.text
    yield from ((f"texts.{language}", text) for language, text in offer.texts.items())
    for need, wanted in offer.needs.items():
        yield from ((f"needs.{need}.args.{arg}", template) for arg, template in wanted.args.items())
