"""``newel import``: messages and items from files, through the API like any others (INT-1, INT-2)."""

import asyncio
import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from newel.cli.columns import Columns
from newel.cli.post import Api, Taken, Url, server, token_at
from newel.cli.rows import Refused, Rows
from newel.domain.replay import Ticket

if TYPE_CHECKING:
    from rich.console import Console

LANES: Final = 8
_BATCH: Final = 256
_MOST_SHOWN: Final = 50


@dataclass
class Summary:
    """What became of the rows."""

    taken: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)

    def add(self, found: Taken | Refused) -> None:
        """Count one row."""
        if isinstance(found, Refused):
            self.refused.append(found)
        elif found.duplicate:
            self.known += 1
        else:
            self.taken += 1


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for."""

    file: Path
    url: str
    token: str = ""
    workflow: str = "customer-support"
    channel: str = ""
    columns: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    encoding: str = "utf-8"


def import_(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines of messages or items.")],
    url: Url = "",
    token_file: Annotated[Path | None, typer.Option(help="Its token, with the scope intake.")] = None,
    workflow: Annotated[str, typer.Option(help="Where the rows belong.")] = "customer-support",
    channel: Annotated[str, typer.Option(help="Of all rows; else each row's own, else api.")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="name=header, such as text=body; again and again.")
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="A header to leave out; all others must be known. Again and again."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of the file.")] = "utf-8",
) -> None:
    """Import messages, or items (rows with fields); they are handled like any others that come in.

    Run it again after a failure: what is in already is not taken twice.
    Exit code 1: some rows were refused; each is named with its line.

    Example: newel import invoices.csv --workflow invoice-exceptions --token-file token
    """
    from rich.console import Console

    options = Options(
        file=file,
        url=server(url),
        token=token_at(token_file),
        workflow=workflow,
        channel=channel,
        columns=tuple(column or ()),
        ignored=tuple(ignore or ()),
        encoding=encoding,
    )
    summary = asyncio.run(run(options, Console(stderr=True)))
    _tell(Console(), summary)
    if summary.refused:
        raise typer.Exit(1)


async def run(options: Options, console: "Console") -> Summary:
    """Send every good row; those of one customer one after the other, in the file's order."""
    from newel.cli.progress import progress

    rows = Rows(options.file, options.encoding)
    columns = Columns(options.columns, rows.columns)
    columns.must_read_all(options.ignored)
    summary = Summary()
    with progress(console, "importing", rows) as moved:
        async with Api(options.url, options.token) as api:
            sending = _Sending(api, options, summary, moved)
            waiting = _tickets(rows, columns, summary)
            while batch := list(islice(waiting, _BATCH)):
                await asyncio.gather(*(sending.lane(batch, number) for number in range(LANES)))
    return summary


@dataclass(frozen=True)
class _Sending:
    """Rows on their way; those of one customer share a lane."""

    api: Api
    options: Options
    summary: Summary
    moved: Callable[[], None]

    async def lane(self, batch: Sequence[Ticket], number: int) -> None:
        """Send the rows of one lane, one after the other."""
        for ticket in batch:
            if zlib.crc32(_whose(ticket).encode()) % LANES == number:
                await self._send(ticket)

    async def _send(self, ticket: Ticket) -> None:
        path = "/api/v1/messages" if ticket.fields is None else "/api/v1/items"
        self.summary.add(await self.api.post(path, ticket.line, _body(ticket, self.options)))
        self.moved()


def _whose(ticket: Ticket) -> str:
    return ticket.customer_ref or ticket.address


def _body(ticket: Ticket, options: Options) -> dict[str, Any]:
    """The row as the API takes it."""
    body = {
        "external_id": ticket.id,
        "workflow": options.workflow,
        "channel": options.channel or ticket.channel or "api",
        "customer": {"ref": ticket.customer_ref, "address": ticket.address, "name": ticket.name},
        "text": ticket.text,
        "language": ticket.language,
    }
    if ticket.fields is None:
        return {**body, "conversation": ticket.conversation, "subject": ticket.subject}
    return {**body, "fields": ticket.fields, "confidence": ticket.extraction_confidence}


def _tickets(rows: Rows, columns: Columns, summary: Summary) -> Iterator[Ticket]:
    """The rows that can be sent, each with an id of its own; the others are noted."""
    seen: Counter[bytes] = Counter()
    for row in rows:
        ticket = row if isinstance(row, Refused) else columns.ticket(row)
        if isinstance(ticket, Ticket) and not _whose(ticket):
            hint = "name the column: --column customer_ref=<header>, or address=<header>"
            ticket = Refused(row.line, "it says of no customer", hint)
        if isinstance(ticket, Refused):
            summary.add(ticket)
        else:
            yield ticket if ticket.id else _with_id(ticket, seen)


def _with_id(ticket: Ticket, seen: Counter[bytes]) -> Ticket:
    """An id made of what the row says, and how often it was said before: the same in the next run."""
    content = msgspec.json.encode(msgspec.structs.replace(ticket, line=0))
    digest = hashlib.sha256(content).digest()[:16]
    seen[digest] += 1
    return msgspec.structs.replace(ticket, id=f"row-{digest.hex()}-{seen[digest]}")


def _tell(console: "Console", summary: Summary) -> None:
    from rich.markup import escape

    refused = sorted(summary.refused)
    for row in refused[:_MOST_SHOWN]:
        hint = f" ({escape(row.hint)})" if row.hint else ""
        console.print(f"line {row.line}: {escape(row.why)}{hint}", highlight=False, soft_wrap=True)
    if len(refused) > _MOST_SHOWN:
        console.print(f"… and {len(refused) - _MOST_SHOWN} more")
    counts = f"{summary.taken} taken in, {summary.known} were in already, {len(refused)} refused"
    console.print(counts, highlight=False)
