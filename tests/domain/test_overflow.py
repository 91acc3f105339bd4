"""The overflow pool only adds: last, within language and clearance, and nothing at all while it is closed."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from newel.domain import overflow, routing
from newel.domain.overflow import Fall, Lines, Pool, Rise, crossing, decide, helps, member, reach, reserved
from newel.domain.policy.overflow import Overflow
from newel.domain.routing import Ask, Assign, Item, Person
from newel.domain.words import Priority

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SKILLS = ("orders", "billing", "legal", "general")
ALL_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))
SOME_SKILLS = st.lists(st.sampled_from(SKILLS), max_size=3, unique=True).map(lambda s: tuple(sorted(s)))
TEAMS = ("inhouse", "contractors")
PEOPLE = st.lists(
    st.builds(
        Person,
        id=st.builds(UUID, int=st.integers(1, 2**64)),
        login=st.text("abcdef", min_size=1, max_size=4),
        clearance=st.sampled_from(["none", "junior", "senior", "specialist", "supervisor"]),
        skills=SOME_SKILLS.map(lambda names: dict.fromkeys(names, 3)),
        languages=st.sampled_from([("en",), ("fr", "en"), ("de",)]),
        shifts=st.just(ALL_WEEK),
        team=st.sampled_from(TEAMS),
        capacity=st.integers(0, 3),
        load=st.integers(0, 3),
        available=st.booleans(),
    ),
    max_size=8,
    unique_by=(lambda p: p.login, lambda p: p.id),
)
RULES = st.builds(
    Overflow,
    owner=st.just("Ivan"),
    date=st.just(date(2026, 11, 26)),
    normal_depth=st.integers(1, 50),
    people=st.lists(st.text("abcdef", min_size=1, max_size=2), max_size=3).map(tuple),
    teams=st.sampled_from([(), ("contractors",)]),
    with_skills=SOME_SKILLS,
    stands_in_for=SOME_SKILLS,
    from_priority=st.sampled_from(Priority),
    most_each=st.integers(1, 3),
)
ITEMS = st.builds(
    Item,
    ask=st.builds(
        Ask,
        language=st.sampled_from(["en", "en-GB", "fr", "de"]),
        skills=SOME_SKILLS,
        regulated=st.booleans(),
    ),
    priority=st.sampled_from(Priority),
    queued_seconds=st.sampled_from([0.0, 90.0]),
)


@st.composite
def pools(draw: st.DrawFn, people: list[Person], *, is_open: bool) -> Pool:
    held = {person.id: draw(st.integers(0, 3)) for person in people}
    return Pool(rule=draw(RULES), open=is_open, held=held)


def ordinary(people: list[Person], pool: Pool) -> list[Person]:
    return [person for person in people if not reserved(person, pool.rule)]


@given(st.data(), ITEMS, PEOPLE)
def test_RTE_5_who_gets_it_without_the_pool_gets_it_with_it(
    data: st.DataObject, item: Item, people: list[Person]
) -> None:
    pool = data.draw(pools(people, is_open=True))
    before = routing.decide(item, ordinary(people, pool), NOON)
    after = decide(item, people, NOON, pool=pool)
    if isinstance(before, Assign):
        assert after == before
    elif isinstance(after, Assign):
        assert after.overflow
        assert not any(
            p.free and p.works(NOON) and routing.takes(p, item.priority, item.ask.regulated)
            and routing.qualified(p, item.ask) for p in ordinary(people, pool)
        )  # fmt: skip
    else:
        assert after == before


@given(st.data(), ITEMS, PEOPLE)
def test_SEC_2_language_clearance_priority_and_room_are_asked_of_members_too(
    data: st.DataObject, item: Item, people: list[Person]
) -> None:
    pool = data.draw(pools(people, is_open=True))
    found = decide(item, people, NOON, pool=pool)
    if not (isinstance(found, Assign) and found.overflow):
        return
    person, rule = found.owner, pool.rule
    assert member(person, rule)
    assert person.works(NOON)
    assert person.free
    assert routing.takes(person, item.priority, item.ask.regulated)
    assert routing.speaks(person, item.ask.language)
    assert item.priority >= rule.from_priority
    assert pool.held[person.id] < rule.most_each
    missing = set(item.ask.skills or ("general",)) - person.skills.keys()
    assert missing <= set(rule.stands_in_for)
    assert not (item.ask.regulated and missing)


@given(st.data(), ITEMS, PEOPLE, st.booleans())
def test_RTE_6_by_hand_who_is_kept_for_the_pool_is_said_and_comes_after_their_like(
    data: st.DataObject, item: Item, people: list[Person], is_open: bool
) -> None:
    pool = data.draw(pools(people, is_open=is_open))
    found = overflow.fits(item, people, NOON, pool=pool)
    kept = f"is kept for the overflow pool, which is {'open' if is_open else 'closed'}"
    assert {fit.person.id for fit in found if kept in map(str, fit.against)} == {
        person.id for person in people if reserved(person, pool.rule)
    }
    plain = {fit.person.id: fit for fit in overflow.fits(item, people, NOON)}
    assert all(fit.forbidden == plain[fit.person.id].forbidden for fit in found)
    order = [(bool(fit.forbidden), len(fit.doubts)) for fit in found]
    assert order == sorted(order)


@given(st.data(), ITEMS, PEOPLE)
def test_RTE_5_while_it_is_closed_its_members_get_none_of_it(
    data: st.DataObject, item: Item, people: list[Person]
) -> None:
    pool = data.draw(pools(people, is_open=False))
    found = decide(item, people, NOON, pool=pool)
    assert found == routing.decide(item, ordinary(people, pool), NOON)
    assert not (isinstance(found, Assign) and reserved(found.owner, pool.rule))


@given(st.data(), ITEMS, PEOPLE)
def test_what_a_member_is_said_to_reach_is_what_they_are_given(
    data: st.DataObject, item: Item, people: list[Person]
) -> None:
    """The claim looks by bucket and priority, the router by the rule: they must not differ."""
    pool = data.draw(pools(people, is_open=True))
    for person in people:
        highest = overflow.highest(person, pool.rule)
        listed = 1 in reach(person, {1: item.ask}, pool.rule)
        within = highest is not None and item.priority >= highest and listed
        assert helps(person, item, pool) == (within and member(person, pool.rule) and pool.room(person))


@given(st.data(), ITEMS, PEOPLE)
def test_the_order_in_which_people_are_listed_decides_nothing(
    data: st.DataObject, item: Item, people: list[Person]
) -> None:
    pool = data.draw(pools(people, is_open=True))
    assert decide(item, people, NOON, pool=pool) == decide(item, people[::-1], NOON, pool=pool)


RULE = Overflow(owner="Ivan", date=date(2026, 11, 26), normal_depth=8, opens="by_itself", relief_percent=100)
LINES = Lines(normal=8, alert=12, calm=8)


@pytest.mark.parametrize(
    ("depth", "told", "is_open", "changes"),
    [
        (11, False, False, None),
        (12, False, False, Rise(opens=True)),
        (900, False, True, Rise(opens=False)),
        (900, True, True, None),
        (9, True, True, None),
        (8, True, True, Fall(closes=True)),
        (8, True, False, Fall(closes=False)),
        (0, False, True, None),
    ],
)
def test_RTE_5_a_depth_is_told_at_its_alert_and_calm_at_its_relief(
    depth: int, told: bool, is_open: bool, changes: Rise | Fall | None
) -> None:
    assert crossing(RULE, LINES, depth, told=told, is_open=is_open) == changes


def test_by_hand_it_neither_opens_nor_closes_by_itself() -> None:
    rule = replace(RULE, opens="by_hand", relief_percent=None)
    assert crossing(rule, LINES, 12, told=False, is_open=False) == Rise(opens=False)
    assert crossing(rule, LINES, 8, told=True, is_open=True) == Fall(closes=False)


@given(st.lists(st.integers(0, 30), max_size=40))
def test_RTE_5_each_crossing_is_told_once_whatever_the_depth_does(depths: list[int]) -> None:
    """Between two alerts the queue was calm, and between two calms it was over its alert."""
    told = is_open = False
    heard: list[type] = []
    for depth in depths:
        match crossing(RULE, LINES, depth, told=told, is_open=is_open):
            case Rise(opens):
                told, is_open = True, is_open or opens
                heard.append(Rise)
            case Fall(closes):
                told, is_open = False, is_open and not closes
                heard.append(Fall)
            case None:
                continue
    assert heard == [(Rise, Fall)[at % 2] for at in range(len(heard))]
    assert is_open == told


def test_fourteen_of_eight_are_175_percent() -> None:
    assert LINES.percent(14) == 175
