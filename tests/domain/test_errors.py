"""What errors say: in words to people, with the ids in the data alone."""

from uuid import uuid4

import pytest

from newel.domain.access import ALLOWED, IN_WORDS, Act, Actor, Role
from newel.domain.errors import Conflict, Forbidden, NotFound, StaleToken


def refused(actor: Actor, act: Act) -> Forbidden:
    with pytest.raises(Forbidden) as caught:
        actor.must(act)
    return caught.value


def test_a_person_reads_which_right_is_missing_and_whom_to_ask() -> None:
    me = Actor(kind="staff", id=str(uuid4()), roles=frozenset({Role.AUDITOR}))
    error = refused(me, Act.ACTIVATE_POLICY)
    wanted = "it needs the role admin or policy owner; ask an admin for it"
    assert error.message == f"You may not put a policy in force: {wanted}"
    assert (error.data["actor"], error.data["needs"]) == (me.id, "activate_policy")


def test_a_service_is_named_and_reads_which_scope_it_lacks() -> None:
    error = refused(Actor(kind="service", id="webshop"), Act.INTAKE)
    assert error.message == "webshop may not hand messages in: it needs a token with the scope intake"


def test_every_act_is_called_something_in_words() -> None:
    assert set(IN_WORDS) == set(ALLOWED) == set(Act)
    assert not [said for said in IN_WORDS.values() if "_" in said or not said.strip()]


def test_people_read_no_ids_but_of_what_they_asked_for_by_it() -> None:
    number = uuid4()
    stale = StaleToken(what=f"case {number}")
    assert stale.message == "the case has passed to another owner; fetch it again before writing."
    assert stale.data["what"] == f"case {number}"
    ended = Conflict(what=f"work item {number}", state="done", why="somebody else was first")
    assert ended.message == "the work item is done: somebody else was first"
    assert NotFound(what="case", id=number).message == f"There is no case {number}; check the id."
    assert Forbidden(actor="ben", act="take this", why="…").message == "ben may not take this: …"
