"""The customer's chat on the demo company's shop page: two processes, two origins, one conversation."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from conftest import House, Server
from demo.process import Systems, start_systems
from newel.domain.access import system
from newel.domain.chat import Door
from newel.domain.knowledge import Pointer
from newel.domain.ports import ActionRequest, Facts, Library, Match, Outcome, Passage
from newel.domain.words import Survey
from newel.flow.house import House as Wired
from newel.flow.house import Running
from newel.store.db import Tx
from newel.worker.loop import Loop
from ports import free_port
from web.conftest import DEMO_PASSWORD, Company, Site, demo_house, running
from web.console.conftest import Seat, seat

PHONE = {"width": 390, "height": 844}
NEWEST = "SELECT id FROM newel.cases ORDER BY opened_at DESC LIMIT 1"
WAIT_SECONDS = 20
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "\u202egnp.exe \u2066[link](javascript:alert(1)) " + "A" * 3_000
)


@dataclass
class Street:
    """The shop, its systems of record, and Newel behind it, which may be stopped and started again."""

    house: House
    wired: Wired
    shop: Systems
    port: int
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @asynccontextmanager
    async def newel(self) -> AsyncIterator[Site]:
        door = Door((self.shop.url,), self.shop.chat_secret.encode())
        async with running(self.house, self.wired, DEMO_PASSWORD, port=self.port, door=door) as site:
            yield site

    def at_work(self, wired: Wired | None = None, *without: str) -> Loop:
        """A worker beside the test, until its end or until it is stopped."""
        loop = Loop(wired or self.wired, without=without)
        self.tasks.append(asyncio.create_task(loop.run()))
        return loop

    async def words(self, key: str) -> str:
        """A fixed text of the policy in force."""
        async with self.house.db.tx(system("test"), read_only=True) as tx:
            running = await self.wired.running(tx, "customer-support")
        return running.bundle.messages[key].strip()

    async def case(self) -> str:
        """The newest case, which may come a moment after the page shows its message as sent."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not (found := await self.house.as_owner(NEWEST)):
                await asyncio.sleep(0.02)
        return str(found[0]["id"])


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Systems, int]]:
    """The shop, and the port on which it looks for Newel."""
    port, folder = free_port(), tmp_path_factory.mktemp("shop")
    shop = start_systems(folder, today=datetime.now(UTC).date(), newel=f"http://127.0.0.1:{port}")
    yield shop, port
    shop.stop()


@pytest.fixture
async def street(server: Server, company: Company, corner: tuple[Systems, int]) -> AsyncIterator[Street]:
    async with demo_house(server, company, corner[0]) as (house, wired):
        found = Street(house, wired, *corner)
        yield found
        for task in found.tasks:
            task.cancel()
        await asyncio.gather(*found.tasks, return_exceptions=True)


async def enter(one: Seat, street: Street, ref: str = "") -> FrameLocator:
    """Come to the shop, sign in there if one is somebody, and open the chat."""
    await one.page.goto(f"{street.shop.url}/shop")
    if ref:
        await one.page.select_option("#ref", ref)
        await one.page.click(".account button")
        await one.page.wait_for_selector(".hello")
    await one.page.click("#newel-chat .launcher")
    return await chat_of(one.page)


async def chat_of(page: Page) -> FrameLocator:
    chat = page.frame_locator("#newel-chat iframe")
    await chat.locator("body[data-ready]").wait_for()
    return chat


async def say(chat: FrameLocator, text: str) -> None:
    await chat.locator("#text").fill(text)
    await chat.locator("#text").press("Enter")


async def taken_over(site: Site, case: str) -> tuple[Any, int]:
    """A supervisor takes the case, by the API."""
    ivan = await site.signed_in("ivan")
    said = await ivan.post(f"/api/v1/cases/{case}/takeover")
    assert said.status_code == 201, said.text
    return ivan, said.json()["token"]


async def talk_with_the_desk(site: Site, browser: Browser, chat: FrameLocator, case: str) -> None:
    """Two browsers: each sees that the other writes, and that they have read."""
    async with seat(site, browser, "ivan") as two:
        await two.go(f"/desk/{case}")
        await chat.locator("#text").press_sequentially("But")
        await expect(two.page.locator("#customer-typing")).to_be_visible()
        await say(chat, HOSTILE)
        await expect(two.page.locator("#thread")).to_contain_text("<script>")
        await expect(chat.locator(".line.customer .state").last).to_contain_text("Read")
        await two.page.fill("#text-reply", "I look into it.")
        await expect(chat.locator("#working-words")).to_have_text("Ivan is writing")
        await two.page.press("#text-reply", "Control+Enter")
        last = chat.locator(".line.person .said").last
        await expect(last).to_have_text("I look into it.", timeout=20_000)
        await expect(chat.locator("#working")).to_be_hidden()
        mine = two.page.locator(".bubble.person", has_text="I look into it.")
        await expect(mine.locator(".delivery")).to_contain_text(re.compile(r"seen \d\d:\d\d"))
        assert two.complaints == []


async def test_a_customer_asks_gets_the_answer_with_its_source_and_then_a_person_live(
    street: Street, browser: Browser
) -> None:
    street.at_work()
    async with street.newel() as site, seat(site, browser) as one:
        chat = await enter(one, street, "C0012")
        await expect(chat.locator("#greeting")).to_have_text(await street.words("ai_disclosure"))
        await expect(chat.locator("#who")).to_contain_text("Automated assistant")
        asked = time.monotonic()
        await say(chat, "Where is order 10023?")
        await expect(chat.locator(".line.ai .said")).to_contain_text("10023", timeout=20_000)
        print(f"answered after {time.monotonic() - asked:.2f} s, quiet time included")
        await expect(chat.locator(".line.ai .sources")).to_have_text("Source: order book, order 10023")
        await expect(chat.locator("#wait")).not_to_be_empty()
        assert await one.axe() == []

        await chat.locator("#person").click()
        await expect(chat.locator("#person")).to_be_hidden()
        await expect(chat.locator(".line.system").last).to_contain_text(await street.words("handover"))
        case = await street.case()
        ivan, token = await taken_over(site, case)
        await expect(chat.locator("#who")).to_contain_text("Ivan")
        body = {"token": token, "text": "Hello, it comes <b>tomorrow</b>."}
        said = await ivan.post(f"/api/v1/cases/{case}/messages", json=body)
        assert said.status_code in {200, 201}, said.text
        sent = time.monotonic()
        await expect(chat.locator(".line.person .said")).to_have_text("Hello, it comes <b>tomorrow</b>.")
        print(f"seen {time.monotonic() - sent:.2f} s after it was written")
        await expect(chat.locator(".line.person .by")).to_have_text("Ivan")

        await talk_with_the_desk(site, browser, chat, case)
        assert await chat.locator("#lines img, #lines script, #lines a").count() == 0
        assert await chat.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
        assert "owned" not in await one.page.title()

        before = await chat.locator(".line").count()
        await one.page.reload()
        again = await chat_of(one.page)
        await expect(again.locator(".line")).to_have_count(before)
        done = await ivan.post(
            f"/api/v1/cases/{case}/resolution",
            json={"token": token, "category": "resolved", "cause": "unclear_request", "seconds_spent": 60},
        )
        assert done.status_code in {200, 201}, done.text
        await again.locator(".scores.csat input[value='5']").check()
        await again.locator("#survey button").click()
        await expect(again.locator("#thanks")).to_contain_text("Thank you")
        [survey] = await street.house.as_owner("SELECT score FROM newel.survey")
        assert survey["score"] == 5
        assert one.complaints == []


async def test_a_stranger_with_the_keyboard_alone_on_a_dark_phone_gets_a_person_with_the_ai_off(
    street: Street, browser: Browser
) -> None:
    street.at_work(None, "answer")
    await street.house.as_owner("UPDATE newel.staff SET presence = 'away'")
    async with street.newel() as site, seat(site, browser, viewport=PHONE, color_scheme="dark") as one:
        await one.page.goto(f"{street.shop.url}/shop")
        launcher = one.page.locator("#newel-chat .launcher")
        await launcher.focus()
        await one.page.keyboard.press("Enter")
        chat = await chat_of(one.page)
        await expect(chat.locator("#text")).to_be_focused()
        box = await one.page.locator("#newel-chat .panel").bounding_box()
        assert box == {"x": 0, "y": 0, **PHONE}
        await expect(chat.locator("#wait")).to_contain_text("Nobody is here right now")
        await one.page.keyboard.press("Shift+Tab")
        await expect(chat.locator("#person")).to_be_focused()
        await one.page.keyboard.press("Enter")
        await expect(chat.locator("#wait")).to_contain_text(await street.words("out_of_hours"))
        await expect(chat.locator(".line.customer .state").last).to_contain_text(re.compile(r"\d"))
        await expect(chat.locator(".line.system")).to_be_visible()
        assert await one.axe() == []
        [case] = await street.house.as_owner("SELECT state, locked, tier FROM newel.cases")
        assert dict(case) == {"state": "queued", "locked": True, "tier": 3}

        await one.page.keyboard.press("Escape")
        await expect(launcher).to_be_focused()
        await expect(one.page.locator("#newel-chat .panel")).to_be_hidden()
        _, token = await taken_over(site, await street.case())
        ivan = await site.signed_in("ivan")
        await ivan.post(
            f"/api/v1/cases/{await street.case()}/messages", json={"token": token, "text": "I am here now."}
        )
        await expect(one.page.locator("#newel-chat .count")).to_have_text("1")
        await one.page.reload()
        await expect(one.page.locator("#newel-chat .count")).to_have_text("1")
        await one.page.keyboard.press("Tab")
        await one.page.locator("#newel-chat .launcher").press("Enter")
        await expect((await chat_of(one.page)).locator(".line.person .said")).to_have_text("I am here now.")
        await expect(one.page.locator("#newel-chat .count")).to_be_hidden()
        assert one.complaints == []


async def test_the_page_outlives_the_server_and_loses_and_doubles_nothing(
    street: Street, browser: Browser
) -> None:
    async with seat(Site(street.house, street.wired, ""), browser) as one:
        async with street.newel():
            chat = await enter(one, street, "C0020")
            await say(chat, "Do you have a shop in Leeds?")
            await expect(chat.locator(".line.customer .state")).to_contain_text("Sent")
        await say(chat, "And one in York?")
        await expect(chat.locator(".line.customer .state").last).to_contain_text("Sending")
        await chat.locator("#text").fill("I am still typing th")
        await expect(chat.locator("#lost")).to_be_visible(timeout=20_000)
        async with street.newel() as site:
            await expect(chat.locator(".line.customer .state").last).to_contain_text("Sent", timeout=30_000)
            await expect(chat.locator("#lost")).to_be_hidden(timeout=20_000)
            await expect(chat.locator("#text")).to_have_value("I am still typing th")
            await chat.locator("#text").press_sequentially("is")
            await expect(chat.locator(".line.customer .said")).to_have_text(
                ["Do you have a shop in Leeds?", "And one in York?"]
            )
            await taken_over(site, await street.case())
            await expect(chat.locator("#who")).to_contain_text("Ivan")
            await one.page.reload()
            await expect((await chat_of(one.page)).locator("#text")).to_have_value("I am still typing this")
        wrote = "SELECT count(*) AS n FROM newel.message WHERE author = 'customer'"
        assert [row["n"] for row in await street.house.as_owner(wrote)] == [2]


@dataclass
class Held:
    """Systems of record that answer when the test lets them, and what was called there as an act."""

    inner: Any
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    acts: list[str] = field(default_factory=list)

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        self.asked.set()
        await self.released.wait()
        found: Facts | None = await self.inner.look_up(call, args)
        return found

    async def execute(self, request: ActionRequest) -> Outcome:
        self.acts.append(request.action)
        done: Outcome = await self.inner.execute(request)
        return done


@pytest.mark.parametrize("text", ["Where is order 10023?", "I forgot my password"], ids=["reply", "act"])
async def test_INV_1_nothing_of_an_answer_under_way_appears_once_a_supervisor_has_the_case(
    street: Street, browser: Browser, text: str
) -> None:
    """Neither a reply, nor an act that would have been done before one."""
    held = Held(None)

    async def slowly(tx: Tx, workflow: str) -> Running:
        found = await street.wired.running(tx, workflow)
        held.inner = found.systems
        return replace(found, systems=held)

    loop = street.at_work(replace(street.wired, running=slowly))
    async with street.newel() as site, seat(site, browser) as one:
        chat = await enter(one, street, "C0012")
        await say(chat, text)
        await asyncio.wait_for(held.asked.wait(), WAIT_SECONDS)
        await expect(chat.locator("#working")).to_be_visible()
        ivan, token = await taken_over(site, case := await street.case())
        reply = {"token": token, "text": "I look after this now."}
        said = await ivan.post(f"/api/v1/cases/{case}/messages", json=reply)
        assert said.status_code in {200, 201}, said.text
        await expect(chat.locator(".line.person .said")).to_have_text("I look after this now.")

        held.released.set()
        loop.stop()
        await asyncio.wait_for(street.tasks[-1], WAIT_SECONDS)  # ends when the AI's step has ended
        await Loop(replace(street.wired, running=slowly)).drain()  # and what it may have left to be done
        unsent = "outbox WHERE state <> 'delivered'"
        for left in ("message WHERE author = 'ai'", "action", "proposal", unsent):
            assert await street.house.as_owner(f"SELECT FROM newel.{left}") == [], left
        sent = "SELECT m.author FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id"
        assert {row["author"] for row in await street.house.as_owner(sent)} <= {"person", "system"}
        assert held.acts == []
        await expect(chat.locator(".line.ai")).to_have_count(0)
        assert one.complaints == []


class Unsure:
    """Knows what is asked, and is not sure of it."""

    version = "unsure"

    def match(self, _text: str) -> Match:
        return Match("order_status", 0.6, calibrated=True)


@dataclass
class Near:
    """The shop's articles, of which one comes near to everything."""

    inner: Library

    def search(self, _text: str, _limit: int) -> list[Passage]:
        return [Passage("payment-methods", 1, "Payment methods", "By card.", 0.4)]

    answers = search

    def offered(self, articles: Sequence[str]) -> Sequence[Pointer]:
        return self.inner.offered(articles)


async def test_TIR_12_an_offered_article_opens_and_that_it_helped_ends_the_case(
    street: Street, browser: Browser
) -> None:
    async def unsure(tx: Tx, workflow: str) -> Running:
        found = await street.wired.running(tx, workflow)
        return replace(found, matcher=Unsure(), library=Near(found.library))

    street.at_work(replace(street.wired, running=unsure))
    async with street.newel() as site, seat(site, browser) as one:
        chat = await enter(one, street, "C0012")
        await expect(chat.locator("#helped")).to_be_hidden()
        await say(chat, "Where is order 10023?")
        link = chat.locator(".line.ai .offered a")
        await expect(link).to_have_text("Payment methods", timeout=20_000)
        await expect(chat.locator(".line.ai .said")).not_to_contain_text("Payment methods")
        await expect(chat.locator("#person")).to_be_visible()
        assert await one.axe() == []
        async with one.page.context.expect_page() as opened:
            await link.click()
        article = await opened.value
        await expect(article.locator("h1")).to_have_text("Payment methods")
        await article.close()
        await chat.locator("#helped").click()
        await expect(chat.locator("#survey")).to_be_visible()
        await expect(chat.locator("#helped")).to_be_hidden()
        [ended] = await street.house.as_owner("SELECT category, by_kind FROM newel.resolution")
        assert tuple(ended) == ("information_provided", "customer")
        assert one.complaints == []


async def test_RES_5_nps_is_answered_on_a_phone_with_the_keyboard(street: Street, browser: Browser) -> None:
    async def recommending(tx: Tx, workflow: str) -> Running:
        found = await running_before(tx, workflow)
        return replace(found, bundle=msgspec.structs.replace(found.bundle, surveys=(Survey.NPS,)))

    running_before = street.wired.running
    street.wired = replace(street.wired, running=recommending)
    street.at_work()
    async with street.newel() as site, seat(site, browser, viewport=PHONE) as one:
        chat = await enter(one, street, "C0012")
        await say(chat, "Where is order 10023?")
        await expect(chat.locator(".line.ai .said")).to_contain_text("10023", timeout=20_000)
        ivan, token = await taken_over(site, case := await street.case())
        done = await ivan.post(
            f"/api/v1/cases/{case}/resolution",
            json={"token": token, "category": "resolved", "cause": "unclear_request", "seconds_spent": 60},
        )
        assert done.status_code in {200, 201}, done.text
        asked = chat.get_by_role("group", name="How likely are you to recommend us?")
        await expect(asked).to_be_visible()
        await expect(chat.locator("#survey fieldset:visible")).to_have_count(1)
        await expect(asked.get_by_role("radio")).to_have_count(11)
        await expect(asked.get_by_role("radio", name=re.compile("^10.*Extremely likely"))).to_be_visible()
        boxes = [await label.bounding_box() for label in await asked.locator("label").all()]
        assert all(box and box["width"] >= 36 and box["height"] >= 36 for box in boxes)
        assert await chat.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
        assert await one.axe() == []

        await asked.get_by_role("radio", name=re.compile("^0.*Not at all likely")).focus()
        await one.page.keyboard.press("ArrowLeft")
        await expect(asked.get_by_role("radio", name=re.compile("^10.*Extremely likely"))).to_be_checked()
        await one.page.keyboard.press("ArrowLeft")
        await one.page.keyboard.press("Tab")
        await one.page.keyboard.press("Tab")
        await one.page.keyboard.press("Enter")
        await expect(chat.locator("#thanks")).to_contain_text("Thank you")
        [survey] = await street.house.as_owner("SELECT kind, score FROM newel.survey")
        assert (survey["kind"], survey["score"]) == ("nps", 9)
        assert one.complaints == []


async def test_SCN_8_people_always_is_a_box_that_the_customer_ticks_and_clears(
    street: Street, browser: Browser
) -> None:
    async with street.newel() as site, seat(site, browser, viewport=PHONE) as one:
        await one.page.goto(f"{street.shop.url}/shop")
        await one.page.locator("#newel-chat .launcher").click()
        chat = await chat_of(one.page)
        await expect(chat.locator("#always")).to_be_hidden()
        await chat.locator("#text").fill("Where is order 10023?")
        await chat.locator("#text").press("Enter")
        box = chat.get_by_label("Always a person for me, from now on")
        await expect(box).to_be_visible()
        await expect(box).not_to_be_checked()
        await box.focus()
        await one.page.keyboard.press("Space")
        await expect(chat.locator("#who")).to_contain_text("will answer you here")
        await expect(box).to_be_checked()
        assert await one.axe() == []
        [case] = await street.house.as_owner("SELECT state, tier FROM newel.cases")
        assert dict(case) == {"state": "queued", "tier": 3}
        await one.page.keyboard.press("Space")
        await expect(box).not_to_be_checked()
        wishes = "SELECT actor_kind FROM newel.audit_event WHERE event = 'customer.preferred'"
        await until(street.house, wishes, 2)
        assert one.complaints == []


async def until(house: House, statement: str, count: int) -> None:
    """So many rows come within some seconds."""
    for _ in range(100):
        if len(await house.as_owner(statement)) >= count:
            break
        await asyncio.sleep(0.1)
    assert len(await house.as_owner(statement)) == count
