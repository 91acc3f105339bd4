"""Request ids, headers, the access log, metrics, health."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from newel.cli.logs import configure_logging
from newel.store import job as jobs
from spans import PARENT, Kept, kept
from web.conftest import PASSWORD, ROOT, Site

__all__ = ["kept"]
UUID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/api/v1/me", "/openapi.json"])
async def test_every_answer_has_its_security_headers(site: Site, path: str) -> None:
    async with site.client() as client:
        headers = (await client.get(path)).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


async def test_a_plain_uuid_is_kept_as_request_id_and_nothing_else(site: Site) -> None:
    async with site.client() as client:
        kept = await client.get("/healthz", headers={"x-request-id": UUID})
        other = await client.get("/healthz", headers={"x-request-id": "priya@example.com"})
    assert kept.headers["x-request-id"] == UUID
    assert "priya" not in other.headers["x-request-id"]


@pytest.fixture
def logs() -> Iterator[None]:
    """The real set-up of the logs, for one test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("info")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_SEC_4_the_access_log_has_ids_and_neither_bodies_nor_queries(
    site: Site, logs: None, capfd: pytest.CaptureFixture[str]
) -> None:
    await site.person("amara")
    client = await site.signed_in("amara")
    await client.get("/nothing/priya@example.com?name=Priya", headers={"x-request-id": UUID})
    await client.get("/api/v1/me?name=Priya", headers={"x-request-id": UUID})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    missed, found = [line for line in lines if line.get("request_id") == UUID]
    assert (missed["status"], missed["route"]) == (404, "unmatched")
    assert (found["event"], found["method"], found["route"]) == ("request", "GET", "/api/v1/me")
    assert found["actor_kind"] == "staff"
    for secret in ("riya", PASSWORD, "amara", client.cookies["newel_session"]):
        assert secret not in json.dumps(lines)


async def test_requests_are_counted_by_route_template_and_status(site: Site) -> None:
    async with site.client() as client:
        for path in ("/api/v1/me", "/a", "/b", "/c"):
            await client.get(path)
        await client.request("BREW", "/d")
        text = (await client.get("/metrics")).text
    assert 'newel_http_requests_total{method="GET",route="/api/v1/me",status="401"} 1.0' in text
    assert 'newel_http_requests_total{method="GET",route="unmatched",status="404"} 3.0' in text
    assert "BREW" not in text
    assert "newel_database_up 1.0" in text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/v1/sessions", "application/json"), ("/sign-in", "application/x-www-form-urlencoded")],
)
async def test_who_goes_away_in_the_middle_is_no_fault_of_ours(
    site: Site, logs: None, capfd: pytest.CaptureFixture[str], path: str, kind: str
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(site.url.rsplit(":", 1)[1]))
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: 900\r\n"
    writer.write(f"{head}x-request-id: {UUID}\r\n\r\nlogin=".encode())
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    said = ""
    async with asyncio.timeout(5):
        while UUID not in said:
            await asyncio.sleep(0.02)
            said += capfd.readouterr().err
    lines = [json.loads(line) for line in said.splitlines()]
    assert [(line["event"], line.get("status")) for line in lines if UUID in str(line)] == [("request", 499)]
    assert {line["level"] for line in lines} == {"info"}


async def test_OPS_6_ready_means_database_and_migrations(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/readyz")).json()["status"] == "ok"
        await site.house.as_owner("DELETE FROM public.newel_migration")
        lacking = await client.get("/readyz")
        assert (lacking.status_code, lacking.json()["code"]) == (503, "unavailable")
        assert "newel migrate" in lacking.json()["detail"]
        await site.wired.db.close()
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
        assert "newel_database_up 0.0" in (await client.get("/metrics")).text


def lags(text: str) -> dict[str, float]:
    found = re.findall(r"^newel_(?:lag|worker_seen)_seconds\{([^}]*)\} (\S+)$", text, re.M)
    return {name.replace('"', ""): float(value) for name, value in found}


async def test_OPS_6_metrics_tell_what_waits_and_when_workers_were_seen(site: Site) -> None:
    add = """INSERT INTO newel.job (kind, key, state, run_at, created_at)
        VALUES ('answer', $1, 'ready', newel.now() + $2 * interval '1 second', newel.now())"""
    async with site.client() as client:
        before = lags((await client.get("/metrics")).text)
        assert before.pop("kind=any") == before.pop("kind=ai") == float("inf")
        assert {"kind=answer,what=job", "kind=,what=outbox", "kind=,what=feedback"} <= before.keys()
        assert set(before.values()) == {0.0}
        await site.house.as_owner(add, "due", -90.0)
        await site.house.as_owner(add, "later", 900.0)
        async with site.wired.db.tx(ROOT) as tx:
            await jobs.enlist(tx, answers=False)
        await asyncio.sleep(1.1)  # it is read at most once a second
        after = lags((await client.get("/metrics")).text)
    assert 90 <= after["kind=answer,what=job"] < 120
    assert after["kind=delivery,what=job"] == 0
    assert after["kind=any"] < 30
    assert after["kind=ai"] == float("inf")


async def test_OPS_6_a_request_is_told_by_its_route_and_never_by_its_path(site: Site, kept: Kept) -> None:
    token = await site.token("read_case")
    client = site.client(token)
    await client.get("/nothing/priya@example.com?name=Priya")
    await client.get(f"/api/v1/cases/{UUID}?name=Priya")
    for silent in ("/healthz", "/readyz", "/metrics", "/static/x/y.css"):
        await client.get(silent)
    spans = [one for one in kept.made if "http.request.method" in one.told]
    assert [(one.called, one.told["http.response.status_code"], one.failed) for one in spans] == [
        ("GET", 404, False),
        ("GET /api/v1/cases/{case_id}", 404, False),
    ]
    assert spans[1].told["http.route"] == "/api/v1/cases/{case_id}"
    assert "riya" not in str([(one.called, one.told) for one in kept.made])


async def test_OPS_6_programs_say_of_which_trace_they_are_and_browsers_do_not(site: Site, kept: Kept) -> None:
    given = {"traceparent": PARENT, "tracestate": "a=priya", "baggage": "name=priya"}
    said = await site.client().get("/api/v1/me", headers=given)
    await site.client().get("/sign-in", headers=given)
    program, browser = [one for one in kept.made if "http.request.method" in one.told]
    assert (program.parent, browser.parent) == (PARENT, "")
    assert said.json()["trace_id"] == PARENT[3:35]
    assert "priya" not in str(kept.made)


async def test_OPS_6_without_traces_an_error_names_none(site: Site) -> None:
    said = (await site.client().get("/api/v1/me", headers={"traceparent": PARENT})).json()
    assert "request_id" in said
    assert "trace_id" not in said


async def test_OPS_6_the_log_names_the_trace(
    site: Site, kept: Kept, logs: None, capfd: pytest.CaptureFixture[str]
) -> None:
    await site.client().get("/api/v1/me", headers={"traceparent": PARENT, "x-request-id": UUID})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == UUID and line["event"] == "request"]
    (made,) = [one for one in kept.made if one.parent == PARENT]
    assert (line["trace_id"], line["span_id"]) == (PARENT[3:35], made.traceparent[36:52])


async def test_OPS_6_what_becomes_of_spans_is_counted(site: Site, kept: Kept) -> None:
    await site.client().get("/api/v1/me")
    before = len(kept.made)
    said = (await site.client().get("/metrics")).text
    assert f'newel_traces_spans_total{{end="sent"}} {float(before)}' in said
    assert 'newel_traces_spans_total{end="failed"} 0.0' in said
