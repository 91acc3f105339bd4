"""The routing rule, against forty cases whose owners were written down before."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.routing import (
    Ask,
    Assign,
    Item,
    Nobody,
    Person,
    Queue,
    ToSupervisor,
    Verdict,
    decide,
    eligible,
    fits,
    general,
    takes,
)
from newel.domain.words import Priority

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((ROOT / "benchmarks/sets/routing_cases.yaml").read_text("utf-8"))
STAFF = yaml.safe_load((ROOT / "src/newel/demo/staff.yaml").read_text("utf-8"))["people"]
SPACE = UUID("00000000-0000-0000-0000-000000000001")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def people(case: dict[str, Any]) -> list[Person]:
    return [
        Person(
            id=uuid5(SPACE, one["login"]),
            login=one["login"],
            clearance=one["clearance"] or "none",
            skills=one["skills"],
            languages=tuple(one["languages"]),
            zone=one["zone"],
            shifts={day: tuple(spans) for day, spans in one["shifts"].items()},
            capacity=one["capacity"],
            load=case["loads"].get(one["login"], 0),
            available=one["login"] not in case["away"],
            last_assigned_at=at(last) if (last := case["last_assigned"].get(one["login"])) else None,
        )
        for one in STAFF
    ]


def named(verdict: Verdict) -> str:
    match verdict:
        case Assign(owner):
            return owner.login
        case ToSupervisor(person, _):
            return f"supervisor:{person.login}"
        case Queue(_):
            return "queued"
        case Nobody(_):
            return "nobody"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_RTE_2_the_owner_is_the_one_written_before(case: dict[str, Any]) -> None:
    ask = Ask(language=case["language"], skills=tuple(case["skills"]), regulated=case["regulated"])
    item = Item(ask=ask, priority=Priority[case["priority"]], queued_seconds=case["queued_seconds"])
    assert named(decide(item, people(case), at(case["now"]))) == case["expected"], case["why"]


def test_there_are_forty_cases() -> None:
    assert len(CASES) == 40


@pytest.mark.parametrize(
    ("clearance", "plain", "regulated"),
    [
        ("none", "", ""),
        ("junior", "3", ""),
        ("senior", "23", ""),
        ("specialist", "123", "123"),
        ("supervisor", "", ""),
    ],
)
def test_RTE_2_which_work_each_clearance_takes(clearance: str, plain: str, regulated: str) -> None:
    person = Person(id=SPACE, login="x", clearance=clearance)
    for kind, wanted in ((False, plain), (True, regulated)):
        assert "".join(str(int(p)) for p in Priority if takes(person, p, kind)) == wanted


def test_RTE_2_without_a_supervisor_on_shift_it_is_nobody() -> None:
    case = {"loads": {}, "last_assigned": {}, "away": ["ivan", "farid"]}
    item = Item(ask=Ask(language="en", skills=("fraud",), regulated=True), priority=Priority.P1)
    assert named(decide(item, people(case), datetime(2026, 11, 18, 12, tzinfo=UTC))) == "nobody"


SKILLS = ("orders", "returns", "billing", "legal", "privacy", "complaints", "fraud", "safety", "general")
ASKS = st.builds(
    Ask,
    language=st.sampled_from(["en", "fr", "es", "de", "pl", "en-GB"]),
    skills=st.lists(st.sampled_from(SKILLS), max_size=3, unique=True).map(lambda s: tuple(sorted(s))),
    regulated=st.booleans(),
)
ITEMS = st.builds(Item, ask=ASKS, priority=st.sampled_from(Priority), queued_seconds=st.floats(0, 300))
LOADS = st.dictionaries(st.sampled_from([p["login"] for p in STAFF]), st.integers(0, 6))
AWAY = st.lists(st.sampled_from([p["login"] for p in STAFF]), max_size=9)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(ITEMS, LOADS, AWAY, TIMES)
def test_RTE_2_an_owner_is_always_eligible_and_the_queue_never_hides_one(
    item: Item, loads: dict[str, int], away: list[str], now: datetime
) -> None:
    crowd = people({"loads": loads, "last_assigned": {}, "away": away})
    verdict = decide(item, crowd, now)
    buckets = {1: item.ask}
    fit = [p for p in crowd if p.works(now) and takes(p, item.priority, item.ask.regulated)]
    able = [p for p in fit if eligible(p, buckets)]
    wide = [p for p in fit if general(p, buckets)] if item.queued_seconds >= 60 else []
    free = [p for p in [*able, *(wide if able else [])] if p.load < p.capacity]
    if isinstance(verdict, Assign):
        assert verdict.owner in free
    elif isinstance(verdict, Queue):
        assert able
        assert not free
    else:
        assert not able


@given(ITEMS, LOADS, TIMES)
def test_the_order_in_which_people_are_listed_decides_nothing(
    item: Item, loads: dict[str, int], now: datetime
) -> None:
    crowd = people({"loads": loads, "last_assigned": {}, "away": []})
    assert decide(item, crowd, now) == decide(item, crowd[::-1], now)


def test_RTE_6_by_hand_who_fits_comes_first_and_what_is_against_the_others_is_said() -> None:
    case = {**CASES[0], "away": ["farid"], "loads": {"greta": 3}, "last_assigned": {}}
    item = Item(ask=Ask(language="en", skills=("legal",), regulated=True), priority=Priority.P1)
    found = fits(item, people(case), at("2026-11-25T03:00:00Z"))
    against = {fit.person.login: tuple(map(str, fit.against)) for fit in found}
    assert found[0].person.login == "esme"
    assert against["esme"] == ()
    assert against["ivan"] == ()
    assert against["farid"] == ("is away", "lacks legal")
    assert against["greta"] == ("is full, 3 of 3", "lacks legal")
    assert against["ben"] == ("takes no regulated P1 work", "is off shift", "lacks legal")
    assert [bool(fit.forbidden) for fit in found] == sorted(bool(fit.forbidden) for fit in found)


def somebody(login: str, **said: Any) -> Person:
    about = {
        "clearance": "junior",
        "skills": {"orders": 3, "general": 3},
        "languages": ("en",),
        "capacity": 8,
    }
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))
    return Person(id=uuid5(SPACE, login), login=login, available=True, shifts=week, **(about | said))


WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)


def wanted(channel: str = "", region: str = "", *, needed: bool = False, waited: float = 0) -> Item:
    ask = Ask(language="en", skills=("orders",), channel=channel, region=region, region_needed=needed)
    return Item(ask=ask, priority=Priority.P3, queued_seconds=waited)


def test_RTE_1_who_is_full_of_chats_still_takes_mail() -> None:
    full = somebody("ana", channel_capacity={"chat": 3, "email": 8}, load=3, channel_load={"chat": 3})
    assert named(decide(wanted("chat"), [full], WEDNESDAY)) == "queued"
    assert named(decide(wanted("email"), [full], WEDNESDAY)) == "ana"
    assert named(decide(wanted("sms"), [full], WEDNESDAY)) == "ana"
    assert full.room_by("chat") == 0
    assert full.room_by("email") == 5


def test_RTE_1_the_whole_still_limits_every_channel() -> None:
    full = somebody("ana", capacity=2, channel_capacity={"chat": 3}, load=2, channel_load={"email": 2})
    assert named(decide(wanted("chat"), [full], WEDNESDAY)) == "queued"


def test_RTE_1_whoever_has_fewer_chats_has_the_next_one() -> None:
    more = somebody("ana", channel_capacity={"chat": 3}, load=2, channel_load={"chat": 2})
    less = somebody("bo", channel_capacity={"chat": 3}, load=2, channel_load={"email": 2})
    assert named(decide(wanted("chat"), [more, less], WEDNESDAY)) == "bo"


def test_RTE_1_who_does_not_serve_a_channel_is_not_waited_for() -> None:
    never = somebody("ana", channel_capacity={"chat": 0})
    above = somebody("ivan", clearance="supervisor")
    assert named(decide(wanted("chat"), [never, above], WEDNESDAY)) == "supervisor:ivan"
    assert eligible(never, {1: wanted("chat").ask, 2: wanted("email").ask}) == [2]


def test_RTE_1_generalists_too_have_their_capacity_by_channel() -> None:
    able = somebody("ana", channel_capacity={"chat": 1}, load=1, channel_load={"chat": 1})
    wide = somebody("bo", skills={"general": 3}, channel_capacity={"chat": 1})
    assert named(decide(wanted("chat", waited=60), [able, wide], WEDNESDAY)) == "bo"
    busy = somebody(
        "bo", skills={"general": 3}, channel_capacity={"chat": 1}, channel_load={"chat": 1}, load=1
    )
    assert named(decide(wanted("chat", waited=60), [able, busy], WEDNESDAY)) == "queued"


def test_RTE_1_of_equals_somebody_of_the_region_comes_first() -> None:
    here = somebody("zoe", region="eu", load=3)
    there = somebody("ana", region="uk")
    assert named(decide(wanted(region="eu"), [here, there], WEDNESDAY)) == "zoe"
    assert named(decide(wanted(region="eu"), [there], WEDNESDAY)) == "ana"
    better = somebody("bo", region="uk", skills={"orders": 5})
    assert named(decide(wanted(region="eu"), [here, better], WEDNESDAY)) == "bo"


def test_RTE_1_where_the_region_is_needed_nobody_else_has_it() -> None:
    here = somebody("zoe", region="eu", capacity=1, load=1)
    there, nowhere = somebody("ana", region="uk"), somebody("bo")
    item = wanted(region="eu", needed=True, waited=3600)
    assert named(decide(item, [here, there, nowhere], WEDNESDAY)) == "queued"
    assert named(decide(item, [there, nowhere], WEDNESDAY)) == "nobody"
    assert general(there, {1: item.ask}) == []
    above = [somebody(one, clearance="supervisor", region=at) for one, at in (("ann", "uk"), ("ivy", "eu"))]
    assert named(decide(item, above, WEDNESDAY)) == "supervisor:ivy"


def test_RTE_6_by_hand_it_is_said_who_is_full_of_the_channel_or_elsewhere() -> None:
    full = somebody("ana", region="uk", channel_capacity={"chat": 1}, load=1, channel_load={"chat": 1})
    never = somebody("bo", region="eu", channel_capacity={"chat": 0})
    found = {fit.person.login: fit for fit in fits(wanted("chat", "eu"), [full, never], WEDNESDAY)}
    assert tuple(map(str, found["ana"].against)) == ("is full of chat, 1 of 1", "is not of the region eu")
    assert tuple(map(str, found["bo"].against)) == ("takes no work by chat",)
    assert found["ana"].forbidden
    assert found["bo"].forbidden
