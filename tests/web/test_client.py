"""OPS-1: the example of docs/client.md runs as it stands, against the demo company."""

import asyncio
import re
from pathlib import Path
from typing import Any

from newel.client import Client, Customer
from web.conftest import Site

PAGE = Path(__file__).parents[2] / "docs" / "client.md"
BROKEN = "Mug arrived broken, order 10031, refund please"


async def test_OPS_1_the_example_of_the_page_runs(shop: Site) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    scopes = ("intake", "read_conversation", "read_case", "trace")
    token = await shop.token(*scopes)
    with Client(shop.url, token, timeout=60) as before:
        first = await asyncio.to_thread(before.send_message, "before", Customer(ref="C0017"), BROKEN)
    await asyncio.sleep(0.8)
    await shop.drain()
    said: list[tuple[Any, ...]] = []
    given = {
        "url": shop.url,
        "token": token,
        "login": "amara",
        "password": shop.password,
        "print": lambda *words: said.append(words),
    }
    await asyncio.to_thread(exec, example, given)
    assert given["item"].case_id != given["taken"].case_id  # type: ignore[attr-defined]
    assert (said[-2][0], said[-1][-1]) == ("invalid", "rejected")
    states = await shop.house.as_owner("SELECT state FROM newel.approval WHERE case_id = $1", first.case_id)
    assert [row["state"] for row in states] == ["rejected"]
