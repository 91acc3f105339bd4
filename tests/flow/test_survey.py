"""Surveys: asked at the end of an episode, answered once, on their own scale, by the signed token alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from conftest import NOON, House
from floor import P3, Floor, bundle, open_floor
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound
from newel.domain.resolution import Category, Resolution
from newel.domain.survey import SCALES
from newel.domain.words import Survey
from newel.flow import resolution, survey, trace
from newel.store import views

CHANNEL = Actor(kind="service", id="shop", scopes=frozenset({Act.READ_CONVERSATION}))


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def ended(floor: Floor, category: Category = Category.RESOLVED, **more: Any) -> tuple[UUID, UUID]:
    """A resolved case, and its conversation."""
    case_id = await floor.escalated(P3, **more)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    ben = await floor.signed_in("ben")
    case = await resolution.resolve(floor.house, ben, case_id, item.token, Resolution(category=category))
    assert case.conversation_id is not None
    return case_id, case.conversation_id


async def offered(floor: Floor, conversation: UUID) -> survey.Offer | None:
    return await survey.offer(floor.house, CHANNEL, conversation)


async def test_RES_5_the_customer_answers_once_by_the_token(floor: Floor) -> None:
    case_id, conversation = await ended(floor)
    found = await offered(floor, conversation)
    assert found is not None
    assert set(msgspec.to_builtins(found)) == {"token", "kind", "asked_at", "expires_at"}
    await survey.answer(floor.house, found.token, 5, " quick and kind ")
    with pytest.raises(Conflict, match="answered"):
        await survey.answer(floor.house, found.token, 1)
    assert await offered(floor, conversation) is None
    (row,) = await floor.rows("SELECT score, comment_sealed FROM newel.survey")
    assert row["score"] == 5
    assert b"quick" not in row["comment_sealed"]
    events = await floor.rows(
        "SELECT event, actor_kind FROM newel.audit_event WHERE entity = 'survey' ORDER BY seq"
    )
    assert [tuple(e) for e in events] == [("survey.asked", "staff"), ("survey.answered", "customer")]
    story = await trace.trace(floor.house, floor.staff["june"], case_id)
    said = next(step for step in story.steps if step.event == "survey.asked")
    assert said.detail["text"] == "quick and kind"


async def test_RES_5_a_token_is_signed_and_expires(floor: Floor) -> None:
    _, first = await ended(floor)
    _, second = await ended(floor)
    one, two = await offered(floor, first), await offered(floor, second)
    assert one is not None
    assert two is not None
    forged = one.token.partition(".")[0] + "." + two.token.partition(".")[2]
    for token in (forged, one.token[:-1], one.token.partition(".")[0], "", "é", "x.y"):
        with pytest.raises(NotFound):
            await survey.answer(floor.house, token, 5)
    await floor.pass_time(days=14)
    with pytest.raises(Conflict, match="expired"):
        await survey.answer(floor.house, one.token, 5)
    assert await offered(floor, first) is None
    with pytest.raises(Forbidden):
        await survey.offer(floor.house, Actor(kind="service", id="other"), first)


async def test_the_store_takes_one_answer(floor: Floor) -> None:
    _, conversation = await ended(floor)
    found = await offered(floor, conversation)
    assert found is not None
    await survey.answer(floor.house, found.token, 2)
    with pytest.raises(Exception, match="NW-SURVEY"):
        await floor.rows("UPDATE newel.survey SET score = 5")


async def test_after_a_regulatory_referral_nobody_is_asked(floor: Floor) -> None:
    _, conversation = await ended(floor, Category.REGULATORY_REFERRAL)
    assert await offered(floor, conversation) is None
    assert await floor.rows("SELECT FROM newel.survey") == []


async def test_a_new_episode_is_asked_about_anew_and_the_old_question_is_gone(floor: Floor) -> None:
    case_id, conversation = await ended(floor, ref="C1", conversation="one")
    assert await floor.say("It broke again", ref="C1", conversation="one") == case_id
    assert await offered(floor, conversation) is None


async def test_INS_2_averages_go_by_tier(floor: Floor) -> None:
    for score in (5, 4, 2, None):
        _, conversation = await ended(floor)
        found = await offered(floor, conversation)
        assert found is not None
        if score:
            await survey.answer(floor.house, found.token, score)
    async with floor.tx() as tx:
        (found_,) = await views.satisfaction(tx, NOON - timedelta(days=1))
    assert (found_.workflow, found_.tier, found_.kind) == ("customer-support", 3, "csat")
    assert (found_.asked, found_.answered) == (4, 3)
    assert found_.average == pytest.approx(11 / 3)
    assert found_.satisfied == 2


async def asking(house: House, *kinds: Survey, **texts: str) -> Floor:
    """A floor whose policy asks these kinds, with these fixed texts."""
    return await open_floor(house, surveys=kinds, messages=bundle().messages | texts)


@pytest.mark.parametrize(
    ("kind", "key"), [(Survey.NPS, "survey_nps"), (Survey.EFFORT, "survey_effort")], ids=str
)
async def test_RES_5_a_policy_asks_another_kind_on_its_own_scale(
    house: House, kind: Survey, key: str
) -> None:
    floor = await asking(house, kind, **{key: "Tell us, please."})
    case_id, conversation = await ended(floor)
    found = await offered(floor, conversation)
    assert found is not None
    assert found.kind is kind
    [sent] = await floor.rows("SELECT template FROM newel.message WHERE template = $1", key)
    assert sent["template"] == key
    for score in (SCALES[kind].start - 1, SCALES[kind].stop):
        with pytest.raises(Invalid, match="the score"):
            await survey.answer(floor.house, found.token, score)
    await survey.answer(floor.house, found.token, SCALES[kind].stop - 1)
    with pytest.raises(Conflict):
        await survey.answer(floor.house, found.token, SCALES[kind].stop - 1)
    events = await floor.rows(
        "SELECT event, data->>'kind' AS kind FROM newel.audit_event WHERE entity = 'survey' ORDER BY seq"
    )
    assert [(one["event"], one["kind"]) for one in events] == [
        ("survey.asked", kind),
        ("survey.answered", kind),
    ]
    story = await trace.trace(floor.house, floor.staff["june"], case_id)
    assert next(one for one in story.steps if one.event == "survey.asked").detail["kind"] == kind


async def test_RES_5_whoever_names_no_kind_asks_nobody(house: House) -> None:
    floor = await asking(house)
    _, conversation = await ended(floor)
    assert await offered(floor, conversation) is None
    assert await floor.rows("SELECT FROM newel.survey") == []


async def test_RES_5_the_store_holds_each_score_against_the_scale_of_its_kind(floor: Floor) -> None:
    await ended(floor)
    for kind, score in (("csat", 0), ("csat", 6), ("nps", -1), ("nps", 11), ("effort", 0), ("effort", 8)):
        with pytest.raises(asyncpg.CheckViolationError, match="survey_scale"):
            await floor.rows(
                "UPDATE newel.survey SET kind = $1, score = $2, answered_at = asked_at", kind, score
            )


async def test_INS_2_each_kind_is_counted_apart(house: House) -> None:
    floor = await asking(house, Survey.NPS)
    for score in (10, 9, 8, 0, None):
        _, conversation = await ended(floor)
        found = await offered(floor, conversation)
        assert found is not None
        if score is not None:
            await survey.answer(floor.house, found.token, score)
    async with floor.tx() as tx:
        (one,) = await views.satisfaction(tx, NOON - timedelta(days=1))
    assert (one.kind, one.asked, one.answered, one.promoters, one.detractors) == ("nps", 5, 4, 2, 1)
    assert (one.nps, one.average, one.satisfied) == (25.0, 6.75, 0)
