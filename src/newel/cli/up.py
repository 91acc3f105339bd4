"""``newel up``: PostgreSQL, server, worker and the demo company under one supervisor."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newel.cli.child import Child, Copy, Errand, apart
from newel.domain.errors import Conflict, Invalid, NewelError

if TYPE_CHECKING:
    from newel.config import Settings
    from newel.store.embedded import Embedded

Place = tuple[str, int]
READY = "worker-ready"
_PATIENCE_SECONDS = 15.0
_MOMENT_SECONDS = 3.0
_STAND_BACK = "5"


def up(
    demo: Annotated[bool, typer.Option(help="With the demo company Hearthwick and its systems.")] = True,
    answer: Annotated[bool, typer.Option(help="With the AI worker; without it people do all.")] = True,
    demo_port: Annotated[int, typer.Option(help="Where the demo's systems listen.")] = 0,
    copy: Annotated[
        bool, typer.Option(help="Keep the program loaded; without it each process loads the code anew.")
    ] = True,
) -> None:
    """Start everything on this machine; Ctrl-C stops it cleanly.

    Example: newel up --no-demo
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices; and a copy is made of one thread
    from newel.bootstrap import prepare_secrets
    from newel.config import read
    from newel.store.embedded import Embedded

    settings = read()
    home, place = Path(settings.home).absolute(), (settings.host, settings.port)
    shop_port = (demo_port or settings.demo_port) if demo else None
    _must_be_free(*place)
    if shop_port:
        _must_be_free("127.0.0.1", shop_port)
    stop = _stop_on_signals()
    postgres = Embedded(home) if settings.embedded else None
    environment = _environment(settings, home, shop_port)
    (home / READY).unlink(missing_ok=True)
    if postgres is not None:
        _prepare(postgres, home)
    prepare_secrets(settings)
    company = _company(environment, home, shop_port, settings.url) if shop_port else []
    children = [*company, *_children(settings, environment, answer, Copy if copy else _anew)]
    try:
        _begin(settings, postgres, company, copy)
        _tend(children, postgres, stop, lambda: (home / READY).exists() and _listens(place))
        if not stop.asked:
            _say_where(settings, shop_port)
        _tend(children, postgres, stop, lambda: False)
    finally:
        _end(children, postgres)


def _environment(settings: "Settings", home: Path, shop_port: int | None) -> dict[str, str]:
    """What the children are given: where the home is, seen from anywhere, and the shop, if there is one."""
    from newel.bootstrap import demo_environment

    shop = demo_environment(settings, shop_port) if shop_port else {}
    return {**os.environ, "NEWEL_HOME": str(home), **shop}


def _prepare(postgres: "Embedded", home: Path) -> None:
    """The database's folders, and a word where they are, if they cannot be at home."""
    kept = postgres.cluster.place
    where = "" if kept == home else f" in {kept}, as only root may enter {home}"
    typer.echo(f"newel: starting PostgreSQL{where}", err=True)
    postgres.cluster.prepare()


def _say_where(settings: "Settings", shop_port: int | None) -> None:
    said = f"newel: serving on {settings.url} (Ctrl-C stops it)"
    if shop_port:
        said += f"; the demo shop with its chat is http://127.0.0.1:{shop_port}/shop"
    typer.echo(said, err=True)


def _begin(settings: "Settings", postgres: "Embedded | None", company: Sequence[Child], copy: bool) -> None:
    """All that server and worker find: what takes long goes on while the database starts."""
    from newel.bootstrap import prepare_home
    from newel.bootstrap.beforehand import load, recall, warm
    from newel.cli.seed import demo_company

    if copy:
        gc.disable()  # all that is made until the copies are is there to stay
    for step in (load, partial(recall, settings), warm) if copy else ():
        if postgres is not None:
            postgres.begin()
        for child in company[:1]:
            child.tend(time.monotonic())
        step()
    if postgres is not None:
        postgres.start()
    asyncio.run(prepare_home(settings, postgres))
    if company:
        apart(lambda: asyncio.run(demo_company(settings)))
    if copy:
        _make(settings)


def _anew(name: str, words: Sequence[str], environment: Mapping[str, str]) -> Child:
    return Child(name, [sys.executable, "-m", "newel", *words], environment)


def _make(settings: "Settings") -> None:
    """What the copies need; what cannot be made here they make, or refuse, themselves."""
    from newel.bootstrap.beforehand import make

    with contextlib.suppress(Exception):  # a supervisor does not end for want of it
        asyncio.run(make(settings))
    gc.collect()
    gc.freeze()  # a copy's rounds of the collector do not touch, and so do not copy, what is shared
    gc.enable()


def _children(
    settings: "Settings", environment: Mapping[str, str], answer: bool, kind: Callable[..., Child]
) -> list[Child]:
    """The server and the workers, which share the connections of one process: each uses one processor.

    Workers stand back for the server: who writes to it waits for its answer, and their work is kept.
    """
    less = [] if answer else ["--except", "answer"]
    ready = str(Path(environment["NEWEL_HOME"], READY))
    words = ["work", "--ready-file", ready, "--nice", _STAND_BACK, *less]
    share = {"NEWEL_POOL_SIZE": str(max(2, -(-settings.pool_size // settings.workers)))}
    names = ["worker", *(f"worker {number + 2}" for number in range(settings.workers - 1))]
    workers = [kind(name, words, {**environment, **share}) for name in names]
    return [kind("server", ["serve"], environment), *workers]


def _company(environment: Mapping[str, str], home: Path, port: int, newel: str) -> list[Child]:
    """The demo company: its systems with its shop front, and its customers, told to the server once."""
    secrets = ["--token-file", str(home / "systems-token")]
    secrets += ["--webhook-secret-file", str(home / "webhook-secret")]
    secrets += ["--chat-secret-file", str(home / "chat-secret")]
    place = ["--port", str(port), "--data", str(home / "demo"), "--newel-url", newel]
    telling = [sys.executable, "-m", "newel.demo.customers", "--url", newel]
    telling += ["--token-file", str(home / "api-token")]
    return [
        Child("demo", [sys.executable, "-m", "newel.demo", *place, *secrets], environment),
        Errand("customers", telling, environment, home / "customers-pushed"),
    ]


class _Stop:
    asked = False


def _stop_on_signals() -> _Stop:
    stop = _Stop()

    def ask(_number: int, _frame: object) -> None:
        stop.asked = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    return stop


def _tend(
    children: list[Child], postgres: "Embedded | None", stop: _Stop, enough: Callable[[], bool]
) -> None:
    """Tend all until a signal, or until it is enough."""
    while not (stop.asked or enough()):
        if postgres is not None and not postgres.alive():
            _start_again(postgres)
        for child in children:
            child.tend(time.monotonic())
        time.sleep(0.1)


def _end(children: Sequence[Child], postgres: "Embedded | None") -> None:
    """The children first: until they have ended they write."""
    _stop(children)
    if postgres is not None:
        postgres.stop()
    typer.echo("newel: stopped", err=True)


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        child.stop()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for child in children:
        child.wait(deadline - time.monotonic())


def _start_again(postgres: "Embedded") -> None:
    """Whatever keeps it from starting now is tried again: the supervisor outlives it."""
    typer.echo("newel: PostgreSQL ended; starting it again", err=True)
    try:
        postgres.start()
    except NewelError as error:
        typer.echo(f"newel: {error}", err=True)


def _must_be_free(host: str, port: int) -> None:
    """Say that a port is taken, before anything is started; a server that is ending gets its moment."""
    from newel.config import place as written

    try:
        _bind(host, port)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise Conflict(
                what=f"port {port}",
                state="in use",
                why="stop what listens there, or set NEWEL_PORT or NEWEL_DEMO_PORT",
            ) from None
        raise Invalid(what=f"the address {written(host, port)}", why=str(error)) from None


def _bind(host: str, port: int) -> None:
    """Take the port for a moment; one whose supervisor was killed gives it up within seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + _MOMENT_SECONDS
    while True:
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _listens(place: Place) -> bool:
    """Whether the server takes connections by now."""
    try:
        socket.create_connection(place, timeout=0.2).close()
    except OSError:
        return False
    return True
