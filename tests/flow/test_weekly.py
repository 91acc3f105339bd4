"""The weekly review on the real database: one for each week, its figures kept, signed off once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from conftest import NOON, House
from floor import STANDARD, Floor, open_floor
from newel.domain.access import Proof, Role
from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.policy.bundle import Owners
from newel.domain.policy.parse import Source
from newel.domain.policy.weekly import Weekly
from newel.domain.post_mortem import Measure, Told, Why
from newel.domain.weekly import Signed
from newel.domain.words import Cluster
from newel.flow import escalation, miss, pattern, policy, post_mortem, weekly
from newel.store import wallboard

OWNERS = Owners(
    quality="Greta Lindqvist",
    risk_decisions="June Adeyemi",
    exception_resolution="ivan",
    improvement="Ivan Petrov",
)
SAID = Signed(notes="One miss, and it is understood.", decisions="A phrase is added.")
NOTHING = Told(
    why=Why.NOT_SEEN, missed="Anger without a word for it.", measure=Measure.NOTHING, remedy="Once only."
)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house, owners=OWNERS)


async def monday(floor: Floor, weeks: int = 0) -> None:
    """The first Monday morning after the floor opened, or one after it."""
    (row,) = await floor.rows("SELECT newel.now() AS now")
    await floor.pass_time(seconds=(MONDAY + timedelta(weeks=weeks) - row["now"]).total_seconds())


async def missed(floor: Floor, cluster: Cluster = Cluster.EMOTION, login: str = "ivan") -> UUID:
    """A case that somebody took over and marks as missed."""
    case_id = await floor.say("Where is order 10023?")
    await escalation.take_over(floor.house, floor.staff[login], case_id)
    await miss.mark(floor.house, floor.staff[login], case_id, cluster)
    return case_id


async def only(floor: Floor) -> Any:
    (found,) = await weekly.listed(floor.house, floor.staff["greta"])
    return found


async def late(floor: Floor) -> list[Any]:
    async with floor.tx() as tx:
        return list(await wallboard.late_reviews(tx))


async def told(floor: Floor, kind: str) -> list[tuple[str | None, str]]:
    rows = await floor.rows(
        "SELECT staff_id, address FROM newel.notice WHERE kind = $1 ORDER BY address", kind
    )
    return [(floor.login_of(row["staff_id"]), row["address"]) for row in rows]


async def test_INT_3_two_workers_open_the_same_week_once(floor: Floor) -> None:
    await weekly.watch(floor.house)
    assert await weekly.listed(floor.house, floor.staff["greta"]) == []
    await monday(floor)
    await asyncio.gather(*(weekly.watch(floor.house) for _ in range(6)))
    await weekly.watch(floor.house)
    found = await only(floor)
    assert (found.week, found.since, found.until) == (date(2026, 11, 23), NOON, MONDAY)
    assert (found.owner_name, found.state, found.policy_version) == (
        "Greta Lindqvist",
        "open",
        "customer-support/1",
    )
    assert found.due_at.date() == date(2026, 11, 24)
    assert await told(floor, "weekly.opened") == [("greta", "")]
    events = await floor.rows("SELECT actor_id FROM newel.audit_event WHERE event = 'weekly.opened'")
    assert [row["actor_id"] for row in events] == ["weekly"]


async def test_INT_3_a_week_is_not_lost_while_the_house_is_away(floor: Floor) -> None:
    await monday(floor)
    await weekly.watch(floor.house)
    await monday(floor, weeks=2)
    await weekly.watch(floor.house)
    found = await weekly.listed(floor.house, floor.staff["greta"])
    assert [one.week for one in found] == [date(2026, 12, 7), date(2026, 11, 30), date(2026, 11, 23)]
    assert [one.since for one in found[:-1]] == [one.until for one in found[1:]]


async def test_INT_3_a_step_that_dies_leaves_no_half_of_a_review(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await monday(floor)

    async def dies(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(weekly, "_tell", dies)
        await weekly.watch(floor.house)
    assert await weekly.listed(floor.house, floor.staff["greta"]) == []
    await weekly.watch(floor.house)
    assert (await only(floor)).state == "open"


async def test_INT_3_QUA_6_its_figures_are_kept_as_they_were(floor: Floor) -> None:
    case_id = await missed(floor)
    await pattern.flag(floor.house, floor.staff["ivan"], case_id, "late again")
    await monday(floor)
    await weekly.watch(floor.house)
    before = await only(floor)
    figures = before.figures
    assert [(one.cluster, one.times) for one in figures.marked] == [("emotion", 1)]
    assert [one.times for one in figures.patterns] == [1]
    assert (figures.post_mortems.open, figures.post_mortems.written, figures.post_mortems.overdue) == (
        1,
        0,
        0,
    )
    assert figures.thresholds["confidence_minimum"] == 0.70
    assert figures.missed.of == 0
    await missed(floor)
    assert (await only(floor)).figures == figures


async def test_INT_3_the_policy_says_what_it_covers_who_does_it_and_when(floor: Floor) -> None:
    asked = Weekly(owner="june", date=NOON.date(), day="wed", at="18:00", due_days=1, covers=("patterns",))
    await missed(floor)
    bundle = msgspec.structs.replace(floor.running.bundle, weekly=asked)
    floor.replaced(replace(floor.running, bundle=bundle))
    await floor.pass_time(hours=6)
    await weekly.watch(floor.house)
    found = await only(floor)
    assert (found.owner_name, found.until) == ("June Adeyemi", NOON.replace(hour=18))
    assert (found.figures.marked, found.figures.missed, found.figures.post_mortems) == ((), None, None)
    assert found.figures.thresholds == {}


async def in_force(floor: Floor, text: str) -> None:
    """Another version is put in force, of which this process has not heard yet."""
    draft = await policy.submit(floor.house, floor.staff["ivan"], Source("default.yaml", text))
    june = await floor.signed_in("june")
    [(session,)] = await floor.rows("SELECT id_hash FROM newel.staff_session WHERE ended_at IS NULL")
    for role in draft.required:
        await policy.sign(floor.house, june, draft.id, Role(role), Proof("session", session))
    await policy.activate(floor.house, june, draft.id)


async def test_INT_3_right_after_an_activation_it_is_opened_by_the_version_in_force(floor: Floor) -> None:
    await monday(floor)
    await in_force(floor, f"{STANDARD}\nweekly: {{owner: june, date: 2026-11-23, covers: [patterns]}}\n")
    assert floor.running.number == 1
    await asyncio.gather(*(weekly.watch(floor.house) for _ in range(3)))
    found = await only(floor)
    assert (found.policy_version, found.owner_name) == ("customer-support/2", "June Adeyemi")
    assert (found.figures.marked, found.figures.post_mortems) == ((), None)


async def test_INT_3_where_nobody_is_named_the_supervisors_hear_of_it_and_sign(floor: Floor) -> None:
    owners = msgspec.structs.replace(OWNERS, quality="Head of quality")
    floor.replaced(
        replace(floor.running, bundle=msgspec.structs.replace(floor.running.bundle, owners=owners))
    )
    await monday(floor)
    await weekly.watch(floor.house)
    found = await only(floor)
    assert (found.owner, found.owner_id) == ("Head of quality", None)
    assert await told(floor, "weekly.opened") == [(None, "role:supervisor")]
    with pytest.raises(Forbidden):
        await weekly.sign(floor.house, floor.staff["greta"], found.id, SAID)
    await weekly.sign(floor.house, floor.staff["ivan"], found.id, SAID)


async def test_INT_3_a_late_one_is_told_once_to_its_owner_and_the_supervisors(floor: Floor) -> None:
    await monday(floor)
    await weekly.watch(floor.house)
    await floor.pass_time(days=3)
    for _ in range(2):
        await asyncio.gather(*(weekly.watch(floor.house) for _ in range(3)))
    assert await told(floor, "weekly.overdue") == [("greta", ""), (None, "role:supervisor")]
    found = await only(floor)
    assert found.overdue_at is not None
    assert found.state == "open"


async def test_INT_3_WRK_6_the_wallboard_has_what_is_late_from_its_due_time_until_it_is_signed_off(
    floor: Floor,
) -> None:
    await monday(floor)
    await weekly.watch(floor.house)
    found = await only(floor)
    assert await late(floor) == []
    (row,) = await floor.rows("SELECT newel.now() AS now")
    await floor.pass_time(seconds=(found.due_at - row["now"]).total_seconds())
    (shown,) = await late(floor)
    assert (shown.id, shown.workflow, shown.week) == (found.id, "customer-support", found.week)
    assert (shown.owner, shown.answered, shown.due_at) == ("Greta Lindqvist", True, found.due_at)
    await weekly.sign(floor.house, floor.staff["greta"], found.id, SAID)
    assert await late(floor) == []


async def test_INT_3_WRK_6_it_names_who_is_to_do_it_where_no_account_is_and_the_longest_late_first(
    floor: Floor,
) -> None:
    owners = msgspec.structs.replace(OWNERS, quality="Head of quality")
    floor.replaced(
        replace(floor.running, bundle=msgspec.structs.replace(floor.running.bundle, owners=owners))
    )
    for weeks in range(2):
        await monday(floor, weeks)
        await weekly.watch(floor.house)
    await monday(floor, weeks=2)
    shown = await late(floor)
    assert [(one.owner, one.answered) for one in shown] == [("Head of quality", False)] * 2
    assert [one.week for one in shown] == [date(2026, 11, 23), date(2026, 11, 30)]


async def test_INT_3_it_is_signed_off_once_by_whose_it_is_and_never_changes(floor: Floor) -> None:
    await monday(floor)
    await weekly.watch(floor.house)
    found = await only(floor)
    for login in ("amara", "esme", "june"):
        with pytest.raises(Forbidden):
            await weekly.sign(floor.house, floor.staff[login], found.id, SAID)
    secret = msgspec.structs.replace(SAID, notes="ask tom@example.com about it")
    await weekly.sign(floor.house, floor.staff["greta"], found.id, secret)
    with pytest.raises(Conflict, match="before"):
        await weekly.sign(floor.house, floor.staff["ivan"], found.id, SAID)
    done = await only(floor)
    assert (done.state, done.signed_by, done.decisions) == ("signed", "Greta Lindqvist", "A phrase is added.")
    assert "tom@example.com" not in done.notes
    with pytest.raises(Exception, match="NW-WEEKLY"):
        await floor.rows("UPDATE newel.weekly SET notes = 'x'")


async def test_QUA_6_open_post_mortems_of_its_week_need_a_reason(floor: Floor) -> None:
    await missed(floor)
    await monday(floor)
    await weekly.watch(floor.house)
    found = await only(floor)
    assert found.to_write == 1
    await missed(floor)
    with pytest.raises(Invalid, match="post-mortems of this week"):
        await weekly.sign(floor.house, floor.staff["greta"], found.id, SAID)
    sheet = await weekly.opened(floor.house, floor.staff["greta"], found.id)
    (one,) = sheet.post_mortems
    await post_mortem.write(floor.house, floor.staff["ivan"], one.id, NOTHING)
    await weekly.sign(floor.house, floor.staff["greta"], found.id, SAID)


async def test_QUA_6_or_it_says_why_they_are_not_written(floor: Floor) -> None:
    await missed(floor)
    await monday(floor)
    await weekly.watch(floor.house)
    said = msgspec.structs.replace(SAID, unwritten="Ivan is back tomorrow.")
    await weekly.sign(floor.house, floor.staff["greta"], (await only(floor)).id, said)
    assert (await only(floor)).unwritten == "Ivan is back tomorrow."
