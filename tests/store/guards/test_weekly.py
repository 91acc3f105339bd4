"""Weekly reviews and post-mortems, by hand as the application's role: once, by whose they are, and kept."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.store.guards import reviews, rows
from tests.store.guards.rows import HAND, HOUR, Ground, change, ground, person, refused
from tests.store.guards.test_merge import keyed
from tests.store.guards.test_quality import sample

from conftest import House
from newel.domain.words import DAY
from newel.store.db import Tx


async def supervisor(tx: Tx, **values: Any) -> UUID:
    return await person(tx, **({"roles": ["supervisor"]} | values))


async def both(house: House, owner_id: UUID | None = None) -> tuple[Ground, UUID, UUID, UUID]:
    """The ground, an open review, an open post-mortem of its week, and a supervisor."""
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        by = await supervisor(tx)
        found = await reviews.weekly(tx, on)
        return on, found, await reviews.post_mortem(tx, on, by, owner_id=owner_id), by


async def test_INT_3_a_week_of_a_workflow_has_one_review(house: House) -> None:
    on, _, _, _ = await both(house)
    with pytest.raises(asyncpg.UniqueViolationError, match="weekly_workflow_week_key"):
        async with house.db.tx(HAND) as tx:
            await reviews.weekly(tx, on)
    async with house.db.tx(HAND) as tx:
        await reviews.weekly(tx, on, workflow="other")


async def test_INT_3_a_review_starts_open(house: House) -> None:
    on = await ground(house.db)
    async with refused(house.db, "NW-WEEKLY: a weekly review starts open") as tx:
        who = {"signed_by": await supervisor(tx), "signed_at": tx.now, "notes": "quiet"}
        await reviews.weekly(tx, on, state="signed", **who)


@pytest.mark.parametrize("changed", ["figures", "due_at", "owner", "policy_id"])
async def test_INT_3_what_a_review_was_opened_with_never_changes(house: House, changed: str) -> None:
    _, found, _, _ = await both(house)
    async with house.db.tx(HAND) as tx:
        to = {"figures": {"a": 1}, "due_at": tx.now + 9 * HOUR, "owner": "Eve"}
        to["policy_id"] = await rows.draft(tx, "desk", 2)
    async with refused(house.db, "NW-WEEKLY: a weekly review keeps what it was") as tx:
        await change(tx, "weekly", found, **{changed: to[changed]})


async def test_INT_3_what_is_signed_off_never_changes(house: House) -> None:
    _, found, _, by = await both(house)
    async with house.db.tx(HAND) as tx:
        await reviews.signed(tx, found, by, unwritten="next week")
    async with refused(house.db, "NW-WEEKLY: a weekly review keeps what it was") as tx:
        await change(tx, "weekly", found, notes="a better week")


async def test_INT_3_only_who_is_named_or_a_supervisor_signs_off(house: House) -> None:
    on, found, _, _ = await both(house)
    for values in ({"roles": ["reviewer"]}, {"roles": ["supervisor"], "active": False}):
        async with refused(house.db, "NW-WEEKLY: not theirs to sign off") as tx:
            await reviews.signed(tx, found, await person(tx, **values), unwritten="next week")
    async with house.db.tx(HAND) as tx:
        owner = await person(tx, roles=["reviewer"])
        named = await reviews.weekly(tx, on, owner_id=owner, week=reviews.MONDAY - DAY * 7)
        await reviews.signed(tx, named, owner, unwritten="next week")


async def test_QUA_6_with_post_mortems_open_a_reason_is_given(house: House) -> None:
    _, found, post_mortem, by = await both(house)
    async with refused(house.db, "NW-WEEKLY: post-mortems of its week are open") as tx:
        await reviews.signed(tx, found, by)
    async with house.db.tx(HAND) as tx:
        await reviews.written(tx, post_mortem, by)
        await reviews.signed(tx, found, by)


async def test_QUA_6_a_miss_has_one_post_mortem_and_it_starts_open(house: House) -> None:
    on, _, _, by = await both(house)
    async with house.db.tx(HAND) as tx:
        other = await reviews.miss(tx, on, await person(tx))
    with pytest.raises(asyncpg.UniqueViolationError, match="post_mortem_case_id_episode_cluster_key"):
        async with house.db.tx(HAND) as tx:
            await reviews.post_mortem(tx, on, by, miss_id=other)
    async with refused(house.db, "NW-POSTMORTEM: a post-mortem starts open, with its miss") as tx:
        await reviews.post_mortem(tx, on, by, miss_id=other, cluster="legal")


async def test_QUA_6_a_miss_that_a_review_found_is_of_its_case_and_episode(house: House) -> None:
    on, _, _, by = await both(house)
    async with house.db.tx(HAND) as tx:
        review, other = await sample(tx, on), await rows.free_case(tx, on)
    for where, episode in ((other, 1), (on, 2)):
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="miss_review_id_case_id_episode_fkey"):
            async with house.db.tx(HAND) as tx:
                await reviews.miss(tx, where, by, review_id=review, episode=episode)
    async with house.db.tx(HAND) as tx:
        await reviews.miss(tx, on, by, review_id=review)


async def test_QUA_6_what_is_written_never_changes(house: House) -> None:
    _, _, post_mortem, by = await both(house)
    async with house.db.tx(HAND) as tx:
        await reviews.written(tx, post_mortem, by)
    async with refused(house.db, "NW-POSTMORTEM: a post-mortem keeps what it was") as tx:
        await change(tx, "post_mortem", post_mortem, why="routing")


async def test_QUA_6_only_who_is_named_or_a_supervisor_writes(house: House) -> None:
    _, _, post_mortem, _ = await both(house)
    async with refused(house.db, "NW-POSTMORTEM: not theirs to write") as tx:
        await reviews.written(tx, post_mortem, await person(tx, roles=["improver"]))


async def test_INV_18_only_an_erased_customers_is_closed(house: House) -> None:
    on, _, post_mortem, by = await both(house)
    async with house.db.tx(HAND) as tx:
        await keyed(tx, on.customer)
    async with refused(house.db, "NW-POSTMORTEM: it can be written still") as tx:
        await change(tx, "post_mortem", post_mortem, state="closed", closed_at=tx.now)
    async with house.db.tx(HAND) as tx:
        await tx.run("UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = $1", tx.now)
    with pytest.raises(asyncpg.CheckViolationError, match="post_mortem_closed"):
        async with house.db.tx(HAND) as tx:
            await change(tx, "post_mortem", post_mortem, state="closed")
    async with house.db.tx(HAND) as tx:
        await change(tx, "post_mortem", post_mortem, state="closed", closed_at=tx.now)
    async with refused(house.db, "NW-POSTMORTEM: a post-mortem keeps what it was") as tx:
        await reviews.written(tx, post_mortem, by, closed_at=None)


async def test_QUA_6_a_marker_is_a_draft_of_the_same_workflow(house: House) -> None:
    on, _, post_mortem, by = await both(house)
    async with refused(house.db, "NW-POSTMORTEM: its marker is no draft of the workflow") as tx:
        await reviews.written(tx, post_mortem, by, measure="marker", draft_id=on.policy)
    async with house.db.tx(HAND) as tx:
        draft = await rows.draft(tx, "desk", 2)
        await reviews.written(tx, post_mortem, by, measure="marker", draft_id=draft)


async def test_QUA_6_nobody_deletes_a_review_or_a_post_mortem(house: House) -> None:
    await both(house)
    for table in ("weekly", "post_mortem"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with house.db.tx(HAND) as tx:
                await tx.run(f"DELETE FROM newel.{table}")
