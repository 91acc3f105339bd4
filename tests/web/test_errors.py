"""Errors are problem documents, name what is wrong, and never leak."""

import json

import httpx
import pytest
from litestar import get

from newel.domain.access import Role
from newel.domain.errors import Conflict, NotFound
from newel.store.db import Guarded
from newel.web import api
from newel.web.route import Open
from web.conftest import Site

SECRET = "the customer's secret"


@pytest.fixture(autouse=True)
def failing_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routes that fail in each way, added to the app under test."""

    def failing(path: str, error: Exception) -> object:
        async def fails() -> None:
            raise error

        return get(path, opt={"doc": _doc()})(fails)

    extra = [
        failing("/unexpected", RuntimeError(SECRET)),
        failing("/guarded", Guarded(what="x", state="refused", why=f"NW-X: {SECRET}", sqlstate="NW012")),
        failing("/missing", NotFound(what="case", id="7")),
        failing("/typed", Conflict(what="the case", state="resolved", why="it ended", n=3)),
    ]
    monkeypatch.setattr("newel.web.app.ROUTES", [*api.ROUTES, *extra])


def _doc() -> object:
    from newel.web.route import Doc

    return Doc(act=Open.PUBLIC)


def assert_problem(said: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert said.status_code == status
    assert said.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, object] = said.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:newel:problem:{code}"
    assert problem["request_id"] == said.headers["x-request-id"]
    return problem


async def test_an_unexpected_error_tells_its_request_id_and_nothing_else(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    async with site.client() as client:
        said = await client.get("/unexpected")
    problem = assert_problem(said, 500, "internal")
    printed = "".join(capsys.readouterr())
    assert SECRET not in said.text + printed
    assert "Traceback" not in said.text + printed
    assert str(problem["request_id"]) in printed


async def test_a_guards_words_stay_inside(site: Site) -> None:
    async with site.client() as client:
        said = await client.get("/guarded")
    assert_problem(said, 409, "guarded")
    assert SECRET not in said.text
    assert said.json()["data"] == {"sqlstate": "NW012"}
    assert said.json()["detail"] == "There is no authority for exactly this, now."


async def test_a_typed_error_has_its_status_code_and_data(site: Site) -> None:
    async with site.client() as client:
        problem = assert_problem(await client.get("/typed"), 409, "conflict")
    assert problem["detail"] == "The case is resolved: it ended"
    assert problem["data"]["n"] == 3


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here?name=Priya", 404, "not_found"),
        ("PATCH", "/api/v1/me", 405, "method_not_allowed"),
        ("GET", "/api/v1/sessions", 405, "method_not_allowed"),
        ("GET", "/%00", 404, "not_found"),
        ("GET", "/../../etc/passwd", 404, "not_found"),
    ],
)
async def test_404_and_405_are_problems_too(
    site: Site, method: str, path: str, status: int, code: str
) -> None:
    async with site.client() as client:
        said = await client.request(method, path)
    assert_problem(said, status, code)
    assert "Priya" not in said.text
    assert (status == 405) == ("allow" in said.headers)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ("", 400, None),
        ("{", 400, None),
        ("[" * 5000, 422, ""),
        ('{"login": "a", "password": ' + "[" * 50_000, 422, "password"),
        ("null", 422, ""),
        ("[]", 422, ""),
        ("{}", 422, "login"),
        ('{"login": 1, "password": "x"}', 422, "login"),
        ('{"login": "a", "password": "x", "more": 1}', 422, "more"),
        ('{"login": "a\\u0000b", "password": "x"}', 422, "login"),
        ('{"login": "a", "password": ""}', 422, "password"),
        ('{"login": "\\ud800", "password": "x"}', 400, None),
        (json.dumps({"login": "a" * 65, "password": "x"}), 422, "login"),
    ],
)
async def test_a_rubbish_body_names_its_field(site: Site, body: str, status: int, field: str | None) -> None:
    async with site.client() as client:
        said = await client.post(
            "/api/v1/sessions", content=body, headers={"content-type": "application/json"}
        )
    assert said.status_code == status, said.text
    if field is not None:
        assert [e["field"] for e in said.json()["errors"]] == [field]


async def test_a_body_over_a_mebibyte_is_413_announced_or_not(site: Site) -> None:
    async def chunks() -> object:
        for _ in range(1100):
            yield b" " * 1024

    json_type = {"content-type": "application/json"}
    async with site.client() as client:
        announced = await client.post("/api/v1/sessions", content=b" " * 1_200_000, headers=json_type)
        streamed = await client.post("/api/v1/sessions", content=chunks(), headers=json_type)
        counted = (await client.get("/metrics")).text
    assert_problem(announced, 413, "too_large")
    assert_problem(streamed, 413, "too_large")
    assert 'newel_http_requests_total{method="POST",route="/api/v1/sessions",status="413"} 2.0' in counted


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/here", 404),
        ("/missing", 404),
        ("/typed", 409),
        ("/guarded", 409),
        ("/unexpected", 500),
        ("/wallboard", 403),
    ],
)
async def test_an_error_page_keeps_the_frame_of_the_signed_in_and_no_one_elses(
    site: Site, path: str, status: int
) -> None:
    await site.person("ben", Role.RESOLVER)
    ben = await site.signed_in("ben")
    html = {"accept": "text/html"}
    shown = await ben.get(path, headers=html)
    assert shown.status_code == status
    assert 'class="rail"' in shown.text
    assert 'id="palette"' in shown.text
    assert "Ben" in shown.text
    assert SECRET not in shown.text
    async with site.client() as stranger:
        for cookie in ("", "no session of anybody"):
            stranger.cookies.set("newel_session", cookie)
            plain = await stranger.get(path, headers=html)
            assert plain.status_code == (303 if status == 403 else status)
            assert 'class="rail"' not in plain.text
    asked = await ben.get(path, headers={"hx-request": "true", **html})
    assert asked.headers["content-type"].startswith("application/problem+json")


async def test_who_must_sign_in_comes_back_to_the_page_before_them_if_it_is_one(site: Site) -> None:
    async with site.client() as client:
        for before, back in (
            ("http://x/desk", "%2Fdesk"),
            ("http://[", "%2Fwallboard"),
            ("", "%2Fwallboard"),
        ):
            asked = {"hx-request": "true", "hx-current-url": before}
            said = await client.get("/wallboard", headers=asked)
            assert said.status_code == 401, before
            assert said.headers["hx-redirect"] == f"/sign-in?next={back}"
