"""Recommendations: each says why and in which words, and none is made where money goes back."""

from collections.abc import Iterator

from newel.domain.policy.check_acts import check_needs
from newel.domain.policy.offer import Offer
from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet, blank
from newel.domain.policy.tuned import LANGUAGES

_MOST_DAYS = 3650


def check_offer(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in what may be offered."""
    if sheet.bundle.kind == "items" and sheet.bundle.offers:
        yield sheet.wrong("offers", says="items have no customer to offer anything", hint="take it out")
    for name, offer in sheet.bundle.offers.items():
        yield from _words(sheet, name, offer)
        yield from _reasons(sheet, name, offer)
        yield from check_needs(sheet, ("offers", name), offer.needs)
        yield from sheet.within("offers", name, "rest_days", value=offer.rest_days, low=1, high=_MOST_DAYS)
        for said in sheet.known.offer(offer):
            where, _, what = said.partition(": ")
            yield sheet.wrong("offers", name, *where.split("."), says=what)


def _words(sheet: Sheet, name: str, offer: Offer) -> Iterator[Problem]:
    for key in ("title", "because", "text"):
        if blank(getattr(offer, key)):
            yield sheet.wrong("offers", name, key, says="is empty", hint="say it in a few words")
    for language, text in offer.texts.items():
        path = ("offers", name, "texts", language)
        yield from sheet.named(*path, what="language", name=language, among=LANGUAGES)
        if language in sheet.bundle.languages[:1]:
            yield sheet.wrong(*path, says="is what text is written in", hint="take one of the two out")
        if blank(text):
            yield sheet.wrong(*path, says="is empty", hint="say it in a few words")


def _reasons(sheet: Sheet, name: str, offer: Offer) -> Iterator[Problem]:
    """Nobody is sold something in the case in which their money goes back."""
    for at, reason in enumerate(offer.contact_reasons):
        path = ("offers", name, "contact_reasons", str(at))
        yield from sheet.named(*path, what="contact reason", name=reason, among=sheet.bundle.playbooks)
        if sheet.bundle.pays_back(reason):
            says = f'nothing is offered where "{reason}" pays money back'
            yield sheet.wrong(*path, says=says, hint="take it out")
