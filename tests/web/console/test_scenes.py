"""Pages that need a past of their own: each is brought about as it comes about, then looked at in each look.

With ``NEWEL_PICTURES`` (a folder) each look is a picture as well: that is what ``make screenshots`` asks for.
"""

import os
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from playwright.async_api import Browser, expect

from newel.store.envelope import Envelope, case_place
from newel.store.intake import Body
from samples import PDF, png
from web import raw
from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_approval import TEN, proposed
from web.console.test_attachment import file
from web.console.test_attachment import seen as shown
from web.console.test_chat import Street, corner, enter, street, taken_over
from web.console.test_deed import BROKEN
from web.console.test_desk import settled, waits
from web.console.test_pages import WITHIN
from web.console.test_reading import ended
from web.screenshots import SIZES
from web.test_desk import at_work, work_off
from web.test_desk import say as writes
from web.test_weekly import a_week_later

__all__ = ["corner", "street"]
PICTURES = os.environ.get("NEWEL_PICTURES", "")
FEW = (("wide", "light"), ("phone", "dark"), ("zoomed", "light"))
LOOKS = [(size, theme) for size in SIZES for theme in ("light", "dark") if PICTURES or (size, theme) in FEW]
MANY = 2_000
MUG = "a broken mug, seen from above and a little from the left.png"
MORE = (
    "SET session_replication_role = replica",
    "CREATE TEMP TABLE more AS SELECT gen_random_uuid() AS id, gen_random_uuid() AS item, n"
    " FROM generate_series(1, {many}) n",
    "INSERT INTO newel.cases SELECT (jsonb_populate_record(c, jsonb_build_object('id', m.id))).*"
    " FROM more m, newel.cases c WHERE c.id = '{case}'",
    "INSERT INTO newel.work_item SELECT (jsonb_populate_record(w, jsonb_build_object('id', m.item,"
    " 'case_id', m.id, 'priority', 1 + m.n % 3, 'queued_at', w.queued_at - m.n * interval '1 minute',"
    " 'due_at', w.due_at + (m.n - 300) * interval '1 minute'))).* FROM more m, newel.work_item w"
    " WHERE w.case_id = '{case}'",
    "INSERT INTO newel.sla_target SELECT (jsonb_populate_record(t, jsonb_build_object("
    "'id', gen_random_uuid(), 'case_id', m.id, 'work_item_id', m.item, 'priority', 1 + m.n % 3,"
    " 'due_at', t.due_at + (m.n - 300) * interval '1 minute'))).* FROM more m, newel.sla_target t"
    " WHERE t.case_id = '{case}'",
    "ANALYZE",
)
SUBJECT = """SELECT c.customer_id, k.wrapped FROM newel.cases c
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id WHERE c.id = $1"""
TEXTS = """WITH said AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[])
    AS t(id, case_id, key_wrapped, body_sealed)
), keyed AS (UPDATE newel.cases c SET key_wrapped = t.key_wrapped FROM said t WHERE c.id = t.case_id)
INSERT INTO newel.message (id, case_id, episode, direction, channel, external_mac, drafted_by, text_mac,
    body_sealed, received_at, created_at)
SELECT t.id, t.case_id, m.episode, m.direction, m.channel, sha256(t.id::text::bytea), m.drafted_by,
    m.text_mac, t.body_sealed, m.received_at, m.created_at
FROM said t, (SELECT * FROM newel.message WHERE case_id = $1 AND direction = 'inbound' LIMIT 1) m"""
SAID = (
    "My lawyer will hear of order 10023 on Friday.",
    "I want to talk to somebody, not to a machine.",
    "The lamp gave me a shock when I touched its switch, and my son was standing right beside it: I am"
    " worried, and I would like to know today what you are going to do about it.",
    "Third time I write.",
    "Wo ist meine Bestellung? Ich warte seit drei Wochen.",
)
"""What the copies of a case say, in turn: short and long, and in another language."""


async def looked_at(one: Seat, name: str) -> None:
    """Nothing is wrong for anybody in any look; and a picture of each, where they are asked for."""
    for size, theme in LOOKS:
        width, height = SIZES[size]
        await one.page.set_viewport_size({"width": width, "height": height})
        await one.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            await one.page.screenshot(path=Path(PICTURES, f"scene-{name}-{theme}-{size}.png"))
        assert await one.axe() == [], (name, size, theme)
        assert await one.page.evaluate(WITHIN), (name, size)
    assert [said for said in await raw.found(one.page) if MUG not in said] == [], name
    await one.page.set_viewport_size({"width": SIZES["wide"][0], "height": SIZES["wide"][1]})
    await one.page.emulate_media(color_scheme="light")


async def each_says(envelope: Envelope, owner: asyncpg.Connection, case_id: UUID) -> None:
    """Each copy of a case carries a text, sealed under a key of its own as every case's is."""
    known = await owner.fetchrow(SUBJECT, case_id)
    subject = envelope.subject(known["customer_id"], known["wrapped"])
    rows = []
    for n, one in enumerate(await owner.fetch("SELECT id FROM more ORDER BY n")):
        message, (key, sealer) = uuid4(), subject.new_key(case_place(one["id"]))
        body = Body(text=SAID[n % len(SAID)])
        rows.append((message, one["id"], key, sealer.seal_value(f"message.body:{message}", body)))
    await owner.execute(TEXTS, case_id, *zip(*rows, strict=True))


async def test_two_thousand_cases_wait(shop: Site, browser: Browser) -> None:
    case_id = await waits(shop)
    owner = await asyncpg.connect(shop.house.owner_url)
    for statement in MORE:
        await owner.execute(statement.format(many=MANY - 1, case=case_id))
    await each_says(shop.wired.envelope, owner, UUID(case_id))
    await owner.close()
    async with seat(shop, browser, "ivan") as one:
        for name, path in (
            ("wallboard", "/wallboard"),
            ("wallboard-last", "/wallboard?sheet=67"),
            ("desk", "/desk"),
        ):
            await one.go(path)
            await expect(one.page.get_by_text("2,000").first).to_be_visible()
            await expect(one.page.get_by_text("No text")).to_have_count(0)
            await looked_at(one, f"queue-{name}")
        assert one.complaints == []


async def test_an_ended_case_is_read_and_opened_again(shop: Site, browser: Browser) -> None:
    before = await ended(shop)
    now = await waits(shop, ref="C0040")
    await at_work(shop, "esme")
    await work_off(shop)
    async with seat(shop, browser, "esme") as one:
        await one.go(f"/desk/{before}?beside={now}")
        await expect(one.page.get_by_role("region", name="How it ended")).to_be_visible()
        await looked_at(one, "ended")
        await one.page.keyboard.press("e")
        await expect(one.page.locator("#reopen textarea")).to_be_focused()
        await looked_at(one, "ended-reopen")
        assert one.complaints == []


async def test_an_amount_is_above_a_limit(shop: Site, browser: Browser) -> None:
    await proposed(shop, ("C0043", "The mug in order 10043 arrived broken, refund please"), TEN[3])
    await at_work(shop, "esme")
    case_id = (await writes(shop, BROKEN, "C0017"))["case_id"]
    await work_off(shop)
    await shop.house.as_owner("UPDATE newel.staff SET limit_minor = 500 WHERE login IN ('esme', 'amara')")
    async with seat(shop, browser, "amara") as one:
        await one.go("/approvals")
        await expect(one.page.locator(".acts-why")).to_contain_text("Needs somebody with a limit of")
        await looked_at(one, "limit-approval")
        assert one.complaints == []
    async with seat(shop, browser, "esme") as one:
        await one.go(f"/desk/{case_id}")
        await settled(one)
        await one.page.locator("#playbook").select_option("refund_damaged")
        await expect(one.page.locator(".deeds [data-opens=asking-refund]")).to_be_visible()
        await looked_at(one, "limit-desk")
        await one.page.locator("#playbook").blur()
        await one.page.keyboard.press(",")
        await expect(one.page.locator("#asking-refund [name=why]")).to_be_focused()
        await looked_at(one, "limit-ask")
        assert one.complaints == []


async def test_articles_contradict_each_other(shop: Site, browser: Browser) -> None:
    ivan, june = await shop.signed_in("ivan"), await shop.signed_in("june")
    draft = (await ivan.post("/knowledge/articles/exchanges/drafts")).headers["hx-redirect"]
    head = {"title": "Exchanges", "collection": "returns_and_refunds", "language": "en", "owner": "chloe"}
    said = head | {"body": "Items can be returned within 14 days of delivery."}
    assert (await ivan.post(draft, data=said | {"revision": "1"})).is_success
    async with seat(shop, browser, "ivan") as one:
        await one.go(draft)
        await expect(one.page.get_by_text("May contradict").first).to_be_visible()
        await looked_at(one, "contradiction-draft")
        assert (await ivan.post(f"{draft}/review", data=said | {"revision": "2"})).is_success
        assert (await june.post(f"{draft}/publication", data={"revision": "3"})).is_success
        for name, path in (("list", "/knowledge"), ("article", "/knowledge/articles/exchanges")):
            await one.go(path)
            await expect(one.page.get_by_text("ay contradict").first).to_be_visible()
            await looked_at(one, f"contradiction-{name}")
        assert one.complaints == []


async def test_files_and_eyes_and_a_score_in_the_chat(street: Street, browser: Browser) -> None:
    street.at_work()
    async with street.newel() as site, seat(site, browser) as one, seat(site, browser, "ivan") as two:
        chat = await enter(one, street, "C0012")
        picked = [file(MUG, "image/png", png(320, 200))]
        await chat.locator("#files").set_input_files(picked)  # type: ignore[arg-type]
        await expect(chat.locator(".chosen-one.ready")).to_have_count(1)
        await chat.locator("#text").fill("I want to talk to a person: this is how it came.")
        await looked_at(one, "chat-files-chosen")
        await chat.locator("#text").press("Enter")
        await shown(chat.locator(".line.customer .shot img"))
        case = await street.case()
        ivan, token = await taken_over(site, case)
        await two.go(f"/desk/{case}")
        labels = [file("label.pdf", "application/pdf", PDF)]
        await two.page.set_input_files("[data-files]", labels)  # type: ignore[arg-type]
        await expect(two.page.locator(".chosen-one.ready")).to_have_count(1)
        await two.page.fill("#text-reply", "Print this label, please.")
        await two.page.press("#text-reply", "Control+Enter")
        await expect(chat.locator(".line.person .said")).to_have_text("Print this label, please.")
        await looked_at(one, "chat-files")
        mine = two.page.locator(".bubble.person .delivery")
        await expect(mine).to_contain_text(re.compile(r"seen \d\d:\d\d"))
        await looked_at(two, "seen")
        over = {"token": token, "category": "resolved", "cause": "unclear_request", "seconds_spent": 60}
        assert (await ivan.post(f"/api/v1/cases/{case}/resolution", json=over)).is_success
        await expect(chat.locator("#survey")).to_be_visible()
        await looked_at(one, "chat-survey")
        await chat.locator(".scores.csat input[value='2']").check()
        await looked_at(one, "chat-survey-low")
        await chat.locator("#survey button").click()
        await expect(chat.locator("#thanks")).to_contain_text("Thank you")
        await looked_at(one, "chat-survey-thanks")
        assert (one.complaints, two.complaints) == ([], [])


async def test_a_weekly_review_is_late(shop: Site, browser: Browser) -> None:
    await a_week_later(shop)
    await shop.house.pass_time(timedelta(days=7))
    async with seat(shop, browser, "ivan") as one:
        await one.go("/wallboard")
        await expect(one.page.get_by_role("heading", name="Weekly reviews overdue")).to_be_visible()
        await looked_at(one, "late-review")
        assert one.complaints == []


async def test_pages_that_refuse(shop: Site, browser: Browser) -> None:
    case_id = await ended(shop)
    for login, number, path in (
        ("esme", "403", "/wallboard"),
        ("ivan", "409", f"/wallboard/cases/{case_id}/people"),
    ):
        async with seat(shop, browser, login) as one:
            await one.go(path)
            await expect(one.page.locator(".eyebrow")).to_have_text(number)
            await looked_at(one, f"refused-{number}")
            assert [said for said in one.complaints if number not in said] == []
