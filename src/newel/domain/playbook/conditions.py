"""Tests on facts. A fact that is not present fails every test but ``present: false``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from newel.domain.playbook.facts import ABSENT, at
from newel.domain.playbook.template import as_moment, as_money
from newel.domain.policy.playbook import Condition
from newel.domain.words import DAY

Tree = Mapping[str, Any]


def all_hold(conditions: Sequence[Condition], tree: Tree, now: datetime) -> bool:
    """Whether every condition holds."""
    return all(holds(condition, tree, now) for condition in conditions)


def holds(condition: Condition, tree: Tree, now: datetime) -> bool:
    """Whether all operators given in the condition hold for its fact."""
    value = at(tree, condition.fact)
    if condition.present is False:
        return _empty(value)
    if value is ABSENT or (condition.present and _empty(value)):
        return False
    given = {
        name: getattr(condition, name) for name in OPERATORS if getattr(condition, name) not in (None, "")
    }
    return all(OPERATORS[name](value, arg, tree, now) for name, arg in given.items())


def _empty(value: Any) -> bool:
    return value is ABSENT or (isinstance(value, str | list | tuple) and not value)


def _plain(value: Any) -> Any:
    """Text compares without case and outer space; numbers and truth do not mix."""
    if isinstance(value, str):
        return value.strip().casefold()
    return (bool, value) if isinstance(value, bool) else value


def _equal(value: Any, arg: Any, _tree: Tree, _now: datetime) -> bool:
    return bool(_plain(value) == _plain(arg))


def _one_of(value: Any, arg: Any, _tree: Tree, _now: datetime) -> bool:
    return any(_plain(value) == _plain(one) for one in arg)


def _not_one_of(value: Any, arg: Any, tree: Tree, now: datetime) -> bool:
    return not _one_of(value, arg, tree, now)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _at_least(value: Any, arg: float, _tree: Tree, _now: datetime) -> bool:
    return _number(value) and value >= arg


def _at_most(value: Any, arg: float, _tree: Tree, _now: datetime) -> bool:
    return _number(value) and value <= arg


def _age_days(value: Any, now: datetime) -> float | None:
    moment = as_moment(value)
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (now - aware) / DAY


def _within(value: Any, arg: int, _tree: Tree, now: datetime) -> bool:
    age = _age_days(value, now)
    return age is not None and 0 <= age <= arg


def _older(value: Any, arg: int, _tree: Tree, now: datetime) -> bool:
    age = _age_days(value, now)
    return age is not None and age > arg


def _same_as(value: Any, arg: str, tree: Tree, _now: datetime) -> bool:
    other = at(tree, arg)
    return other is not ABSENT and _alike(value, other)


def _differs(value: Any, arg: str, tree: Tree, _now: datetime) -> bool:
    other = at(tree, arg)
    return other is not ABSENT and not _alike(value, other)


def _alike(value: Any, other: Any) -> bool:
    """Whether two facts are the same; an amount on record is the same as its digits (``12.00``)."""
    if isinstance(value, Mapping) is isinstance(other, Mapping):
        return bool(_plain(value) == _plain(other))
    return bool(_digits(value) == _digits(other))


def _digits(value: Any) -> Any:
    money = as_money(value, None)
    if money:
        return Decimal(money.amount_minor).scaleb(-2)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


OPERATORS: Final[dict[str, Callable[[Any, Any, Tree, datetime], bool]]] = {
    "eq": _equal,
    "one_of": _one_of,
    "not_one_of": _not_one_of,
    "at_least": _at_least,
    "at_most": _at_most,
    "within_days": _within,
    "older_than_days": _older,
    "same_as": _same_as,
    "differs_from": _differs,
}
