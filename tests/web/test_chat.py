"""The chat's calls: each visitor has their own conversation, once for each id, and hears nothing else."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from conftest import Server
from demo.process import Systems
from newel.domain import chat as rule
from newel.domain.chat import Door, Identity
from newel.store.live import of_conversation, typing_on, writing_to
from web.conftest import DEMO_PASSWORD, Company, Site, demo_house, running

SHOP = "https://shop.example"
DOOR = Door((SHOP,), b"a secret of both")


@pytest.fixture
async def open_door(server: Server, company: Company, systems: Systems) -> AsyncIterator[Site]:
    async with (
        demo_house(server, company, systems) as (house, wired),
        running(house, wired, DEMO_PASSWORD, door=DOOR) as site,
    ):
        yield site


def token(ref: str, seconds: int = 600, secret: bytes = DOOR.secret) -> str:
    claims = Identity(ref=ref, name="Priya Nair", exp=int(time.time()) + seconds)
    return rule.sign(claims, rule.sealed_by(secret))


@dataclass
class Guest:
    """Somebody in front of the chat, with the page's calls."""

    http: httpx.AsyncClient
    token: str
    keep: bool
    ids: list[str] = field(default_factory=list)

    async def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        return await self.http.request(method, path, json=body, headers=headers)

    async def say(self, text: str, key: str = "") -> httpx.Response:
        self.ids.append(key or uuid4().hex)
        return await self.call("POST", "/chat/messages", {"id": self.ids[-1], "text": text})

    async def view(self) -> dict[str, object]:
        said = await self.call("GET", "/chat/conversation")
        assert said.status_code == 200, said.text
        found: dict[str, object] = said.json()
        return found

    async def texts(self) -> list[str]:
        return [line["text"] for line in (await self.view())["lines"]]  # type: ignore[attr-defined]


async def guest(site: Site, **given: str) -> Guest:
    http = site.client()
    said = await http.post("/chat/pass", json={"site": "shop", **given})
    assert said.status_code == 200, said.text
    return Guest(http, said.json()["token"], said.json()["keep"])


async def test_a_known_customer_is_answered_from_the_record_in_their_own_conversation(
    open_door: Site,
) -> None:
    priya = await guest(open_door, identity=token("C0012"))
    assert not priya.keep
    taken = (await priya.say("Where is order 10023?")).json()
    again = (await priya.say("Where is order 10023?", priya.ids[0])).json()
    assert again == taken
    await asyncio.sleep(0.8)
    await open_door.drain()
    view = await priya.view()
    customer, notice, answer = view["lines"]  # type: ignore[misc]
    assert (customer["author"], notice["author"], answer["author"]) == ("customer", "system", "ai")
    assert answer["sources"]
    assert view["standing"] == "assistant"
    elsewhere = await guest(open_door, identity=token("C0012"))
    assert await elsewhere.texts() == await priya.texts()


async def test_what_a_customer_is_told_has_no_tier_trigger_score_or_priority(open_door: Site) -> None:
    one = await guest(open_door)
    await one.say("If this goes on I will call my lawyer.")
    await open_door.drain()
    view = await one.view()
    assert set(view) == {
        "conversation", "lines", "more", "seen", "standing", "name", "owner_away", "wait", "away", "back_at",
        "survey", "survey_kind", "prefers_human",
    }  # fmt: skip
    assert {key for line in view["lines"] for key in line} == {  # type: ignore[attr-defined]
        "id", "author", "name", "text", "sources", "attachments", "articles", "at", "seq", "read",
    }  # fmt: skip
    assert not re.search(r"tier|lock|trigger|priority|score|P[123]\b|legal", str(view), re.I)


async def test_a_token_that_does_not_count_makes_a_stranger_and_a_kept_pass_brings_them_back(
    open_door: Site,
) -> None:
    for wrong in (token("C0012", -5), token("C0012", secret=b"another"), "rubbish"):
        stranger = await guest(open_door, identity=wrong)
        assert stranger.keep
        assert (await stranger.view())["conversation"] is None
    await stranger.say("Do you have a shop in Leeds?")
    back = await guest(open_door, kept=stranger.token)
    assert await back.texts() == ["Do you have a shop in Leeds?"]
    priya = await guest(open_door, identity=token("C0012"))
    assert await (await guest(open_door, kept=priya.token)).texts() == []


async def test_nobody_reads_hears_or_writes_in_anothers_conversation(open_door: Site) -> None:
    one, other = await guest(open_door), await guest(open_door)
    mine = (await one.say("Where is my parcel?", "same-id-1")).json()
    theirs = (await other.say("Where is mine?", "same-id-1")).json()
    assert mine["id"] != theirs["id"]
    assert await other.texts() == ["Where is mine?"]
    for topics in (
        [of_conversation(mine["conversation"])],
        [of_conversation(theirs["conversation"]), of_conversation(mine["conversation"])],
        ["queue"],
        [typing_on(mine["id"])],
    ):
        said = await other.call("GET", f"/live?{'&'.join(f'topic={t}' for t in topics)}")
        assert said.status_code == 401
    amara = await open_door.signed_in("amara")
    for topic in (of_conversation(mine["conversation"]), writing_to(mine["conversation"])):
        assert (await amara.get("/live", params={"topic": topic})).status_code == 401


async def test_only_a_pass_opens_the_chat_and_it_opens_nothing_else(open_door: Site) -> None:
    one = await guest(open_door)
    service = await open_door.token("intake", "read_conversation")
    for wrong in ("none", service, one.token[:-1] + ("0" if one.token[-1] != "0" else "1")):
        nobody = Guest(open_door.client(), wrong, keep=False)
        assert (await nobody.call("GET", "/chat/conversation")).status_code == 401
        assert (await nobody.say("hello")).status_code == 401
    for path in ("/api/v1/me", "/api/v1/work", "/api/v1/messages"):
        assert (await one.call("GET", path)).status_code in {401, 405}
    body = {"external_id": "x", "customer": {"ref": "C0012"}, "text": "Where is order 10023?"}
    assert (await one.call("POST", "/api/v1/messages", body)).status_code == 401


async def test_another_sites_page_writes_nothing(open_door: Site) -> None:
    one = await guest(open_door)
    one.http.headers["origin"] = SHOP
    assert (await one.say("hello")).status_code == 403
    assert (await one.http.post("/chat/pass", json={"site": "shop"})).status_code == 403
    for no_address in ("http://[", "null", "//"):
        one.http.headers["origin"] = no_address
        assert (await one.http.post("/chat/pass", json={"site": "shop"})).status_code == 403
    one.http.headers["origin"] = open_door.url
    assert (await one.say("hello")).status_code == 200


async def test_who_writes_too_often_waits_and_still_gets_a_person(open_door: Site) -> None:
    one = await guest(open_door)
    bodies = [{"id": uuid4().hex, "text": " "} for _ in range(60)]  # refused for their text: quick
    await asyncio.gather(*(one.call("POST", "/chat/messages", body) for body in bodies))
    assert (await one.say("hello?")).status_code == 429
    asked = await one.call("POST", "/chat/person", {"id": uuid4().hex})
    assert asked.status_code == 200, asked.text
    rows = await open_door.house.as_owner(
        "SELECT c.state, c.locked, r.outcome, r.clusters FROM newel.cases c"
        " JOIN newel.scan_receipt r ON r.message_id = c.last_inbound_id WHERE c.conversation_id = $1",
        asked.json()["conversation"],
    )
    [row] = rows
    assert row["state"] in {"queued", "owned"}
    assert row["locked"]
    assert row["outcome"] == "scanned"
    assert "request" in row["clusters"]


async def test_the_wait_is_told_and_when_nobody_is_there_so_is_that(open_door: Site) -> None:
    one = await guest(open_door)
    await open_door.house.as_owner("UPDATE newel.staff SET presence = 'away'")
    view = await one.view()
    assert view["wait"] == "nobody is here right now"
    assert view["away"]


async def test_the_page_is_framed_by_the_named_sites_alone(open_door: Site) -> None:
    http = open_door.client()
    page = await http.get("/chat", params={"site": "shop", "host": SHOP})
    assert f"frame-ancestors 'self' {SHOP};" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers
    assert "set-cookie" not in page.headers
    assert f'data-host="{SHOP}"' in page.text
    stranger = await http.get("/chat", params={"site": "shop", "host": "https://evil.example"})
    assert 'data-host=""' in stranger.text
    assert "evil" not in stranger.text
    assert (await http.get("/chat", params={"site": "<script>"})).status_code == 422
    script = await http.get("/chat.js")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (await http.get("/sign-in")).headers["x-frame-options"] == "DENY"


async def test_the_owner_reads_and_writes_and_the_customer_types_without_a_trace(open_door: Site) -> None:
    one = await guest(open_door)
    conversation = (await one.call("POST", "/chat/person", {"id": uuid4().hex})).json()["conversation"]
    [case] = await open_door.house.as_owner(
        "SELECT id FROM newel.cases WHERE conversation_id = $1", conversation
    )
    ivan, amara = await open_door.signed_in("ivan"), await open_door.signed_in("amara")
    place = f"/api/v1/cases/{case['id']}"
    token_now = (await ivan.post(f"{place}/takeover")).json()["token"]
    assert (await amara.post(f"{place}/reading")).status_code == 409
    assert not (await one.view())["lines"][0]["read"]  # type: ignore[index]
    hear = (asyncio.Event(), asyncio.Event())
    heard = asyncio.create_task(_hear(one, conversation, writing_to(conversation), hear[0]))
    typed = asyncio.create_task(_desk_hears(ivan, typing_on(case["id"]), hear[1]))
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in hear)), 60)
    assert (await ivan.post(f"{place}/reading")).status_code == 204
    await ivan.put(f"{place}/draft", json={"token": token_now, "text": "Dear"})
    assert (await one.call("POST", "/chat/typing")).status_code == 204
    assert await asyncio.wait_for(heard, 60)
    assert await asyncio.wait_for(typed, 60)
    assert (await one.view())["lines"][0]["read"]  # type: ignore[index]
    assert (await one.view())["name"] == "Ivan"
    assert (await one.call("POST", "/chat/seen", {"seq": 10**9})).status_code == 204
    [seen] = await open_door.house.as_owner("SELECT seen_seq FROM newel.chat")
    assert seen["seen_seq"] < 10


async def _hear(one: Guest, conversation: str, topic: str, hears: asyncio.Event) -> bool:
    path = f"/live?topic={of_conversation(conversation)}&topic={writing_to(conversation)}"  # type: ignore[arg-type]
    async with one.http.stream("GET", path, headers={"authorization": f"Bearer {one.token}"}) as answer:
        return await _until(answer, topic, hears)


async def _desk_hears(desk: httpx.AsyncClient, topic: str, hears: asyncio.Event) -> bool:
    async with desk.stream("GET", "/live", params={"topic": topic}) as answer:
        return await _until(answer, topic, hears)


async def _until(answer: httpx.Response, topic: str, hears: asyncio.Event) -> bool:
    """Whether a stream tells of a topic; ``hears`` is set at its first line."""
    async for line in answer.aiter_lines():
        hears.set()
        if topic in line:
            return True
    return False


def test_the_page_about_the_chat_signs_as_we_check() -> None:
    page = Path(__file__).parents[2] / "docs" / "chat.md"
    example = re.search(r"```python\n(.*?)```", page.read_text("utf-8"), re.S)
    assert example
    names: dict[str, object] = {}
    exec(compile(example.group(1), "docs/chat.md", "exec"), names)
    identity = names["identity"]
    assert callable(identity)
    made = identity(b"secret", "C0012", "Priya Nair")
    now = datetime.now(UTC)
    assert rule.opened(made, rule.sealed_by(b"secret"), Identity, now).ref == "C0012"


async def test_INV_4_a_stranger_who_signs_in_keeps_their_case_and_its_lock(open_door: Site) -> None:
    stranger = await guest(open_door)
    asked = (await stranger.say("I want to talk to a person, please")).json()
    priya = await guest(open_door, identity=token("C0012"), kept=stranger.token)
    assert await priya.texts() == ["I want to talk to a person, please"]
    taken = (await priya.say("Where is order 10023?")).json()
    assert taken["conversation"] == asked["conversation"]
    await asyncio.sleep(0.8)
    await open_door.drain()
    view = await priya.view()
    assert {line["author"] for line in view["lines"]} <= {"customer", "system"}  # type: ignore[attr-defined]
    assert view["standing"] in {"person_soon", "person"}
    assert await (await guest(open_door, identity=token("C0012"), kept=stranger.token)).texts()
    for pass_of_before in (stranger, await guest(open_door, kept=stranger.token)):
        assert await pass_of_before.texts() == []
    tom = await guest(open_door, identity=token("C0017"), kept=stranger.token)
    assert await tom.texts() == []


async def test_what_a_stranger_ended_stays_the_strangers(open_door: Site) -> None:
    stranger = await guest(open_door)
    priya = await guest(open_door, identity=token("C0012"), kept=stranger.token)
    own = (await priya.say("Where is order 10023?")).json()
    elsewhere = await guest(open_door, identity=token("C0012"))
    assert (await elsewhere.view())["conversation"] == own["conversation"]


async def test_SCN_8_the_lasting_wish_for_people_is_set_and_cleared_in_the_chat(open_door: Site) -> None:
    one, other = await guest(open_door, identity=token("C0012")), await guest(open_door)
    wish = {"prefers_human": True}
    assert (
        await other.call("POST", "/chat/preference", wish)
    ).status_code == 404  # nothing is kept of them yet
    await one.say("Where is order 10023?")
    await other.say("Where is order 10023?")
    assert (await one.call("POST", "/chat/preference", wish)).status_code == 204
    assert (await one.view())["prefers_human"] is True
    assert (await other.view())["prefers_human"] is False
    assert (await one.call("POST", "/chat/preference", {"prefers_human": False})).status_code == 204
    assert (await one.view())["prefers_human"] is False
    assert (await one.call("POST", "/chat/preference", {"prefers_human": "always"})).status_code == 422
