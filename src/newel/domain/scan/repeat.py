"""Has the customer been here before about the same matter? Looked up, not only believed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from newel.domain.scan.features import PastContact, as_utc, seen_from
from newel.domain.scan.reading import Reading, fact
from newel.domain.scan.receipt import Evidence
from newel.domain.scan.references import orders
from newel.domain.sentence import Sentence

_WORD = re.compile(r"[^\W\d_]{3,}")
_MOST = 5_000
_CLAIM = ("repeat",)
_UNVERIFIED = Sentence("claimed; no history was given to verify it")
_CLAIMED_AND_FOUND = Sentence("claimed, and in the history: %(contacts)s")
_FOUND = Sentence("in the history: %(contacts)s")
_COMMON_WORDS = """
    about after again all also and any are ask asked because been before but can cannot contacted
    could did does email emailed for from get got had has have hello help here hey hi how i'm into
    its just know let like may message more much my need not now number off one only order orders
    other our out please reply said say second see sent should since some still support tell than
    thank thanks that the their them then there they third this time times told too two until very
    want was were what which who why will with would write writing wrote yet you your already answer
    issue problem regarding same waiting customer service team nobody responded response heard back
    contact que los las una por con para del como esta este mis sus pero mas les des une pour avec
    dans mon ma mes vous est pas sur qui bonjour merci hola gracias pedido commande
    ayer antier anteayer anoche hoy lunes martes miércoles jueves viernes sábado domingo semana mes día
    días semanas meses pasado pasada hace vez veces otra otro aún todavía sigo sigue sin nada nadie ustedes
    vosotros fin cuando cuándo igual mismo misma esto eso bueno buenas buenos tardes días favor porque
    hier lundi mardi mercredi jeudi vendredi samedi dimanche semaine mois jour jours passé passée depuis
    fois encore toujours rien personne déjà même cela ceci bonsoir svp suis fait alors mais
    gestern vorgestern montag dienstag mittwoch donnerstag freitag samstag sonntag woche wochen monat
    letzte letzten letzter vor seit mal noch immer wieder nichts niemand schon gleiche gleichen hallo
    danke bitte und der die das ist nicht ein eine mit ich sie ihnen habe hatte
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def past_in_window(reading: Reading) -> Iterator[PastContact]:
    """Earlier contacts that are not older than the policy's window."""
    now = seen_from(reading.message)
    window = timedelta(days=reading.threshold("repeat_window_days", 30))
    for past in reading.message.history:
        if now is not None and now - as_utc(past.at) <= window:
            yield past


def repeat_contact(reading: Reading) -> tuple[Evidence, ...]:
    """Evidence of a repeat: the same matter in the history, or a claim that it bears out.

    A claim counts by itself only where there is no history to hold it against.
    """
    claim = _claim(reading)
    if not reading.message.history:
        return (*claim, *fact(_UNVERIFIED)) if claim else ()
    same = same_matter(reading)
    if same:
        found = _CLAIMED_AND_FOUND if claim else _FOUND
        return (*claim, *fact(found.of(contacts=_dates(same))))
    return ()


def same_matter(reading: Reading) -> list[PastContact]:
    """The earlier contacts in the window that were about this."""
    mine = _matter(_without(reading.own, reading.evidence(_CLAIM)), reading.message.contact_reason)
    least, claimed = reading.threshold("repeat_similarity", 0.5), bool(_claim(reading))
    return [past for past in past_in_window(reading) if _is_same(mine, past, least, claimed)]


def _claim(reading: Reading) -> tuple[Evidence, ...]:
    return reading.evidence(_CLAIM) or heard(reading)


def heard(reading: Reading) -> tuple[Evidence, ...]:
    """A claim in words that no phrase foresaw, where a model is sure enough of it."""
    loudest = reading.loudest(_CLAIM)
    sure = loudest and loudest[1].score > reading.threshold("repeat_floor", 1.0)
    return reading.told(*loudest) if loudest and sure else ()


def unconfirmed(reading: Reading) -> str:
    """What the receipt notes when a repeat is claimed and the history does not show it."""
    if not _claim(reading) or repeat_contact(reading):
        return ""
    return "repeat contact claimed, not found in the history"


class _Matter(NamedTuple):
    """What a contact is about: its reason, the orders that it names, and its telling words."""

    reason: str | None
    orders: frozenset[str]
    words: frozenset[str]


def _matter(text: str, reason: str | None) -> _Matter:
    telling = (word for word in _WORD.findall(text[:_MOST].casefold()) if word not in _COMMON)
    return _Matter(reason, frozenset(orders(text[:_MOST])), frozenset(map(_stem, telling)))


def _without(own: str, claim: tuple[Evidence, ...]) -> str:
    """The text without the claim itself: "asked you twice" says nothing of the matter."""
    for item in claim:
        if item.start is not None and item.end is not None:
            own = own[: item.start] + " " * (item.end - item.start) + own[item.end :]
    return own


def _is_same(mine: _Matter, past: PastContact, least: float, claimed: bool) -> bool:
    """Whether an earlier contact was about this; a claim or a shared order asks for less."""
    theirs = _matter(past.text, past.contact_reason)
    shared = mine.orders & theirs.orders
    if mine.orders and theirs.orders and not shared:
        return False
    if mine.reason and mine.reason == theirs.reason:
        return True
    if claimed and not mine.words:
        return True
    return _alike(mine.words, theirs.words) >= (least / 2 if claimed or shared else least)


def _alike(words: frozenset[str], before: frozenset[str]) -> float:
    """The share of the shorter text's words that both have; one of many proves little."""
    both, fewest = len(words & before), min(len(words), len(before))
    if both == 0:
        return 0.0
    return 0.25 if both == 1 and fewest > 2 else both / fewest


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word.removesuffix(ending)
    return word


def _dates(contacts: list[PastContact]) -> str:
    newest = sorted(contacts, key=lambda past: as_utc(past.at), reverse=True)[:5]
    return ", ".join(
        f"{as_utc(past.at):%Y-%m-%d}" + (f" ({past.contact_reason})" if past.contact_reason else "")
        for past in newest
    )
