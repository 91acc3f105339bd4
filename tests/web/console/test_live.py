"""The stream of a page: it says what changed, to those who may hear it, and ends with the server."""

import asyncio
import json
import re

import httpx
import pytest

from newel.domain.access import Role
from newel.store.wake import PAYLOAD_BYTES, payloads
from newel.web import live
from newel.web.live import Hub
from web.conftest import Site


async def events(
    client: httpx.AsyncClient, topic: str, n: int, hears: asyncio.Event, since: str = ""
) -> list[tuple[str, str]]:
    """The next events of a stream; ``hears`` is set from the first on."""
    found: list[tuple[str, str]] = []
    async with client.stream("GET", "/live", params={"topic": topic, "since": since}) as answer:
        kind = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((kind, line.removeprefix("data: ")))
                hears.set()
                if len(found) == n:
                    break
    return found


async def test_a_change_reaches_the_pages_that_show_it(site: Site) -> None:
    await site.person("amara", Role.RESOLVER)
    await site.person("ben", Role.RESOLVER)
    amara, ben = await site.signed_in("amara"), await site.signed_in("ben")
    hears = asyncio.Event()
    hearing = asyncio.create_task(events(amara, "people", 2, hears))
    await asyncio.wait_for(hears.wait(), 60)
    await ben.put("/api/v1/me/presence", json={"presence": "available"})
    first, then = await asyncio.wait_for(hearing, 60)
    assert first[0] == "resync"
    assert then == ("changed", json.dumps(["people"]))


async def test_a_page_hears_what_changed_between_its_reading_and_its_stream(site: Site) -> None:
    await site.person("amara", Role.RESOLVER)
    amara = await site.signed_in("amara")
    while site.hub.lately.mark.endswith("-0"):  # the server does not listen yet
        await asyncio.sleep(0.01)
    said = re.search(r'data-mark="([^"]+)"', (await amara.get("/desk")).text)
    assert said
    assert await events(amara, "approvals", 1, asyncio.Event(), said[1]) == [("changed", "[]")]
    before = site.hub.lately.mark
    await amara.put("/api/v1/me/presence", json={"presence": "available"})
    while not site.hub.lately.since(before, frozenset({"people"})):
        await asyncio.sleep(0.01)
    assert await events(amara, "people", 1, asyncio.Event(), said[1]) == [("changed", '["people"]')]
    for unknown in ("", "no-mark", "0" * 8 + "-1", said[1] + "9" * 5000):
        assert await events(amara, "people", 1, asyncio.Event(), unknown) == [("resync", "{}")]


async def test_nobody_hears_without_a_session_nor_of_a_customers_own_page(site: Site) -> None:
    await site.person("amara", Role.RESOLVER)
    async with site.client() as stranger:
        assert (await stranger.get("/live?topic=queue")).status_code == 401
    amara = await site.signed_in("amara")
    assert (await amara.get("/live?topic=conversation:1")).status_code == 401


async def test_of_too_many_topics_the_first_are_heard(site: Site) -> None:
    await site.person("amara", Role.RESOLVER)
    amara, many = await site.signed_in("amara"), "&".join(f"topic=case:{n}" for n in range(500))
    async with site.client() as stranger:
        assert (await stranger.get(f"/live?{many}")).status_code == 401
    async with amara.stream("GET", f"/live?{many}") as answer:
        assert answer.status_code == 200
    scope = {"query_string": many.encode()}
    assert live.asked_of(scope)[0] == {f"case:{n}" for n in range(live.TOPICS_AT_MOST)}  # type: ignore[arg-type]


def told(hub: Hub, *topics: str) -> bytes:
    """The event that tells of these topics now."""
    data = ",".join(f'"{topic}"' for topic in topics)
    return f"event: changed\nid: {hub.lately.mark}\ndata: [{data}]\n\n".encode()


async def test_streams_end_with_the_hub() -> None:
    hub = Hub()
    with hub.stream(frozenset({"queue"})) as stream:
        await hub.close()
        await asyncio.wait_for(stream.next(), 60)
        assert stream.ended
    assert len(hub) == 0


async def test_one_event_tells_all_that_changed_meanwhile() -> None:
    hub = Hub()
    with hub.stream(frozenset({"a", "b", "c"})) as stream:
        hub.changed(["a", "x"])
        hub.changed(["b"])
        assert await stream.next() == told(hub, "a", "b")


async def test_a_page_hears_at_once_after_a_quiet_time_and_else_one_event_in_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "COALESCE_SECONDS", 3600.0)
    hub = Hub()
    with hub.stream(frozenset({"a", "b"})) as stream:
        hub.changed(["a"])
        assert await stream.next() == told(hub, "a")
        hub.changed(["b"])
        held = asyncio.create_task(stream.next())
        await asyncio.sleep(0.05)
        hub.changed(["a"])
        assert not held.done()
        held.cancel()
        monkeypatch.setattr(live, "COALESCE_SECONDS", 0.0)
        assert await stream.next() == told(hub, "a", "b")


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_topics_fit_into_notifications(n: int) -> None:
    topics = {f"case:{i:036d}" for i in range(n)}
    parts = list(payloads(topics))
    assert {topic for part in parts for topic in part.split("\n")} == topics
    assert all(len(part) <= PAYLOAD_BYTES for part in parts)
