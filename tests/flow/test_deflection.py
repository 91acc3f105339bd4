"""TIR-12: articles are offered once in place of a person; silence, a request or thanks say how it goes on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.flow.desk import PERSON, STATUS, TEST, Desk

from newel.domain.errors import Conflict
from newel.domain.intake import Inbound, Sender
from newel.domain.knowledge import Pointer
from newel.domain.ports import Match, Passage
from newel.flow import intake, resolution

OPENING = Pointer("hours", "Opening hours")


class Unsure:
    """Knows what is asked, and is not sure of it."""

    version = "unsure"

    def match(self, _text: str) -> Match:
        return Match("order_status", 0.6, calibrated=True)


class Shelf:
    """One article that comes near to everything."""

    def search(self, _text: str, _limit: int) -> list[Passage]:
        return [Passage("hours", 1, OPENING.title, "We are open from nine to five.", 0.4)]

    answers = search

    def offered(self, articles: Any) -> list[Pointer]:
        return [OPENING for one in articles if one == OPENING.id]


@pytest.fixture
def unsure(desk: Desk) -> Desk:
    running = desk._running["customer-support"]
    desk._running["customer-support"] = replace(running, matcher=Unsure(), library=Shelf())
    return desk


async def offered(desk: Desk) -> UUID:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).state == "deflecting"
    return case_id


async def test_TIR_12_the_offer_names_its_articles_and_where_they_are(unsure: Desk) -> None:
    await offered(unsure)
    (message,) = [m for m in unsure.inbox.got.values() if m.author == "ai"]
    assert message.articles == (OPENING,)
    assert message.text.endswith("\n- Opening hours")


async def test_TIR_12_after_silence_the_clocks_run_since_the_offer(unsure: Desk) -> None:
    case_id = await offered(unsure)
    [decision] = await unsure.rows("SELECT at FROM newel.decision WHERE kind = 'deflect'")
    await unsure.pass_time(minutes=11)
    await unsure.drain()
    case = await unsure.case(case_id)
    assert case.tier == 3
    clocks = await unsure.rows("SELECT started_at FROM newel.sla_target WHERE case_id = $1", case_id)
    assert len(clocks) == 2
    assert {row["started_at"] for row in clocks} == {decision["at"]}
    [item] = await unsure.rows("SELECT reason, due_at FROM newel.work_item WHERE case_id = $1", case_id)
    [due] = await unsure.rows("SELECT due_at FROM newel.sla_target WHERE kind = 'resolution'")
    assert (item["reason"], item["due_at"]) == ("deflection.silence", due["due_at"])


async def test_TIR_12_by_mail_the_offer_waits_as_long_as_the_policy_says(unsure: Desk) -> None:
    mail = Inbound(
        channel="email", external_id="1", customer=Sender(ref="C0012"), text=STATUS, conversation="by mail"
    )
    case_id = (await intake.receive(unsure.house, TEST, mail)).case_id
    await unsure.pass_time(seconds=20)
    await unsure.drain()
    [decision] = await unsure.rows("SELECT at FROM newel.decision WHERE kind = 'deflect'")
    assert (await unsure.case(case_id)).due_at == decision["at"] + timedelta(minutes=240)


async def test_TIR_12_who_says_that_it_helped_is_contained(unsure: Desk) -> None:
    case_id = await offered(unsure)
    async with unsure.house.db.tx(TEST) as tx:
        await resolution.contain(tx, unsure.house, case_id)
    assert (await unsure.case(case_id)).state == "resolved"
    [ended] = await unsure.rows("SELECT category, by_kind FROM newel.resolution WHERE case_id = $1", case_id)
    assert tuple(ended) == ("information_provided", "customer")
    [told] = await unsure.rows("SELECT data FROM newel.audit_event WHERE event = 'case.resolved'")
    assert msgspec.json.decode(told["data"])["contained"] is True
    await unsure.pass_time(minutes=11)
    await unsure.drain()
    assert await unsure.rows("SELECT FROM newel.work_item") == []
    with pytest.raises(Conflict):
        async with unsure.house.db.tx(TEST) as tx:
            await resolution.contain(tx, unsure.house, case_id)


async def test_TIR_12_who_asks_for_a_person_cannot_be_contained_any_more(unsure: Desk) -> None:
    case_id = await offered(unsure)
    await unsure.say(PERSON, ref="C0012")
    with pytest.raises(Conflict):
        async with unsure.house.db.tx(TEST) as tx:
            await resolution.contain(tx, unsure.house, case_id)
    assert (await unsure.case(case_id)).tier == 3


async def test_TIR_12_that_no_article_helps_does_not_begin_the_clocks_anew(unsure: Desk) -> None:
    case_id = await offered(unsure)
    [decision] = await unsure.rows("SELECT at FROM newel.decision WHERE kind = 'deflect'")
    await unsure.pass_time(minutes=8)
    await unsure.say("No, none of these.", ref="C0012")
    await unsure.drain()
    assert (await unsure.case(case_id)).tier == 3
    clocks = await unsure.rows("SELECT started_at FROM newel.sla_target WHERE case_id = $1", case_id)
    assert {row["started_at"] for row in clocks} == {decision["at"]}
