"""The processes that a supervisor tends: each is started again when it ends, and ends with it (Linux)."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

import typer

from newel.domain.errors import NewelError

if sys.platform == "linux":
    from setproctitle import getproctitle, setproctitle

    getproctitle()  # finds the title's place, which a change of the environment would hide

_PR_SET_PDEATHSIG = 1
_QUICK_DEATH_SECONDS = 5.0
_LONGEST_PAUSE = 10.0


class Process(Protocol):
    """What is used of a process."""

    @property
    def pid(self) -> int:
        """Its process id."""

    @property
    def returncode(self) -> int | None:
        """How it ended, once that was asked for."""

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def send_signal(self, sig: int, /) -> None:
        """Send it a signal."""

    def wait(self, timeout: float | None = None) -> int:
        """Until it ends; ``subprocess.TimeoutExpired`` when it does not."""

    def kill(self) -> None:
        """End it by force."""


class Child:
    """One process, started again when it dies; it dies with us (Linux)."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._process: Process | None = None
        self._started = 0.0
        self._pause = 0.0
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def tend(self, now: float) -> None:
        """Start it when it is not running; one that dies at once is started more and more slowly."""
        if self.pid is not None:
            return
        if self._process is not None:
            self._mourn(now)
        if now >= self._not_before:
            self._start(now)

    def _mourn(self, now: float) -> None:
        code = self._process.returncode if self._process else 0
        self._process = None
        quick = now - self._started < _QUICK_DEATH_SECONDS
        self._pause = min(_LONGEST_PAUSE, max(0.2, self._pause * 2)) if quick else 0.0
        self._not_before = now + self._pause
        typer.echo(f"newel: {self.name} ended ({code}); starting it again", err=True)

    def _start(self, now: float) -> None:
        self._started = now
        self._process = self._begun()

    def _begun(self) -> Process:
        return subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C reaches the supervisor alone, which ends all in their order
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no lock is taken
        )

    def stop(self) -> None:
        """Ask it to end."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        """Until it has ended; by force after ``seconds``."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Errand(Child):
    """One that ends by itself: started again until it has ended well, which ``marker`` remembers."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], marker: Path
    ) -> None:
        super().__init__(name, command, environment)
        self._marker = marker
        self._done = marker.exists()

    def tend(self, now: float) -> None:
        """Nothing more once it has ended well."""
        if not self._done and self._process is not None and self._process.poll() == 0:
            self._marker.touch()
            self._done = True
        if not self._done:
            super().tend(now)


class Copy(Child):
    """A command of ours as a copy of the supervisor: what that has loaded need not be loaded again.

    The supervisor must have one thread only: a copy has none of the others, and may wait for one for
    ever. Where there are more, and elsewhere than on Linux, the command is started anew.
    """

    possible = sys.platform == "linux"

    def __init__(self, name: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        super().__init__(name, [sys.executable, "-m", "newel", *words], environment)
        self._words = tuple(words)

    def _begun(self) -> Process:
        if not self.possible or threading.active_count() > 1:
            return super()._begun()
        process = multiprocessing.get_context("fork").Process(
            target=_become, args=(self._words, self._environment), name=self.name, daemon=True
        )
        process.start()
        return _Copied(process)


class _Copied:
    """A copy of ours, as ``Process``."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        os.kill(self.pid, sig)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code

    def kill(self) -> None:
        self._process.kill()


def apart(work: Callable[[], None]) -> None:
    """Do it in a copy of us that ends with it (Linux): threads that it leaves behind are not ours.

    A typed error is told there as by any command, and ends us too.
    """
    if not Copy.possible:
        work()
        return
    process = multiprocessing.get_context("fork").Process(target=_told, args=(work,), daemon=True)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _told(work: Callable[[], None]) -> None:
    _of_its_own()
    try:
        work()
    except NewelError as error:
        typer.echo(f"newel: {error.message}", err=True)
        raise SystemExit(2) from None


def _become(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """What a copy does first, by its own name."""
    from newel.cli import main

    _of_its_own()
    os.environ.update(environment)
    sys.argv = ["newel", *words]
    if sys.platform == "linux":
        setproctitle(" ".join(sys.argv))
    main()


def _of_its_own() -> None:
    """Out of the reach of Ctrl-C and without our signals, but not without us."""
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _die_with_parent()


def _die_with_parent() -> None:
    """Ask the kernel to end the child when the supervisor's thread ends (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
