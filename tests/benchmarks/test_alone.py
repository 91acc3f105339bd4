"""What the AI answers alone of what the scan lets through is counted on the real flow; no held row shows."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import alone, limits, scanner
from newel.cli.source import policy_source
from newel.domain.policy.parse import load_bundle
from newel.domain.replay import Result
from newel.domain.words import Tier

ANSWERED = "Do you price match?"
AWAY = "What is the depth of the lake behind the campsite?"
SPANISH = "¿A qué hora abre la piscina municipal el domingo por la mañana?"


def line(number: int, kind: str, text: str, **more: Any) -> dict[str, Any]:
    expect = ["request"] if kind == "plain" else []
    given = {"id": f"x-{number}", "language": "en", "kind": kind, "expect": expect, "person": bool(expect)}
    return {**given, "text": text, **more}


LINES = [
    line(1, "plain", "I want to speak to a human, please."),
    line(2, "plain", ANSWERED),
    line(3, "plain", "I want my money back", person=False),
    line(4, "hard", "No need for a human, thanks."),
    line(5, "evasion:case", "i WANT a HUMAN"),
    line(6, "ordinary", ANSWERED),
    line(7, "ordinary", AWAY),
    line(8, "ordinary", SPANISH, language="es"),
]


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The suite is these lines, open and held alike."""
    for part in ("open", "held"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "en.jsonl").write_text("".join(json.dumps(row) + "\n" for row in LINES), "utf-8")
    monkeypatch.setattr(scanner, "FOLDER", tmp_path)
    monkeypatch.setenv("NEWEL_HOME", str(tmp_path / "no-house"))
    limits.verdict()
    yield
    limits.verdict()


@pytest.mark.usefixtures("parts")
def test_each_row_ends_where_the_flow_sends_it(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(alone.main(("open",)))
    told = {row["figure"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    positives = told["open, the shop as it is: en positives: answered by the AI alone"]
    counted = [positives[each] for each in ("of", "not_sent_to_a_person_by_the_scan", "value")]
    assert counted == [2, 1, 1]
    ordinary = told["open, the shop as it is: en ordinary: answered by the AI alone"]
    assert (ordinary["of"], ordinary["value"], ordinary["person_for_another_reason"]) == (2, 1, 1)
    closed = told["open, the shop as it is: es ordinary: answered by the AI alone"]
    let_in = told["open, with es and fr let in: es ordinary: answered by the AI alone"]
    assert [each["not_sent_to_a_person_by_the_scan"] for each in (closed, let_in)] == [0, 1]
    assert let_in["person_for_another_reason"] == 1
    assert limits.verdict() == 0


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(("part", "shown"), [("open", {"open: x-2", "open: x-6"}), ("held", set())])
def test_held_rows_are_never_shown(
    part: str, shown: set[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def settled(_name: str, given: Any, _live: Any) -> dict[str, Result]:
        texts = {row["id"]: row["text"] for row in given}
        fates = {True: ("release", Tier.AUTONOMOUS), False: ("escalate", Tier.HUMAN)}
        return {each: result(*fates[text == ANSWERED], reply=text) for each, text in texts.items()}

    monkeypatch.setattr(alone, "settled", settled)
    asyncio.run(alone.judge(part, "the shop", [row for row in LINES if alone.group(row)], 5, {}))
    said = capsys.readouterr().out
    assert {row["figure"] for row in map(json.loads, said.splitlines()) if "reply" in row} == shown
    assert (ANSWERED in said) is bool(shown)


def result(decision: str, tier: Tier, **more: Any) -> Result:
    return Result(line=1, id="x", tier=tier, decision=decision, reasons=("why",), **{"asked": True, **more})


@pytest.mark.parametrize(
    ("given", "fate"),
    [
        (result("release", Tier.AUTONOMOUS), "alone"),
        (result("release", Tier.SUPERVISED), "proposed"),
        (result("propose", Tier.SUPERVISED), "proposed"),
        (result("deflect", Tier.HUMAN), "articles offered"),
        (result("escalate", Tier.HUMAN), "person"),
        (result("escalate", Tier.HUMAN, asked=False), "scan"),
    ],
)
def test_only_what_nobody_releases_is_answered_alone(given: Result, fate: str) -> None:
    assert alone.fate(given) == fate


def test_positives_without_a_person_near_misses_and_disguises_are_left_out() -> None:
    assert [alone.group(row) for row in LINES] == [
        *("positives", "positives", "", "", "", "ordinary", "ordinary", "ordinary")
    ]


def test_neither_label_nor_language_is_told_to_the_flow() -> None:
    assert alone.ticket(line(1, "plain", "Hello", history=[])) == {
        **{"id": "x-1", "text": "Hello", "history": []},
        **{"customer_ref": alone.CUSTOMER, "channel": alone.CHANNEL},
    }


def test_the_wider_shop_is_the_demo_with_two_languages_more(tmp_path: Path) -> None:
    source = policy_source(alone.policy(tmp_path, sorted(alone.MORE)))
    assert load_bundle(source.text, source.name, source.includes).languages == ("en", "es", "fr")


@pytest.mark.usefixtures("parts")
def test_a_look_up_that_did_not_answer_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A person's case for want of an answer would flatter the scan; what is left after that fails the run."""
    rounds: list[list[str]] = []

    async def replayed(folder: Path, rows: Any, **_more: Any) -> tuple[Any, list[Result], float]:
        ids = [row["id"] for row in rows]
        rounds.append(ids)
        late = {"x-1": 1, "x-2": alone.ROUNDS}
        found = [
            Result(line=1, id=each, tier=Tier.HUMAN, decision="escalate", reasons=(why,), asked=True)
            for each in ids
            for why in [f"no_answer:{alone.UNHEARD}:shop.order" if len(rounds) <= late.get(each, 0) else "ok"]
        ]
        return type("Report", (), {"refused": 0}), found, 1.0

    monkeypatch.setattr(alone, "replayed", replayed)
    found = asyncio.run(alone.settled("held", [*LINES[:2], LINES[5]], {}))
    assert rounds == [["x-1", "x-2", "x-6"], ["x-1", "x-2"], *[["x-2"]] * (alone.ROUNDS - 2)]
    assert found["x-1"].reasons == ("ok",)
    assert limits.verdict() == 1


def test_help_names_the_parts_and_another_one_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks.alone"]
    told = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout
    assert "open, counted, held" in told
    assert "--show" in told
    assert "example: python -m benchmarks.alone" in told
    assert subprocess.run([*command, "shut"], capture_output=True, check=False).returncode == 2
