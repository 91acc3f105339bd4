"""RES-1: anybody flags that this happens again; who improves finds it, and nobody's data in it."""

import pytest
from tests.flow.desk import STATUS, TEST, Desk

from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.flow import customer, pattern
from newel.flow.customer import Told

WORDS = "Third parcel this week left in the rain at Priya Nair's, p.nair@example.com"


async def test_RES_1_a_flag_is_kept_masked_audited_and_listed_for_who_improves(desk: Desk) -> None:
    await customer.put(desk.house, TEST, "C0012", Told(name="Priya Nair", email="p.nair@example.com"))
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    ben, ivan = desk.staff["ben"], desk.staff["ivan"]
    flag = await pattern.flag(desk.house, ben, case_id, WORDS)
    await desk.pass_time(seconds=1)
    await pattern.flag(desk.house, ivan, case_id, "again, and again")
    (newest, first) = await pattern.flagged(desk.house, ivan, 7)
    assert (first.id, first.flagged_by, first.contact_reason, first.times) == (flag, "ben", "order_status", 2)
    assert "left in the rain" in first.words
    for secret in ("Priya", "Nair", "example.com"):
        assert secret not in first.words
    assert newest.words == "again, and again"
    events = await desk.rows(
        "SELECT case_id, data::text AS data FROM newel.audit_event WHERE event = 'pattern.flagged'"
    )
    assert [row["case_id"] for row in events] == [case_id] * 2
    assert "rain" not in str(events)
    kept = await desk.rows("SELECT words_sealed FROM newel.pattern")
    assert not any(b"rain" in row["words_sealed"] for row in kept)


async def test_RES_1_once_each_for_an_episode_by_people_and_with_a_reason_that_exists(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    ben, june = desk.staff["ben"], desk.staff["june"]
    with pytest.raises(Invalid):
        await pattern.flag(desk.house, ben, case_id, WORDS, "no_such_reason")
    with pytest.raises(Invalid):
        await pattern.flag(desk.house, ben, case_id, "   ")
    await pattern.flag(desk.house, ben, case_id, WORDS, "password_reset")
    with pytest.raises(Conflict):
        await pattern.flag(desk.house, ben, case_id, WORDS)
    with pytest.raises(Forbidden):
        await pattern.flag(desk.house, TEST, case_id, WORDS)
    with pytest.raises(Forbidden):
        await pattern.flagged(desk.house, ben, 7)
    assert [one.contact_reason for one in await pattern.flagged(desk.house, june, 7)] == ["password_reset"]
    with pytest.raises(Exception, match="NW-APPEND: pattern"):
        await desk.rows("DELETE FROM newel.pattern")
