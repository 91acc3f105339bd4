"""The overflow pool of a policy: who steps in when far more waits than usual, and the same in words."""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from newel.domain.policy.entry import Entry
from newel.domain.sentence import Sentence, Value, joined, word
from newel.domain.words import Priority

_USUALLY: Final = Sentence("Usually %(n)s wait.")
_BY_ALERT: Final = Sentence("The alert opens the pool.")
_BY_ALERT_CLOSES: Final = Sentence("The alert opens the pool, and at %(percent)s %% it closes by itself.")
_BY_HAND: Final = Sentence("A supervisor opens the pool.")
_BY_HAND_CLOSES: Final = Sentence("A supervisor opens the pool, and at %(percent)s %% it closes by itself.")
_IN_IT: Final = Sentence("In it: %(who)s; %(priority)s and below, %(each)s each at most.")
_IN_IT_LENT: Final = Sentence(
    "In it: %(who)s, in for %(skills)s; %(priority)s and below, %(each)s each at most."
)
_TEAM: Final = Sentence("the team %(team)s")
_WHOEVER: Final = Sentence("whoever has %(skills)s")


class Overflow(Entry, frozen=True, kw_only=True):
    """Who steps in when far more waits than usual: ``routing.depth_alert_percent`` of ``normal_depth``.

    ``people`` and ``teams`` (contractors) get none of the workflow's work while the pool is closed.
    ``with_skills`` names people of other work, who keep theirs. An open pool lets its members stand in
    for the skills of ``stands_in_for``, never in regulated work, from ``from_priority`` down, and each
    has ``most_each`` such cases at most. At ``relief_percent`` of the normal depth what the alert or a
    supervisor opened closes by itself; without it only by hand.
    """

    normal_depth: int
    opens: Literal["by_itself", "by_hand"] = "by_hand"
    relief_percent: int | None = None
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    with_skills: tuple[str, ...] = ()
    stands_in_for: tuple[str, ...] = ()
    from_priority: Priority = Priority.P3
    most_each: int = 2


def in_words(rule: Overflow) -> Value:
    """Who steps in, and when, as sentences."""
    said = _IN_IT_LENT if rule.stands_in_for else _IN_IT
    within = said.of(
        who=joined(_members(rule), "; "),
        skills=_listed(rule.stands_in_for),
        priority=rule.from_priority.name,
        each=rule.most_each,
    )
    return joined((_USUALLY.of(n=rule.normal_depth), _opens(rule), within), " ")


def _opens(rule: Overflow) -> Sentence:
    by_itself = rule.opens == "by_itself"
    if rule.relief_percent is None:
        return _BY_ALERT if by_itself else _BY_HAND
    return (_BY_ALERT_CLOSES if by_itself else _BY_HAND_CLOSES).of(percent=rule.relief_percent)


def _members(rule: Overflow) -> Iterator[Value]:
    if rule.people:
        yield joined(rule.people)
    if rule.teams:
        yield _TEAM.of(team=_listed(rule.teams))
    if rule.with_skills:
        yield _WHOEVER.of(skills=_listed(rule.with_skills))


def _listed(names: Iterable[str]) -> Value:
    return joined(word(name.replace("_", " ")) for name in names)
