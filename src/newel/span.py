"""Spans: how long each part of a message's way took, for whoever collects traces (docs/operations.md).

Floors above the domain say where a part begins and ends; ``bootstrap.collector`` says where spans go.
Without a collector each of these is a question and nothing else. What is told of a span is of a closed
list, each of a shape of its own: ids, counts, codes, words of the program and of the policy. What a
customer wrote, or is called, has no place here.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar, Token
from enum import Enum
from types import TracebackType
from typing import Final, Protocol, Self
from urllib.parse import urlsplit

from newel.domain.errors import NewelError

Value = str | int | float
Told = Mapping[str, Value | None]


class Kind(Enum):
    """What a span is to the other side of it, as OpenTelemetry numbers it."""

    INTERNAL = 0
    SERVER = 1
    CLIENT = 2
    PRODUCER = 3
    CONSUMER = 4


class Begun(Protocol):
    """A span of the collector's, while it lasts."""

    traceparent: str
    sampled: bool

    def name(self, name: str) -> None:
        """Call it so."""

    def tell(self, name: str, value: Value) -> None:
        """Say this of it."""

    def fail(self) -> None:
        """It did not do what it was for."""

    def end(self) -> None:
        """It is over."""


class Tracer(Protocol):
    """Whoever collects spans."""

    def begin(self, name: str, kind: Kind, parent: str, link: str) -> Begun:
        """A span under ``parent`` (a traceparent; without one it is a trace's first), linked to ``link``."""

    def tally(self) -> Mapping[str, int]:
        """How many spans of this process came to what end."""


ENDS: Final = ("sent", "failed", "dropped")
"""What becomes of a span: the collector has it, would not take it, or too many waited for it."""
WITHHELD: Final = "(withheld)"

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD: Final = re.compile(r"[A-Za-z_][\w.\-]{0,79}", re.ASCII)
_PATH: Final = re.compile(r"/[\w./:~\-]*(\{\w+(:\w+)?\}[\w./:~\-]*)*", re.ASCII)
_NAME: Final = re.compile(rf"[A-Za-z]+( ({_WORD.pattern}|{_PATH.pattern}))?", re.ASCII)
SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "http.request.method": re.compile(r"[A-Z]{3,7}|_OTHER"),
    "http.route": _PATH,
    "http.response.status_code": _NUMBER,
    "url.scheme": re.compile(r"https?"),
    "url.template": _PATH,
    "server.address": re.compile(r"[\w.\-]{1,253}|\[?[0-9a-fA-F:.]+\]?", re.ASCII),
    "server.port": _NUMBER,
    "error.type": re.compile(rf"{_WORD.pattern}|\d{{3}}", re.ASCII),
    "db.system.name": _WORD,
    "db.operation.name": _WORD,
    "messaging.system": _WORD,
    "messaging.operation.name": _WORD,
    "messaging.operation.type": _WORD,
    "messaging.destination.name": _WORD,
    "messaging.message.id": re.compile(rf"\d+|{_UUID.pattern}"),
    "newel.case.id": _UUID,
    "newel.call": _WORD,
    "newel.outcome": _WORD,
    "newel.policy": re.compile(rf"{_WORD.pattern}/\d+", re.ASCII),
    "newel.attempt": _NUMBER,
    "newel.waited_seconds": _NUMBER,
    "newel.scan.characters": _NUMBER,
    "newel.scan.markers": _NUMBER,
    "newel.scan.tier_floor": _NUMBER,
}
"""What may be told of a span, and what it looks like."""

_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
_tracer: Tracer | None = None


class Nothing:
    """No span: nobody collects them, or not this one."""

    traceparent = ""

    def __enter__(self) -> Self:
        """Nothing begins."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing ends."""

    def tell(self, told: Told) -> None:
        """Nobody hears it."""

    def name(self, name: str) -> None:
        """Nobody calls it so."""

    def failed(self, error: BaseException) -> None:
        """Nobody hears it."""

    def fail(self, kind: str, *, ours: bool = True) -> None:
        """Nobody hears it."""

    def answered(self, status: int, *, fails: bool = True) -> None:
        """Nobody hears it."""


NOTHING: Final = Nothing()


class Span:
    """A part of the way while it lasts: what begins inside of it is a part of it."""

    def __init__(self, begun: Begun, *, holds: bool = True) -> None:
        self._begun = begun
        self._holds = holds
        self._before: Token[Span | None] | None = None

    @property
    def traceparent(self) -> str:
        """Where it stands, as other processes are told it (W3C Trace Context)."""
        return self._begun.traceparent

    @property
    def sampled(self) -> bool:
        """Whether the collector gets it."""
        return self._begun.sampled

    def __enter__(self) -> Self:
        """From here on it is the one at hand."""
        if self._holds:
            self._before = _here.set(self)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """It is over; of an error its kind is told, and never what it says."""
        if error is not None:
            self.failed(error)
        if self._before is not None:
            _here.reset(self._before)
        self._begun.end()

    def tell(self, told: Told) -> None:
        """Say this of it, as far as it may be said."""
        for name, value in told.items() if self.sampled else ():
            shape = SHAPES.get(name)
            if shape is not None and value is not None:
                self._begun.tell(name, _plain(shape, value))

    def name(self, name: str) -> None:
        """Call it so."""
        self._begun.name(_named(name))

    def failed(self, error: BaseException) -> None:
        """An error went through it; a refusal by the rules of the house is none of the house's."""
        typed = isinstance(error, NewelError)
        self.fail(
            error.code if isinstance(error, NewelError) else type(error).__name__,
            ours=not typed or getattr(error, "status", 500) >= 500,
        )

    def fail(self, kind: str, *, ours: bool = True) -> None:
        """It ended in an error of this kind; ``ours``: it did not do what it was for."""
        self.tell({"error.type": kind})
        if ours:
            self._begun.fail()

    def answered(self, status: int, *, fails: bool = True) -> None:
        """The other side of a call said so; ``fails``: 400 and above is no answer to go on with."""
        self.tell({"http.response.status_code": status})
        if fails and status >= 400:
            self.fail(str(status))


_here: ContextVar[Span | None] = ContextVar("newel_span", default=None)


def use(tracer: Tracer | None) -> None:
    """Spans of this process go there from now on."""
    global _tracer
    _tracer = tracer


def root(name: str, kind: Kind, *, parent: str | None = None, link: str | None = None) -> Span | Nothing:
    """A span that has nothing around it here; ``parent`` and ``link`` are what others say of theirs."""
    if _tracer is None:
        return NOTHING
    return Span(_tracer.begin(_named(name), kind, read(parent or ""), read(link or "")))


def part(name: str, told: Told | None = None, kind: Kind = Kind.INTERNAL) -> Span | Nothing:
    """A part of what is at hand; nothing where nothing is."""
    return _part(name, told, kind, holds=True)


def timed(name: str, told: Told | None = None, kind: Kind = Kind.CLIENT) -> Span | Nothing:
    """The same, of which nothing else becomes a part."""
    return _part(name, told, kind, holds=False)


def calling(method: str, url: str, template: str = "", call: str = "") -> Span | Nothing:
    """A request of ours to ``url``: its host is told, and the path as it is before it is filled."""
    template = template.partition("?")[0]
    made = part(f"{method} {template}" if template else method, kind=Kind.CLIENT)
    if made is not NOTHING:
        made.tell(
            {"http.request.method": method, "url.template": template or None, "newel.call": call or None}
        )
        made.tell(_place(url))
    return made


def _place(url: str) -> Told:
    try:
        place = urlsplit(url)
        return {"server.address": place.hostname, "server.port": place.port}
    except ValueError:  # no address at all: whoever calls it finds out
        return {}


def _part(name: str, told: Told | None, kind: Kind, *, holds: bool) -> Span | Nothing:
    around = _here.get()
    if _tracer is None or around is None or not around.sampled:
        return NOTHING
    begun = Span(_tracer.begin(_named(name), kind, around.traceparent, ""), holds=holds)
    begun.tell(told or {})
    return begun


def traceparent() -> str | None:
    """What is handed on with a job; None without a span."""
    around = _here.get()
    return around.traceparent if around is not None else None


def headers() -> dict[str, str]:
    """What is handed on with a request: where this stands, and nothing else of us or of the caller."""
    around = _here.get()
    return {"traceparent": around.traceparent} if around is not None else {}


def trace_id() -> str:
    """The trace at hand, if it is collected; empty without one."""
    around = _here.get()
    return around.traceparent[3:35] if around is not None and around.sampled else ""


def span_id() -> str:
    """The span at hand, if it is collected; empty without one."""
    around = _here.get()
    return around.traceparent[36:52] if around is not None and around.sampled else ""


def tally() -> Mapping[str, int]:
    """How many spans of this process came to what end (``ENDS``)."""
    return _tracer.tally() if _tracer is not None else dict.fromkeys(ENDS, 0)


def read(header: str) -> str:
    """A caller's ``traceparent`` in the version that we write; empty when it is none."""
    found = _TRACEPARENT.fullmatch(header)
    if found is None or (header.startswith("00") and found[3]):
        return ""
    return f"00-{found[1]}-{int(found[2], 16) & 1:02x}"


def _plain(shape: re.Pattern[str], value: Value) -> Value:
    return value if shape.fullmatch(str(value)) else WITHHELD


def _named(name: str) -> str:
    return name if _NAME.fullmatch(name) else WITHHELD
