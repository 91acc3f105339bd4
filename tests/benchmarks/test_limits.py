"""A missed limit fails a run of benchmarks and is named; the soak's mix and its books count what they say."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from benchmarks.mix import Mix

from benchmarks import books, limits


def test_a_missed_limit_fails_the_run_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    limits.at_least("right tier, share", 0.91, 0.9)
    limits.at_most("errors", 0, 0)
    assert limits.verdict() == 0
    limits.at_least("right tier, share", 0.89, 0.9)
    limits.at_most("errors", 0, 0)
    assert limits.verdict() == 1
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"missed": "right tier, share: at least 0.9", "found": "0.89"} in said
    assert [line["missed"] for line in said if "limits" in line] == [0, 1]
    assert limits.verdict() == 0


def test_a_figure_that_is_no_number_misses_its_limit() -> None:
    limits.at_most("misses", float("nan"), 0.02)
    assert limits.verdict() == 1


def test_the_mix_keeps_its_shares_and_asks_for_each_act_once() -> None:
    mix = Mix("s", messages=4000, today=date(2026, 11, 20))
    said = [mix.message(number) for number in range(4000)]
    shares = Counter(kind for kind, _ in said)
    wanted = {"facts": 2400, "approval": 800, "person": 800}
    assert all(abs(shares[kind] - many) < 160 for kind, many in wanted.items()), shares
    texts = [(body["customer"]["ref"], body["text"]) for _, body in said]
    refunds = [one for one in texts if "refund please" in one[1]]
    parcels = [one for one in texts if "please send it" in one[1]]
    assert len(refunds) > 50
    assert len(parcels) > 50
    assert len({customer for customer, _ in refunds}) == len(refunds)
    assert len(set(parcels)) == len(parcels)


ROWS = [("refund", "10031", "A", "RF-1"), ("reshipment", "10050", None, "B")]


def action(id_: str, class_: str, **more: Any) -> dict[str, Any]:
    keyed = class_ == "refund"
    given = {"state": "confirmed", "keyed": keyed, "attempts": 1, "doubted": True}
    return {"id": id_, "class": class_, **given, **more}


OURS = [action("A", "refund"), action("B", "reshipment")]


def missed(home: Path, rows: list[Any], ours: list[Any], undone: list[Any]) -> set[str]:
    folder = home / "demo"
    folder.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / "shop.sqlite")) as ledger:
        ledger.execute("CREATE TABLE ledger (class, subject, key, reference)")
        ledger.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?)", rows)
        ledger.commit()
    return {what for what, good, _ in books.checks(home, ours, undone) if not good}


def test_the_books_agree(tmp_path: Path) -> None:
    assert missed(tmp_path, ROWS, OURS, []) == set()


@pytest.mark.parametrize(
    ("rows", "ours", "what"),
    [
        ([*ROWS, ROWS[1]], OURS, "effects executed twice at the other side"),
        ([*ROWS, ("refund", "10031", "C", "RF-2")], [*OURS, action("C", "refund")], "orders refunded twice"),
        (ROWS, [OURS[0], action("B", "reshipment", attempts=2)], "calls without a key made again"),
        (ROWS, [*OURS, action("D", "refund")], "confirmed actions missing over there"),
        ([*ROWS, ("refund", "10060", "E", "RF-3")], OURS, "effects that no confirmed action stands for"),
        (
            ROWS,
            [OURS[0], action("B", "reshipment", state="unknown")],
            "effects without a key that nobody found out about",
        ),
        (ROWS[:1], OURS[:1], "no money or no parcel moved, or no answer was lost"),
    ],
)
def test_what_the_books_would_say(tmp_path: Path, rows: list[Any], ours: list[Any], what: str) -> None:
    assert what in missed(tmp_path, rows, ours, [])


def test_what_was_approved_is_done_but_for_what_is_still_asked_about(tmp_path: Path) -> None:
    still = action("F", "reshipment", state="unknown")
    assert missed(tmp_path, ROWS, [*OURS, still], [{"approval": "p", "action": "F"}]) == set()
    (tmp_path / "demo" / "shop.sqlite").unlink()
    found = missed(tmp_path, ROWS, OURS, [{"approval": "p", "action": None}])
    assert found == {"approved and not done"}
