"""The rule of an overflow pool in words."""

from collections.abc import Iterable

from newel.domain.policy.bundle import Overflow


def in_words(rule: Overflow) -> str:
    """Who steps in, and when, as a sentence."""
    opens = "The alert opens the pool" if rule.opens == "by_itself" else "A supervisor opens the pool"
    relief = "" if rule.relief_percent is None else f", and at {rule.relief_percent} % it closes by itself"
    lent = f", in for {_listed(rule.stands_in_for)}" if rule.stands_in_for else ""
    who = [_listed(rule.people)] if rule.people else []
    who += [f"the team {_listed(rule.teams)}"] if rule.teams else []
    who += [f"whoever has {_listed(rule.with_skills)}"] if rule.with_skills else []
    return (
        f"Usually {rule.normal_depth} wait. {opens}{relief}. In it: {'; '.join(who)}{lent}; "
        f"{rule.from_priority.name} and below, {rule.most_each} each at most."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
