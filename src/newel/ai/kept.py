"""Models that were made once, kept on disk: a process that was killed need not learn again.

A file is named by all that the model was made from, and opened only under its own seal: nobody
without the master key can put one there.
"""

import contextlib
import fcntl
import hashlib
import hmac
import os
import pickle
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO, Final, TypeVar

import msgspec
import numpy as np

from newel.ai.intent import Intent
from newel.ai.knowledge import Knowledge
from newel.domain.knowledge import Article
from newel.domain.policy.bundle import Bundle

T = TypeVar("T")
_SEAL: Final = hashlib.sha256
_SEAL_BYTES: Final = 32
_PATIENCE_SECONDS, _LOOK_SECONDS = 60.0, 0.05


class Kept:
    """A folder of sealed models."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._key = hmac.digest(secret, b"newel kept models", _SEAL)

    def matcher(self, bundle: Bundle) -> Intent | None:
        """The matcher of a policy, made when it is not there; None without phrases."""
        if not any(book.phrases for book in bundle.playbooks.values()):
            return None
        return self.get(_matcher_name(bundle), lambda: Intent.of(bundle))

    def models(self, body: str, bundle: Bundle, shelf: Sequence[Article]) -> tuple[Intent | None, Knowledge]:
        """The matcher and the library of a policy, made when they are not there."""
        return self.matcher(bundle), self.get(_name(body, shelf), lambda: Knowledge.of(shelf, bundle))

    def library(self, body: str, bundle: Bundle, shelf: Sequence[Article]) -> Knowledge:
        """The library by itself, once it is there; made before that, and not kept."""
        plain = self._content(_name(body, shelf))
        if plain is None:
            return Knowledge.of(shelf, bundle)
        found: Knowledge = pickle.loads(plain)  # noqa: S301 - under our own seal
        return found

    def get(self, name: str, make: Callable[[], T]) -> T:
        """What is kept under a name, or what ``make`` makes, kept from then on.

        Of several processes one makes it, and the others wait for that.
        """
        plain = self._content(name)
        with contextlib.nullcontext() if plain else self._alone(name):
            plain = plain or self._content(name)
            if plain:
                found: T = pickle.loads(plain)  # noqa: S301 - under our own seal
                return found
            made = make()
            self._put(self._folder / name, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
            return made

    def _content(self, name: str) -> memoryview | None:
        """What is kept under our seal."""
        try:
            content = memoryview((self._folder / name).read_bytes())
        except OSError:
            return None
        seal, plain = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
        return plain if plain and hmac.compare_digest(seal, self._seal(name, plain)) else None

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One process at a time; a lock ends with who holds it, and nobody waits for ever."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                _lock(stack.enter_context((self._folder / f"{name}.lock").open("w")))
            yield

    def _seal(self, name: str, plain: bytes | memoryview) -> bytes:
        seal = hmac.new(self._key, name.encode(), _SEAL)
        seal.update(plain)  # some are large: not joined, not copied
        return seal.digest()

    def _put(self, path: Path, plain: bytes) -> None:
        """Whole or not at all; a folder that cannot be written only means that nothing is kept."""
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                file.writelines((self._seal(path.name, plain), plain))
            part.rename(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _lock(file: IO[str]) -> None:
    """Ours, or not within the time that making it takes at most: then it is made twice."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_SECONDS)
        else:
            return


def _matcher_name(bundle: Bundle) -> str:
    """By what a matcher is made from: how customers say it, what lies outside, its calibration."""
    phrases = {name: book.phrases for name, book in bundle.playbooks.items()}
    made_from = msgspec.json.encode((phrases, bundle.outside, bundle.calibration))
    return hashlib.sha256(f"{_code()} matcher ".encode() + made_from).hexdigest()


def _name(body: str, shelf: Sequence[Article]) -> str:
    """By what the library of a policy is made from."""
    made_from = [_code(), body, *sorted(f"{a.id}/{a.version}/{a.title}/{a.body}" for a in shelf)]
    return hashlib.sha256("\x00".join(made_from).encode()).hexdigest()


@cache
def _code() -> str:
    """The code that makes models: another one makes others."""
    versions = [platform.python_version(), np.__version__]
    for package in ("newel.ai", "newel.domain", "newel.domain.policy"):
        found = sorted(f.name for f in files(package).iterdir() if f.name.endswith(".py"))
        versions += [files(package).joinpath(name).read_text("utf-8") for name in found]
    return hashlib.sha256("\x00".join(versions).encode()).hexdigest()
