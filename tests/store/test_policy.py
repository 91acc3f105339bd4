"""Policy rows: what the store itself holds on to."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from conftest import House
from newel.domain.access import system
from newel.domain.policy.diff import Change
from newel.domain.policy.parse import Source
from newel.store import audit, policy
from newel.store.db import Guarded
from newel.store.policy import Version

DRAFT = Version(
    id=uuid4(),
    workflow="support",
    number=1,
    body=Source("support.yaml", "title: Ünïcode\n", {"more.yaml": "a: 1\n"}).body,
    state="draft",
    required=("policy_owner",),
    changes=(Change("messages.x", "old", "new", "Message x goes.", "text", "neutral"),),
    base_id=None,
    emergency=False,
    review=(),
    review_by=None,
    submitted_by=None,
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
    activated_at=None,
)


async def put(house: House, version: Version = DRAFT) -> None:
    async with house.db.tx(system("test")) as tx:
        await policy.add(tx, version)
        await audit.record(tx, "policy.submitted", "policy", version.id, state="draft")


async def test_a_version_comes_back_as_it_was_written(house: House) -> None:
    await put(house)
    async with house.db.tx(system("test")) as tx:
        assert await policy.by_id(tx, DRAFT.id) == DRAFT
        assert DRAFT.source.text == "title: Ünïcode\n"
        assert await policy.by_number(tx, "support", 1) == DRAFT
        assert await policy.active_of(tx, "support") is None
        assert await policy.next_number(tx, "support") == 2
        (head,) = await policy.headlines(tx)
    assert (head.number, head.state, head.signed) == (1, "draft", ())


async def test_INV_13_a_draft_without_its_event_is_refused(house: House) -> None:
    with pytest.raises(Guarded, match="NW-AUDIT"):
        async with house.db.tx(system("test")) as tx:
            await policy.add(tx, DRAFT)


async def test_INV_14_activation_without_a_signature_is_refused(house: House) -> None:
    await put(house)
    with pytest.raises(Guarded, match="NW-SIGN"):
        async with house.db.tx(system("test")) as tx:
            await policy.activate(tx, DRAFT.id, None)


async def test_an_emergency_has_reviewers_and_needs_no_signature_first(house: House) -> None:
    hurried = msgspec.structs.replace(DRAFT, required=(), emergency=True, review=("model_risk",))
    await put(house, hurried)
    async with house.db.tx(system("test")) as tx:
        await policy.activate(tx, hurried.id, tx.now)
        await audit.record(tx, "policy.activated", "policy", hurried.id, state="active")
        assert [one.id for one in await policy.active(tx)] == [hurried.id]
    async with house.db.tx(system("test")) as tx:
        await policy.retire(tx, hurried.id)
        await audit.record(tx, "policy.retired", "policy", hurried.id, state="retired")
        assert await policy.active(tx) == []


async def test_an_emergency_without_reviewers_is_refused(house: House) -> None:
    with pytest.raises(Exception, match="check constraint"):
        await put(house, msgspec.structs.replace(DRAFT, required=(), emergency=True))
