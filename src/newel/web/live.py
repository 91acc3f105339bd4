"""One stream for each open page: it says which topics changed, and the page asks for its parts again.

Nothing of anybody's text travels here, only topics. A stream begins with what changed since the mark that it
names (``web.lately``), or with a ``resync`` where that cannot be told; each event carries the next mark.
The route stands outside of Litestar and of the hooks: each layer would wrap every event.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from urllib.parse import parse_qs

import msgspec
from litestar.types import Receive, Scope, Send

from newel.web.lately import Lately
from newel.web.viewing import TOPIC, Viewing

PATH = "/live"
COALESCE_SECONDS = 0.1
HEARTBEAT_SECONDS = 15.0
TOPICS_AT_MOST = 64
_PARTS_OF_A_WORD = 3
HEARTBEAT = b": here\n\n"
Allowed = Callable[[Scope, frozenset[str]], Awaitable[bool]]
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Stream:
    """One open page: the topics that it shows, and what it has not been told yet."""

    def __init__(self, topics: frozenset[str], lately: Lately) -> None:
        self.topics = topics
        self._lately = lately
        self.ended = False
        self._changed: set[str] = set()
        self._resync = False
        self._woken = asyncio.Event()
        self._told_at = time.monotonic() - COALESCE_SECONDS

    def tell(self, topic: str) -> None:
        """A topic of this page has changed."""
        self._changed.add(topic)
        self._woken.set()

    def resync(self) -> None:
        """Anything may have changed."""
        self._resync = True
        self._woken.set()

    def end(self) -> None:
        """Nothing more is said."""
        self.ended = True
        self._woken.set()

    async def next(self) -> bytes:
        """The next event, or a heartbeat: at once after a quiet time, else all that changed within it."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return HEARTBEAT
        early = self._told_at + COALESCE_SECONDS - time.monotonic()
        if early > 0 and not self.ended:
            await asyncio.sleep(early)
        self._told_at = time.monotonic()
        return self._event()

    def begin(self, mark: str) -> bytes:
        """The first event: what changed since the mark, or that all may have."""
        missed = self._lately.since(mark, self.topics)
        self._resync = self._resync or missed is None
        self._changed |= missed or frozenset()
        return self._event()

    def _event(self) -> bytes:
        changed, self._changed = self._changed, set()
        resync, self._resync = self._resync, False
        self._woken.clear()
        name, data = (b"resync", b"{}") if resync else (b"changed", msgspec.json.encode(sorted(changed)))
        return b"event: %b\nid: %b\ndata: %b\n\n" % (name, self._lately.mark.encode(), data)


class Hub:
    """All streams of this process by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Stream]] = defaultdict(set)
        self._streams: set[Stream] = set()
        self.viewing = Viewing()
        self.lately = Lately()

    def __len__(self) -> int:
        """How many pages are open here."""
        return len(self._streams)

    def changed(self, topics: Iterable[str]) -> None:
        """Tell each page that shows one of the topics."""
        for topic in self._heard(topics):
            self.lately.changed(topic)
            for stream in self._by_topic.get(topic, ()):
                stream.tell(topic)

    def _heard(self, topics: Iterable[str]) -> Iterator[str]:
        """The topics, with what pages say of their persons put as what changed by it."""
        for topic in topics:
            if topic.count(":") == _PARTS_OF_A_WORD and topic.startswith(f"{TOPIC}:"):
                yield from self.viewing.hear(topic)
            else:
                yield topic

    def resync(self) -> None:
        """Word may have been missed: every page looks again."""
        self.lately.forget()
        for stream in self._streams:
            stream.resync()

    @contextlib.contextmanager
    def stream(self, topics: frozenset[str]) -> Iterator[Stream]:
        """A stream for as long as its page is open."""
        stream = Stream(topics, self.lately)
        self._streams.add(stream)
        for topic in topics:
            self._by_topic[topic].add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)
            for topic in topics:
                self._by_topic[topic].discard(stream)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    async def close(self) -> None:
        """End all streams, so that the server can stop."""
        for stream in list(self._streams):
            stream.end()


def asked_of(scope: Scope) -> tuple[frozenset[str], str]:
    """The topics that the page asks for, at most so many, and its mark; empty where it has none."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    return frozenset(asked.get("topic", [])[:TOPICS_AT_MOST]), asked.get("since", [""])[-1]


async def answer(hub: Hub, allowed: Allowed, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one stream until the page is closed, the server stops or the session ends."""
    topics, mark = asked_of(scope)
    if not await allowed(scope, topics):
        await send(
            {"type": "http.response.start", "status": 401, "headers": [(b"cache-control", b"no-store")]}
        )
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    with hub.stream(topics) as stream:
        gone = asyncio.create_task(_gone(receive, stream))
        try:
            await send({"type": "http.response.body", "body": stream.begin(mark), "more_body": True})
            while not stream.ended:
                event = await stream.next()
                if event is HEARTBEAT and not await allowed(scope, topics):
                    break
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()


async def _gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
