"""``newel serve``, ``newel work`` and ``newel migrate``: the processes of a node."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run until done, on the faster loop where there is one."""
    import uvloop

    uvloop.run(main)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 0,
) -> None:
    """Serve the console, the customers' chat and the HTTP API.

    Example: NEWEL_DATABASE_URL=postgresql://… newel serve --host 0.0.0.0 --port 8080
    """
    from newel.cli.logs import configure_logging
    from newel.config import read

    settings = read()
    configure_logging(settings.log_level)
    run(_serve(host or settings.host, port or settings.port))


async def _serve(host: str, port: int) -> None:
    from newel.bootstrap import chat_door, database_url, open_house, tour
    from newel.bootstrap.collector import collecting
    from newel.config import read
    from newel.store.wake import listen_live
    from newel.web.app import build
    from newel.web.live import Hub
    from newel.web.server import serve as serve_app

    settings, hub = read(), Hub()
    async with AsyncExitStack() as stack:
        stack.enter_context(collecting("server"))
        house = await stack.enter_async_context(open_house(settings))
        listening = asyncio.create_task(listen_live(database_url(settings), hub.changed, hub.resync))
        try:
            await serve_app(
                build(house, hub, chat_door(settings), tour(settings)), host, port, closers=(hub.close,)
            )
        finally:
            listening.cancel()


def work(
    without: Annotated[
        list[str] | None, typer.Option("--except", help="A kind of job to leave out, e.g. answer (the AI).")
    ] = None,
    room: Annotated[int, typer.Option(help="How many jobs side by side.", min=1, max=256)] = 96,
    ready_file: Annotated[Path | None, typer.Option(help="Touched once it takes work.")] = None,
    yielding: Annotated[
        int, typer.Option("--nice", help="How far it stands back for other processes.", min=0, max=19)
    ] = 0,
) -> None:
    """Run the worker: jobs, clocks and all periodic work.

    Example: newel work --except answer
    """
    os.nice(yielding)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait
    from newel.cli.logs import configure_logging
    from newel.config import read

    configure_logging(read().log_level)
    run(_work(tuple(without or ()), room, ready_file))


async def _work(without: tuple[str, ...], room: int, ready_file: Path | None) -> None:
    from newel.bootstrap import database_url, open_house
    from newel.bootstrap.collector import collecting
    from newel.config import read
    from newel.domain.access import system
    from newel.store import job as jobs
    from newel.store.wake import listen
    from newel.worker.loop import Loop
    from newel.worker.timetable import Timetable

    settings = read()
    async with AsyncExitStack() as stack:
        stack.enter_context(collecting("worker"))
        opened = await stack.enter_async_context(open_house(settings, train="answer" not in without))
        async with opened.db.tx(system("worker")) as tx:
            house = replace(opened, worker=await jobs.enlist(tx, answers="answer" not in without))
        loop, timetable = Loop(house, without=without, room=room), Timetable(house)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, loop.stop)
        beside = [
            asyncio.create_task(timetable.run()),
            asyncio.create_task(listen(database_url(settings), loop.wake, jobs.LIVES.format(house.worker))),
        ]
        if ready_file is not None:
            ready_file.touch()  # noqa: ASYNC240 - once, before any work
        try:
            await loop.run()
        finally:
            for task in beside:
                task.cancel()


def migrate() -> None:
    """Bring the database of NEWEL_OWNER_URL (or NEWEL_DATABASE_URL) to today's schema.

    Example: NEWEL_OWNER_URL=postgresql://owner@db/newel newel migrate
    """
    from newel.bootstrap import migrate_database
    from newel.config import read

    for name in asyncio.run(migrate_database(read())) or ["nothing to do"]:
        typer.echo(name)
