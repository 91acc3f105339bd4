"""Resolution on the real database: structured, by the owner alone; silence; a new episode."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.domain.test_guide import BOOK

from conftest import House
from floor import AI_KINDS, P3, Floor, open_floor
from newel.domain.errors import Conflict, Invalid, StaleToken
from newel.domain.resolution import CONSOLE_HOLD, AiQuality, Category, Cause, Resolution
from newel.flow import pattern, resolution
from newel.worker.loop import Loop

DONE = Resolution(
    category=Category.RESOLVED,
    cause=Cause.EDGE_CASE,
    ai_quality=AiQuality.INCORRECT_PLAUSIBLE,
    seconds_spent=240,
    pattern_flag=True,
    note="the carrier lost it",
    reply="We have sent another one.",
)
SETTLING = tuple(kind for kind in AI_KINDS if kind != "settle")


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def owned(floor: Floor, login: str = "ben", **more: str) -> tuple[UUID, int]:
    case_id = await floor.escalated(P3, **more)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    assert floor.login_of(item.owner_id) == login
    await floor.signed_in(login)
    return case_id, item.token


async def test_RES_1_the_owner_resolves_with_category_cause_and_reply(floor: Floor) -> None:
    case_id, token = await owned(floor)
    await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, DONE)
    case = await floor.case(case_id)
    assert (case.state, case.resolved_at is not None) == ("resolved", True)
    row = (await floor.rows("SELECT * FROM newel.resolution"))[0]
    assert (row["category"], row["cause"], row["ai_quality"]) == (
        "resolved",
        "edge_case",
        "incorrect_plausible",
    )
    assert (row["seconds_spent"], row["by_kind"]) == (240, "staff")
    assert b"carrier" not in row["note_sealed"]
    said = await floor.rows("SELECT author FROM newel.message WHERE direction = 'outbound' ORDER BY seq")
    assert [r["author"] for r in said] == ["system", "person"]
    states = await floor.rows("SELECT DISTINCT state FROM newel.sla_target")
    assert [r["state"] for r in states] == ["met"]
    assert await floor.item(case_id) is None


async def test_INV_6_resolving_twice_writes_once(floor: Floor) -> None:
    case_id, token = await owned(floor)
    await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, DONE)
    with pytest.raises(StaleToken):
        await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, DONE)
    assert len(await floor.rows("SELECT FROM newel.resolution")) == 1


async def test_nobody_writes_as_a_person_without_a_live_session(floor: Floor) -> None:
    case_id, token = await owned(floor)
    await floor.rows("UPDATE newel.staff_session SET ended_at = newel.now()")
    with pytest.raises(Conflict, match="NW-AUTHOR"):
        await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, DONE)
    assert (await floor.case(case_id)).state == "owned"


async def test_a_case_that_waits_in_vain_ends_by_itself(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    with pytest.raises(Invalid):
        await resolution.reply(floor.house, ben, case_id, token, "  ")
    await resolution.reply(floor.house, ben, case_id, token, "Which mug?", timedelta(days=3))
    assert (await floor.case(case_id)).state == "waiting"
    await floor.pass_time(days=2, hours=23)
    await floor.work(without=SETTLING)
    assert (await floor.case(case_id)).state == "waiting"
    await floor.pass_time(hours=1)
    await floor.work(without=SETTLING)
    assert (await floor.case(case_id)).state == "resolved"
    row = (await floor.rows("SELECT category, by_kind FROM newel.resolution"))[0]
    assert tuple(row) == ("no_resolution", "system")
    loads = await floor.rows("SELECT load FROM newel.staff WHERE login = 'ben'")
    assert loads[0]["load"] == 0


async def test_RES_4_a_message_after_the_resolution_is_a_new_episode(floor: Floor) -> None:
    case_id, token = await owned(floor, ref="C1", conversation="one")
    await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, DONE)
    await floor.pass_time(hours=30)
    assert await floor.say("It came broken, too", ref="C1", conversation="one") == case_id
    case = await floor.case(case_id)
    assert case.episode == 2
    await floor.escalate(case_id, P3)
    packages = await floor.rows("SELECT FROM newel.context_package")
    assert len(packages) == 2


async def test_RES_1_the_person_says_what_it_was_about_and_the_label_learns_that(house: House) -> None:
    floor = await open_floor(house, playbooks={"lost_parcel": BOOK})
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    said = Resolution(category=Category.RESOLVED, contact_reason="no_such_reason")
    with pytest.raises(Invalid):
        await resolution.resolve(floor.house, ben, case_id, token, said)
    await floor.rows("UPDATE newel.customer SET training_consent = true")
    said = Resolution(category=Category.RESOLVED, contact_reason="lost_parcel")
    await resolution.resolve(floor.house, ben, case_id, token, said)
    await floor.work()
    assert (await floor.case(case_id)).contact_reason == "lost_parcel"
    labels = await floor.rows("SELECT contact_reason FROM newel.label")
    assert {row["contact_reason"] for row in labels} == {"lost_parcel"}
    (made,) = await floor.rows("SELECT data FROM newel.audit_event WHERE event = 'resolution.made'")
    assert "lost_parcel" in made["data"]


async def flags(floor: Floor) -> list[tuple[str, str, str]]:
    found = await pattern.flagged(floor.house, floor.staff["ivan"], 7)
    return [(one.flagged_by, one.contact_reason, one.words) for one in found]


async def test_RES_1_a_pattern_said_at_the_end_is_seen_where_patterns_are(floor: Floor) -> None:
    case_id, token = await owned(floor)
    told = replace(DONE, note="the carrier lost it, says p.nair@example.com")
    await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, told)
    ((by, reason, words),) = await flags(floor)
    assert (by, reason) == ("ben", (await floor.case(case_id)).contact_reason)
    assert "the carrier lost it" in words
    assert "example.com" not in words
    logged = await floor.rows("SELECT case_id FROM newel.audit_event WHERE event = 'pattern.flagged'")
    assert [row["case_id"] for row in logged] == [case_id]


async def test_RES_1_a_pattern_at_the_end_needs_no_words_and_is_flagged_with_the_held_reply(
    floor: Floor,
) -> None:
    case_id, token = await owned(floor)
    held = replace(DONE, note="")
    await resolution.resolve(floor.house, floor.staff["ben"], case_id, token, held, hold=CONSOLE_HOLD)
    assert await flags(floor) == []
    await floor.pass_time(seconds=5)
    await Loop(floor.house).drain()
    assert (await floor.case(case_id)).state == "resolved"
    assert [(by, words) for by, _, words in await flags(floor)] == [("ben", "")]


async def test_RES_1_what_a_person_has_flagged_before_stands_at_the_end(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    await pattern.flag(floor.house, ben, case_id, "the third this week")
    await resolution.resolve(floor.house, ben, case_id, token, DONE)
    assert [words for _, _, words in await flags(floor)] == ["the third this week"]


async def test_RES_1_without_the_word_no_pattern_is_flagged(floor: Floor) -> None:
    case_id, token = await owned(floor)
    await resolution.resolve(
        floor.house, floor.staff["ben"], case_id, token, replace(DONE, pattern_flag=False)
    )
    assert await flags(floor) == []
