"""Cases and customers are found by words that the database cannot read."""

import pytest
from tests.flow.desk import Desk

from newel.domain.access import Actor
from newel.domain.errors import Forbidden
from newel.flow import search

STAFF = Actor(kind="staff", id="1d7a7cb2-0000-4000-8000-000000000001", roles=frozenset({"resolver"}))


async def test_WRK_10_a_message_is_found_by_its_words_and_no_other(desk: Desk) -> None:
    taken = await desk.take("The turquoise lamp hums at night, order 10023", ref="C0017")
    await desk.take("Where is my order?", ref="C0018")
    assert await search.index(desk.house) >= 3
    for asked in ("turquoise", "Lamp TURQUOISE", "10023"):
        found = await search.find(desk.house, STAFF, asked)
        assert [hit.id for hit in found.cases] == [taken.case_id], asked
        assert found.cases[0].customer == "Tom A."
    assert (await search.find(desk.house, STAFF, "turquoise sofa")).cases == ()


async def test_a_customer_is_found_by_name_and_reference(desk: Desk) -> None:
    await desk.take("hello there", ref="C0017")
    await search.index(desk.house)
    for asked in ("ashdown", "c0017"):
        found = await search.find(desk.house, STAFF, asked)
        assert [(hit.ref, hit.cases) for hit in found.people] == [("C0017", 1)]
        assert len(await search.cases_of(desk.house, STAFF, found.people[0].id)) == 1


async def test_each_text_is_read_once_and_none_is_passed_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "BATCH", 3)
    for n in range(8):
        await desk.take(f"hello number{n}", ref=f"C01{n:02}")
    read = 0
    while some := await search.index(desk.house):
        read += some
    assert read == 16  # a message and a profile each
    for n in range(8):
        assert len((await search.find(desk.house, STAFF, f"number{n}")).cases) == 1


async def test_who_was_erased_is_passed_over_and_holds_nobody_up(desk: Desk) -> None:
    await desk.take("turquoise", ref="C0017")
    await desk.database.as_owner("UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = now()")
    other = await desk.take("crimson", ref="C0018")
    await search.index(desk.house)
    assert await search.index(desk.house) == 0
    assert (await search.find(desk.house, STAFF, "turquoise")).cases == ()
    assert [hit.id for hit in (await search.find(desk.house, STAFF, "crimson")).cases] == [other.case_id]


async def test_INV_15_what_is_searched_is_not_in_the_database(desk: Desk) -> None:
    await desk.take("turquoise", ref="C0017")
    await search.index(desk.house)
    rows = await desk.database.as_owner("SELECT encode(word_mac, 'escape') AS w FROM newel.search_word")
    assert rows
    assert not any("turquoise" in row["w"] for row in rows)
    await search.find(desk.house, STAFF, "turquoise")
    events = await desk.database.as_owner("SELECT data FROM newel.audit_event WHERE event = 'search.asked'")
    assert len(events) == 1
    assert "turquoise" not in str(events[0]["data"])


async def test_searching_asks_for_the_right(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        await search.find(desk.house, Actor(kind="service", id="x"), "lamp")
