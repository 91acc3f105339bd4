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
