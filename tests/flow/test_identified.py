"""Whose a conversation is: a sender becomes known in it, and names of threads collide (INT-1, INV-4)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.flow.desk import MARKER, PERSON, RESET, STATUS, TEST, Desk

from newel.domain.answer import Basis, Proposal
from newel.domain.intake import Inbound, Sender
from newel.domain.playbook import Action
from newel.flow import answer, customer, intake, merge
from newel.flow.customer import Told
from newel.flow.house import Turn
from newel.store import case as cases
from newel.store import intake as rows
from newel.store.intake import Taken

T = "chat-1"


async def say(desk: Desk, text: str, *, ref: str = "", address: str = "", thread: str = T) -> Taken:
    message = Inbound(
        channel="api",
        external_id=str(uuid4()),
        conversation=thread,
        customer=Sender(ref=ref, address=address),
        text=text,
    )
    return await intake.receive(desk.house, TEST, message)


async def known(desk: Desk, ref: str = "C0012") -> UUID:
    return await customer.put(desk.house, TEST, ref, Told(name="Maya"))


async def test_TIR_13_who_is_not_known_gets_no_act(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address alone proves nobody, however sure the AI is; a customer of the operator's gets it."""

    async def sure(_: Turn) -> Proposal:
        act = Action("password_reset", {"customer": "C0012"})
        return Proposal(
            basis=Basis.PLAYBOOK,
            contact_reason="password_reset",
            reply="It is sent.",
            action=act,
            confidence=1.0,
            calibrated=True,
        )

    monkeypatch.setattr(answer, "think", sure)
    case_id = (await say(desk, RESET, address="somebody@example.com")).case_id
    await desk.drain()
    assert desk.books.calls == []
    (made,) = await desk.rows("SELECT reasons FROM newel.decision WHERE case_id = $1", case_id)
    assert made["reasons"] == ["identity_not_verified"]
    await say(desk, RESET, ref="C0012", thread="another")
    await desk.drain()
    assert [call.action for call in desk.books.calls] == ["password_reset"]


async def texts_of(desk: Desk, case_id: UUID) -> list[str]:
    async with desk.house.db.tx(TEST) as tx:
        case = await cases.read(tx, case_id)
        return [one.body.text for one in await rows.inbound(tx, desk.house.envelope, case)]


async def customers_of(desk: Desk) -> list[Any]:
    return await desk.rows("SELECT id, customer_id, conversation_id FROM newel.cases ORDER BY opened_at, id")


async def test_INV_4_a_request_for_a_person_outlives_the_sender_becoming_known(desk: Desk) -> None:
    await known(desk)
    asked = await say(desk, PERSON, address="browser-7")
    await desk.drain()
    before = await desk.case(asked.case_id)
    owner = await desk.rows("SELECT owner_id, token FROM newel.work_item")
    for more in ({"ref": "C0012"}, {"ref": "C0012", "address": "browser-7"}, {"address": "browser-7"}):
        taken = await say(desk, STATUS, **more)
        await desk.drain()
        assert (taken.case_id, taken.conversation_id) == (asked.case_id, asked.conversation_id), more
    case = await desk.case(asked.case_id)
    assert (case.tier, case.locked, case.state, case.episode) == (3, True, before.state, 1)
    assert await desk.rows("SELECT owner_id, token FROM newel.work_item") == owner
    assert desk.inbox.texts("ai") == []


async def test_SEC_what_was_said_before_is_sealed_under_the_known_customers_key(desk: Desk) -> None:
    who = await known(desk)
    asked = await say(desk, PERSON, address="browser-7")
    await say(desk, STATUS, ref="C0012")
    assert (await desk.case(asked.case_id)).customer_id == who
    assert await texts_of(desk, asked.case_id) == [PERSON, STATUS]
    stranger = await desk.rows("SELECT begun_by FROM newel.conversation")
    gone = "UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = now() WHERE subject_id = $1"
    await desk.rows(gone, stranger[0]["begun_by"])
    assert await texts_of(desk, asked.case_id) == [PERSON, STATUS]


async def test_INV_4_whoever_becomes_a_new_customer_of_the_operator_goes_on_as_well(desk: Desk) -> None:
    asked = await say(desk, PERSON, address="browser-7")
    taken = await say(desk, STATUS, ref="C0099")
    assert taken.case_id == asked.case_id
    assert len(await desk.rows("SELECT id FROM newel.customer")) == 1


async def test_INT_1_what_the_ai_had_under_way_goes_on_as_the_known_customers(desk: Desk) -> None:
    await known(desk)
    first = await say(desk, STATUS, address="browser-7")
    taken = await say(desk, STATUS, ref="C0012")
    await desk.drain()
    assert taken.case_id == first.case_id
    assert (await desk.case(first.case_id)).state == "waiting"
    assert len(desk.inbox.texts("ai")) == 1


async def test_INT_1_another_known_customer_of_the_same_thread_has_a_conversation_of_their_own(
    desk: Desk,
) -> None:
    mine = await say(desk, PERSON, ref="C0012")
    theirs = await say(desk, STATUS, ref="C0017")
    assert theirs.conversation_id != mine.conversation_id
    assert theirs.case_id != mine.case_id
    await desk.drain()
    again = await say(desk, STATUS, ref="C0017")
    assert (again.case_id, again.conversation_id) == (theirs.case_id, theirs.conversation_id)
    back = await say(desk, STATUS, ref="C0012")
    assert (back.case_id, back.conversation_id) == (mine.case_id, mine.conversation_id)
    left = await desk.rows(
        "SELECT conversation_id FROM newel.outbox WHERE conversation_id = $1 AND case_id <> $2",
        mine.conversation_id,
        mine.case_id,
    )
    assert left == []


async def test_INT_1_once_it_is_somebodys_no_other_customer_takes_it(desk: Desk) -> None:
    await known(desk)
    await known(desk, "C0017")
    asked = await say(desk, PERSON, address="browser-7")
    await say(desk, STATUS, ref="C0012")
    other = await say(desk, STATUS, ref="C0017")
    assert other.conversation_id != asked.conversation_id
    third = await say(desk, STATUS, address="browser-8")
    assert third.conversation_id not in {asked.conversation_id, other.conversation_id}


async def test_INT_1_an_unknown_sender_never_joins_what_another_began(desk: Desk) -> None:
    first = await say(desk, MARKER, address="browser-7")
    second = await say(desk, STATUS, address="browser-8")
    assert second.conversation_id != first.conversation_id


async def test_INV_4_a_merged_matter_becomes_known_as_a_whole(desk: Desk) -> None:
    who = await known(desk)
    one = await say(desk, PERSON, address="browser-7", thread="a")
    into = await say(desk, PERSON, address="browser-7", thread="b")
    await desk.drain()
    await merge.merge(desk.house, desk.staff["ivan"], one.case_id, into.case_id)
    taken = await say(desk, STATUS, ref="C0012", thread="a")
    assert taken.case_id == into.case_id
    assert {row["customer_id"] for row in await customers_of(desk)} == {who}
    assert await texts_of(desk, one.case_id) == [PERSON]


async def unnamed(desk: Desk, text: str, *, ref: str = "", address: str = "") -> Taken:
    return await say(desk, text, ref=ref, address=address, thread="")


async def test_INT_1_whoever_writes_from_their_address_and_then_by_reference_goes_on(desk: Desk) -> None:
    await known(desk)
    await unnamed(
        desk, STATUS, ref="C0012", address="maya@example.com"
    )  # the operator says whose address it is
    await desk.drain()
    await desk.pass_time(hours=200)  # settled long ago: that conversation has nothing open
    await desk.drain()
    asked = await unnamed(desk, PERSON, address="maya@example.com")
    later = await unnamed(desk, STATUS, ref="C0012")
    assert (later.case_id, later.conversation_id) == (asked.case_id, asked.conversation_id)
    case = await desk.case(asked.case_id)
    assert (case.locked, case.tier) == (True, 3)
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 1  # the first answer alone


async def test_INT_1_a_reference_first_and_then_the_address_of_the_same_customer(desk: Desk) -> None:
    await unnamed(desk, STATUS, ref="C0012", address="maya@example.com")
    asked = await unnamed(desk, PERSON, ref="C0012")
    later = await unnamed(desk, STATUS, address="maya@example.com")
    assert (later.case_id, later.conversation_id) == (asked.case_id, asked.conversation_id)


async def test_INV_4_a_stranger_at_an_address_becomes_known_without_any_conversations_name(
    desk: Desk,
) -> None:
    who = await known(desk)
    asked = await unnamed(desk, PERSON, address="browser-7")
    later = await unnamed(desk, STATUS, ref="C0012", address="browser-7")
    assert (later.case_id, later.conversation_id) == (asked.case_id, asked.conversation_id)
    case = await desk.case(asked.case_id)
    assert (case.customer_id, case.locked, case.tier) == (who, True, 3)
    assert await texts_of(desk, asked.case_id) == [PERSON, STATUS]
    again = await unnamed(desk, STATUS, ref="C0012")
    assert again.case_id == asked.case_id


async def test_INT_1_without_proof_a_reference_never_joins_what_an_address_began(desk: Desk) -> None:
    await known(desk)
    asked = await unnamed(desk, PERSON, address="browser-7")
    later = await unnamed(desk, STATUS, ref="C0012")
    assert later.conversation_id != asked.conversation_id
    elsewhere = await unnamed(desk, STATUS, ref="C0017", address="browser-8")
    assert elsewhere.conversation_id not in {asked.conversation_id, later.conversation_id}


async def test_INT_1_an_address_that_two_customers_share_joins_neither(desk: Desk) -> None:
    mine = await unnamed(desk, PERSON, ref="C0012", address="family@example.com")
    theirs = await unnamed(desk, PERSON, ref="C0017", address="family@example.com")
    assert theirs.conversation_id != mine.conversation_id
    either = await unnamed(desk, STATUS, address="family@example.com")
    assert either.conversation_id not in {mine.conversation_id, theirs.conversation_id}
    for ref, before in (("C0012", mine), ("C0017", theirs)):
        after = await unnamed(desk, STATUS, ref=ref)
        assert (after.case_id, after.conversation_id) == (before.case_id, before.conversation_id), ref
    rows = await desk.rows("SELECT DISTINCT conversation_id, customer_id FROM newel.cases")
    assert len({row["conversation_id"] for row in rows}) == len(rows)


async def test_INT_1_a_conversation_that_is_named_stays_apart(desk: Desk) -> None:
    named = await say(desk, PERSON, ref="C0012", thread="about the lamp")
    own = await unnamed(desk, STATUS, ref="C0012")
    assert own.conversation_id != named.conversation_id
    again = await say(desk, STATUS, ref="C0012", thread="about the lamp")
    assert again.case_id == named.case_id
