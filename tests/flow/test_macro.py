"""Macros: written by their team, found, and filled from the owner's case; the demo's twelve are good."""

from importlib.resources import files
from typing import Any

import msgspec
import pytest
import yaml

from conftest import House
from floor import Floor, open_floor
from newel.domain.access import system
from newel.domain.errors import Forbidden, Invalid, NotFound
from newel.domain.macro import Text
from newel.flow import macro

SUPPORT = "customer-support"


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


def text(**more: Any) -> Text:
    values = {
        "workflow": SUPPORT,
        "name": "greeting",
        "team": "inhouse",
        "body": "Hello {customer.first_name}",
    }
    return Text(**values | more)


async def test_WRK_10_a_macro_is_put_found_changed_and_retired(floor: Floor) -> None:
    ivan, ben = floor.staff["ivan"], floor.staff["ben"]
    first = await macro.put(floor.house, ivan, text())
    assert await macro.put(floor.house, ivan, text()) == first
    assert await macro.put(floor.house, ivan, text(body="Good day")) == first
    await macro.put(floor.house, ivan, text(name="late", body="Say a greeting."))
    await macro.put(floor.house, ivan, text(name="bonjour", language="fr", body="Bonjour"))
    found = await macro.search(floor.house, ben, SUPPORT, words="greet")
    assert [(one.name, one.body) for one in found] == [("greeting", "Good day"), ("late", "Say a greeting.")]
    assert [one.name for one in await macro.search(floor.house, ben, SUPPORT, "fr")] == ["bonjour"]
    assert await macro.search(floor.house, ben, "invoice-exceptions") == []
    await macro.retire(floor.house, ivan, first)
    with pytest.raises(NotFound):
        await macro.retire(floor.house, ivan, first)
    assert [one.name for one in await macro.search(floor.house, ben, SUPPORT, "en")] == ["late"]
    rows = await floor.rows("SELECT event FROM newel.audit_event WHERE entity = 'macro' ORDER BY seq")
    assert [row["event"] for row in rows] == ["macro.put"] * 4 + ["macro.retired"]


async def test_only_editors_of_its_team_write_a_macro(floor: Floor) -> None:
    with pytest.raises(Forbidden):
        await macro.put(floor.house, floor.staff["ben"], text())
    with pytest.raises(Invalid, match="own people"):
        await macro.put(floor.house, floor.staff["ivan"], text(team="partner"))
    await macro.put(floor.house, system("installer"), text(team="partner"))
    with pytest.raises(Invalid, match="own people"):
        await macro.put(floor.house, floor.staff["ivan"], text())
    with pytest.raises(Invalid, match="places"):
        await macro.put(floor.house, floor.staff["ivan"], text(name="other", body="{customer.email}"))


async def test_WRK_10_it_is_filled_from_the_owners_case_alone(floor: Floor) -> None:
    case_id = await floor.escalated()
    await floor.work()
    body = "Hello {customer.first_name}, about {order}: {agent.first_name}"
    one = await macro.put(floor.house, floor.staff["ivan"], text(body=body))
    filled = await macro.use(floor.house, floor.staff["ben"], case_id, one)
    assert (filled.text, filled.missing) == ("Hello Priya, about 10023: Ben", ())
    with pytest.raises(Forbidden):
        await macro.use(floor.house, floor.staff["diego"], case_id, one)


async def test_the_demo_companys_twelve_are_good(floor: Floor) -> None:
    document = yaml.safe_load(files("newel.demo").joinpath("macros.yaml").read_text("utf-8"))
    shared = {"team": document["team"], "workflow": document["workflow"]}
    for one in document["macros"]:
        await macro.put(floor.house, system("installer"), msgspec.convert(shared | one, Text))
    assert len(await macro.search(floor.house, floor.staff["ben"], SUPPORT)) == 12
