"""The soak's count in the shop's own ledger: each effect once, keyless ones asked about, none blind."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import msgspec

Check = tuple[str, bool, str]
SPOILT = ("/payments/refunds", "/warehouse/reshipments", "/returns/labels")
EVERY = 5.0
NOT_DONE = """
SELECT p.id::text AS approval, a.id::text AS action
FROM newel.approval p LEFT JOIN newel.action a ON a.approval_id = p.id
WHERE p.id = ANY ($1::uuid[]) AND (p.state <> 'approved'
    OR p.payload_mac IS NOT NULL AND a.state IS DISTINCT FROM 'confirmed')
"""
"""Approvals that were acknowledged, and whose act has not happened."""
ACTIONS = (
    "SELECT id::text, class, state, keyed, attempts, doubted_at IS NOT NULL AS doubted FROM newel.action"
)


class Effect(msgspec.Struct, frozen=True):
    """One row of the ledger over there; ``ours`` is by what we named it: the key, or our reference."""

    name: str
    subject: str
    keyed: bool
    ours: str


def effects(home: Path) -> list[Effect]:
    """Every effect that has happened; one without a key goes by the reference that we gave."""
    with _open(home) as books:
        rows = books.execute("SELECT class, subject, key, reference FROM ledger").fetchall()
    return [
        Effect(name, subject, key is not None, key or reference) for name, subject, key, reference in rows
    ]


def received(home: Path) -> set[str]:
    """The messages that the receiver was told."""
    with _open(home) as books:
        return {row[0] for row in books.execute("SELECT id FROM message")}


def _open(home: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(next(Path(home, "demo").glob("*.sqlite"))))


async def spoil(home: Path, demo_port: int, over: asyncio.Event) -> None:
    """Again and again the next call of each kind happens, and its answer is lost."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{demo_port}", timeout=5) as client:
        while not over.is_set():
            for path in SPOILT:
                fault = {"mode": "lose_answer", "method": "POST", "path_prefix": path, "times": 1}
                token = {"Authorization": f"Bearer {(home / 'systems-token').read_text().strip()}"}
                try:
                    await client.post("/faults", json=fault, headers=token)
                except httpx2.HTTPError:
                    break
            try:
                await asyncio.wait_for(over.wait(), EVERY)
            except TimeoutError:
                continue


def checks(home: Path, actions: Iterable[Any], undone: Iterable[Any]) -> list[Check]:
    """Our actions against the ledger: what happened there, and what we say that happened."""
    found, ours = effects(home), list(actions)
    there = Counter(one.ours for one in found)
    confirmed = {one["id"] for one in ours if one["state"] == "confirmed"}
    keyless = [one for one in ours if not one["keyed"]]
    blind = [one for one in keyless if one["attempts"] > 1]
    open_still = {one["id"] for one in keyless if one["state"] == "unknown"}
    late = [one for one in undone if one["action"] not in open_still]
    money = Counter(one.subject for one in found if one.name == "refund")
    parcels = Counter(one.subject for one in found if not one.keyed)
    missing, more = confirmed - set(there), set(there) - confirmed
    twice = [name for name, times in there.items() if times > 1]
    return [
        ("effects executed twice at the other side", not twice, f"{len(twice)} of {len(there)}"),
        ("orders refunded twice", max(money.values(), default=0) <= 1, _of("refund", ours, money)),
        (
            "orders sent twice without a key",
            max(parcels.values(), default=0) <= 1,
            _of("reshipment", ours, parcels),
        ),
        ("calls without a key made again", not blind, f"{len(blind)} of {len(keyless)}"),
        (
            "effects without a key that nobody found out about",
            not open_still & set(there),
            str(len(open_still)),
        ),
        ("approved and not done", not late, str(len(late))),
        ("confirmed actions missing over there", not missing, str(len(missing))),
        ("effects that no confirmed action stands for", not more, str(len(more))),
        ("no money or no parcel moved, or no answer was lost", _all_kinds(ours, confirmed), _doubts(ours)),
    ]


def _of(name: str, ours: list[Any], there: Counter[str]) -> str:
    states = Counter(one["state"] for one in ours if one["class"] == name)
    return json.dumps({"effects": there.total(), "orders": len(there), "actions": states})


def _doubts(ours: list[Any]) -> str:
    """Of how many calls the answer was lost, by class and by what became of them."""
    return json.dumps(Counter(f"{one['class']} {one['state']}" for one in ours if one["doubted"]))


def _all_kinds(ours: list[Any], confirmed: set[str]) -> bool:
    """Each class is among what was done, and each among what was done though its answer was lost."""
    done = {one["class"] for one in ours if one["id"] in confirmed}
    found_out = {one["class"] for one in ours if one["id"] in confirmed and one["doubted"]}
    return {"refund", "reshipment"} <= done and {"refund", "reshipment"} <= found_out
