"""What leaves the house by HTTP: once, within its time, and with the certainty that it did not leave."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from newel.connectors.calls import HttpCalls, _proxy
from newel.domain.ports import Answered, NotSent, Unanswered

ACCEPTED = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
MOVED = b"HTTP/1.1 307 Moved\r\nlocation: /elsewhere\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n"


class Peer:
    """A server that answers one request of a connection after the other as it is told, and keeps them."""

    def __init__(self, *answers: bytes) -> None:
        self.answers, self.heard, self.url = [*answers], list[bytes](), ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await self._request(reader):
            self.heard.append(head)
            answer = self.answers.pop(0) if self.answers else b""
            if not answer:
                break
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""


@asynccontextmanager
async def peer(*answers: bytes) -> AsyncIterator[Peer]:
    one = Peer(*answers)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield one
    server.close()


async def call(calls: HttpCalls, url: str, method: str = "GET", seconds: float = 5.0) -> Answered:
    return await calls.call(method, url, seconds=seconds, headers={"Authorization": "Bearer x"})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_INV_11_a_call_whose_answer_was_lost_is_not_made_again(calls: HttpCalls, method: str) -> None:
    async with peer(ACCEPTED) as other:
        assert await call(calls, other.url) == Answered(200, b"{}")
        with pytest.raises(Unanswered):
            await call(calls, f"{other.url}/refund", method)
    assert [head.split()[0].decode() for head in other.heard] == ["GET", method]


async def test_what_does_not_answer_in_its_time_is_in_doubt(calls: HttpCalls) -> None:
    async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    with pytest.raises(Unanswered):
        await call(calls, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "POST", 0.3)
    server.close()


async def test_no_redirect_is_followed_and_no_cookie_kept(calls: HttpCalls) -> None:
    async with peer(MOVED, ACCEPTED) as other:
        assert (await call(calls, f"{other.url}/a%2Fb?c=%20d")).status == 307
        await call(calls, other.url)
    assert other.heard[0].startswith(b"GET /a%2Fb?c=%20d HTTP/1.1\r\n")
    assert len(other.heard) == 2
    assert b"cookie" not in other.heard[1].lower()


@pytest.mark.parametrize(
    "url", ["nowhere", "ftp://127.0.0.1/x", "http://127.0.0.1:99999", "http://127.0.0.1:1"]
)
async def test_what_cannot_be_reached_was_never_sent(calls: HttpCalls, url: str) -> None:
    with pytest.raises(NotSent):
        await call(calls, url, "POST")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    _proxy.cache_clear()
    yield monkeypatch
    _proxy.cache_clear()


async def test_a_proxy_of_the_environment_is_asked_but_for_hosts_that_it_excepts(
    calls: HttpCalls, environment: pytest.MonkeyPatch
) -> None:
    async with peer(ACCEPTED) as proxy, peer(ACCEPTED) as near:
        environment.setenv("http_proxy", proxy.url)
        environment.setenv("no_proxy", "127.0.0.1")
        assert await call(calls, "http://orders.example/1") == Answered(200, b"{}")
        assert await call(calls, f"{near.url}/2") == Answered(200, b"{}")
    assert proxy.heard[0].startswith(b"GET http://orders.example/1 ")
    assert near.heard[0].startswith(b"GET /2 ")


async def test_no_password_of_a_netrc_leaves_the_house(
    calls: HttpCalls, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "netrc"
    kept.write_text("machine 127.0.0.1 login someone password something\n")
    environment.setenv("NETRC", str(kept))
    async with peer(ACCEPTED) as other:
        await calls.call("GET", other.url, seconds=5, headers={})
    assert b"authorization" not in other.heard[0].lower()
