"""``newel demo``: ordinary customers who write to the demo company, so that there is something to see."""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import msgspec
import typer
import yaml

from newel.cli.post import Api, Url, server, token_at

app = typer.Typer(no_args_is_help=True, help="The demo company's customers.")
ORDERS: Final = range(10001, 10801)
TOLD: Final = frozenset({10023, 10031, 10044, 10050})
"""Orders of the README's stories: those are the reader's to write about."""
CUSTOMERS: Final = 300


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Something a customer writes, how often, and what follows."""

    weight: int
    text: str
    then: str = ""


@app.command()
def traffic(
    per_minute: Annotated[float, typer.Option(help="Messages a minute.", min=0.1, max=600)] = 6.0,
    minutes: Annotated[float, typer.Option(help="For how long; 0: until Ctrl-C.", min=0)] = 0.0,
    url: Url = "",
    token_file: Annotated[Path | None, typer.Option(help="A token with the scope intake.")] = None,
) -> None:
    """Let a trickle of customers write to the demo company, until Ctrl-C.

    Example: newel demo traffic --per-minute 12 --minutes 10
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_write(server(url), token_at(token_file), per_minute, minutes * 60))


async def _write(url: str, token: str, per_minute: float, seconds: float) -> None:
    began, number = time.monotonic(), 0
    async with Api(url, token) as api:
        for message in messages():
            if seconds and time.monotonic() - began > seconds:
                break
            number += 1
            await api.post("/api/v1/messages", number, message)
            typer.echo(f"{number:5} {message['customer']['ref']}  {message['text']}")
            await asyncio.sleep(random.expovariate(per_minute / 60))


def lines() -> list[Line]:
    """What is written on an ordinary day."""
    document = yaml.safe_load(files("newel.demo").joinpath("data", "traffic.yaml").read_text("utf-8"))
    return msgspec.convert(document["messages"], list[Line])


def messages() -> Iterator[dict[str, Any]]:
    """Messages without end, by weight; each begins a conversation, or goes on with the one before."""
    known = lines()
    weights = [line.weight for line in known]
    while True:
        line = random.choices(known, weights)[0]  # noqa: S311
        order = random.choice([n for n in ORDERS if n not in TOLD])  # noqa: S311
        thread = f"traffic-{uuid4().hex[:12]}"
        for text in filter(None, (line.text, line.then)):
            yield _message(thread, order, text)


def _message(thread: str, order: int, text: str) -> dict[str, Any]:
    return {
        "external_id": uuid4().hex,
        "conversation": thread,
        "customer": {"ref": f"C{(order - ORDERS[0]) % CUSTOMERS + 1:04d}"},
        "text": text.format(order=order),
    }
