"""The description is true: every route is in it, and every route asks for what it says."""

import re
from typing import Any

import pytest
from litestar import get
from openapi_spec_validator import validate

from newel.domain.access import Act
from newel.web import api
from newel.web.app import build
from newel.web.openapi import handlers_of
from newel.web.route import Open
from web.conftest import Site

PUBLIC = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/openapi.json"),
    ("post", "/api/v1/sessions"),
    ("post", "/api/v1/surveys/{token}"),
}
SOME_ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


def address(path: str) -> str:
    return (
        re.sub(r"{\w+_id}", SOME_ID, path)
        .replace("{ref}", "C0001")
        .replace("{token}", "no-token")
        .replace("{number}", "1")
    )


async def described(site: Site) -> dict[str, Any]:
    async with site.client() as client:
        found: dict[str, Any] = (await client.get("/openapi.json")).json()
    return found


async def test_OPS_1_the_description_is_valid_openapi(site: Site) -> None:
    document = await described(site)
    validate(document)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            errors = {status for status in operation["responses"] if int(status) >= 400}
            assert all("application/problem+json" in operation["responses"][s]["content"] for s in errors), (
                where
            )
            assert (not operation["security"]) == ((method, path) in PUBLIC), where
            if operation["security"]:
                assert {"401", "403"} <= errors, where
            if "requestBody" in operation:
                assert {"400", "413", "415", "422"} <= errors, where
                content = operation["requestBody"]["content"]
                assert "example" in content.get("application/json", {}) or set(content) == {"*/*"}, where


async def test_every_operation_has_its_own_name(site: Site) -> None:
    names = [o["operationId"] for ops in (await described(site))["paths"].values() for o in ops.values()]
    assert len(names) == len(set(names))


async def test_every_route_but_the_public_ones_is_401_without_credentials(site: Site) -> None:
    document = await described(site)
    async with site.client() as client:
        for path, operations in document["paths"].items():
            for method in operations:
                said = await client.request(method, address(path), json={})
                if (method, path) not in PUBLIC:
                    assert said.status_code == 401, f"{method} {path}: {said.status_code}"
                    assert said.json()["code"] == "unauthenticated"


async def test_every_route_with_an_act_is_403_without_its_scope(site: Site) -> None:
    token = {act: await site.token(*(a.value for a in Act if a is not act)) for act in Act}
    async with site.client() as client:
        for path, handler, doc in handlers_of(build(site.house)):
            if isinstance(doc.act, Open):
                continue
            method = next(iter(handler.http_methods))
            headers = {"authorization": f"Bearer {token[doc.act]}"}
            said = await client.request(method, address(_plain(path)), json={}, headers=headers)
            assert (said.status_code, said.json()["code"]) == (403, "forbidden"), f"{method} {path}"


def _plain(path: str) -> str:
    import re

    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


async def test_a_route_without_a_declared_act_does_not_start(
    house: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    @get("/forgotten")
    async def forgotten() -> None:
        """Nobody said who may."""

    monkeypatch.setattr("newel.web.app.ROUTES", [*api.ROUTES, forgotten])
    with pytest.raises(LookupError, match="/forgotten declares no act"):
        build(house)
