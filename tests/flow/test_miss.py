"""Should have been T3: by whoever handled the case, once each, for the weekly review and for learning."""

from datetime import timedelta

import pytest
from tests.flow.desk import MARKER, STATUS, Desk

from conftest import NOON
from newel.domain.errors import Conflict, Forbidden
from newel.domain.words import Cluster
from newel.flow import escalation, miss
from newel.store import views


async def test_QUA_6_an_approver_marks_the_case_before_them_once(desk: Desk) -> None:
    case_id = await desk.proposed()
    amara, chloe = desk.staff["amara"], desk.staff["chloe"]
    await miss.mark(desk.house, amara, case_id, Cluster.EMOTION)
    with pytest.raises(Conflict, match="before"):
        await miss.mark(desk.house, amara, case_id, Cluster.LEGAL)
    await miss.mark(desk.house, chloe, case_id, Cluster.LEGAL)
    async with desk.house.db.tx(amara, read_only=True) as tx:
        found = await views.misses(tx, NOON, tx.now + timedelta(seconds=1), 10)
    assert sorted((m.marked_by, m.cluster, m.tier) for m in found) == [
        ("amara", "emotion", 2),
        ("chloe", "legal", 2),
    ]
    events = await desk.rows("SELECT FROM newel.audit_event WHERE event = 'miss.marked'")
    assert len(events) == 2


async def test_INV_13_a_note_and_a_miss_are_never_changed(desk: Desk) -> None:
    case_id = await desk.proposed()
    asked = await desk.pending(case_id)
    await miss.mark(desk.house, desk.staff["amara"], case_id, Cluster.EMOTION)
    assert asked is not None
    await desk.decide("chloe", asked, "reject", note="look at the photo first")
    for change in ("UPDATE newel.miss SET cluster = 'legal'", "DELETE FROM newel.miss"):
        with pytest.raises(Exception, match="NW-APPEND: miss"):
            await desk.rows(change)
    for change in ("UPDATE newel.note SET body_sealed = ''", "DELETE FROM newel.note"):
        with pytest.raises(Exception, match="NW-APPEND: note"):
            await desk.rows(change)


async def test_QUA_6_only_who_handled_it_may(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    ivan, ben, june = desk.staff["ivan"], desk.staff["ben"], desk.staff["june"]
    for stranger in (ivan, ben, june):
        with pytest.raises(Forbidden):
            await miss.mark(desk.house, stranger, case_id, Cluster.EMOTION)
    await escalation.take_over(desk.house, ivan, case_id)
    await miss.mark(desk.house, ivan, case_id, Cluster.EMOTION)


async def test_QUA_6_what_a_marker_had_seen_is_no_miss(desk: Desk) -> None:
    case_id = await desk.say(MARKER)
    await desk.drain()
    with pytest.raises(Conflict, match="flagged"):
        await miss.mark(desk.house, desk.staff["esme"], case_id, Cluster.EMOTION)
    assert await desk.rows("SELECT FROM newel.miss") == []


async def test_QUA_6_it_teaches_that_the_answer_was_wrong(desk: Desk) -> None:
    case_id = await desk.proposed()
    await miss.mark(desk.house, desk.staff["amara"], case_id, Cluster.EMOTION)
    await desk.drain()
    labels = await desk.rows("SELECT l.right_answer, l.data FROM newel.label l WHERE use = 'calibration'")
    assert [row["right_answer"] for row in labels] == [False]
    assert "emotion" in str(labels[0]["data"])
