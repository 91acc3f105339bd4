"""``python -m newel.demo.customers``: the shop's CRM tells Newel whom it knows; twice does no harm."""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from newel.demo.generate.source import today_in_the_shop
from newel.demo.purchasing import Vendor
from newel.demo.shapes import CURRENCY, Customer
from newel.demo.world import World, generate

CONCURRENCY = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
TIMEOUT = 15.0
BUSY = 429
FAILED = 500

Body = dict[str, Any]
Told = Callable[[int, int], None]


class PushError(Exception):
    """Newel refused a call, or did not answer in time."""


class Entry(msgspec.Struct, frozen=True):
    """One record of the CRM: its calls, in their order."""

    calls: tuple[tuple[str, Body], ...]


def entries(world: World) -> list[Entry]:
    """What is to be told: every customer, with their preference where they have one, and every vendor."""
    return [*map(_customer, world.customers), *map(_vendor, world.vendors)]


def _customer(customer: Customer) -> Entry:
    path, known = f"/api/v1/customers/{customer.ref}", customer.lifetime_value
    body = {
        "kind": "customer",
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "address": str(customer.address),
        "segment": customer.segment,
        "lifetime_value_minor": known.amount_minor,
        "currency": known.currency,
        "vip": customer.vip,
        "vulnerable": customer.vulnerable,
        "training_consent": customer.training_consent,
        "language": customer.language,
    }
    prefers = ((f"{path}/preference", {"prefers_human": True}),) if customer.prefers_human else ()
    return Entry(((path, body), *prefers))


def _vendor(vendor: Vendor) -> Entry:
    body = {"kind": "vendor", "name": vendor.name, "email": vendor.email, "currency": CURRENCY}
    return Entry(((f"/api/v1/customers/{vendor.id}", body),))


async def push(url: str, token: str, world: World, *, patience: float, told: Told) -> int:
    """Tell Newel all of it, eight records at a time; how many there were."""
    work = entries(world)
    waiting, done = iter(work), 0

    async def some(client: httpx2.AsyncClient, queue: Iterator[Entry]) -> None:
        nonlocal done
        for entry in queue:
            for path, body in entry.calls:
                await _call(client, path, body, patience)
            done += 1
            told(done, len(work))

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT) as client:
        await _together(some(client, waiting) for _ in range(CONCURRENCY))
    return done


async def _together(parts: Iterator[Coroutine[None, None, None]]) -> None:
    """All at once; the first that fails ends the others and is raised alone."""
    failed: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except* PushError as errors:
        failed = errors.exceptions[0]
    if failed is not None:
        raise failed


async def _call(client: httpx2.AsyncClient, path: str, body: Body, patience: float) -> None:
    """One call, made again with longer and longer pauses while Newel is away or busy."""
    until, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        trouble = await _trouble(client, path, body)
        if not trouble:
            return
        if time.monotonic() + pause > until:
            raise PushError(f"{path}: {trouble}, for {patience:.0f} seconds")
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def _trouble(client: httpx2.AsyncClient, path: str, body: Body) -> str:
    """Nothing when it was taken; what passes, in words; what does not pass is raised."""
    try:
        answer = await client.put(path, json=body)
    except httpx2.TransportError as error:
        return type(error).__name__
    if answer.status_code == BUSY or answer.status_code >= FAILED:
        return f"status {answer.status_code}"
    if not answer.is_success:
        raise PushError(f"{path}: refused with {answer.status_code}: {answer.text[:300]}")
    return ""


def main() -> None:
    """Push, and say how far it is; 1 when it did not end well."""
    options = _options()
    token, world = options.token_file.read_text("utf-8").strip(), generate(options.today)
    try:
        count = asyncio.run(push(options.url, token, world, patience=options.patience, told=_progress))
    except PushError as error:
        _say(str(error))
        raise SystemExit(1) from None
    _say(f"Newel knows {count} customers and vendors")


def _progress(done: int, of: int) -> None:
    """Each quarter of the way."""
    if done % (of // 4) == 0 and done < of:
        _say(f"{done} of {of} customers and vendors")


def _say(text: str) -> None:
    sys.stderr.write(f"hearthwick: {text}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m newel.demo.customers", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where Newel is")
    parser.add_argument("--token-file", type=Path, required=True, help="a token with the scope intake")
    parser.add_argument("--today", type=date.fromisoformat, default=today_in_the_shop())
    parser.add_argument("--patience", type=float, default=120.0, help="seconds to wait for Newel, each call")
    return parser.parse_args()


if __name__ == "__main__":
    main()
