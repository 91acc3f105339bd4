"""Saved texts: what is known fills their places, and what is not stays to be seen."""

import pytest

from newel.domain.access import Actor
from newel.domain.errors import Forbidden
from newel.domain.macro import filled, may_put


def test_what_is_not_known_stays_to_be_seen() -> None:
    body = "Hello {customer}, {me} here. {other} {{me}}"
    assert filled(body, {"me": "Esme"}) == "Hello {customer}, Esme here. {other} {Esme}"


def test_a_value_is_text_and_fills_nothing_else() -> None:
    assert filled("{customer} {me}", {"customer": "{me}", "me": "x"}) == "{me} x"


def test_the_teams_texts_are_a_supervisors() -> None:
    resolver = Actor(kind="staff", id="a", roles=frozenset({"resolver"}))
    may_put(resolver, team=False)
    with pytest.raises(Forbidden):
        may_put(resolver, team=True)
    may_put(Actor(kind="staff", id="b", roles=frozenset({"supervisor"})), team=True)
