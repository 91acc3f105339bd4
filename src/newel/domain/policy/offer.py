"""The rule of a recommendation in words, and where none is made whatever it says."""

from collections.abc import Sequence
from typing import Final

from newel.domain.policy.bundle import Bundle, Offer
from newel.domain.policy.steps import condition
from newel.domain.sentence import Sentence, Value, joined, word

_WHAT: Final = Sentence("%(title)s, on cases of %(reasons)s")
_ON_ANY: Final = Sentence("%(title)s, on any case")
_IF: Final = Sentence("%(what)s, if %(tests)s")
_AGAIN: Final = Sentence("%(what)s; to the same customer again after %(days)s days; in %(languages)s.")


def in_words(one: Offer, home: str) -> Sentence:
    """What may be offered, when, how often and in which languages, as a sentence."""
    what = (_WHAT if one.contact_reasons else _ON_ANY).of(
        title=one.title, reasons=_listed(one.contact_reasons)
    )
    if one.when:
        what = _IF.of(what=what, tests=joined(map(condition, one.when), " and "))
    return _AGAIN.of(what=what, days=one.rest_days, languages=_listed((home, *one.texts)))


def pays_back(bundle: Bundle, contact_reason: str) -> bool:
    """Whether the playbook of a contact reason gives money back: nobody is sold anything in such a case."""
    playbook = bundle.playbooks.get(contact_reason)
    acts = [path.act.action for path in playbook.paths if path.act] if playbook else []
    return any(act in bundle.actions and bundle.actions[act].effect == "money" for act in acts)


def _listed(names: Sequence[str]) -> Value:
    return joined(word(name.replace("_", " ")) for name in names)
