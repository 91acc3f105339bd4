"""``newel replay`` from file to page, on the real policy against the real demo systems."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from rich.console import Console
from typer.testing import CliRunner

from demo.process import start_systems
from newel.cli import app
from newel.cli.replay import Options, run
from newel.cli.report import as_html
from newel.domain.errors import Invalid
from newel.domain.replay import LineError, Report, Result, Run, Setting, Tally
from newel.domain.words import Money, Tier
from ports import free_port

TICKETS = """ref;who;body;label;agent
1;C0012;Where is order 10023?;1;Kim
2;C0017;"Mug arrived broken, order 10031, refund please";2;Kim
3;C0017;I'll call my lawyer;3;Kim
4;C0012;caf\xe9;1;Kim
5;C0003;Where is order 10023?;3;Kim
6;C0012;What are the opening hours of your showroom?;1;Kim
7;C0012;too;many;columns;here
"""
COLUMNS = [
    "--column=id=ref",
    "--column=customer_ref=who",
    "--column=text=body",
    "--column=expected_tier=label",
]
AT = "--at=2026-11-20T12:00:00Z"
TITLES = {Tier.AUTONOMOUS: "release", Tier.SUPERVISED: "propose", Tier.HUMAN: "escalate"}


def newel(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(each) for each in arguments], terminal_width=200)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@dataclass
class Runs:
    """Two runs on one snapshot: one that recorded it, and one after the systems had ended."""

    folder: Path
    codes: list[int]
    said: list[str]
    ledger: int

    def report(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / f"{number}.json").read_bytes())
        return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp("replay")
    file = folder / "past.csv"
    file.write_bytes(TICKETS.encode("latin-1"))
    rates = folder / "rates.yaml"
    rates.write_text(
        "{currency: GBP, minutes_by_tier: {2: 1.5, 3: 9}, cost_per_hour: 30, cost_per_ai_answer: 0.02}"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWEL_HOME", str(folder / "home"))
        systems = start_systems(folder)
        made = Runs(folder, [], [], 0)
        fixed = [
            file,
            *COLUMNS,
            AT,
            "--labels",
            f"--rates={rates}",
            f"--snapshot={folder / 'snapshot.jsonl'}",
        ]
        live = [f"--systems-url={systems.url}", f"--token-file={folder / 'systems.token'}"]
        for number, more in enumerate((live, [])):
            out = [f"--{kind}={folder / f'{number}.{kind}'}" for kind in ("json", "html", "tickets")]
            code, said = newel("replay", *fixed, *more, *out)
            made.codes.append(code)
            made.said.append(said)
            if number == 0:
                made.ledger = systems.count()
                systems.stop()
        yield made


def test_INT_6_the_report_tells_what_would_have_been(runs: Runs) -> None:
    report = runs.report(0)
    assert report["tickets"] == 5
    assert {row["tier"]: row["count"] for row in report["tiers"]} == {1: 2, 2: 1, 3: 2}
    assert sum(Decimal(row["percent"]) for row in report["tiers"]) == 100
    sources = {row["contact_reason"] or row["basis"]: row["source"] for row in report["answered"]}
    assert sources["order_status"] == "order book, order 10023"
    assert sources["knowledge"].startswith("article showroom")
    assert [(row["action"], row["count"]) for row in report["approvals"]] == [("refund", 1)]
    assert {row["name"] for row in report["triggers"]} >= {"legal.dictionary", "value.vip"}


def test_broken_rows_are_told_by_line_and_the_exit_code(runs: Runs) -> None:
    assert runs.codes == [1, 1]
    errors = {row["line"]: row["why"] for row in runs.report(0)["errors"]}
    assert sorted(errors) == [5, 8]
    assert "0xE9 in line 5" in errors[5]
    assert "6 columns, the header has 5" in errors[8]


def test_INT_6_nothing_was_sent_and_nothing_was_done(runs: Runs) -> None:
    assert runs.ledger == 0


def test_two_runs_on_one_snapshot_differ_in_run_id_and_time_only(runs: Runs) -> None:
    first, second = runs.report(0), runs.report(1)
    assert first["run"]["id"] != second["run"]["id"]
    assert (runs.folder / "0.tickets").read_bytes().count(b"\n") == 5
    assert (runs.folder / "0.tickets").read_bytes() == (runs.folder / "1.tickets").read_bytes()
    for kind in ("json", "html"):
        texts = [(runs.folder / f"{n}.{kind}").read_text() for n in (0, 1)]
        same = [
            _without_run(text, report["run"]) for text, report in zip(texts, (first, second), strict=True)
        ]
        assert same[0] == same[1]


def _without_run(text: str, run: dict[str, str]) -> str:
    at = datetime.fromisoformat(run["at"])
    for part in (run["id"], run["at"], at.isoformat(), f"{at:%Y-%m-%d %H:%M}"):
        text = text.replace(part, "…")
    return text


def test_the_confusion_table_has_its_intervals(runs: Runs) -> None:
    found = runs.report(0)["confusion"]
    assert found["table"] == {
        "1": {"1": 2, "2": 0, "3": 0},
        "2": {"1": 0, "2": 1, "3": 0},
        "3": {"1": 0, "2": 0, "3": 2},
    }
    assert (found["right"]["count"], found["right"]["of"], found["right"]["high"]) == (5, 5, 1.0)
    assert found["right"]["low"] == pytest.approx(0.025 ** (1 / 5), abs=1e-6)
    assert found["released_though_human"] == []


def test_INS_6_hours_and_cost_come_from_the_rates(runs: Runs) -> None:
    cost = runs.report(0)["cost"]
    assert Decimal(cost["people_hours"]) == Decimal("0.33")  # 1.5 + 2 * 9 minutes
    assert (Decimal(cost["people_cost"]), cost["ai_answers"], Decimal(cost["ai_cost"])) == (
        Decimal("9.75"),
        3,
        Decimal("0.06"),
    )


def test_the_terminal_tells_the_same(runs: Runs) -> None:
    said = runs.said[0]
    for part in (
        "5 tickets by tier",
        "40.00 %",
        "nothing was sent",
        "legal.dictionary",
        "refund",
        "Lines left out",
        "passed over: agent",
    ):
        assert part in said
    assert "expected at T3 and released: 0" in said


class Page(HTMLParser):
    """What matters of a page: its tags, balanced, and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(text: str) -> Page:
    page = Page(text)
    assert page.open == []
    names = [tag for tag, _ in page.tags]
    assert not {"script", "img", "link", "iframe"} & set(names)
    assert not any(name == "style" or name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert names.count("style") == 1
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
    return page


def test_the_page_stands_alone_and_is_accessible(runs: Runs) -> None:
    text = (runs.folder / "0.html").read_text()
    page = page_of(text)
    assert dict(page.tags)["html"] == {"lang": "en"}
    assert "prefers-color-scheme: dark" in text
    assert "default-src 'none'" in text
    for part in ("Share by tier", "Expected against decided", "Hours and cost", "Lines left out", "100.00 %"):
        assert part in text
    assert (runs.folder / "0.html").stat().st_mode & 0o077 == 0


def test_text_from_files_stays_text() -> None:
    tally = Tally()
    evil = "<script>alert(1)</script>"
    for tier, decision in TITLES.items():
        tally.add(
            Result(
                line=2, id=evil, tier=tier, decision=decision, reasons=(evil,), triggers=(evil,), asked=True,
                contact_reason=evil, category=evil, basis=evil, sources=(evil,), action=evil,
                amount=Money(100, "GBP"), language=evil, expected_tier=1, expected_reason=evil,
            )
        )  # fmt: skip
    setting = Setting(source=evil, workflow=evil, policy=evil, look_ups=evil, clock=evil)
    run = Run("1", datetime(2026, 11, 20, tzinfo=UTC))
    made: Report = tally.report(run, setting, [LineError(3, evil, evil)])
    page_of(as_html(made))


def test_an_empty_file_of_tickets_makes_an_empty_report() -> None:
    setting = Setting(source="a", workflow="b", policy="c", look_ups="none", clock="d")
    page_of(as_html(Tally().report(Run("1", datetime(2026, 11, 20, tzinfo=UTC)), setting, ())))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--column=text=boby"], "header has"),
        (["--snapshot=nowhere.jsonl"], "give --systems-url"),
        (["--at=tomorrow"], "write 2026-11-20T12:00:00Z"),
        (["--rates=nowhere.yaml"], "nowhere.yaml"),
        (["--policy=nowhere.yaml"], "nowhere.yaml"),
        (["--articles=nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], why: str
) -> None:
    monkeypatch.setenv("NEWEL_HOME", str(tmp_path))
    file = tmp_path / "past.csv"
    file.write_text("text\nhello\n")
    with pytest.raises(Invalid, match=why):
        newel("replay", file, *arguments)


LIMIT = 0.05
VIP = msgspec.json.encode({"ref": "C0003", "name": "Vera", "email": "v@example.com", "vip": True})


class Busy:
    """A shop on our own loop, which is busy for longer than the policy lets a look-up take."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        time.sleep(2 * LIMIT)
        await asyncio.sleep(2 * LIMIT)  # whoever was out of time by then has given up now
        known = scope["path"] == "/customers/C0003"
        await send({"type": "http.response.start", "status": 200 if known else 404, "headers": []})
        await send({"type": "http.response.body", "body": VIP if known else b"{}"})


def hurried_policy(folder: Path) -> Path:
    """The standard policy with a shop that has very little time."""
    shop = f"""
systems:
  shop: {{base_url: SYSTEMS_URL, timeout_seconds: {LIMIT}, owner: Head of support, date: 2026-11-20,
         look_ups: {{customer: {{path: "/customers/{{customer}}", source: "customer record {{customer}}"}}}}}}
"""
    text = files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    path = folder / "hurried.yaml"
    path.write_text(text + shop, "utf-8")
    return path


async def test_INT_6_a_look_up_that_is_slow_because_the_loop_is_busy_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWEL_HOME", str(tmp_path / "home"))
    policy = hurried_policy(tmp_path)
    file, results = tmp_path / "past.csv", tmp_path / "results"
    file.write_text("customer_ref,text\nC0003,What are the opening hours of your showroom?\n")
    busy, port = Busy(), free_port()
    server = uvicorn.Server(uvicorn.Config(busy, port=port, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    options = Options(file=file, policy=policy, systems_url=f"http://127.0.0.1:{port}", tickets=results)
    try:
        await run(options, Console(quiet=True))
    finally:
        server.should_exit = True
        await serving
    found = msgspec.json.decode(results.read_bytes(), type=Result)
    assert "/customers/C0003" in busy.asked
    assert not found.customer_unknown
    assert "value.vip" in found.triggers, "what the slow look-up said counted"
