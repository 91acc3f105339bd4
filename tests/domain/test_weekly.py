"""The weekly review: which weeks are due, in the workflow's own zone; nothing falls between two."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain import policy
from newel.domain import weekly as rule
from newel.domain.access import Actor
from newel.domain.calendar import DAYS
from newel.domain.errors import Forbidden, Invalid
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import load_bundle
from newel.domain.policy.weekly import PARTS, Weekly, in_words
from newel.domain.weekly import MOST_AT_ONCE, WEEK, Signed, Span

BASE = load_bundle((Path(policy.__file__).parent / "default.yaml").read_text("utf-8"), "default.yaml")
ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Africa/Casablanca",
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
rules = st.builds(
    Weekly,
    owner=st.just("Ada"),
    date=st.just(date(2026, 1, 1)),
    day=st.sampled_from(DAYS),
    at=st.times().map(lambda one: f"{one:%H:%M}"),
)


def bundle(asked: Weekly | None = None, zone: str = "Europe/London") -> Bundle:
    calendar = msgspec.structs.replace(BASE.calendar, zone=zone)
    return msgspec.structs.replace(BASE, weekly=asked, calendar=calendar)


def monday(week: int = 48, hour: int = 9, zone: str = "Europe/London") -> datetime:
    return datetime.combine(date.fromisocalendar(2026, week, 1), datetime.min.time(), ZoneInfo(zone)).replace(
        hour=hour
    )


@given(asked=rules, zone=st.sampled_from(ZONES), live=moments, days=st.integers(0, 120))
def test_INT_3_each_week_is_due_once_and_nothing_falls_between_two(
    asked: Weekly, zone: str, live: datetime, days: int
) -> None:
    here = bundle(asked, zone)
    (first,) = rule.due(here, live + timedelta(days=15), live, None)
    assert max(live, first.until - timedelta(days=8)) <= first.since < first.until
    now = first.until + timedelta(days=days)
    spans = (first, *rule.due(here, now, live, first))
    assert [span.week for span in spans] == sorted({span.week for span in spans})
    assert all(span.week.isoweekday() == 1 for span in spans)
    assert [span.since for span in spans[1:]] == [span.until for span in spans[:-1]]
    assert all(span.since < span.until <= now for span in spans)
    assert now - spans[-1].until < timedelta(days=8)
    assert rule.due(here, now, live, spans[-1]) == ()


@given(asked=rules, zone=st.sampled_from(ZONES), week=st.integers(1, 52))
def test_INT_3_it_is_opened_at_the_hour_of_the_wall_clock_whatever_the_season(
    asked: Weekly, zone: str, week: int
) -> None:
    day = date.fromisocalendar(2027, week, 1)
    at = rule.moment(bundle(asked, zone), day)
    local = at.astimezone(ZoneInfo(zone))
    steady = local.utcoffset() == (at - timedelta(hours=3)).astimezone(ZoneInfo(zone)).utcoffset()
    assert local.date() - day == timedelta(days=DAYS.index(asked.day))
    assert f"{local:%H:%M}" == asked.at or not steady
    assert rule.week_of(bundle(asked, zone), at) == day


def test_INT_3_the_hour_stays_when_the_clocks_change_and_the_week_is_an_hour_longer() -> None:
    before, after = (rule.moment(bundle(), date(2026, 10, day)) for day in (19, 26))
    assert [one.hour for one in (before, after)] == [8, 9]
    assert after - before == WEEK + timedelta(hours=1)


def test_INT_3_an_hour_that_the_clocks_leave_out_comes_after_it() -> None:
    asked = Weekly(owner="Ada", date=date(2026, 1, 1), day="sun", at="01:30")
    assert rule.moment(bundle(asked), date(2026, 3, 23)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_INT_3_a_policy_that_says_nothing_has_a_default_done_by_who_answers_for_quality() -> None:
    asked = bundle().weekly_rule
    assert (asked.day, asked.at, asked.owner, asked.covers) == ("mon", "09:00", "Head of quality", PARTS)
    assert str(in_words(asked)).startswith("Opened each Monday at 09:00, done within 2 business days.")


def test_INT_3_the_first_week_begins_when_the_workflow_goes_live() -> None:
    live = monday(47, 14)
    assert rule.due(bundle(), monday(48, 8), live, None) == ()
    (first,) = rule.due(bundle(), monday(48), live, None)
    assert first == Span(date(2026, 11, 23), live, monday(48))


def test_INT_3_another_day_of_the_week_makes_one_longer_or_shorter_and_loses_none() -> None:
    last = Span(date(2026, 11, 16), monday(46), monday(47))
    friday = Weekly(owner="Ada", date=date(2026, 1, 1), day="fri", at="16:00")
    until = datetime(2026, 11, 27, 16, tzinfo=ZoneInfo("Europe/London"))
    assert rule.due(bundle(friday), until - timedelta(seconds=1), monday(40), last) == ()
    assert rule.due(bundle(friday), until, monday(40), last) == (Span(date(2026, 11, 23), last.until, until),)


def test_INT_3_after_a_long_absence_the_oldest_look_is_long() -> None:
    last = Span(date(2025, 12, 29), monday(1) - WEEK, monday(1))
    spans = rule.due(bundle(), monday(40), last.since, last)
    assert len(spans) == MOST_AT_ONCE
    assert (spans[0].since, spans[-1].until) == (last.until, monday(40))


def test_INT_3_who_was_live_before_there_were_reviews_begins_with_the_newest_week() -> None:
    (first,) = rule.due(bundle(), monday(48, 12), monday(1), None)
    assert first == Span(date(2026, 11, 23), monday(47), monday(48))


def test_INT_3_it_is_due_in_business_days_of_the_calendar() -> None:
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert rule.due_at(bundle(), friday).date() == date(2026, 12, 1)
    assert rule.post_mortem_due(bundle(), friday).date() == date(2026, 12, 2)


@given(moments, moments, st.none() | moments)
def test_INT_3_what_is_done_in_time_is_never_late_and_what_is_late_stays_so(
    due: datetime, now: datetime, done: datetime | None
) -> None:
    late = rule.is_late(due, now, done)
    assert late == (due <= (done or now))
    assert rule.is_late(due, now + WEEK, done) >= late


def who(*roles: str, kind: str = "staff") -> Actor:
    return Actor(kind=kind, id=str(uuid4()), roles=frozenset(roles))  # type: ignore[arg-type]


def test_QUA_6_who_is_named_or_a_supervisor_answers_for_it() -> None:
    owner, other = who("reviewer"), who("improver")
    named = UUID(owner.id)
    rule.must_answer(owner, named, "sign")
    rule.must_answer(who("supervisor"), named, "sign")
    for stranger in (other, who("resolver"), who("reviewer", "supervisor", kind="service")):
        with pytest.raises(Forbidden):
            rule.must_answer(stranger, named, "sign")
    assert not rule.answers_for(other, None)


def test_QUA_6_an_open_post_mortem_asks_for_a_reason() -> None:
    said = Signed(notes="A quiet week.")
    rule.must_say(said, 0)
    with pytest.raises(Invalid, match="post-mortems of this week"):
        rule.must_say(said, 1)
    rule.must_say(msgspec.structs.replace(said, unwritten="Ben is ill"), 1)
    with pytest.raises(Invalid, match="notes"):
        rule.must_say(Signed(notes="  "), 0)
