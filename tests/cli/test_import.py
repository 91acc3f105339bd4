"""``newel import`` against a running server: each good row once, each bad one by its line."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from rich.console import Console

from newel.cli.import_ import Options, Summary, run
from newel.cli.post import Api
from newel.domain.errors import Forbidden, Invalid, Unauthenticated, Unavailable
from ports import free_port
from web.conftest import Site, company, shop, systems

__all__ = ["company", "shop", "systems"]
QUIET = Console(quiet=True)
ROWS = """id,customer_ref,text
a,C0012,Where is order 10023?
b,,nobody
c,C0012
d,C0012,"open
e,C0012,nul\0
f,C0013,caf\xe9
g,C0013,What are your opening hours?
h,C0012,And when does it come?
"""


async def importing(site: Site, file: Path, **more: Any) -> Summary:
    token = await site.token("intake")
    return await run(Options(file=file, url=site.url, token=token, **more), QUIET)


async def test_INT_1_every_row_goes_the_one_way_in_and_once(shop: Site, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_bytes(ROWS.encode("latin-1"))
    first = await importing(shop, file)
    assert (first.taken, first.known) == (3, 0)
    assert sorted(row.line for row in first.refused) == [3, 4, 5, 6, 7]
    again = await importing(shop, file)
    assert (again.taken, again.known, len(again.refused)) == (0, 3, 5)
    rows = await shop.house.as_owner("SELECT count(*) AS n FROM newel.message WHERE author = 'customer'")
    assert rows[0]["n"] == 3
    same = await shop.house.as_owner("SELECT max(turn) AS n FROM newel.cases")
    assert same[0]["n"] == 2, "the two of one customer are one case, in their order"


async def test_INT_2_items_come_in_with_their_fields(shop: Site, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text(
        "field.number,field.amount,vendor,sure\nOA-1,12.00,V001,0.9\nOA-2,13.00,V002,\nOA-3,1,V003,7\n"
    )
    columns = ("customer_ref=vendor", "extraction_confidence=sure")
    found = await importing(shop, file, workflow="invoice-exceptions", columns=columns)
    assert (found.taken, [row.line for row in found.refused]) == (2, [4])
    again = await importing(shop, file, workflow="invoice-exceptions", columns=columns)
    assert (again.taken, again.known) == (0, 2), "rows without an id get the same one each time"
    rows = await shop.house.as_owner("SELECT count(*) AS n FROM newel.item")
    assert rows[0]["n"] == 2


async def test_what_the_server_refuses_is_told_by_line(shop: Site, tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    long = {"id": "x", "customer_ref": "C0012", "text": "hello", "language": "a language nobody names so"}
    file.write_text(json.dumps(long) + "\n" + '{"id": "y", "customer_ref": "C0012", "text": "hello"}\n')
    found = await importing(shop, file)
    assert (found.taken, [row.line for row in found.refused]) == (1, [1])
    assert "language" in found.refused[0].why
    file.write_text('{"id": "z", "customer_ref": "C0012", "text": "hello"}\n')
    unknown = await importing(shop, file, workflow="nobody-knows")
    assert "nobody-knows" in unknown.refused[0].why


async def test_a_token_that_does_not_open_ends_the_import(shop: Site, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_text("customer_ref,text\nC0012,hello\n")
    with pytest.raises(Unauthenticated, match="token"):
        await run(Options(file=file, url=shop.url, token="wrong"), QUIET)
    other = await shop.token("trace")
    with pytest.raises(Forbidden, match="scope intake"):
        await run(Options(file=file, url=shop.url, token=other), QUIET)


async def test_a_header_that_it_does_not_know_ends_the_import_before_anything_is_sent(
    shop: Site, tmp_path: Path
) -> None:
    file = tmp_path / "messages.csv"
    for header in ("customer", "client"):
        file.write_text(f"{header},customer_ref,text\nTom,C0012,hello\n")
        with pytest.raises(Invalid, match=f"the header {header} "):
            await importing(shop, file)
    assert await shop.house.as_owner("SELECT FROM newel.message") == []
    assert (await importing(shop, file, ignored=("client",))).taken == 1


class Shaky:
    """A server that loses or delays its answer to each message twice."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.order: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part["body"], part.get("more_body", False)
        name = msgspec.json.decode(body)["external_id"]
        self.asked[name] += 1
        if self.asked[name] == 1:
            self.order.append(name)
        status = {1: 503, 2: 429}.get(self.asked[name], 200)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_id(tmp_path: Path) -> None:
    shaky, port = Shaky(), free_port()
    server = uvicorn.Server(uvicorn.Config(shaky, port=port, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    file = tmp_path / "messages.csv"
    lines = [f"m{n},C{n % 3},hello {n}" for n in range(12)]
    file.write_text("\n".join(["id,customer_ref,text", *lines]))
    found = await run(Options(file=file, url=f"http://127.0.0.1:{port}"), QUIET)
    server.should_exit = True
    await serving
    assert (found.taken, found.known, found.refused) == (0, 12, [])
    assert set(shaky.asked.values()) == {3}
    for customer in range(3):
        theirs = [name for name in shaky.order if int(name[1:]) % 3 == customer]
        assert theirs == sorted(theirs, key=lambda name: int(name[1:])), "each customer's in their order"


def test_a_token_that_is_none_is_told_at_once() -> None:
    for token in ("two\nlines", "caf\xe9"):
        with pytest.raises(Unauthenticated, match="no token"):
            Api("http://127.0.0.1:1", token)


async def test_a_server_that_is_away_ends_the_import_with_a_word() -> None:
    async with Api(f"http://127.0.0.1:{free_port()}", "", first_wait=0.001) as api:
        with pytest.raises(Unavailable, match="line 7"):
            await api.post("/api/v1/messages", 7, {})
