"""Routing on the real database: who gets it, who waits, what comes free, by hand and at once."""

import asyncio
from dataclasses import replace as another
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from conftest import NOON, House
from floor import P3, TEST, Floor, open_floor
from newel.domain.errors import Conflict, Forbidden, StaleToken
from newel.domain.escalation import Order
from newel.domain.resolution import Category, Resolution
from newel.domain.routing import Person
from newel.domain.words import Assist, Priority
from newel.flow import customer, resolution, routing
from newel.flow.customer import Told
from newel.store import claim
from newel.store import routing as rows
from newel.store.db import Tx, sql

LEGAL = Order(
    priority=Priority.P2,
    assist=Assist.NONE,
    skills=("legal",),
    regulated=True,
    lock=True,
    primary="legal",
)
PRIVACY = replace(P3, skills=("privacy",))
DONE = Resolution(category=Category.RESOLVED)


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def loads(floor: Floor) -> dict[str, int]:
    found = await floor.rows("SELECT login, load FROM newel.staff WHERE load > 0")
    return {row["login"]: row["load"] for row in found}


async def test_RTE_2_the_best_match_owns_it(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    assert await floor.owner(case_id) == "ben"
    assert (await floor.case(case_id)).state == "owned"
    assert await loads(floor) == {"ben": 1}


async def test_RTE_2_able_but_full_waits_and_after_a_minute_a_generalist_has_it(floor: Floor) -> None:
    for _ in range(3):
        await floor.escalated(PRIVACY)
    await floor.work()
    assert await loads(floor) == {"esme": 3}
    case_id = await floor.escalated(PRIVACY)
    await floor.work()
    assert await floor.owner(case_id) is None
    await floor.pass_time(seconds=59)
    await floor.work()
    assert await floor.owner(case_id) is None
    await floor.pass_time(seconds=1)
    await floor.work()
    assert await floor.owner(case_id) == "ben"


async def test_RTE_2_regulated_work_never_goes_to_a_generalist(floor: Floor) -> None:
    for _ in range(4):
        await floor.pass_time(seconds=1)
        case_id = await floor.escalated(LEGAL)
    await floor.work()
    await floor.pass_time(hours=1)
    await routing.sweep(floor.house)
    await floor.work()
    assert await floor.owner(case_id) is None
    assert await loads(floor) == {"esme": 3}
    item = await floor.item(case_id)
    assert item is not None
    assert not item.general


async def test_RTE_2_nobody_able_means_a_supervisor_at_once_whatever_the_load(floor: Floor) -> None:
    await floor.present("ben", "ivan")
    cases = [await floor.escalated(LEGAL) for _ in range(6)]
    await floor.work()
    assert [await floor.owner(case) for case in cases] == ["ivan"] * 6
    logged = await floor.rows("SELECT FROM newel.audit_event WHERE event = 'routing.potential_breach'")
    assert len(logged) == 6
    assert await loads(floor) == {}


async def test_without_a_supervisor_the_on_call_is_paged_once_and_a_shift_start_helps(floor: Floor) -> None:
    await floor.present("ben")
    case_id = await floor.escalated(LEGAL)
    await floor.work()
    await routing.sweep(floor.house)
    pages = await floor.rows("SELECT address FROM newel.notice WHERE kind LIKE 'on_call%'")
    assert [row["address"] for row in pages] == ["on_call"]
    await routing.presence(floor.house, floor.staff["esme"], floor.id_of("esme"), available=True)
    await floor.work()
    assert await floor.owner(case_id) == "esme"


async def test_RTE_4_a_shift_that_begins_empties_the_queue(floor: Floor) -> None:
    await floor.present("ben")
    await floor.rows("UPDATE newel.staff SET capacity = 1 WHERE login = 'ben'")
    await floor.escalated(P3)
    await floor.pass_time(seconds=1)
    waits = await floor.escalated(P3)
    await floor.work()
    assert await floor.owner(waits) is None
    await floor.present("ben", "diego")
    await routing.sweep(floor.house)
    assert await floor.owner(waits) == "diego"


async def test_RTE_4_resolving_one_brings_the_next(floor: Floor) -> None:
    await floor.present("esme")
    owned = [await floor.escalated(PRIVACY) for _ in range(3)]
    await floor.pass_time(seconds=1)
    waits = await floor.escalated(PRIVACY)
    await floor.work()
    assert await floor.owner(waits) is None
    esme, item = await floor.signed_in("esme"), await floor.item(owned[0])
    assert item is not None
    await resolution.resolve(floor.house, esme, owned[0], item.token, DONE)
    await floor.work()
    assert await floor.owner(waits) == "esme"
    assert await loads(floor) == {"esme": 3}


async def test_INV_8_what_is_more_urgent_goes_first_even_when_its_job_comes_later(floor: Floor) -> None:
    await floor.present("esme")
    await floor.rows("UPDATE newel.staff SET capacity = 1 WHERE login = 'esme'")
    later = await floor.escalated(replace(LEGAL, priority=Priority.P3))
    urgent = await floor.escalated(replace(LEGAL, priority=Priority.P1))
    await floor.rows("UPDATE newel.job SET run_at = $1 WHERE case_id = $2", NOON + timedelta(hours=1), urgent)
    await floor.work()
    assert await floor.owner(urgent) == "esme"
    assert await floor.owner(later) is None


async def test_a_person_claims_their_next_and_only_what_they_may(floor: Floor) -> None:
    await floor.present()
    regulated = await floor.escalated(LEGAL)
    plain = await floor.escalated(P3)
    await floor.present("ben")
    item = await routing.claim_next(floor.house, floor.staff["ben"])
    assert item is not None
    assert item.case_id == plain
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    assert await floor.owner(regulated) is None
    with pytest.raises(Conflict, match="away"):
        await routing.claim_next(floor.house, floor.staff["esme"])


async def test_RTE_3_many_claims_at_once_take_each_item_once(floor: Floor) -> None:
    await floor.present()
    cases = {await floor.escalated(P3) for _ in range(8)}
    await floor.present("amara", "ben", "chloe", "diego")
    people = ["amara", "ben", "chloe", "diego"] * 2
    won = await asyncio.gather(*(routing.claim_next(floor.house, floor.staff[p]) for p in people))
    assert {item.case_id for item in won if item} == cases
    assert await loads(floor) == {"amara": 2, "ben": 2, "chloe": 2, "diego": 2}


async def test_RTE_6_a_supervisor_assigns_by_hand_without_the_router(floor: Floor) -> None:
    case_id = await floor.escalated(LEGAL)
    ivan = floor.staff["ivan"]
    with pytest.raises(Forbidden, match="takes no regulated"):
        await routing.assign(floor.house, ivan, case_id, floor.id_of("ben"))
    with pytest.raises(Forbidden):
        await routing.assign(floor.house, floor.staff["esme"], case_id, floor.id_of("farid"))
    await routing.assign(floor.house, ivan, case_id, floor.id_of("farid"))
    assert await floor.owner(case_id) == "farid"


async def test_INV_6_a_token_is_stale_after_a_transfer(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    before = await floor.item(case_id)
    assert before is not None
    ben = await floor.signed_in("ben")
    moved = await routing.transfer(
        floor.house, ben, case_id, before.token, floor.id_of("diego"), "it is closer to them"
    )
    assert moved.token > before.token
    for act in (
        resolution.resolve(floor.house, ben, case_id, before.token, DONE),
        resolution.resolve(floor.house, ben, case_id, moved.token, DONE),
        routing.hand_back(floor.house, ben, case_id, before.token, "not mine"),
    ):
        with pytest.raises(StaleToken):
            await act
    assert await loads(floor) == {"diego": 1}


async def test_INV_6_an_old_token_is_stale_even_for_who_owns_it_again(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    first = await floor.item(case_id)
    assert first is not None
    ben, diego = await floor.signed_in("ben"), await floor.signed_in("diego")
    second = await routing.transfer(
        floor.house, ben, case_id, first.token, floor.id_of("diego"), "it is closer to them"
    )
    third = await routing.transfer(
        floor.house, diego, case_id, second.token, floor.id_of("ben"), "it is closer to them"
    )
    with pytest.raises(StaleToken):
        await resolution.resolve(floor.house, ben, case_id, first.token, DONE)
    await resolution.resolve(floor.house, ben, case_id, third.token, DONE)


async def test_INV_8_a_claim_takes_the_highest_priority_that_the_person_may(floor: Floor) -> None:
    await floor.present()
    for priority in (Priority.P3, Priority.P2, Priority.P3, Priority.P1, Priority.P2):
        await floor.escalated(replace(P3, priority=priority))
    await floor.present("amara", "ben")
    logins = ("ben", "amara", "amara", "amara")
    won = [await routing.claim_next(floor.house, floor.staff[login]) for login in logins]
    assert [item.priority.name if item else None for item in won] == ["P3", "P2", "P2", "P3"]


@pytest.mark.parametrize("looked_at", [1, claim.CANDIDATES])
async def test_INV_8_of_one_kind_of_work_the_urgent_comes_first_however_few_are_looked_at(
    floor: Floor, looked_at: int
) -> None:
    """What a supervisor has pinned comes first among its own priority, and never before a higher one."""
    await floor.present()
    pinned = await floor.escalated(P3)
    urgent = await floor.escalated(replace(P3, priority=Priority.P2))
    await routing.reorder(floor.house, floor.staff["ivan"], pinned)
    async with floor.tx() as tx:
        serving = await rows.lock_person(tx, floor.id_of("amara"))
        item = await claim.next_for(tx, serving, limit=looked_at)
    assert item is not None
    assert item.case_id == urgent


async def won(floor: Floor, item: rows.WorkItem, login: str) -> bool:
    """Whether a candidate of a moment ago is still this person's to take, under the lock."""
    async with floor.tx() as tx:
        one = await rows.serving(tx, floor.id_of(login))
        found = await tx.value(
            sql("claim").winner, [item.id], one.eligible, one.general, int(Priority.P2), one.person.id
        )
    return bool(found == item.id)


async def test_INV_8_a_candidate_is_looked_at_again_under_its_lock(floor: Floor) -> None:
    await floor.present()
    case_id = await floor.escalated(replace(P3, priority=Priority.P2))
    item = await floor.item(case_id)
    assert item is not None
    async with floor.tx() as tx:
        another_kind = await rows.bucket(tx, replace(item.ask, skills=("juggling",)))
    assert await won(floor, item, "amara")
    for change in ("priority = 1", f"bucket = {another_kind}", "passed_by = $2"):
        await meddled(floor, item, change)
        assert not await won(floor, item, "amara"), change
        await meddled(floor, item, f"priority = 2, bucket = {item.bucket}, passed_by = NULL")
    await routing.assign(floor.house, floor.staff["ivan"], case_id, floor.id_of("farid"))
    assert not await won(floor, item, "amara")


async def meddled(floor: Floor, item: rows.WorkItem, change: str) -> None:
    """The item has changed meanwhile, as another step would have changed it."""
    more = (floor.id_of("amara"),) if "$2" in change else ()
    await floor.rows("ALTER TABLE newel.work_item DISABLE TRIGGER USER")
    await floor.rows(f"UPDATE newel.work_item SET {change} WHERE id = $1", item.id, *more)
    await floor.rows("ALTER TABLE newel.work_item ENABLE TRIGGER USER")


async def test_RTE_2_before_its_minute_nobody_claims_what_they_only_stand_in_for(floor: Floor) -> None:
    await floor.present("esme")
    await floor.rows("UPDATE newel.staff SET load = capacity WHERE login = 'esme'")
    case_id = await floor.escalated(PRIVACY)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    await floor.present("esme", "ben")
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    assert not await won(floor, item, "ben")
    async with floor.tx() as tx:
        assert await claim.first_for(tx, await rows.serving(tx, floor.id_of("ben"))) is None
    await floor.present("esme")
    await floor.pass_time(seconds=60)
    await floor.work()
    await floor.present("esme", "ben")
    claimed = await routing.claim_next(floor.house, floor.staff["ben"])
    assert claimed is not None
    assert claimed.case_id == case_id


async def test_RTE_2_a_person_claims_no_more_than_fits(floor: Floor) -> None:
    await floor.present()
    await floor.escalated(P3)
    await floor.escalated(P3)
    await floor.present("ben")
    await floor.rows("UPDATE newel.staff SET capacity = 1 WHERE login = 'ben'")
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is not None
    with pytest.raises(Conflict, match="resolve or hand back"):
        await routing.claim_next(floor.house, floor.staff["ben"])
    assert await loads(floor) == {"ben": 1}


@pytest.mark.parametrize("change", ["presence = 'away'", "load = capacity"])
async def test_RTE_2_who_filled_up_or_left_meanwhile_is_not_given_it(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The router decides by people as it read them, and looks at the one whom it chose again."""
    await floor.present("ben", "diego")
    case_id = await floor.escalated(P3)
    async with floor.tx() as tx:
        seen = [await rows.people(tx)]
    await floor.rows(f"UPDATE newel.staff SET {change} WHERE login = 'ben'")
    really = rows.people

    async def people(tx: Tx) -> list[Person]:
        return seen.pop() if seen else await really(tx)

    monkeypatch.setattr(rows, "people", people)
    await floor.work()
    assert seen == []
    assert await floor.owner(case_id) == "diego"


async def test_RTE_6_who_hands_it_back_does_not_get_it_again(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    await floor.present("ben", "diego")
    await routing.hand_back(floor.house, floor.staff["ben"], case_id, item.token, "needs Spanish")
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    await floor.work()
    assert await floor.owner(case_id) == "diego"


async def test_INV_6_the_store_refuses_a_new_owner_under_an_old_token(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    with pytest.raises(Exception, match="NW-FENCE"):
        await floor.rows(
            "UPDATE newel.work_item SET owner_id = $1 WHERE case_id = $2", floor.id_of("diego"), case_id
        )


async def test_RTE_2_the_store_refuses_more_than_the_capacity(floor: Floor) -> None:
    await floor.rows("UPDATE newel.staff SET capacity = 0 WHERE login = 'diego'")
    case_id = await floor.escalated(P3)
    with pytest.raises(Conflict, match="NW-CAPACITY"):
        await routing.assign(floor.house, floor.staff["ivan"], case_id, floor.id_of("diego"))


async def test_handing_back_puts_it_into_the_queue_again(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    await floor.present("diego")
    await routing.hand_back(floor.house, floor.staff["ben"], case_id, item.token, "needs Spanish")
    await floor.work()
    assert await floor.owner(case_id) == "diego"


async def test_RTE_6_a_reordered_item_is_claimed_first(floor: Floor) -> None:
    await floor.present()
    await floor.escalated(P3)
    second = await floor.escalated(P3)
    await routing.reorder(floor.house, floor.staff["ivan"], second, -1)
    await floor.present("ben")
    item = await routing.claim_next(floor.house, floor.staff["ben"])
    assert item is not None
    assert item.case_id == second


async def test_INV_7_a_snoozed_case_wakes_on_its_owners_desk(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    until = NOON + timedelta(hours=2)
    await routing.snooze(floor.house, floor.staff["ben"], case_id, item.token, until)
    assert (await floor.case(case_id)).state == "snoozed"
    await floor.work()
    assert (await floor.case(case_id)).state == "snoozed"
    await floor.pass_time(hours=2)
    await floor.work()
    assert (await floor.case(case_id)).state == "owned"


async def test_a_claim_looks_again_when_all_that_it_saw_is_held(floor: Floor) -> None:
    await floor.present()
    both = {await floor.escalated(P3), await floor.escalated(P3)}
    await floor.present("ben")
    async with floor.tx() as other, floor.tx() as tx:
        serving = await rows.lock_person(tx, floor.id_of("ben"))
        first = await claim.first_for(tx, serving)
        assert first is not None
        await other.run("SELECT FROM newel.cases WHERE id = $1 FOR UPDATE", first.case_id)
        item = await claim.next_for(tx, serving, limit=1)
    assert item is not None
    assert {item.case_id} == both - {first.case_id}


async def test_RTE_2_each_workflow_keeps_its_own_generalists(floor: Floor) -> None:
    """Whoever queues last, and whoever's account changes then, decides for nobody else's work."""
    ours = floor.running
    theirs = another(
        ours,
        bundle=replace(ours.bundle, routing=replace(ours.bundle.routing, generalist_skill="invoices")),
    )
    first = await floor.escalated(PRIVACY)
    floor.replaced(theirs)
    second = await floor.escalated(PRIVACY)
    floor.replaced(ours)
    for last in (PRIVACY, replace(P3, skills=("vulnerable",))):
        await floor.escalated(last)
        items = [await floor.item(case) for case in (first, second)]
        buckets = [item.bucket for item in items if item]
        async with floor.tx() as tx:
            await rows.requalify(tx)
            hana, ben = [await rows.serving(tx, floor.id_of(login)) for login in ("hana", "ben")]
        assert [bucket in ben.general for bucket in buckets] == [True, False]
        assert [bucket in hana.general for bucket in buckets] == [False, True]
    await floor.rows("UPDATE newel.work_item SET general = true WHERE state = 'queued'")
    claimed = await routing.claim_next(floor.house, floor.staff["hana"])
    assert claimed is not None
    assert claimed.case_id == second
    assert await routing.claim_next(floor.house, floor.staff["hana"]) is None


async def test_RTE_2_what_waits_follows_its_policy_to_other_generalists(floor: Floor) -> None:
    """Nobody able is free: the policy's new generalists may take it, and the old ones no more."""
    await floor.present("ben", "hana", "esme")
    await floor.rows("UPDATE newel.staff SET capacity = 1, load = 1 WHERE login IN ('ben', 'hana', 'esme')")
    case_id = await floor.escalated(PRIVACY)
    ours = floor.running
    named = replace(ours.bundle.routing, generalist_skill="invoices")
    await floor.pass_time(seconds=60)
    await floor.work()
    before = await floor.item(case_id)
    assert before is not None
    assert (before.generalist, before.general) == ("general", True)
    floor.replaced(another(ours, bundle=replace(ours.bundle, routing=named)))
    for _ in range(2):
        await routing.sweep(floor.house)
    after = await floor.item(case_id)
    assert after is not None
    assert (after.generalist, after.skills, after.general) == ("invoices", ("privacy",), True)
    logged = await floor.rows("SELECT FROM newel.audit_event WHERE event = 'work_item.regrouped'")
    assert len(logged) == 1
    await floor.rows("UPDATE newel.staff SET load = 0 WHERE login IN ('ben', 'hana')")
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    claimed = await routing.claim_next(floor.house, floor.staff["hana"])
    assert claimed is not None
    assert claimed.case_id == case_id


async def with_channels(floor: Floor, login: str, **most: int) -> None:
    await floor.rows(
        "UPDATE newel.staff SET channel_capacity = to_jsonb($2::json) WHERE login = $1", login, json(most)
    )
    async with floor.tx() as tx:
        await rows.requalify(tx)


def json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def by_channel(floor: Floor, login: str) -> dict[str, int]:
    found = await floor.rows("SELECT channel_load::text AS of FROM newel.staff WHERE login = $1", login)
    return msgspec.json.decode(found[0]["of"], type=dict[str, int])


async def test_RTE_1_a_person_has_no_more_of_a_channel_than_their_capacity_of_it(floor: Floor) -> None:
    await floor.present("ben")
    await with_channels(floor, "ben", api=2)
    found = [await floor.escalated(P3) for _ in range(3)]
    await floor.work()
    assert [await floor.owner(one) for one in found].count("ben") == 2
    assert await by_channel(floor, "ben") == {"api": 2}
    mail = await floor.escalated(P3, channel="email")
    await floor.work()
    assert await floor.owner(mail) == "ben"  # what waits by a full channel holds up no other
    assert await by_channel(floor, "ben") == {"api": 2, "email": 1}
    assert await loads(floor) == {"ben": 3}


async def test_RTE_1_what_comes_free_of_a_channel_is_filled_again(floor: Floor) -> None:
    await floor.present("ben")
    await with_channels(floor, "ben", api=1)
    first = await floor.escalated(P3)
    await floor.work()
    second = await floor.escalated(P3)
    await floor.work()
    ben, item = await floor.signed_in("ben"), await floor.item(first)
    assert item is not None
    await resolution.resolve(floor.house, ben, first, item.token, DONE)
    await floor.work()
    assert await floor.owner(second) == "ben"
    assert await by_channel(floor, "ben") == {"api": 1}


async def test_RTE_1_a_claim_by_hand_passes_over_a_full_channel(floor: Floor) -> None:
    await with_channels(floor, "ben", api=0)
    await floor.present("ben")
    urgent = await floor.escalated(replace(P3, priority=Priority.P3))
    mail = await floor.escalated(P3, channel="email")
    found = await routing.claim_next(floor.house, floor.staff["ben"])
    assert found is not None
    assert found.case_id == mail
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    await with_channels(floor, "ben", api=1)
    await routing.claim_next(floor.house, floor.staff["ben"])
    another_one = await floor.escalated(P3)
    with pytest.raises(Conflict):
        await routing.take(floor.house, floor.staff["ben"], another_one)
    assert await floor.owner(urgent) == "ben"


async def test_RTE_1_the_store_itself_holds_the_capacity_of_a_channel(floor: Floor) -> None:
    await floor.present()
    await with_channels(floor, "ben", api=1)
    first, second = await floor.escalated(P3), await floor.escalated(P3)
    await routing.assign(floor.house, floor.staff["ivan"], first, floor.id_of("ben"))
    with pytest.raises(Conflict):
        await routing.assign(floor.house, floor.staff["ivan"], second, floor.id_of("ben"))
    assert await by_channel(floor, "ben") == {"api": 1}


async def test_RTE_1_a_case_asks_for_its_customers_region_as_the_policy_says(floor: Floor) -> None:
    await floor.rows("UPDATE newel.staff SET region = 'eu', languages = '{en,es}' WHERE login = 'diego'")
    told = Told(name="Ana", region="eu")
    for as_, owner in (("preference", "diego"), ("need", "diego")):
        policy = replace(floor.running.bundle.routing, region_as=as_)
        floor.replaced(another(floor.running, bundle=replace(floor.running.bundle, routing=policy)))
        await customer.put(floor.house, TEST, f"eu-{as_}", told)
        case_id = await floor.escalated(P3, ref=f"eu-{as_}")
        await floor.work()
        assert await floor.owner(case_id) == owner, as_
    await floor.present("ben", "ivan")
    case_id = await floor.escalated(P3, ref="eu-need")
    await floor.work()
    assert await floor.owner(case_id) == "ivan"  # nobody of the region is there


async def test_RTE_1_what_waits_follows_its_policy_to_another_rule_of_regions(floor: Floor) -> None:
    """Everybody of the region is full: by a preference another may claim it, by a need nobody else."""
    await floor.rows("UPDATE newel.staff SET region = 'eu', languages = '{en,es}' WHERE login = 'diego'")
    await floor.present("diego", "ben")
    await customer.put(floor.house, TEST, "eu-1", Told(name="Ana", region="eu"))
    await floor.rows("UPDATE newel.staff SET capacity = 1, load = 1 WHERE login IN ('diego', 'ben')")
    case_id = await floor.escalated(P3, ref="eu-1")
    ours = floor.running

    async def ruled(**said: str) -> tuple[str, bool]:
        rule = replace(ours.bundle.routing, **said)
        floor.replaced(another(ours, bundle=replace(ours.bundle, routing=rule)))
        for _ in range(2):
            await routing.sweep(floor.house)
        found = await floor.item(case_id)
        assert found is not None
        return found.region, found.region_needed

    assert await ruled(region_as="preference") == ("eu", False)
    assert await ruled(region_as="need") == ("eu", True)
    logged = await floor.rows("SELECT FROM newel.audit_event WHERE event = 'work_item.regrouped'")
    assert len(logged) == 1
    assert await ruled(region_as="need", region="us") == ("eu", True)  # their own region comes first
    await floor.rows("UPDATE newel.staff SET load = 0 WHERE login IN ('diego', 'ben')")
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    claimed = await routing.claim_next(floor.house, floor.staff["diego"])
    assert claimed is not None
    assert claimed.case_id == case_id


async def test_RTE_1_what_waits_without_a_region_follows_its_policys(floor: Floor) -> None:
    await floor.present("ben")
    await floor.rows("UPDATE newel.staff SET capacity = 1, load = 1 WHERE login = 'ben'")
    case_id = await floor.escalated(P3)
    ours, found = floor.running, []
    for said in ({"region": "us", "region_as": "need"}, {"region": "uk", "region_as": "preference"}):
        rule = replace(ours.bundle.routing, **said)
        floor.replaced(another(ours, bundle=replace(ours.bundle, routing=rule)))
        for _ in range(2):
            await routing.sweep(floor.house)
        item = await floor.item(case_id)
        assert item is not None
        found.append((item.region, item.region_needed))
    assert found == [("us", True), ("uk", False)]
