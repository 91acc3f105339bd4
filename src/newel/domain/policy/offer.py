"""A recommendation of a policy: what may be offered besides, when and how, and the same in words."""

from collections.abc import Sequence
from typing import Final

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.policy.playbook import Condition, Need, Pick
from newel.domain.policy.steps import condition
from newel.domain.sentence import Sentence, Value, joined, word

_WHAT: Final = Sentence("%(title)s, on cases of %(reasons)s")
_ON_ANY: Final = Sentence("%(title)s, on any case")
_IF: Final = Sentence("%(what)s, if %(tests)s")
_AGAIN: Final = Sentence("%(what)s; to the same customer again after %(days)s days; in %(languages)s.")


class Offer(Entry, frozen=True, kw_only=True):
    """A product or service that the person on a case may offer: when it fits, why, and in which words.

    It fits a case of these ``contact_reasons`` (none named: of any) while all of ``when`` holds; ``needs``
    and ``picks`` are those of a playbook, and know the ``customer``. ``because`` tells the person why it
    is shown, ``text`` is what they may put into their reply, with ``texts`` in other languages. Used or
    dismissed, it is not shown again to the same customer for ``rest_days``.
    """

    title: str
    contact_reasons: tuple[str, ...] = ()
    needs: dict[str, Need] = msgspec.field(default_factory=dict)
    picks: dict[str, Pick] = msgspec.field(default_factory=dict)
    when: tuple[Condition, ...] = ()
    because: str
    text: str
    texts: dict[str, str] = msgspec.field(default_factory=dict)
    rest_days: int = 90


def in_words(one: Offer, home: str) -> Sentence:
    """What may be offered, when, how often and in which languages, as a sentence."""
    what = (_WHAT if one.contact_reasons else _ON_ANY).of(
        title=one.title, reasons=_listed(one.contact_reasons)
    )
    if one.when:
        what = _IF.of(what=what, tests=joined(map(condition, one.when), " and "))
    return _AGAIN.of(what=what, days=one.rest_days, languages=_listed((home, *one.texts)))


def _listed(names: Sequence[str]) -> Value:
    return joined(word(name.replace("_", " ")) for name in names)
