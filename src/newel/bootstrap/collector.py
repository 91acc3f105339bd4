"""The collector of traces that the ``OTEL_*`` variables name; without one no library for it is loaded."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

import structlog

from newel import span

UNREADABLE: Final = "(unreadable)"
"""In place of an address that is none; what it says may hold a password."""
_ADDRESSES: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
log = structlog.get_logger("traces")


def address(environment: Mapping[str, str] | None = None) -> str:
    """Where traces are collected, without user and password; empty when they are not.

    What cannot be read is named as ``UNREADABLE``, and raises nothing.
    """
    given = os.environ if environment is None else environment
    if given.get("OTEL_SDK_DISABLED", "").lower() == "true" or given.get("OTEL_TRACES_EXPORTER") == "none":
        return ""
    found = next((given[name] for name in _ADDRESSES if given.get(name)), "")
    try:
        parts = urlsplit(found)
    except ValueError:  # no address at all: nobody is reached by it, and each process says so
        return UNREADABLE
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def load() -> None:
    """The library, if traces are collected: once for all copies of a supervisor."""
    if address():
        with suppress(ImportError):  # each process says so
            import newel.bootstrap.otel  # noqa: F401


@contextmanager
def collecting(role: str) -> Iterator[None]:
    """Spans of this process go to the collector, if one is named; ``role`` is what the process is.

    What its variables say wrongly keeps no process from its work: it goes on without.
    """
    if not address():
        yield
        return
    try:
        from newel.bootstrap import otel

        tracer = otel.start(role)
    except Exception as error:
        log.warning("traces.not_started", error=type(error).__name__)
        yield
        return
    span.use(tracer)
    try:
        yield
    finally:
        span.use(None)
        tracer.close()


def reachable() -> bool:
    """Whether the collector takes what it is sent; it is sent nothing, for a try."""
    try:
        from newel.bootstrap import otel

        otel.start("doctor").close()  # what its variables say wrongly, they say here
        return otel.reachable()
    except Exception as error:
        log.warning("traces.not_started", error=type(error).__name__)
        return False
