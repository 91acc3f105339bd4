"""The rule of a recommendation in words, and where none is made whatever it says."""

from collections.abc import Sequence

from newel.domain.policy.bundle import Bundle, Offer
from newel.domain.policy.steps import condition


def in_words(one: Offer, home: str) -> str:
    """What may be offered, when, how often and in which languages, as a sentence."""
    about = f"on cases of {_listed(one.contact_reasons)}" if one.contact_reasons else "on any case"
    tests = f", if {' and '.join(map(condition, one.when))}" if one.when else ""
    again = f"to the same customer again after {one.rest_days} days"
    return f"{one.title}, {about}{tests}; {again}; in {_listed((home, *one.texts))}."


def pays_back(bundle: Bundle, contact_reason: str) -> bool:
    """Whether the playbook of a contact reason gives money back: nobody is sold anything in such a case."""
    playbook = bundle.playbooks.get(contact_reason)
    acts = [path.act.action for path in playbook.paths if path.act] if playbook else []
    return any(act in bundle.actions and bundle.actions[act].effect == "money" for act in acts)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
