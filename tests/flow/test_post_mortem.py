"""Post-mortems on the real database: one for each miss, written once; its marker is a draft and no more."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.flow.test_weekly import NOTHING, OWNERS, missed, told

from conftest import House
from floor import Floor, open_floor
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound
from newel.domain.post_mortem import Measure, Told, Why
from newel.domain.words import Cluster
from newel.flow import miss, policy, post_mortem, routing, trace, weekly
from newel.flow.house import House as Wired
from newel.flow.house import Running
from newel.store import case as cases
from newel.store.case import Case
from newel.store.db import Tx

MARKER = Told(
    why=Why.MARKER_MISSING,
    missed="Priya Nair named the ombudsman.",
    measure=Measure.MARKER,
    remedy="The word is a marker.",
    phrases=("the ombudsman",),
)


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house, owners=OWNERS)


async def opened(floor: Floor) -> list[Any]:
    return await post_mortem.listed(floor.house, floor.staff["greta"], "open")


async def test_QUA_6_every_miss_has_its_post_mortem_with_an_owner_and_a_due_time(floor: Floor) -> None:
    case_id = await missed(floor)
    (found,) = await opened(floor)
    assert (found.case_id, found.cluster, found.marked_by) == (case_id, "emotion", "Ivan Petrov")
    assert (found.owner_name, found.by_audit) == ("Ivan Petrov", False)
    assert found.due_at > found.opened_at
    assert await told(floor, "post_mortem.opened") == [("ivan", "")]


async def test_QUA_6_a_second_miss_of_the_same_cluster_joins_and_another_has_its_own(floor: Floor) -> None:
    case_id = await missed(floor, login="ivan")
    await routing.assign(floor.house, floor.staff["ivan"], case_id, floor.id_of("esme"))
    await miss.mark(floor.house, floor.staff["esme"], case_id, Cluster.EMOTION)
    assert len(await opened(floor)) == 1
    await routing.assign(floor.house, floor.staff["ivan"], case_id, floor.id_of("ben"))
    await miss.mark(floor.house, floor.staff["ben"], case_id, Cluster.LEGAL)
    assert sorted(one.cluster for one in await opened(floor)) == ["emotion", "legal"]


async def test_QUA_6_it_is_written_once_by_whose_it_is(floor: Floor) -> None:
    await missed(floor)
    (found,) = await opened(floor)
    for login in ("greta", "june", "amara"):
        with pytest.raises(Forbidden):
            await post_mortem.write(floor.house, floor.staff[login], found.id, NOTHING)
    done = await post_mortem.write(floor.house, floor.staff["ivan"], found.id, NOTHING)
    assert (done.state, done.written_by, done.why, done.measure) == (
        "written",
        "Ivan Petrov",
        "not_seen",
        "nothing",
    )
    assert done.said.remedy == "Once only."
    with pytest.raises(Conflict, match="first"):
        await post_mortem.write(floor.house, floor.staff["ivan"], found.id, NOTHING)


async def test_QUA_6_two_at_once_write_it_once(floor: Floor) -> None:
    await missed(floor)
    (found,) = await opened(floor)
    ways = (post_mortem.write(floor.house, floor.staff["ivan"], found.id, NOTHING) for _ in range(4))
    ended = await asyncio.gather(*ways, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["Conflict"] * 3 + ["PostMortem"]


async def test_QUA_6_a_marker_is_a_draft_that_names_it_and_what_runs_stays(floor: Floor) -> None:
    await missed(floor, Cluster.LEGAL)
    (found,) = await opened(floor)
    done = await post_mortem.write(floor.house, floor.staff["ivan"], found.id, MARKER)
    assert (done.draft, done.draft_state) == ("customer-support/2", "draft")
    draft = await policy.find(floor.house, "customer-support", 2)
    assert draft.required == ("legal_compliance",)
    assert draft.submitted_by == floor.id_of("ivan")
    (key,) = [one.path for one in draft.changes]
    trigger = policy.bundle_of(draft).triggers[key.removeprefix("triggers.")]
    assert trigger.post_mortem == f"PM-{str(found.id)[:8]}"
    assert trigger.rule.phrases == ("the ombudsman",)
    running = await policy.find(floor.house, "customer-support")
    assert (running.number, key.removeprefix("triggers.") in policy.bundle_of(running).triggers) == (1, False)
    events = await floor.rows(
        "SELECT data ->> 'via' AS via FROM newel.audit_event WHERE event = 'policy.submitted'"
    )
    assert [row["via"] for row in events] == [None, "post_mortem"]


async def test_QUA_6_the_second_marker_joins_the_draft_that_waits_and_goes_with_it(floor: Floor) -> None:
    await missed(floor, Cluster.LEGAL)
    await missed(floor, Cluster.EMOTION)
    for one in await opened(floor):
        await post_mortem.write(floor.house, floor.staff["ivan"], one.id, MARKER)
    first, second = [await policy.find(floor.house, "customer-support", n) for n in (2, 3)]
    assert (len(first.changes), len(second.changes)) == (1, 2)
    assert first.base_id == second.base_id == floor.policy_id


async def test_QUA_6_a_marker_that_cannot_be_drafted_leaves_it_open(floor: Floor) -> None:
    await missed(floor, Cluster.LEGAL)
    (found,) = await opened(floor)
    wrong = msgspec.structs.replace(MARKER, like="no.such")
    with pytest.raises(Exception, match="name a marker"):
        await post_mortem.write(floor.house, floor.staff["ivan"], found.id, wrong)
    assert len(await opened(floor)) == 1
    assert len(await policy.versions(floor.house)) == 1


async def test_INV_15_what_it_says_is_masked_and_sealed(floor: Floor) -> None:
    await missed(floor, Cluster.LEGAL)
    (found,) = await opened(floor)
    done = await post_mortem.write(floor.house, floor.staff["ivan"], found.id, MARKER)
    assert "Priya" not in done.said.missed
    assert "named the ombudsman" in done.said.missed
    (row,) = await floor.rows("SELECT said_sealed FROM newel.post_mortem")
    assert b"ombudsman" not in row["said_sealed"]
    texts = await floor.rows("SELECT data::text FROM newel.audit_event WHERE entity = 'post_mortem'")
    assert not any("ombudsman" in row["data"] for row in texts)


@pytest.mark.parametrize("phrase", ["Priya Nair", "write to priya@example.com"])
async def test_INV_15_a_phrase_that_names_the_customer_is_refused_and_no_marker_of_a_mask(
    floor: Floor, phrase: str
) -> None:
    await missed(floor, Cluster.LEGAL)
    (found,) = await opened(floor)
    wrong = msgspec.structs.replace(MARKER, phrases=("the ombudsman", phrase))
    with pytest.raises(Invalid, match="names the customer"):
        await post_mortem.write(floor.house, floor.staff["ivan"], found.id, wrong)
    assert len(await opened(floor)) == 1
    assert len(await policy.versions(floor.house)) == 1


@pytest.mark.parametrize("given", [NOTHING, MARKER], ids=["nothing", "marker"])
async def test_INV_18_of_an_erased_customer_nothing_is_written_any_more(floor: Floor, given: Told) -> None:
    await missed(floor, Cluster.LEGAL)
    (found,) = await opened(floor)
    await erase(floor)
    with pytest.raises(Conflict, match="erased"):
        await post_mortem.write(floor.house, floor.staff["ivan"], found.id, given)
    (still,) = await opened(floor)
    assert still.state == "open"
    assert len(await policy.versions(floor.house)) == 1


async def erase(floor: Floor) -> None:
    await floor.rows("UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = newel.now()")


async def test_INV_18_an_erased_customers_open_one_is_closed_and_late_for_nobody(floor: Floor) -> None:
    case_id = await missed(floor)
    (found,) = await opened(floor)
    await floor.pass_time(days=1)
    await erase(floor)
    await floor.pass_time(days=7)
    await asyncio.gather(*(weekly.watch(floor.house) for _ in range(3)))
    assert await opened(floor) == []
    assert await told(floor, "post_mortem.overdue") == []
    closed = await post_mortem.opened(floor.house, floor.staff["greta"], found.id)
    assert (closed.state, closed.overdue_at, closed.written_by) == ("closed", None, None)
    events = await floor.rows(
        "SELECT data ->> 'why' FROM newel.audit_event WHERE event = 'post_mortem.closed' AND case_id = $1",
        case_id,
    )
    assert [why for (why,) in events] == ["erased"]
    with pytest.raises(Conflict, match="erased"):
        await post_mortem.write(floor.house, floor.staff["ivan"], found.id, NOTHING)
    reviews = await weekly.listed(floor.house, floor.staff["greta"])
    assert {(one.figures.post_mortems.open, one.to_write) for one in reviews if one.figures.post_mortems} == {
        (0, 0)
    }


async def test_INV_18_what_was_written_before_the_erasure_stays_written(floor: Floor) -> None:
    await missed(floor)
    (found,) = await opened(floor)
    await post_mortem.write(floor.house, floor.staff["ivan"], found.id, NOTHING)
    await erase(floor)
    await weekly.watch(floor.house)
    assert (await post_mortem.opened(floor.house, floor.staff["greta"], found.id)).state == "written"


async def test_INV_18_a_miss_of_an_erased_customer_calls_nobody(floor: Floor) -> None:
    await from_before(floor, "legal")
    await erase(floor)
    for _ in range(2):
        await weekly.watch(floor.house)
    (found,) = await post_mortem.listed(floor.house, floor.staff["greta"])
    assert (found.state, await told(floor, "post_mortem.opened")) == ("closed", [])


async def test_QUA_6_the_case_tells_its_post_mortem(floor: Floor) -> None:
    case_id = await missed(floor)
    (found,) = await opened(floor)
    await post_mortem.write(floor.house, floor.staff["ivan"], found.id, NOTHING)
    story = await trace.trace(floor.house, floor.staff["ivan"], case_id)
    steps = [one for one in story.steps if one.entity == "post_mortem"]
    assert [(one.event, one.stage) for one in steps] == [
        ("post_mortem.opened", "quality"),
        ("post_mortem.written", "quality"),
    ]
    assert steps[1].detail["why"] == "not_seen"
    assert "Once only." in str(steps)


async def test_QUA_6_a_late_one_is_told_once(floor: Floor) -> None:
    await missed(floor)
    await floor.pass_time(days=7)
    for _ in range(2):
        await asyncio.gather(*(weekly.watch(floor.house) for _ in range(3)))
    assert await told(floor, "post_mortem.overdue") == [("ivan", ""), (None, "role:supervisor")]


async def from_before(floor: Floor, cluster: str, workflow: str = "customer-support") -> UUID:
    """A case with a miss from before there were post-mortems."""
    case_id = await floor.say("Where is order 10023?", workflow=workflow)
    await floor.rows(
        "INSERT INTO newel.miss (id, case_id, episode, staff_id, cluster, at)"
        " VALUES (gen_random_uuid(), $1, 1, $2, $3, newel.now())",
        case_id,
        floor.id_of("ivan"),
        cluster,
    )
    return case_id


async def test_QUA_6_misses_from_before_have_theirs_as_well(floor: Floor) -> None:
    await from_before(floor, "legal")
    await asyncio.gather(*(weekly.watch(floor.house) for _ in range(3)))
    assert [one.cluster for one in await opened(floor)] == ["legal"]


async def test_QUA_6_a_miss_of_a_workflow_that_no_longer_runs_holds_up_no_other(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_mortem, "_BATCH", 1)
    await from_before(floor, "legal", "rests")
    await floor.pass_time(seconds=1)
    await from_before(floor, "emotion")
    await weekly.watch(where_run(floor, "customer-support"))
    assert [one.cluster for one in await opened(floor)] == ["emotion"]
    await weekly.watch(where_run(floor, "customer-support", "rests"))
    assert sorted(one.cluster for one in await opened(floor)) == ["emotion", "legal"]


async def test_QUA_6_a_miss_that_fails_holds_up_no_other(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = await from_before(floor, "legal")
    await floor.pass_time(seconds=1)
    await from_before(floor, "emotion")
    lock = cases.lock

    async def locked(tx: Tx, case_id: UUID) -> Case:
        if case_id == fails:
            raise RuntimeError
        return await lock(tx, case_id)

    with monkeypatch.context() as patch:
        patch.setattr(cases, "lock", locked)
        await weekly.watch(floor.house)
    assert [one.cluster for one in await opened(floor)] == ["emotion"]


def where_run(floor: Floor, *workflows: str) -> Wired:
    """The house where these alone have a policy in force."""
    known = dict.fromkeys(workflows, floor.running)

    async def running(_tx: Tx, workflow: str) -> Running:
        if workflow not in known:
            raise NotFound(what="workflow with an active policy", id=workflow)
        return known[workflow]

    return replace(floor.house, running=running, in_force=lambda: known)


async def test_an_unknown_one_is_not_found(floor: Floor) -> None:
    with pytest.raises(NotFound):
        await post_mortem.opened(floor.house, floor.staff["greta"], UUID(int=7))
