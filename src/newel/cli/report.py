"""A replay's report: on the terminal, as JSON, as one HTML page."""

from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from newel.domain.interval import Share
from newel.domain.replay import Report

if TYPE_CHECKING:
    from rich.console import Console

TIERS: Final = {1: "T1 autonomous", 2: "T2 supervised", 3: "T3 human-led"}
_MOST_ROWS: Final = 15


def as_json(report: Report) -> bytes:
    """The whole report, readable."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def as_html(report: Report) -> str:
    """One page that stands alone: no script, nothing fetched."""
    from jinja2 import Environment, StrictUndefined

    folder = files("newel.cli").joinpath("templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(percent=_percent, money=_money)
    page = environment.from_string(folder.joinpath("replay.html").read_text("utf-8"))
    style = folder.joinpath("replay.css").read_text("utf-8")
    return page.render(r=report, tiers=TIERS, style=style)


def write(path: Path, content: bytes) -> None:
    """Write a report for its owner's eyes: its sources name orders and customers."""
    path.touch(mode=0o600)
    path.write_bytes(content)


def show(console: "Console", report: Report) -> None:
    """Print what matters, the longest lists cut short."""
    _head(console, report)
    _table(console, "Reasons", ("tier", "reason", "tickets"), [
        (TIERS[row.tier], row.reason, row.count) for row in report.reasons
    ])  # fmt: skip
    _table(console, "Triggers that fired", ("trigger", "tickets"), _pairs(report.triggers))
    _table(
        console,
        "Contact reasons",
        ("contact reason", "tickets", "T1", "T2", "T3"),
        _rows(report.contact_reasons),
    )
    _table(
        console, "Categories of the file", ("category", "tickets", "T1", "T2", "T3"), _rows(report.categories)
    )
    _table(
        console,
        "Answered by the AI alone",
        ("by", "contact reason", "source", "answers"),
        _rows(report.answered),
    )
    _table(console, "Approvals asked for", ("action", "approvals", "total", "highest"), [
        (row.action, row.count, *(_money(m, row.currency) for m in (row.total_minor, row.highest_minor)))
        for row in report.approvals
    ])  # fmt: skip
    _table(console, "Not covered", ("what", "why", "tickets"), _rows(report.uncovered))
    _cost(console, report)
    _confusion(console, report)
    _table(console, "Lines left out", ("line", "why", "what would be right"), _rows(report.errors))


def _head(console: "Console", report: Report) -> None:
    s = report.setting
    console.print(f"[bold]Replay of {s.source}[/bold], {s.workflow}, policy {s.policy}", highlight=False)
    console.print(f"look-ups: {s.look_ups}; clock: {s.clock}; nothing was sent", highlight=False)
    if s.history:
        console.print(f"history: {s.history}", highlight=False)
    rows = [(TIERS[row.tier], row.count, f"{row.percent} %") for row in report.tiers]
    _table(console, f"{report.tickets} tickets by tier", ("tier", "tickets", "share"), rows)
    decisions = ", ".join(f"{row.name} {row.count}" for row in report.decisions)
    console.print(f"decided: {decisions or 'nothing'}; lines left out: {report.refused}", highlight=False)
    if report.customers_unknown:
        console.print(f"[yellow]{report.customers_unknown} customers could not be looked up[/yellow]")


def _cost(console: "Console", report: Report) -> None:
    cost = report.cost
    if cost is None:
        console.print("Hours and cost are left out: give your own --rates.", style="dim")
        return
    rows = [(f"hours of people, {TIERS[tier]}", hours) for tier, hours in cost.hours_by_tier.items()]
    rows += [("hours of people", cost.people_hours), (f"cost of people, {cost.currency}", cost.people_cost)]
    rows += [(f"cost of {cost.ai_answers} AI answers, {cost.currency}", cost.ai_cost)]
    rows += [(f"cost in all, {cost.currency}", cost.total)]
    if cost.today_hours is not None and cost.today_cost is not None:
        rows += [
            ("hours of people today", cost.today_hours),
            (f"cost today, {cost.currency}", cost.today_cost),
        ]
    _table(console, "By your rates", ("", ""), rows)


def _confusion(console: "Console", report: Report) -> None:
    found = report.confusion
    if found is None:
        return
    rows = [
        (TIERS[tier], *(row[other] for other in sorted(row)), _percent(found.right_by_tier[tier]))
        for tier, row in sorted(found.table.items())
    ]
    _table(console, "Expected (rows) against decided", ("", "T1", "T2", "T3", "right (95 %)"), rows)
    console.print(
        f"right tier: {_percent(found.right)}; right reason: {_percent(found.reason_right)}", highlight=False
    )
    released = len(found.released_though_human)
    console.print(f"expected at T3 and released: {released}", style="bold red" if released else "bold green")
    _table(console, "Disagreements", ("expected", "decided", "because", "tickets", "such as"), [
        (f"T{d.expected_tier} {d.expected_reason}", f"T{d.tier} {d.decision}",
         f"{d.contact_reason} {d.reason}".strip(), d.count, d.ids[0]) for d in found.disagreements
    ])  # fmt: skip


def _table(console: "Console", title: str, heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        return
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for at, head in enumerate(heads):
        number = isinstance(rows[0][at], int | Decimal)
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*(escape(str(cell)) for cell in row))
    console.print()
    console.print(table)
    if len(rows) > _MOST_ROWS:
        console.print(f"… and {len(rows) - _MOST_ROWS} more; all are in --json", style="dim")


def _rows(structs: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [msgspec.structs.astuple(each) for each in structs]


def _pairs(counts: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [(each.name, each.count) for each in counts]


def _percent(share: Share) -> str:
    """``93.2 % (466 of 500; 90.7 to 95.3 %)``."""
    if not share.of:
        return "none"
    bounds = f"{share.low * 100:.1f} to {share.high * 100:.1f} %"
    return f"{share.value * 100:.1f} % ({share.count} of {share.of}; {bounds})"


def _money(minor: int, currency: str) -> str:
    return f"{minor / 100:.2f} {currency}" if currency else "–"
