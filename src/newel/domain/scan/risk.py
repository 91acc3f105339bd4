"""The composite risk of a case: named factors, each with the weight that the policy gives it."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from newel.domain.errors import Invalid
from newel.domain.policy.triggers import Weight
from newel.domain.scan.features import CustomerFacts
from newel.domain.scan.receipt import Factor, Risk
from newel.domain.words import Cluster

_LONG_TEXT = 5_000
_MANY_CONTACTS = 3
_UPSET = 0.2


class RiskFacts(msgspec.Struct, frozen=True):
    """What the factors look at: the triggers that fired, and what stands around them."""

    fired: frozenset[str] = frozenset()
    clusters: frozenset[Cluster] = frozenset()
    regulated: bool = False
    emotion: float = 0.0
    recent_contacts: int = 0
    length: int = 0
    mixed_language: bool = False
    customer: CustomerFacts = CustomerFacts()


def _sensitive(facts: RiskFacts) -> bool:
    return facts.regulated or bool(facts.clusters & {Cluster.TOPIC, Cluster.LEGAL})


def _history(facts: RiskFacts) -> bool:
    return Cluster.REPEAT in facts.clusters or facts.recent_contacts >= _MANY_CONTACTS


def _interaction(facts: RiskFacts) -> bool:
    return facts.emotion >= _UPSET or facts.mixed_language or facts.length >= _LONG_TEXT


def _value(facts: RiskFacts) -> bool:
    return Cluster.VALUE in facts.clusters


FACTORS: Mapping[str, Callable[[RiskFacts], bool]] = {
    "sensitive_topic": _sensitive,
    "customer_history": _history,
    "interaction": _interaction,
    "customer_value": _value,
    "vip": lambda facts: facts.customer.vip,
    "vulnerable": lambda facts: facts.customer.vulnerable,
}
CONFIDENCE = "low_confidence"


def check_factors(weights: Iterable[str], triggers: Iterable[str]) -> None:
    """Refuse a factor that nothing can ever add: neither named here, a cluster, nor a trigger."""
    known = {CONFIDENCE, *FACTORS, *(cluster.value for cluster in Cluster), *triggers}
    for name in weights:
        if name not in known:
            why = f"there is no such factor; known are {', '.join(sorted(known))}"
            raise Invalid(what=f"risk factor {name}", why=why)


def risk_score(weights: Mapping[str, Weight], facts: RiskFacts, confidence: float | None = None) -> Risk:
    """The sum of the weights that apply, at most 1.

    At the scan there is no confidence yet. At the tier decision its lack counts by degree,
    which can raise the score and never lower it.
    """
    factors = [Factor(name, entry.weight) for name, entry in weights.items() if _applies(name, facts)]
    unsure = weights.get(CONFIDENCE)
    if unsure is not None and confidence is not None:
        lack = 1 - min(1.0, max(0.0, confidence))
        factors.append(Factor(CONFIDENCE, round(unsure.weight * lack, 4)))
    return Risk(min(1.0, round(sum(factor.weight for factor in factors), 4)), tuple(factors))


def _applies(name: str, facts: RiskFacts) -> bool:
    if name in FACTORS:
        return FACTORS[name](facts)
    return name in facts.fired or name in facts.clusters
