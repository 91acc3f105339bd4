"""Customers: told by the operator's system of record, and the shop's own push of its 340."""

import asyncio
from datetime import date

import pytest

from newel.demo.customers import PushError, push
from newel.demo.world import World, generate
from newel.flow.house import House as Wired
from newel.store import customer as customers
from newel.web.app import build
from newel.web.server import serve
from ports import free_port
from web.conftest import ROOT, Site

PRIYA = {"name": "Priya Nair", "email": "p.nair@example.com", "lifetime_value_minor": 51_200, "vip": True}


@pytest.fixture(scope="module")
def world() -> World:
    return generate(date(2026, 11, 20))


async def known(wired: Wired, ref: str) -> customers.Customer:
    async with wired.db.tx(ROOT) as tx:
        found = await customers.find(tx, wired.envelope, customers.OPERATOR, ref)
        assert found is not None, ref
        return await customers.read(tx, wired.envelope, found)


async def test_a_customer_is_put_and_put_again(site: Site) -> None:
    client = site.client(await site.token("intake"))
    first = await client.put("/api/v1/customers/C0012", json=PRIYA)
    again = await client.put("/api/v1/customers/C0012", json=PRIYA | {"vip": False, "segment": "loyal"})
    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert first.json() == again.json()
    told = await known(site.wired, "C0012")
    assert (told.kind, told.profile.name, told.lifetime_value_minor) == ("customer", "Priya Nair", 51_200)
    assert (told.vip, told.segment) == (False, "loyal")


async def test_a_vendor_is_a_vendor_and_stays_one(site: Site) -> None:
    client = site.client(await site.token("intake"))
    for kind in ("vendor", "customer"):
        body = {"kind": kind, "name": "Bramley Pottery Ltd"}
        assert (await client.put("/api/v1/customers/V001", json=body)).status_code == 200
    assert (await known(site.wired, "V001")).kind == "vendor"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "robot"},
        {"currency": "gbp"},
        {"vip": "yes"},
        {"lifetime_value_minor": 2**60},
        {"name": "x" * 301},
        {"email": "a\x00b"},
        {"shoe_size": 43},
    ],
)
async def test_what_is_no_customer_is_refused(site: Site, wrong: dict[str, object]) -> None:
    client = site.client(await site.token("intake"))
    said = await client.put("/api/v1/customers/C0012", json=PRIYA | wrong)
    assert 400 <= said.status_code < 500, said.text
    assert said.headers["content-type"].startswith("application/problem+json")


async def test_a_preference_is_kept_until_it_is_taken_back(site: Site) -> None:
    client, place = site.client(await site.token("intake")), "/api/v1/customers/C0012/preference"
    assert (await client.put(place, json={"prefers_human": True})).status_code == 404
    await client.put("/api/v1/customers/C0012", json=PRIYA)
    for wish in (True, False):
        assert (await client.put(place, json={"prefers_human": wish})).status_code == 200
        await client.put("/api/v1/customers/C0012", json=PRIYA)
        assert (await client.get(place)).json() == {"prefers_human": wish}


async def test_the_shop_tells_all_its_customers_and_vendors_and_twice_is_once(
    site: Site, world: World
) -> None:
    token, steps = await site.token("intake"), [0]
    for _ in range(2):
        count = await push(site.url, token, world, patience=10, told=lambda done, _: steps.append(done))
        assert count == 340
    assert steps[1:] == [*range(1, 341)] * 2
    kinds = await site.house.as_owner("SELECT kind, count(*) FROM newel.customer GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in kinds] == [("customer", 300), ("vendor", 40)]
    for person in world.customers[:12]:
        told = await known(site.wired, person.ref)
        assert (told.profile.name, told.profile.email) == (person.name, person.email)
        assert (told.profile.phone, told.profile.address) == (person.phone, str(person.address))
        assert (told.segment, told.language, told.currency) == (person.segment, person.language, "GBP")
        assert told.lifetime_value_minor == person.lifetime_value.amount_minor
        assert (told.vip, told.vulnerable) == (person.vip, person.vulnerable)
        assert (told.prefers_human, told.training_consent) == (person.prefers_human, person.training_consent)


async def test_the_push_waits_for_a_server_that_is_still_starting(site: Site, world: World) -> None:
    port, stop, token = free_port(), asyncio.Event(), await site.token("intake")
    told = asyncio.create_task(
        push(f"http://127.0.0.1:{port}", token, world, patience=20, told=lambda *_: None)
    )
    await asyncio.sleep(0.5)
    assert not told.done()
    server = asyncio.create_task(serve(build(site.wired), "127.0.0.1", port, stop=stop))
    assert await asyncio.wait_for(told, 60) == 340
    stop.set()
    await server


async def test_the_push_ends_badly_where_it_may_not_or_nobody_is_there(site: Site, world: World) -> None:
    with pytest.raises(PushError, match="refused with 401"):
        await push(site.url, "not a token", world, patience=5, told=lambda *_: None)
    with pytest.raises(PushError, match="ConnectError"):
        await push(f"http://127.0.0.1:{free_port()}", "x", world, patience=0.5, told=lambda *_: None)
