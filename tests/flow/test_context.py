"""The context package on the real database: at once, with gaps, masked, and for its owner only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from conftest import House
from floor import P3, TEST, Floor, open_floor
from newel.domain import context as rule
from newel.domain.access import Act, Actor
from newel.domain.context import Part
from newel.domain.errors import Forbidden, Invalid, NotFound
from newel.domain.resolution import Category, Resolution
from newel.domain.words import Assist, Priority
from newel.flow import context, customer, resolution
from newel.flow.context import Opened, Shown
from newel.store import case as cases
from newel.store import context as rows

TEXT = "My card 4111 1111 1111 1111 was charged, write to priya@example.com. Priya Nair"
ROUTED = ("answer", "delivery", "settle")


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def given(floor: Floor, order: Any = P3) -> UUID:
    told = customer.Told(name="Priya Nair", email="priya@example.com", address="14 Larch Row, Leeds")
    await customer.put(floor.house, TEST, "C0012", told)
    case_id = await floor.say(TEXT, ref="C0012")
    await floor.escalate(case_id, order)
    return case_id


def part(opened: Opened, name: Part) -> Shown:
    return next(shown for shown in opened.parts if shown.part is name)


async def open_as_owner(floor: Floor, case_id: UUID) -> Opened:
    owner = await floor.owner(case_id)
    assert owner is not None
    return await context.open_package(floor.house, floor.staff[owner], case_id)


async def test_CTX_1_the_package_holds_each_part(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    assert {shown.part for shown in opened.parts} == set(Part)
    assert {shown.state for shown in opened.parts} == {"ready"}
    assert opened.complete_at is not None
    assert part(opened, Part.HISTORY).value["contacts"] == [{"text": "history of C0012"}]
    assert part(opened, Part.TRIGGER).value["primary"] == (await floor.item(case_id)).reason  # type: ignore[union-attr]


async def test_CTX_3_it_is_masked_and_one_field_is_revealed_by_an_audited_act(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    request = part(opened, Part.REQUEST)
    said = request.value["messages"][0]["text"]
    assert said == "My card [card-1] was charged, write to [email-1]. [name-1]"
    who = floor.staff[await floor.owner(case_id) or ""]
    value = await context.reveal(floor.house, who, case_id, Part.REQUEST, "email-1")
    assert value == "priya@example.com"
    events = await floor.rows("SELECT actor_id, data FROM newel.audit_event WHERE event = 'context.revealed'")
    assert [row["actor_id"] for row in events] == [who.id]
    assert "priya" not in str(events[0]["data"])
    with pytest.raises(NotFound):
        await context.reveal(floor.house, who, case_id, Part.REQUEST, "email-7")


async def test_INV_16_nothing_is_revealed_when_the_audit_cannot_be_written(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    await floor.rows(
        "CREATE FUNCTION newel.no_reveal() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'no room'; END$$"
    )
    await floor.rows(
        "CREATE TRIGGER no_reveal BEFORE INSERT ON newel.audit_event FOR EACH ROW"
        " WHEN (NEW.event = 'context.revealed') EXECUTE FUNCTION newel.no_reveal()"
    )
    who = floor.staff[await floor.owner(case_id) or ""]
    with pytest.raises(Exception, match="no room"):
        await context.reveal(floor.house, who, case_id, Part.REQUEST, "email-1")


async def test_INV_16_only_the_assignee_opens_it_or_who_holds_a_live_grant(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    house, ivan, greta = floor.house, floor.staff["ivan"], floor.staff["greta"]
    for stranger in (ivan, greta, floor.staff["june"]):
        with pytest.raises(Forbidden):
            await context.open_package(house, stranger, case_id)
    with pytest.raises(Forbidden):
        await context.grant(house, greta, case_id, floor.id_of("greta"), "curious", 10)
    await context.grant(house, ivan, case_id, floor.id_of("greta"), "second opinion", 10)
    assert (await context.open_package(house, greta, case_id)).case_id == case_id
    await floor.pass_time(minutes=10)
    with pytest.raises(Forbidden):
        await context.open_package(house, greta, case_id)
    opened = await floor.rows("SELECT actor_id FROM newel.audit_event WHERE event = 'context.opened'")
    assert [row["actor_id"] for row in opened] == [greta.id]


async def test_INV_16_a_grant_is_for_one_person_one_package_a_purpose_and_a_time(floor: Floor) -> None:
    case_id, other = await given(floor), await given(floor)
    await floor.work()
    house, ivan, greta = floor.house, floor.staff["ivan"], floor.id_of("greta")
    for purpose, minutes in (("second opinion", 481), ("second opinion", 0), ("  ?  ", 10)):
        with pytest.raises(Invalid):
            await context.grant(house, ivan, case_id, greta, purpose, minutes)
    assert await floor.rows("SELECT FROM newel.context_grant") == []
    await context.grant(house, ivan, case_id, greta, "second opinion", 480)
    assert (await context.open_package(house, floor.staff["greta"], case_id)).case_id == case_id
    for login, which in (("greta", other), ("farid", case_id)):
        with pytest.raises(Forbidden):
            await context.open_package(house, floor.staff[login], which)


async def test_INV_16_no_program_opens_a_package(floor: Floor) -> None:
    """Not even one that goes by the id of the owner."""
    case_id = await given(floor)
    await floor.work()
    owner = floor.staff[await floor.owner(case_id) or ""]
    for kind in ("service", "system", "ai"):
        program = Actor(kind=kind, id=owner.id, scopes=frozenset(Act))  # type: ignore[arg-type]
        with pytest.raises(Forbidden, match="only people"):
            await context.open_package(floor.house, program, case_id)


async def test_INV_16_of_an_attempt_that_is_hidden_no_field_is_revealed(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    who = floor.staff[await floor.owner(case_id) or ""]
    said = rule.Attempt(
        reply="Write to priya@example.com.", justification="", confidence=0.9, calibrated=True
    )
    async with floor.tx() as tx:
        case, package = await cases.read(tx, case_id), await rows.package_of(tx, case_id)
        await rows.put(tx, floor.house.envelope, case, package.id, {Part.AI_ATTEMPT: said})
    assert await context.reveal(floor.house, who, case_id, Part.AI_ATTEMPT, "email-1") == "priya@example.com"
    await floor.escalate(case_id, replace(P3, assist=Assist.SUMMARISE))
    with pytest.raises(NotFound):
        await context.reveal(floor.house, who, case_id, Part.AI_ATTEMPT, "email-1")


async def test_CTX_4_a_package_is_sealed_at_rest(floor: Floor) -> None:
    await given(floor)
    await floor.work()
    rows = await floor.rows("SELECT sealed FROM newel.context_part WHERE sealed IS NOT NULL")
    assert len(rows) == len(Part)
    assert not any(b"priya" in row["sealed"].lower() for row in rows)


async def test_CTX_2_a_history_that_hangs_holds_nothing_back_and_is_filled_in_later(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, "FIRST_WAIT", timedelta(seconds=0.05))
    floor.records.hangs_for = 10
    urgent = replace(P3, priority=Priority.P1, skills=("fraud",), regulated=True)
    case_id = await given(floor, urgent)
    await floor.work(without=("context", *ROUTED))
    opened = await open_as_owner(floor, case_id)
    assert {shown.state for shown in opened.parts} == {"pending"}
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    history = part(opened, Part.HISTORY)
    assert (history.state, history.gap) == ("gap", rule.NOT_IN_TIME)
    assert part(opened, Part.REQUEST).state == "ready"
    assert opened.complete_at is None
    floor.records.hangs_for = 0
    await floor.pass_time(seconds=5)
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    assert part(opened, Part.HISTORY).state == "ready"
    assert opened.complete_at is not None


async def test_the_AIs_attempt_is_there_only_where_drafts_are_allowed(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    assert Part.AI_ATTEMPT in {p.part for p in (await open_as_owner(floor, case_id)).parts}
    await floor.escalate(case_id, replace(P3, assist=Assist.SUMMARISE))
    assert Part.AI_ATTEMPT not in {p.part for p in (await open_as_owner(floor, case_id)).parts}


async def test_a_further_message_makes_the_request_anew(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    await floor.say("I will call my lawyer", ref="C0012", case_id=case_id)
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    texts = [m["text"] for m in part(opened, Part.REQUEST).value["messages"]]
    assert texts[-1] == "I will call my lawyer"


async def marked_and_resolved(floor: Floor, text: str, ref: str, category: Category) -> UUID:
    case_id = await floor.say(text, ref=ref)
    await floor.work()
    (item,) = await floor.rows(
        "SELECT token, owner_id FROM newel.work_item WHERE case_id = $1 AND state = 'owned'", case_id
    )
    who = floor.staff[floor.login_of(item["owner_id"]) or ""]
    await resolution.resolve(floor.house, who, case_id, item["token"], Resolution(category=category))
    return case_id


async def test_CTX_1_a_case_marked_at_its_first_message_shows_what_helped_after_the_same_trigger(
    floor: Floor,
) -> None:
    asked = "I want to talk to a person, please"
    like = await marked_and_resolved(floor, asked, "C0012", Category.RESOLVED)
    await marked_and_resolved(floor, "I will call my lawyer about this.", "C0017", Category.RESOLVED)
    case_id = await floor.say(asked, ref="C0018")
    assert (await floor.case(case_id)).contact_reason == ""
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    assert [one["case_id"] for one in part(opened, Part.SIMILAR).value["cases"]] == [str(like)]
    assert [one["cases"] for one in part(opened, Part.NEXT_ACTIONS).value["steps"]] == [1]


async def test_TIR_8_the_summary_is_in_others_words_masked_and_follows_the_talk(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    opened = await open_as_owner(floor, case_id)
    made = part(opened, Part.SUMMARY)
    (wants,) = made.value["wants"]
    assert wants["text"] == "My card [card-1] was charged, write to [email-1]."
    assert (wants["who"], made.value["waits"], made.value["told"]) == ("customer", True, [])
    item = await floor.item(case_id)
    assert item is not None
    who = floor.staff[await floor.owner(case_id) or ""]
    assert await context.reveal(floor.house, who, case_id, Part.SUMMARY, "email-1") == "priya@example.com"
    said = "I have stopped the card at once."
    await floor.signed_in(floor.login_of(UUID(who.id)) or "")
    await resolution.reply(floor.house, who, case_id, item.token, said)
    await floor.work()
    after = part(await open_as_owner(floor, case_id), Part.SUMMARY).value
    assert ([quote["text"] for quote in after["told"]], after["waits"]) == ([said], False)


@pytest.mark.parametrize("assist", list(Assist))
async def test_TIR_8_the_summary_obeys_the_assist_mode(floor: Floor, assist: Assist) -> None:
    case_id = await given(floor, replace(P3, assist=assist))
    await floor.work()
    rows = await floor.rows("SELECT FROM newel.context_part WHERE part = 'summary'")
    shown = [one for one in (await open_as_owner(floor, case_id)).parts if one.part is Part.SUMMARY]
    assert (len(rows), len(shown)) == ((0, 0) if assist is Assist.NONE else (1, 1))


async def test_TIR_8_a_summary_is_shown_no_more_once_the_ai_may_do_nothing(floor: Floor) -> None:
    case_id = await given(floor)
    await floor.work()
    await floor.escalate(case_id, replace(P3, assist=Assist.NONE))
    await floor.work()
    assert Part.SUMMARY not in {one.part for one in (await open_as_owner(floor, case_id)).parts}
