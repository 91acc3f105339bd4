"""What a person writes to a customer, sent again: under the caller's key, on the desk under its form's."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from web.conftest import Site
from web.test_desk import at_work, mine, say, seen, work_off


async def legal_case(shop: Site) -> tuple[Any, str, Any, str]:
    esme = await at_work(shop, "esme")
    taken = await say(shop, "My lawyer will sue you over order 10023.")
    await work_off(shop)
    return esme, taken["case_id"], await mine(esme, taken["case_id"]), taken["conversation_id"]


async def person_texts(shop: Site, conversation: str) -> list[str]:
    await work_off(shop)
    return [m["text"] for m in await seen(shop, conversation) if m["author"] == "person"]


async def test_a_reply_that_is_sent_again_is_one_message(shop: Site) -> None:
    """Pressed twice at once, again after no answer, and again when the case has long been waiting."""
    esme, case_id, item, conversation = await legal_case(shop)
    path = f"/api/v1/cases/{case_id}/messages"
    body = {"token": item["token"], "text": "I am on it.", "wait_hours": 24, "key": "k1"}
    both = await asyncio.gather(*(esme.post(path, json=body) for _ in range(3)))
    later = await esme.post(path, json=body)
    assert {(one.status_code, one.json()["state"]) for one in (*both, later)} == {(201, "waiting")}
    assert await person_texts(shop, conversation) == ["I am on it."]
    other = await esme.post(path, json=body | {"text": "Something else."})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert await person_texts(shop, conversation) == ["I am on it."]


async def test_the_same_words_under_another_key_or_without_one_are_two_messages(shop: Site) -> None:
    esme, case_id, item, conversation = await legal_case(shop)
    path = f"/api/v1/cases/{case_id}/messages"
    for more in ({"key": "k1"}, {"key": "k2"}, {}, {}):
        said = await esme.post(path, json={"token": item["token"], "text": "Still on it.", **more})
        assert said.status_code == 201
    assert await person_texts(shop, conversation) == ["Still on it."] * 4


async def test_a_case_that_is_ended_again_under_its_key_has_one_last_message(shop: Site) -> None:
    esme, case_id, item, conversation = await legal_case(shop)
    path = f"/api/v1/cases/{case_id}/resolution"
    body = {"token": item["token"], "category": "resolved", "reply": "All is well now.", "key": "k1"}
    answers = [await esme.post(path, json=body) for _ in range(2)]
    assert [(one.status_code, one.json()["state"]) for one in answers] == [(201, "resolved")] * 2
    assert (await esme.post(path, json=body | {"key": "k2"})).status_code == 409
    assert await person_texts(shop, conversation) == ["All is well now."]


async def test_what_was_taken_back_is_not_sent_by_a_retry_that_comes_late(shop: Site) -> None:
    esme, case_id, item, conversation = await legal_case(shop)
    path = f"/api/v1/cases/{case_id}/messages"
    body = {"token": item["token"], "text": "Too early.", "hold_seconds": 60, "key": "k1"}
    assert (await esme.post(path, json=body)).status_code == 201
    back = await esme.post(f"/api/v1/cases/{case_id}/withdrawal", json={"token": item["token"]})
    assert back.json()["text"] == "Too early."
    assert (await esme.post(path, json=body)).status_code == 201
    assert await person_texts(shop, conversation) == []


async def test_on_the_desk_a_form_that_is_sent_twice_is_one_message(shop: Site) -> None:
    esme, case_id, item, conversation = await legal_case(shop)
    page = await esme.get(f"/desk/{case_id}/composer")
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    body = {"token": str(item["token"]), "text": "I am on it.", "key": key}
    both = await asyncio.gather(*(esme.post(f"/desk/{case_id}/reply", data=body) for _ in range(2)))
    assert [one.status_code for one in both] == [204, 204]
    await shop.house.pass_time(timedelta(seconds=6))
    assert await person_texts(shop, conversation) == ["I am on it."]
    again = await esme.get(f"/desk/{case_id}/composer")
    assert key not in again.text
