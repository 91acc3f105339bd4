"""The help page by plain HTTP: as a browser without scripts uses it, and as somebody who means no good."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Server
from demo.process import Systems
from newel.domain.access import system
from newel.domain.knowledge import Article
from newel.flow import knowledge
from web.conftest import DEMO_PASSWORD, Company, Site, demo_house, running
from web.test_chat import DOOR, SHOP

HTML = {"accept": "text/html"}
WRITTEN = {
    "name": "Priya Nair", "email": "priya@example.com", "message": "Where is my parcel?", "order": "10023",
}  # fmt: skip
INSIDE = re.compile(
    r"tier|trigger|locked|confidence|score|priority|\bP[123]\b|owner|chloe|esme|playbook", re.I
)


@pytest.fixture
async def open_door(server: Server, company: Company, systems: Systems) -> AsyncIterator[Site]:
    async with (
        demo_house(server, company, systems) as (house, wired),
        running(house, wired, DEMO_PASSWORD, door=DOOR) as site,
    ):
        yield site


def reader(site: Site) -> httpx.AsyncClient:
    made = site.client()
    made.headers["accept"] = "text/html"
    made.timeout = httpx.Timeout(60)  # the first search of a process makes what it needs
    return made


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, f"no form to {action}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))


def texts(page: str) -> str:
    """What a page says, without its markup."""
    bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S)
    return " ".join(html.unescape(bare).split())


async def count(site: Site, what: str = "author = 'customer'") -> int:
    [row] = await site.house.as_owner(f"SELECT count(*) AS n FROM newel.message WHERE {what}")
    return int(row["n"])


async def test_TIR_2_a_search_quotes_word_for_word_with_its_source_and_refuses_outside_its_scope(
    open_door: Site,
) -> None:
    http = reader(open_door)
    found = await http.get("/help", params={"q": "How do I season a cast iron pan?", "site": "hearthwick"})
    said = texts(found.text)
    assert "Source: Care of cast iron and carbon steel" in said
    quoted = re.search(r'class="help-answer".*?<p class="said" dir="auto">(.*?)</p>', found.text, re.S)
    assert quoted
    async with open_door.wired.db.tx(system("test"), read_only=True) as tx:
        body = await tx.value("SELECT body FROM newel.article WHERE id = 'care-cast-iron' AND current")
    assert html.unescape(quoted[1]) in " ".join(body.split())
    assert '<a href="/help/articles/care-cast-iron?site=hearthwick">' in found.text
    for outside in ("what is the capital of France", "does IKEA deliver to Ireland", "what is two plus two"):
        page = (await http.get("/help", params={"q": outside})).text
        assert "help-answer" not in page
    none = (await http.get("/help", params={"q": "what is the capital of France"})).text
    assert "No article answers that." in texts(none)
    assert "/help/contact?q=what+is+the+capital+of+France" in none
    begun = (await http.get("/help", params={"q": "candl"})).text
    assert "Articles with these words" in texts(begun)
    assert "<mark>candle" in begun


async def test_SEC_7_what_a_person_should_hear_of_is_told_like_what_no_article_answers(
    open_door: Site,
) -> None:
    http = reader(open_door)
    plain = (await http.get("/help", params={"q": "quorvix zlatnof"}, headers={"hx-request": "true"})).text
    for marked in ("I want to talk to a human being", "my lawyer will hear of quorvix"):
        said = (await http.get("/help", params={"q": marked}, headers={"hx-request": "true"})).text
        assert texts(said).replace(marked, "…") == texts(plain).replace("quorvix zlatnof", "…")
    for path in ("/help", "/help?q=refund", "/help/articles/returns-policy", "/help/contact"):
        page = await http.get(path)
        assert page.status_code == 200, page.text
        assert not INSIDE.search(texts(page.text)), INSIDE.search(texts(page.text))
        assert "set-cookie" not in page.headers
        policy = page.headers["content-security-policy"]
        assert f"frame-ancestors {SHOP}" in policy
        assert "unsafe" not in policy
        assert "Talk to a person" in page.text


async def test_only_published_collections_are_for_customers(open_door: Site) -> None:
    secret = Article(
        id="how-we-refund",
        title="How staff treat refunds of cast iron",
        collection="internal",
        owner="greta",
        updated=date(2026, 11, 1),
        language="en",
        body="Season a cast iron pan of a crook twice.",
    )
    await knowledge.publish(open_door.wired, system("installer"), [secret])
    http = reader(open_door)
    for path in ("/help", "/help?q=cast+iron", "/help?topic=internal", "/help?q=crook"):
        assert "how-we-refund" not in (await http.get(path)).text
    for path in ("/help/articles/how-we-refund", "/help/articles/nothing", "/help/articles/%00", "/help/x"):
        missing = await http.get(path)
        assert missing.status_code == 404
        assert "Search the help pages" in texts(missing.text)
    said = await http.post("/help/articles/how-we-refund/judgment", data={"helped": "yes"})
    assert said.status_code == 404


async def test_a_page_that_is_not_there_has_the_head_of_all_others_and_leads_back(open_door: Site) -> None:
    http = reader(open_door)
    where = {"site": "hearthwick", "language": "fr"}
    missing = await http.get("/help/articles/nothing", params=where)
    front = await http.get("/help", params=where)
    bar = re.compile(r'<div class="help-bar">.*?<form', re.S)
    heads = [bar.findall(one.text) for one in (missing, front)]
    assert heads[0] == heads[1] != []
    main = missing.text.partition("<main")[2]
    assert '<a class="button primary" href="/help?site=hearthwick&amp;language=fr">' in main
    policies = [one.headers["content-security-policy"] for one in (missing, front)]
    assert policies[0] == policies[1]
    sent = await http.post("/help/person", data=hidden(missing.text, "/help/person"))
    assert "Nous avons reçu votre message" in texts(sent.text)
    assert await count(open_door) == 1


async def test_whether_an_article_helped_is_counted_once_and_tells_nothing_of_the_reader(
    open_door: Site,
) -> None:
    http = reader(open_door)
    address = "/help/articles/returns-policy/judgment"
    for helped in ("no", "yes", "rubbish"):
        said = await http.post(address, data={"helped": helped, "site": "shop"})
        assert said.status_code == 303
        assert said.headers["location"].startswith("/help/articles/returns-policy?said=")
    [event] = await open_door.house.as_owner(
        "SELECT actor_kind, actor_id, data::text FROM newel.audit_event WHERE event = 'article.judged'"
    )
    assert dict(event) == {
        "actor_kind": "system", "actor_id": "help", "data": '{"helped": false, "version": 1}',
    }  # fmt: skip
    after = await http.get(said.headers["location"].partition("#")[0])
    assert "Thank you" in texts(after.text)


async def test_without_scripts_a_form_becomes_a_conversation_that_reaches_a_person(open_door: Site) -> None:
    http = reader(open_door)
    page = (await http.get("/help/contact", params={"site": "shop", "q": "Where is it?"})).text
    assert "Where is it?</textarea>" in page
    own = hidden(page, "/help/contact")
    wrong = {"email": "priya@", "order": "my blue one", "name": "P"}
    empty = await http.post("/help/contact", data={**own, **wrong})
    assert empty.status_code == 422
    assert "3 things are still to do" in texts(empty.text)
    assert 'value="my blue one"' in empty.text
    assert 'aria-invalid="true"' in empty.text
    assert hidden(empty.text, "/help/contact") == own
    assert await count(open_door) == 0

    sent = await http.post("/help/contact", data={**own, **WRITTEN})
    assert sent.status_code == 200
    assert "We have your message" in texts(sent.text)
    assert "automated assistant looks into it first" in texts(sent.text)
    again = await http.post("/help/contact", data={**own, **WRITTEN})
    assert again.status_code == 200
    assert await count(open_door) == 1
    changed = {**WRITTEN, "message": "Where is my parcel? It is a lamp."}
    await http.post("/help/contact", data={**own, **changed})
    assert await count(open_door) == 2

    back = hidden(sent.text, "/help/conversation")
    on = await http.post("/help/conversation", data={**back, "text": "And when will it come?"})
    twice = await http.post("/help/conversation", data={**back, "text": "And when will it come?"})
    assert texts(twice.text).count("And when will it come?") == 1
    assert "Where is my parcel? Order 10023" in texts(on.text)
    person = await http.post("/help/person", data=hidden(on.text, "/help/person"))
    assert "will answer you" in texts(person.text)
    assert "/help/person" not in person.text
    [case] = await open_door.house.as_owner("SELECT id, tier, locked FROM newel.cases")
    assert (case["tier"], case["locked"]) == (3, True)
    ivan = await open_door.signed_in("ivan")
    token = (await ivan.post(f"/api/v1/cases/{case['id']}/takeover")).json()["token"]
    reply = {"token": token, "text": "I look after it."}
    await ivan.post(f"/api/v1/cases/{case['id']}/messages", json=reply)
    await open_door.drain()
    news = await http.post(
        "/help/conversation", data={**hidden(person.text, "/help/conversation"), "text": ""}
    )
    assert "Ivan" in texts(news.text)
    assert "I look after it." in texts(news.text)
    desk = (await ivan.get(f"/desk/{case['id']}", headers=HTML)).text
    assert "Left with it" in desk
    assert "priya@example.com" not in desk  # masked, like all that is personal


@pytest.mark.parametrize(
    ("code", "way", "write", "missing", "sent"),
    [
        ("es", "ltr", "Escríbanos", "Faltan 3 cosas", "Hemos recibido su mensaje"),
        ("fr", "ltr", "Nous écrire", "Il reste 3 points", "Nous avons reçu votre message"),
        ("ar", "rtl", "اكتبوا إلينا", "بقيت 3 أمور", "استلمنا رسالتكم"),
    ],
)
async def test_WRK_10_the_help_pages_speak_the_customers_language(
    open_door: Site, code: str, way: str, write: str, missing: str, sent: str
) -> None:
    http = reader(open_door)
    head = f'<html lang="{code}" dir="{way}">'
    for path in (
        "/help",
        "/help?q=refund",
        "/help/articles/returns-policy",
        "/help/contact",
        "/help/nothing",
    ):
        for asked, headers in (
            (path, {"accept-language": f"{code}-XX"}),
            (f"{path}{'&' if '?' in path else '?'}language={code}", {}),
        ):
            page = (await http.get(asked, headers=headers)).text
            assert head in page, asked
            assert write in page, asked
            assert not re.search("Write to us|Talk to a person|How can we help|Did this help", page), asked
    form = hidden((await http.get(f"/help/contact?language={code}")).text, "/help/contact")
    assert form["language"] == code
    wrong = await http.post("/help/contact", data={**form, "name": "x" * 2000})
    assert missing in texts(wrong.text)
    taken = await http.post("/help/contact", data={**form, **WRITTEN})
    assert head in taken.text
    assert sent in texts(taken.text)
    offered = await http.post(
        "/help/suggestions", data={"message": "How much is standard delivery to Leeds?", "language": code}
    )
    assert f"language={code}" in offered.text
    assert "Read the whole article" not in offered.text


async def test_a_language_that_is_not_there_is_nobodys(open_door: Site) -> None:
    page = (await reader(open_door).get("/help?language=%3Cscript%3E")).text
    assert '<html lang="en" dir="ltr">' in page
    assert "language=" not in page.replace("data-language=", "")


async def test_one_tap_reaches_a_person_and_is_one_request(open_door: Site) -> None:
    http = reader(open_door)
    own = hidden((await http.get("/help/articles/returns-policy")).text, "/help/person")
    for _ in range(3):
        said = await http.post("/help/person", data=own)
        assert said.status_code == 200
        assert "We have your message" in texts(said.text)
    assert await count(open_door) == 1
    assert (await http.post("/help/contact", data={**own, **WRITTEN})).status_code == 200
    assert await count(open_door) == 2


async def test_nobody_acts_for_another_and_no_other_site_sends(open_door: Site) -> None:
    one, other = reader(open_door), reader(open_door)
    mine = hidden((await one.get("/help/contact")).text, "/help/contact")
    theirs = hidden((await other.get("/help/contact")).text, "/help/contact")
    assert mine["token"] != theirs["token"]
    await one.post("/help/contact", data={**mine, **WRITTEN})
    forged = {**theirs, "token": mine["token"][:-4] + "0000", "text": "hello"}
    page = await other.post("/help/conversation", data=forged)
    assert "Where is my parcel?" not in page.text
    for path in ("/help/contact", "/help/person", "/help/conversation", "/help/suggestions"):
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            said = await other.post(path, data={**theirs, **WRITTEN}, headers=headers)
            assert said.status_code == 403


async def test_who_writes_too_often_keeps_what_was_typed_and_still_gets_a_person(open_door: Site) -> None:
    http = reader(open_door)
    own = hidden((await http.get("/help/contact")).text, "/help/contact")
    for n in range(40):
        said = await http.post("/help/contact", data={**own, **WRITTEN, "message": f"Where is parcel {n}?"})
        if said.status_code == 429:
            break
    assert said.status_code == 429
    assert "That was a lot in a short time" in texts(said.text)
    assert f"Where is parcel {n}?</textarea>" in said.text
    assert (await http.post("/help/person", data=own)).status_code == 200
    asked = [http.get("/help", params={"q": "delivery"}) for _ in range(120)]
    refused = [one for one in await asyncio.gather(*asked) if one.status_code == 429]
    assert refused
    assert all(one.headers["retry-after"] for one in refused)


async def test_TIR_12_articles_are_offered_while_writing_and_never_to_who_asks_for_a_person(
    open_door: Site,
) -> None:
    http = reader(open_door)
    for text, offers in (
        ("How much is standard delivery to Leeds?", True),
        ("How much is standard delivery? I want to talk to a person", False),
        ("How much is standard delivery? My lawyer wants to know", False),
        ("hi", False),
        ("", False),
    ):
        said = await http.post("/help/suggestions", data={"message": text})
        assert said.status_code == 200
        assert ("<details>" in said.text) is offers, text
        assert said.text.count("<details>") <= 3


ODD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["\x00", "\u202egnp.exe", "a" * 30_000, "<script>alert(1)</script>", "💥", "\r\n"]),
)
FIELDS = (
    "name", "email", "order", "message", "attachments", "token", "kept", "once", "site", "text", "said",
)  # fmt: skip
POSTS = (
    "/help/contact",
    "/help/person",
    "/help/conversation",
    "/help/suggestions",
    "/help/articles/assembly/judgment",
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(path=st.sampled_from(POSTS), data=st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=8), q=ODD)
async def test_whatever_is_sent_is_a_page_and_never_a_failure(
    open_door: Site, path: str, data: dict[str, str], q: str
) -> None:
    http = reader(open_door)
    said = await http.post(path, data={k: v.encode("utf-8", "replace") for k, v in data.items()})
    assert said.status_code < 500, said.text
    encoded = quote(q.encode("utf-8", "replace"))[:4000]
    for asked in (f"?q={encoded}", f"?topic={encoded[:200]}&site={encoded[:60]}", f"/contact?q={encoded}"):
        page = await http.get(f"/help{asked}")
        assert page.status_code in {200, 429}, page.text
        assert "<script>alert" not in page.text


MULTIPART = "multipart/form-data; boundary=x"
RAW: list[tuple[str, bytes]] = [
    ("application/x-www-form-urlencoded", b"name=%ff%fe&message=%00%ed%a0%80&email=%"),
    ("application/x-www-form-urlencoded", b"\xff\xfe\x00"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2_000))),
    ("application/x-www-form-urlencoded", b"message=" + b"x" * (2 << 20)),
    ("application/x-www-form-urlencoded; charset=utf-7", b"message=+AAAA-"),
    ("multipart/form-data", b"rubbish"),
    (MULTIPART, b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--'),
    (MULTIPART, b"--x\r\ncontent-type: text/plain; charset=nope\r\n\r\n1\r\n--x--"),
    ("application/json", b'{"message": "hello"}'),
    ("", b"message=hello"),
]


async def test_wrong_encodings_and_huge_bodies_are_refused_in_words(open_door: Site) -> None:
    http, asked_for_person = reader(open_door), 0
    for path in POSTS:
        for kind, body in RAW:
            said: Any = await http.post(path, content=body, headers={"content-type": kind})
            assert said.status_code < 500, (path, kind, said.text)
            assert said.headers["content-type"].startswith("text/html") or said.status_code == 303
            asked_for_person += path == "/help/person" and said.status_code == 200
    assert await count(open_door) == asked_for_person  # which is said by the address alone


async def test_a_long_message_with_bidi_and_markup_is_kept_as_text(open_door: Site) -> None:
    http = reader(open_door)
    own = hidden((await http.get("/help/contact")).text, "/help/contact")
    hostile = "<img src=x onerror=alert(1)> \u202e{{ 7 * 7 }}\n" + "A" * 18_000
    sent = await http.post("/help/contact", data={**own, **WRITTEN, "message": hostile, "name": "<b>\u202e"})
    assert sent.status_code == 200
    assert "<img" not in sent.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in sent.text
    too_long = await http.post("/help/contact", data={**own, **WRITTEN, "message": "B" * 20_001})
    assert too_long.status_code == 422
    assert "too long: 20,001 characters" in texts(too_long.text)
    nul = await http.post("/help/contact", data={**own, **WRITTEN, "message": "a\x00b"})
    assert nul.status_code == 422
    assert "cannot be read" in texts(nul.text)
    gone = {**own, **WRITTEN, "message": "with a file", "attachments": "01890000-0000-7000-8000-000000000000"}
    lost = await http.post("/help/contact", data=gone)
    assert lost.status_code == 404
    assert "with a file</textarea>" in lost.text


@pytest.mark.parametrize(
    ("presence", "said"),
    [
        (
            "away",
            ("Nobody is here right now", "Ahora mismo no hay nadie", "Il n’y a personne pour le moment"),
        ),
        (
            "available",
            ("usually within a few minutes", "normalmente en unos minutos", "en général en quelques minutes"),
        ),
    ],
)
async def test_WRK_10_the_foot_says_in_each_language_how_soon_a_person_is_there(
    open_door: Site, presence: str, said: tuple[str, ...]
) -> None:
    client = reader(open_door)
    await open_door.house.as_owner(f"UPDATE newel.staff SET presence = '{presence}'")
    for language, words in zip(("en", "es", "fr"), said, strict=True):
        assert words in texts((await client.get(f"/help?language={language}")).text), language
