"""Before an answer leaves that no person sees a second opinion is asked for; else a person approves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec
import pytest
from tests.flow.desk import MARKER, REFUND, STATUS, Desk
from tests.flow.test_replay import World, shadow

from newel.domain.policy.opinion import NONE, UNHEARD, Opinion
from newel.domain.replay import Result, Ticket
from newel.domain.tier.opinion import LONGEST
from newel.domain.words import Pattern, Tier
from newel.flow import escalation, kill_switch
from newel.flow.replay import replay

WHEN = {"legal.dictionary": "the law", "topic.safety": "somebody may come to harm"}
OPINION = Opinion(model="reader", when=WHEN, owner="June", date=date(2026, 11, 28))


@dataclass
class Reader:
    """Implements ``newel.domain.ports.Advises`` as it is told, and keeps what it was asked."""

    says: str = NONE
    asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def advise(self, before: Sequence[str], said: Sequence[str]) -> str:
        self.asked.append((tuple(before), tuple(said)))
        if self.meanwhile:
            await self.meanwhile()
        return self.says


@pytest.fixture
def reader(desk: Desk) -> Reader:
    one = Reader()
    desk.amend(opinion=OPINION)
    desk.advised_by(one)
    return one


async def reasons(desk: Desk) -> list[str]:
    rows = await desk.rows("SELECT reasons FROM newel.decision ORDER BY at DESC, id DESC LIMIT 1")
    return list(rows[0]["reasons"])


async def test_an_answer_leaves_with_the_opinion_among_its_grounds(desk: Desk, reader: Reader) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert "PW10023GB" in desk.inbox.texts("ai")[-1]
    assert reader.asked == [((), (STATUS,))]
    assert "second_opinion" in await reasons(desk)


async def test_SCN_11_what_the_opinion_names_is_a_persons_and_nothing_leaves(
    desk: Desk, reader: Reader
) -> None:
    reader.says = "topic.safety"
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.tier, case.priority, case.locked) == (3, 1, True)
    assert desk.inbox.texts("ai") == []
    assert await reasons(desk) == ["opinion:topic.safety"]


async def test_SCN_11_where_no_opinion_comes_a_person_approves_the_answer(desk: Desk, reader: Reader) -> None:
    reader.says = UNHEARD
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).state == "approval"
    assert desk.inbox.texts("ai") == []
    await desk.approve(case_id)
    await desk.drain()
    assert any("PW10023GB" in sent.text for sent in desk.inbox.got.values())


async def test_without_anybody_to_ask_it_is_the_same(desk: Desk, reader: Reader) -> None:
    desk.advised_by(None)
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).state == "approval"
    assert await reasons(desk) == ["opinion_unheard"]
    assert reader.asked == []


@pytest.mark.parametrize("text", [MARKER, "That is just how it is with you people, is it?"])
async def test_SCN_1_it_is_asked_of_nothing_that_a_person_has_anyway(
    desk: Desk, reader: Reader, text: str
) -> None:
    await desk.say(text)
    await desk.drain()
    assert reader.asked == []


async def test_a_proposal_that_a_person_approves_anyway_asks_nobody(desk: Desk, reader: Reader) -> None:
    await desk.proposed(REFUND)
    assert reader.asked == []


async def test_nobody_outside_learns_who_writes(desk: Desk, reader: Reader) -> None:
    await desk.say("Where is order 10023? Tom Ashdown, tom@example.com", ref="C0012")
    await desk.drain()
    assert reader.asked == [((), ("Where is order 10023? [name], [email]",))]


async def test_what_came_before_is_told_as_such_in_its_order(desk: Desk, reader: Reader) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain()
    await desk.say("Thanks.", ref="C0012")
    await desk.say("And where is it now?", ref="C0012")
    await desk.drain()
    assert reader.asked[-1] == ((STATUS,), ("Thanks.", "And where is it now?"))


async def test_of_a_text_that_is_too_long_nobody_is_asked(desk: Desk, reader: Reader) -> None:
    case_id = await desk.say(STATUS + " thanks" * (LONGEST // 7), ref="C0012")
    await desk.drain()
    assert reader.asked == []
    assert (await desk.case(case_id)).state == "approval"
    assert await reasons(desk) == ["opinion_unheard"]


async def test_SCN_1_a_message_that_comes_meanwhile_supersedes_the_answer(desk: Desk, reader: Reader) -> None:
    async def meanwhile() -> None:
        reader.meanwhile = None
        await desk.say(MARKER, ref="C0012")

    reader.meanwhile = meanwhile
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).tier == 3
    assert desk.inbox.texts("ai") == []


async def test_what_a_person_has_judged_is_not_asked_about_again(desk: Desk, reader: Reader) -> None:
    reader.says = "topic.safety"
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    ivan = desk.staff["ivan"]
    await escalation.take_over(desk.house, ivan, case_id)
    await escalation.lower_case(
        desk.house, ivan, case_id, Tier.AUTONOMOUS, unlock=True, reason="nobody is in danger"
    )
    await desk.drain()
    assert len(reader.asked) == 1
    assert "PW10023GB" in desk.inbox.texts("ai")[-1]
    await desk.say("And where is it now?", ref="C0012")
    await desk.drain()
    assert len(reader.asked) == 2
    assert (await desk.case(case_id)).tier == 3


@pytest.mark.parametrize(
    ("says", "tier", "reason"),
    [
        (NONE, 1, "second_opinion"),
        ("topic.safety", 3, "opinion:topic.safety"),
        (UNHEARD, 2, "opinion_unheard"),
    ],
)
async def test_INT_6_a_shadow_run_asks_as_well(says: str, tier: int, reason: str) -> None:
    reader, now = Reader(says), shadow(World())
    bundle = msgspec.structs.replace(now.running.bundle, opinion=OPINION)
    asking = replace(now, running=replace(now.running, bundle=bundle, advises=reader))
    ticket = Ticket(line=2, id="t", customer_ref="C0017", text="what is the status of order 10031, Tom?")
    (found,) = [one async for one in replay(asking, [ticket])]
    assert isinstance(found, Result)
    assert (found.tier, reason in found.reasons) == (tier, True)
    assert reader.asked == [((), ("what is the status of order 10031, [name]?",))]


async def test_while_the_AI_is_stopped_nobody_is_asked(desk: Desk, reader: Reader) -> None:
    await kill_switch.engage(
        desk.house, desk.staff["june"], workflow=None, contact_reason=None, reason="words went astray"
    )
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert reader.asked == []
    assert (await desk.case(case_id)).tier == 3
    assert "kill_switch" in await reasons(desk)


async def test_a_reply_that_is_approved_first_asks_nobody(desk: Desk, reader: Reader) -> None:
    gates = desk.bundle.gates
    first = {
        risk: msgspec.structs.replace(one, pattern=Pattern.APPROVAL_FIRST) for risk, one in gates.items()
    }
    desk.amend(gates=first)
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).state == "approval"
    assert reader.asked == []
    assert await reasons(desk) == ["approval_first"]
