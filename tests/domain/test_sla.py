"""SLA arithmetic: real elapsed time, business time, clock changes, pauses; never early."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from newel.domain.calendar import Hours, add, between, is_open, spans_of
from newel.domain.sla import Alert, Spec, Timing, alerts, due, moment, ready, tighter, upcoming

PERCENTS = (50, 75, 90, 100, 150)
SPLIT = ["09:00-12:30", "13:30-17:00"]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), SPLIT)
LONDON = Hours(ZoneInfo("Europe/London"), spans_of(WEEK), "GB")
NIGHTS = Hours(ZoneInfo("America/New_York"), spans_of({"sun": ["00:00-03:30"], "mon": ["22:00-24:00"]}))
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))
MINUTES = st.integers(1, 6000)
HOURS = st.sampled_from([LONDON, NIGHTS])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_SLA_3_a_split_shift_stops_the_clock_over_lunch() -> None:
    assert add(LONDON, utc("2026-11-18T12:00"), timedelta(hours=1)) == utc("2026-11-18T14:00")


def test_SLA_3_a_night_and_a_weekend_do_not_count() -> None:
    assert add(LONDON, utc("2026-11-20T16:30"), timedelta(hours=1)) == utc("2026-11-23T09:30")


def test_SLA_3_a_holiday_and_a_closed_day_do_not_count() -> None:
    closed = Hours(LONDON.zone, LONDON.week, "GB", frozenset({date(2026, 12, 29)}))
    assert add(closed, utc("2026-12-24T16:00"), timedelta(hours=2)) == utc("2026-12-30T10:00")


def test_SLA_3_real_hours_are_counted_over_both_clock_changes() -> None:
    night = Hours(LONDON.zone, spans_of({"sun": ["00:00-04:00"]}))
    assert between(night, utc("2026-03-28T12:00"), utc("2026-03-30T00:00")) == timedelta(hours=3)
    assert between(night, utc("2026-10-24T12:00"), utc("2026-10-26T00:00")) == timedelta(hours=5)


def test_a_shift_is_open_at_its_first_minute_and_closed_at_its_last() -> None:
    week = {"wed": ("08:00-16:00",)}
    assert is_open(week, "Europe/London", utc("2026-11-18T08:00"))
    assert not is_open(week, "Europe/London", utc("2026-11-18T16:00"))
    assert is_open(week, "Europe/London", utc("2026-07-15T07:00"))


def test_spans_that_a_gap_in_local_time_makes_overlap_count_once() -> None:
    gap = Hours(LONDON.zone, spans_of({"sun": ["00:30-01:30", "02:00-03:00"]}))
    whole = between(gap, utc("2026-03-29T00:00"), utc("2026-03-29T12:00"))
    assert whole == timedelta(hours=1.5)


@given(STARTS, MINUTES, st.sampled_from(PERCENTS), HOURS, st.booleans())
@settings(max_examples=150)
def test_SLA_2_an_alert_is_never_early(
    start: datetime, minutes: int, percent: int, hours: Hours, business: bool
) -> None:
    at = moment(Timing(started_at=start, spec=Spec(minutes, business)), percent, hours)
    wanted = timedelta(microseconds=minutes * 600_000 * percent)
    assert (between(hours, start, at) if business else at - start) == wanted
    if business:
        assert between(hours, start, at - timedelta(microseconds=1)) < wanted


@given(STARTS, MINUTES, MINUTES, HOURS, st.booleans())
@settings(max_examples=100)
def test_due_rises_with_minutes(start: datetime, few: int, more: int, hours: Hours, business: bool) -> None:
    few, more = sorted((few, more))
    first, second = (
        alerts(Timing(started_at=start, spec=Spec(m, business)), PERCENTS, hours) for m in (few, more)
    )
    assert due(first) <= due(second)
    assert not tighter(first, second)


@given(STARTS, MINUTES, st.integers(0, 100_000), HOURS, st.booleans())
@settings(max_examples=100)
def test_alerts_come_in_order_and_a_pause_only_delays(
    start: datetime, minutes: int, paused: int, hours: Hours, business: bool
) -> None:
    spec = Spec(minutes, business)
    plain = alerts(Timing(started_at=start, spec=spec), PERCENTS, hours)
    later = alerts(Timing(started_at=start, spec=spec, paused=timedelta(seconds=paused)), PERCENTS, hours)
    assert [a.percent for a in plain] == list(PERCENTS)
    assert [a.at for a in plain] == sorted({a.at for a in plain})
    assert all(one.at <= two.at for one, two in zip(plain, later, strict=True))


@given(STARTS, MINUTES, st.lists(st.integers(0, 20_000), max_size=12))
def test_INV_9_whatever_the_clock_does_each_threshold_fires_once_in_order(
    start: datetime, minutes: int, jumps: list[int]
) -> None:
    schedule = alerts(Timing(started_at=start, spec=Spec(minutes, False)), PERCENTS, LONDON)
    now, upto, fired = start, PERCENTS[0], list[Alert]()
    for jump in jumps:
        now += timedelta(minutes=jump)
        fired += ready(schedule, upto, now)
        left = upcoming(schedule, fired[-1].percent if fired else 0)
        upto = left.percent if left else 1000
    assert fired == [alert for alert in schedule if alert.at <= now]
