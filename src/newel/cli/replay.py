"""``newel replay``: past tickets in shadow mode, and a report of what would have become of them."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import msgspec
import typer

from newel.cli import report as reports
from newel.cli.columns import Columns
from newel.cli.rows import Refused, Rows
from newel.cli.source import articles as articles_in
from newel.cli.source import policy_source, text_of
from newel.domain.errors import Invalid
from newel.domain.replay import Earlier, LineError, Rates, Report, Result, Run, Setting, Tally, Ticket

if TYPE_CHECKING:
    from rich.console import Console

    from newel.domain.knowledge import Article
    from newel.domain.policy.bundle import Bundle
    from newel.domain.policy.parse import Source
    from newel.domain.ports import Calls, Systems
    from newel.flow.replay import Shadow

DEMO = "newel.demo"
_CEILINGS = "ceilings count each ticket's amount alone"
FROM_FILE = "each customer's earlier tickets in the file count, and what they would have been given"
NO_COLUMNS = f"no ticket has both customer_ref and at: repeats inside the file do not count; {_CEILINGS}"
ALONE = f"each ticket is taken as a first contact, as asked; {_CEILINGS}"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for."""

    file: Path
    columns: tuple[str, ...] = ()
    encoding: str = "utf-8"
    workflow: str = "customer-support"
    policy: Path | None = None
    articles: Path | None = None
    systems_url: str = ""
    token_file: Path | None = None
    snapshot: Path | None = None
    at: str = ""
    rates: Path | None = None
    labels: bool = False
    alone: bool = False
    tickets: Path | None = None


@dataclass(frozen=True)
class _LookUps:
    """Where facts come from, since when they stand, and what to do with them at the end."""

    systems: "Systems"
    name: str
    at: datetime
    keep: Callable[[], None] = lambda: None
    missing: Callable[[], int] = lambda: 0


def replay(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines of past tickets.")],
    column: Annotated[
        list[str] | None, typer.Option(help="name=header, such as text=body; again and again.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of the file.")] = "utf-8",
    workflow: Annotated[
        str, typer.Option(help="Whose policy: of the database, or of the demo.")
    ] = "customer-support",
    policy: Annotated[Path | None, typer.Option(help="A policy file instead.")] = None,
    articles: Annotated[Path | None, typer.Option(help="A folder of articles (*.md) instead.")] = None,
    systems_url: Annotated[str, typer.Option(help="Where look-ups go, live.")] = "",
    token_file: Annotated[Path | None, typer.Option(help="The token for it.")] = None,
    snapshot: Annotated[Path | None, typer.Option(help="Record look-ups here, or replay from here.")] = None,
    at: Annotated[str, typer.Option(help="Decide as of this time, not each ticket's own.")] = "",
    rates: Annotated[Path | None, typer.Option(help="Your minutes and costs (YAML); else left out.")] = None,
    labels: Annotated[
        bool, typer.Option("--labels", help="Compare with expected_tier, expected_reason.")
    ] = False,
    alone: Annotated[
        bool, typer.Option("--alone", help="Examples: each a first contact, whoever wrote before.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as one HTML page.")] = None,
    tickets: Annotated[Path | None, typer.Option(help="Write each ticket's result as JSON Lines.")] = None,
) -> None:
    """Run past tickets through today's rules; nothing is sent, and a report says what would have been.

    Exit code 1: some lines could not be read; they are named in the report, and the others are in it.

    Example: newel replay past.csv --column text=body --rates rates.yaml --html report.html
    """
    from rich.console import Console

    options = Options(
        file=file,
        columns=tuple(column or ()),
        encoding=encoding,
        workflow=workflow,
        policy=policy,
        articles=articles,
        systems_url=systems_url,
        token_file=token_file,
        snapshot=snapshot,
        at=at,
        rates=rates,
        labels=labels,
        alone=alone,
        tickets=tickets,
    )
    made = asyncio.run(run(options, Console(stderr=True)))
    _hand_out(made, json, html)
    reports.show(Console(), made)
    if made.refused:
        raise typer.Exit(1)


def _hand_out(made: Report, json: Path | None, html: Path | None) -> None:
    """The report in the files that were asked for."""
    if json:
        reports.write(json, reports.as_json(made))
    if html:
        reports.write(html, reports.as_html(made).encode())


async def run(options: Options, console: "Console") -> Report:
    """Replay the file and count; progress goes to ``console``."""
    from newel.bootstrap import Outside

    outside = Outside()
    try:
        return await _run(options, console, outside)
    finally:
        await outside.close()


async def _run(options: Options, console: "Console", calls: "Calls") -> Report:
    from newel.bootstrap import LazyListener, Patient, advises
    from newel.bootstrap import shadow as compiled
    from newel.config import read
    from newel.flow.replay import Shadow

    rates = _rates(options.rates)
    rows = Rows(options.file, options.encoding)
    columns = Columns(options.columns, rows.columns)
    if columns.passed_over:
        console.print(f"passed over: {', '.join(columns.passed_over)}", style="yellow", markup=False)
    bundle, version, shelf = await _policy(options)
    look_ups = _look_ups(options, bundle, calls)
    settings = read()
    listens = LazyListener(settings.signals_folder())
    running = compiled(bundle, shelf, look_ups.systems, advises(bundle, settings, Patient(calls)))
    shadow = Shadow(running, look_ups.at, _fixed(options.at), listens)
    earlier = Earlier(() if options.alone else _read_ahead(options))
    setting = Setting(
        source=options.file.name,
        workflow=bundle.workflow,
        policy=version,
        look_ups=look_ups.name,
        clock=options.at or "each ticket's own time",
        history=ALONE if options.alone else FROM_FILE if earlier.told else NO_COLUMNS,
    )
    tally, errors = await _counted(options, shadow, rows, columns, earlier, console)
    look_ups.keep()
    if missed := look_ups.missing():
        console.print(f"{missed} look-ups are not in the snapshot; they count as unavailable", style="yellow")
    return tally.report(Run(str(uuid4()), datetime.now(UTC)), setting, errors, rates)


def _read_ahead(options: Options) -> Iterator[Ticket]:
    """The good rows once before the run: who wrote when."""
    rows = Rows(options.file, options.encoding)
    return _tickets(rows, Columns(options.columns, rows.columns), [], labels=False)


async def _counted(
    options: Options,
    shadow: "Shadow",
    rows: Rows,
    columns: Columns,
    earlier: Earlier,
    console: "Console",
) -> tuple[Tally, list[LineError]]:
    from newel.cli.progress import progress
    from newel.flow.replay import replay as shadow_run

    tally, errors = Tally(), list[LineError]()
    _ = shadow.running.matcher.version  # trains it now, while no look-up waits for the event loop
    with progress(console, "replaying", rows) as moved, _Written(options.tickets) as written:
        tickets = map(earlier.given_to, _tickets(rows, columns, errors, labels=options.labels))
        async for found in shadow_run(shadow, tickets):
            if isinstance(found, Result):
                tally.add(found)
                written.add(found)
            else:
                errors.append(found)
            moved()
    return tally, errors


def _tickets(rows: Rows, columns: Columns, errors: list[LineError], *, labels: bool) -> Iterator[Ticket]:
    """The good rows; the others are noted."""
    for row in rows:
        ticket = row if isinstance(row, Refused) else columns.ticket(row)
        if isinstance(ticket, Refused):
            errors.append(LineError(*ticket))
        elif labels:
            yield ticket
        else:
            yield msgspec.structs.replace(ticket, expected_tier=None, expected_reason="")


class _Written:
    """Each ticket's result as a line of its own, where that is wanted."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __enter__(self) -> "_Written":
        if self._path:
            reports.write(self._path, b"")
            self._file = self._path.open("ab")
        return self

    def __exit__(self, *_: object) -> None:
        if self._path:
            self._file.close()

    def add(self, result: Result) -> None:
        """Write one result."""
        if self._path:
            self._file.write(msgspec.json.encode(result) + b"\n")


async def _policy(options: Options) -> tuple["Bundle", str, list["Article"]]:
    """The policy and the articles: of the options, else of the configured database, else the demo's."""
    from newel.bootstrap import has_database, in_force
    from newel.config import read

    settings = read()
    shelf = None if options.articles is None else articles_in(options.articles)
    if options.policy is None and has_database(settings):
        version, current = await in_force(settings, options.workflow)
        return _loaded(version.source), version.label, current if shelf is None else shelf
    folder = Path(str(files(DEMO)))
    path = options.policy or folder / "policy" / f"{options.workflow}.yaml"
    source = policy_source(path)
    bundle = _loaded(source)
    label = f"{bundle.workflow} {bundle.version} of {path.name}, sha256 {_digest(source.body)}"
    return bundle, label, articles_in(folder / "articles") if shelf is None else shelf


def _loaded(source: "Source") -> "Bundle":
    from newel.domain.policy.parse import load_bundle

    return load_bundle(source.text, source.name, source.includes)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _look_ups(options: Options, bundle: "Bundle", calls: "Calls") -> _LookUps:
    """A recorded snapshot, else the live systems (recorded where a snapshot is to be), else none."""
    from newel.connectors import snapshot

    now = datetime.now(UTC)
    if options.snapshot and options.snapshot.exists():
        header, entries = snapshot.read(options.snapshot)
        recorded = snapshot.Recorded(entries)
        name = _name(header.recorded_at)
        return _LookUps(recorded, name, header.recorded_at, missing=lambda: recorded.missing)
    if not options.systems_url:
        if options.snapshot:
            why = "it is not there; give --systems-url and --token-file to record it"
            raise Invalid(what=f"the snapshot {options.snapshot}", why=why)
        return _LookUps(snapshot.Recorded(()), "none", now)
    recorder = snapshot.Recorder(_live(options, bundle, calls))
    if options.snapshot is None:
        return _LookUps(recorder, "live", now)
    path, header = options.snapshot, snapshot.Header(now, bundle.workflow)
    return _LookUps(recorder, _name(now), now, keep=lambda: snapshot.write(path, header, recorder.entries()))


def _name(recorded_at: datetime) -> str:
    return f"snapshot of {recorded_at.isoformat(timespec='seconds')}"


def _live(options: Options, bundle: "Bundle", calls: "Calls") -> "Systems":
    from newel.bootstrap import Patient, systems_at
    from newel.connectors.http import Endpoint

    token = text_of(options.token_file).strip() if options.token_file else ""
    return systems_at(bundle, Endpoint(options.systems_url, token), Patient(calls))


def _fixed(at: str) -> datetime | None:
    if not at:
        return None
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise Invalid(what=f"--at {at}", why="write 2026-11-20T12:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _rates(file: Path | None) -> Rates | None:
    """The operator's own figures; nothing is filled in for them."""
    if file is None:
        return None
    import yaml

    try:
        return msgspec.convert(yaml.safe_load(text_of(file)), Rates, strict=False)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Invalid(what=f"the rates {file.name}", why=str(error)) from None
