"""Attachments through the house: sent by either side, opened on record, swept, never answered from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.flow.desk import REFUND, STATUS, TEST, Desk

from newel.domain.access import Act, Actor
from newel.domain.attachment import Attached, Kind
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound, StaleToken
from newel.domain.intake import Inbound, Sender
from newel.domain.resolution import CONSOLE_HOLD, Category, Resolution
from newel.domain.scan.features import ScanInput, Signal
from newel.domain.words import Tier
from newel.flow import attachment, draft, intake, resolution, trace
from newel.flow.attachment import Own
from newel.store import draft as drafts
from newel.store.db import Tx
from newel.store.intake import Taken
from samples import PDF, png

CUSTOMER = Actor(kind="customer", id="c1", scopes=frozenset({Act.INTAKE, Act.READ_CONVERSATION}))
OTHER = Actor(kind="customer", id="c2", scopes=CUSTOMER.scopes)
SHOP = Actor(kind="service", id="shop", scopes=CUSTOMER.scopes)


async def given(desk: Desk, actor: Actor = CUSTOMER, name: str = "mug.png", content: bytes = b"") -> Attached:
    return await attachment.upload(desk.house, actor, name, "", content or png())


async def send(
    desk: Desk, *ids: UUID, text: str = "", actor: Actor = CUSTOMER, thread: str = "t1", **more: Any
) -> Taken:
    message = Inbound(
        channel="api",
        external_id=more.pop("external", "") or str(uuid4()),
        conversation=thread,
        customer=Sender(ref=more.pop("ref", f"C of {thread}"), name="Tom Ashdown"),
        text=text,
        attachments=ids,
        **more,
    )
    return await intake.receive(desk.house, actor, message)


async def events(desk: Desk, which: UUID) -> list[str]:
    found = await desk.rows(
        "SELECT event FROM newel.audit_event WHERE entity = 'attachment' AND entity_id = $1 ORDER BY seq",
        str(which),
    )
    return [row["event"] for row in found]


async def owned(desk: Desk, case_id: UUID) -> tuple[Actor, int]:
    """The case lies on somebody's desk."""
    await desk.drain()
    (item,) = await desk.rows(
        "SELECT owner_id, token FROM newel.work_item WHERE case_id = $1 AND state = 'owned'", case_id
    )
    owner = next(one for one in desk.staff.values() if one.id == str(item["owner_id"]))
    return owner, item["token"]


async def test_a_file_is_sealed_waits_and_is_the_same_one_when_it_is_uploaded_again(desk: Desk) -> None:
    first = await given(desk, name="Tom Ashdown's mug.png")
    assert (first.kind, first.size, first.picture) == (Kind.PNG, len(png()), True)
    await desk.pass_time(hours=23)
    assert await given(desk, name="another name.png") == first
    await desk.pass_time(hours=2)
    assert await attachment.sweep(desk.house) == 0
    [row] = await desk.rows(
        "SELECT * FROM newel.attachment a JOIN newel.attachment_content c ON c.attachment_id = a.id"
    )
    stored = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert b"PNG" not in stored
    assert b"Ashdown" not in stored
    assert await given(desk, OTHER) != first
    assert await events(desk, first.id) == ["attachment.uploaded"]


async def test_what_is_never_sent_is_gone_after_a_day_with_its_content(desk: Desk) -> None:
    one = await given(desk)
    await desk.pass_time(hours=24)
    assert await attachment.sweep(desk.house) == 1
    assert await desk.rows("SELECT FROM newel.attachment_content") == []
    assert await events(desk, one.id) == ["attachment.uploaded", "attachment.expired"]
    with pytest.raises(NotFound):
        await send(desk, one.id)


async def test_an_upload_is_taken_back_by_its_author_only_and_before_it_is_sent(desk: Desk) -> None:
    one = await given(desk)
    for actor in (OTHER, SHOP, desk.staff["ivan"]):
        with pytest.raises(NotFound):
            await attachment.discard(desk.house, actor, one.id)
    await attachment.discard(desk.house, CUSTOMER, one.id)
    assert await events(desk, one.id) == ["attachment.uploaded", "attachment.discarded"]
    two = await given(desk)
    await send(desk, two.id)
    with pytest.raises(Conflict):
        await attachment.discard(desk.house, CUSTOMER, two.id)


async def test_somebody_cannot_fill_the_house_with_uploads(desk: Desk) -> None:
    for n in range(20):
        await given(desk, content=b"line %d" % n)
    with pytest.raises(Conflict):
        await given(desk)
    await given(desk, OTHER)


async def test_attachments_alone_go_to_a_person_and_no_ai_is_asked(desk: Desk) -> None:
    one = await given(desk)
    taken = await send(desk, one.id)
    case = await desk.case(taken.case_id)
    assert (case.tier, case.locked, case.state) == (Tier.HUMAN, False, "queued")
    [receipt] = await desk.rows("SELECT markers, not_evaluated, tier_floor FROM newel.scan_receipt")
    assert receipt["markers"] == ["attachment.unread"]
    assert "attachments" in receipt["not_evaluated"]
    assert await desk.rows("SELECT FROM newel.job WHERE kind = 'answer'") == []
    owner, _ = await owned(desk, taken.case_id)
    file = await attachment.fetch(desk.house, owner, one.id)
    assert (file.content, file.about) == (png(), one)
    assert await desk.limbo() == []


async def test_SCN_9_the_models_hear_what_attachments_are_called(desk: Desk) -> None:
    heard: list[ScanInput] = []

    class Hears:
        def signals(self, message: ScanInput) -> tuple[Signal, ...]:
            heard.append(message)
            return ()

    desk.house = replace(desk.house, listens=Hears())
    one = await given(desk, name="my_brother_is_in_hospital.png")
    await send(desk, one.id, text="See attached.")
    with pytest.raises(NotFound):
        await send(desk, uuid4(), text="See attached.")
    assert [message.attachments for message in heard] == [("my brother is in hospital png",), ()]


async def test_words_beside_a_picture_are_answered_by_a_person_even_where_the_ai_could(desk: Desk) -> None:
    alone = await desk.say(STATUS, ref="C0012", thread="plain")
    one = await given(desk)
    with_it = (await send(desk, one.id, text=STATUS)).case_id
    await desk.drain()
    assert (await desk.case(alone)).state == "waiting"
    assert (await desk.case(with_it)).state in {"approval", "queued", "owned"}
    assert (await desk.case(with_it)).tier is not Tier.AUTONOMOUS


async def test_who_decides_on_a_proposal_sees_the_picture_and_nobody_else_of_the_desk(desk: Desk) -> None:
    one = await given(desk)
    taken = await send(desk, one.id, text=REFUND, ref="C0017")
    await desk.drain()
    case = await desk.case(taken.case_id)
    assert case.state == "approval"
    assert (await attachment.fetch(desk.house, desk.staff["amara"], one.id)).content == png()
    with pytest.raises(Forbidden):
        await attachment.fetch(desk.house, desk.staff["ben"], one.id)
    assert (await attachment.about(desk.house, desk.staff["ivan"], one.id)) == one
    await desk.pass_time(minutes=5)
    await attachment.fetch(desk.house, desk.staff["amara"], one.id)
    await desk.pass_time(minutes=31)
    await attachment.fetch(desk.house, desk.staff["amara"], one.id)
    assert (await events(desk, one.id)).count("attachment.opened") == 2


async def test_the_same_message_again_is_the_same_and_a_sent_file_goes_with_no_other(desk: Desk) -> None:
    one = await given(desk)
    first = await send(desk, one.id, external="x1")
    again = await send(desk, one.id, external="x1")
    assert (again.message_id, again.duplicate) == (first.message_id, True)
    with pytest.raises(Conflict):
        await send(desk, one.id, external="x2")
    with pytest.raises(NotFound):
        await send(desk, one.id, external="x3", thread="another", actor=OTHER)
    assert len(await desk.rows("SELECT FROM newel.message_attachment")) == 1
    assert len(await desk.rows("SELECT FROM newel.message WHERE direction = 'inbound'")) == 1


async def test_nobody_sends_what_another_has_uploaded(desk: Desk) -> None:
    one, two = await given(desk), await given(desk, SHOP, content=PDF)
    for actor in (OTHER, SHOP):
        with pytest.raises(NotFound):
            await send(desk, one.id, actor=actor)
    with pytest.raises(NotFound):
        await send(desk, two.id)
    with pytest.raises(NotFound):
        await send(desk, uuid4())
    with pytest.raises(Invalid):
        await send(desk, *[uuid4() for _ in range(6)])
    assert await desk.rows("SELECT FROM newel.message") == []
    assert (await send(desk, two.id, actor=SHOP)).case_id


async def test_a_second_message_brings_a_picture_into_the_same_case(desk: Desk) -> None:
    first = await desk.say(STATUS, thread="t1", ref="C of t1")
    one = await given(desk)
    taken = await send(desk, one.id)
    assert taken.case_id == first
    case = await desk.case(first)
    assert case.tier is Tier.HUMAN
    assert await desk.rows("SELECT FROM newel.job WHERE kind = 'answer'") == []


async def test_a_word_in_a_files_name_is_scanned(desk: Desk) -> None:
    one = await given(desk, name="letter_of_my_lawyer.pdf", content=PDF)
    taken = await send(desk, one.id, text="please see this")
    assert (await desk.case(taken.case_id)).locked
    [receipt] = await desk.rows("SELECT markers FROM newel.scan_receipt")
    assert "legal.dictionary" in receipt["markers"]


async def test_an_item_carries_its_document_and_is_handled_by_its_fields(desk: Desk) -> None:
    document = await given(desk, SHOP, "inv-1.pdf", PDF)
    fields = {"invoice_number": "INV-1", "amount_minor": 12000}
    taken = await send(desk, document.id, actor=SHOP, fields=fields, workflow="invoice-exceptions")
    [receipt] = await desk.rows("SELECT markers, not_evaluated FROM newel.scan_receipt")
    assert "attachment.unread" not in receipt["markers"]
    assert "attachments" in receipt["not_evaluated"]
    [link] = await desk.rows("SELECT message_id FROM newel.message_attachment")
    assert link["message_id"] == taken.message_id


async def test_the_owner_attaches_takes_back_and_sends_again(desk: Desk) -> None:
    case_id = (await send(desk, (await given(desk)).id)).case_id
    owner, token = await owned(desk, case_id)
    file = await attachment.upload(desk.house, owner, "label.pdf", "application/pdf", PDF, case_id)
    await draft.save(desk.house, owner, case_id, token, "", [file.id, uuid4()])
    kept = await draft.read(desk.house, owner, case_id)
    assert kept is not None
    assert kept.attachments == (file,)
    await resolution.reply(
        desk.house, owner, case_id, token, "Print this label.", hold=CONSOLE_HOLD, attachments=[file.id]
    )
    assert await draft.read(desk.house, owner, case_id) is None
    back = await resolution.undo(desk.house, owner, case_id, token)
    assert back == drafts.Text("Print this label.", (file,))
    assert (await draft.read(desk.house, owner, case_id)).attachments == (file,)  # type: ignore[union-attr]
    await resolution.reply(desk.house, owner, case_id, token, "Once more.", attachments=[file.id])
    await desk.drain()
    sent = [m for m in desk.inbox.got.values() if m.author == "person"]
    assert [(m.text, [a.id for a in m.attachments]) for m in sent] == [("Once more.", [file.id])]
    assert sent[0].attachments[0].media_type == "application/pdf"
    assert await events(desk, file.id) == ["attachment.uploaded", "attachment.sent", "attachment.sent"]


async def test_a_reply_of_an_attachment_alone_is_one_and_an_empty_one_is_none(desk: Desk) -> None:
    case_id = (await send(desk, (await given(desk)).id)).case_id
    owner, token = await owned(desk, case_id)
    with pytest.raises(Invalid):
        await resolution.reply(desk.house, owner, case_id, token, " ")
    file = await attachment.upload(desk.house, owner, "a.pdf", "", PDF, case_id)
    await resolution.reply(desk.house, owner, case_id, token, "", attachments=[file.id])


async def test_the_last_message_of_a_case_carries_files_and_may_be_taken_back(desk: Desk) -> None:
    case_id = (await send(desk, (await given(desk)).id)).case_id
    owner, token = await owned(desk, case_id)
    file = await attachment.upload(desk.house, owner, "label.pdf", "application/pdf", PDF, case_id)
    done = Resolution(category=Category.RESOLVED)
    await resolution.resolve(
        desk.house, owner, case_id, token, done, hold=CONSOLE_HOLD, attachments=[file.id]
    )
    assert (await desk.case(case_id)).state == "owned"
    assert await resolution.undo(desk.house, owner, case_id, token) == drafts.Text("", (file,))
    await resolution.resolve(
        desk.house, owner, case_id, token, done, hold=CONSOLE_HOLD, attachments=[file.id]
    )
    await desk.drain()
    assert (await desk.case(case_id)).state == "resolved"
    sent = [m for m in desk.inbox.got.values() if m.author == "person"]
    assert [[a.id for a in m.attachments] for m in sent] == [[file.id]]


async def test_people_upload_for_their_own_case_and_send_nothing_of_another(desk: Desk) -> None:
    one = await given(desk)
    case_id = (await send(desk, one.id)).case_id
    owner, token = await owned(desk, case_id)
    other = next(a for login, a in desk.staff.items() if a.id != owner.id and login in {"ben", "chloe"})
    with pytest.raises(StaleToken):
        await attachment.upload(desk.house, other, "a.pdf", "", PDF, case_id)
    with pytest.raises(Invalid):
        await attachment.upload(desk.house, owner, "a.pdf", "", PDF)
    with pytest.raises(Invalid):
        await attachment.upload(desk.house, CUSTOMER, "a.pdf", "", PDF, case_id)
    second = (await send(desk, (await given(desk, OTHER)).id, actor=OTHER, thread="t2")).case_id
    theirs, their_token = await owned(desk, second)
    file = await attachment.upload(desk.house, theirs, "a.pdf", "", PDF, second)
    for wrong in (file.id, one.id, uuid4()):
        with pytest.raises(NotFound):
            await resolution.reply(desk.house, owner, case_id, token, "x", attachments=[wrong])
    assert their_token


def having(conversation: UUID | None) -> Own:
    """Somebody whose conversation this is."""

    async def own(_tx: Tx) -> UUID | None:
        return conversation

    return own


async def test_a_customer_fetches_what_is_in_view_of_their_own_conversation(desk: Desk) -> None:
    one = await given(desk)
    taken = await send(desk, one.id)

    own = having(taken.conversation_id)
    owner, token = await owned(desk, taken.case_id)
    file = await attachment.upload(desk.house, owner, "a.pdf", "", PDF, taken.case_id)
    await resolution.reply(
        desk.house, owner, taken.case_id, token, "x", hold=CONSOLE_HOLD, attachments=[file.id]
    )
    assert (await attachment.fetch(desk.house, CUSTOMER, one.id, own=own)).content == png()
    with pytest.raises(NotFound):
        await attachment.fetch(desk.house, CUSTOMER, file.id, own=own)
    await desk.pass_time(seconds=6)
    await desk.drain()
    assert (await attachment.fetch(desk.house, CUSTOMER, file.id, own=own)).content == PDF
    assert (await attachment.fetch(desk.house, SHOP, file.id)).content == PDF
    for actor, theirs in ((OTHER, uuid4()), (OTHER, None), (CUSTOMER, None)):
        with pytest.raises(NotFound):
            await attachment.fetch(desk.house, actor, file.id, own=having(theirs))


async def test_the_story_of_a_case_names_its_files_and_an_erased_customers_are_unreadable(desk: Desk) -> None:
    one = await given(desk)
    taken = await send(desk, one.id)
    story = await trace.trace(desk.house, desk.staff["ivan"], taken.case_id)
    received = next(step for step in story.steps if step.event == "message.received")
    assert received.detail["attachments"][0]["name"] == "mug.png"
    assert "attachment.sent" in {step.event for step in story.steps}
    await desk.rows("UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = newel.now()")
    with pytest.raises(NotFound):
        await attachment.fetch(desk.house, desk.staff["ivan"], one.id)


async def test_an_old_draft_without_attachments_is_still_read(desk: Desk) -> None:
    case_id = (await send(desk, (await given(desk)).id)).case_id
    owner, token = await owned(desk, case_id)
    await draft.save(desk.house, owner, case_id, token, "Dear")
    case = await desk.case(case_id)
    sealed = case.sealer(desk.house.envelope).seal_value(f"draft.body:{case_id}", "as it was")
    await desk.rows("UPDATE newel.draft SET body_sealed = $1", sealed)
    found = await draft.read(desk.house, owner, case_id)
    assert found is not None
    assert (found.text, found.attachments) == ("as it was", ())
    assert timedelta(0) <= found.saved_at - case.opened_at
    assert TEST
