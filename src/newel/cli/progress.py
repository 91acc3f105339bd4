"""A progress bar over the bytes of a file, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newel.cli.rows import Rows

if TYPE_CHECKING:
    from rich.console import Console

_EVERY = 16


@contextmanager
def progress(console: "Console", what: str, rows: Rows) -> Iterator[Callable[[], None]]:
    """Hands out what to call after each row; how far it is follows from the file."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    counted = (TextColumn("{task.fields[rows]} rows"), TimeElapsedColumn())
    with Progress(*columns, *counted, console=console, transient=not console.is_terminal) as bar:
        task = bar.add_task(what, total=max(rows.size, 1), rows=0)
        done = 0

        def moved() -> None:
            nonlocal done
            done += 1
            if done % _EVERY == 0:
                bar.update(task, completed=rows.read_bytes, rows=done)

        yield moved
        bar.update(task, completed=rows.size, rows=done)
