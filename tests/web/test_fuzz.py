"""Rubbish of every kind gets a typed 4xx: never a 500, never a hang."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from newel.domain.access import Act, Role
from web.conftest import Site
from web.test_openapi import SOME_ID, address

DEEP = "[" * 20_000
HUGE = "9" * 400
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["\x00", "a\x00b", "\u202e", "x" * 400, SOME_ID, "approve", "available", "💥"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def bodies(schema: dict[str, Any], example: dict[str, Any]) -> st.SearchStrategy[Any]:
    """The example with any of its fields, or of the schema's, replaced by rubbish; or rubbish alone."""
    names = st.sampled_from(sorted(schema.get("properties", {})) or ["x"]) | st.text(max_size=8)
    changed = st.dictionaries(names, JSON, min_size=1, max_size=4).map(lambda new: {**example, **new})
    return changed | JSON


def schema_of(document: dict[str, Any], operation: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    content = operation["requestBody"]["content"]["application/json"]
    name = content["schema"]["$ref"].rsplit("/", 1)[-1]
    return document["components"]["schemas"][name], content["example"]


@pytest.fixture
async def writers(shop: Site) -> list[httpx.AsyncClient]:
    """A service with every scope, and a person with every role."""
    await shop.person("root", *Role, clearance="supervisor", capacity=5, languages=("en",))
    return [shop.client(await shop.token(*Act)), await shop.signed_in("root")]


@settings(
    max_examples=30,
    phases=[Phase.generate],  # what fails is told by its request; making it smaller would ask on for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(data=st.data())
async def test_any_body_is_taken_or_refused_by_name(
    writers: list[httpx.AsyncClient], data: st.DataObject
) -> None:
    document = (await writers[0].get("/openapi.json")).json()
    for path, method, operation in operations(document):
        body = data.draw(bodies(*schema_of(document, operation)), label=f"{method} {path}")
        client = data.draw(st.sampled_from(writers), label="who") if "sessions" not in path else writers[0]
        said = await client.request(method, address(path), json=body)
        assert said.status_code < 500, f"{method} {path} {body!r}: {said.text}"
        if said.status_code >= 400:
            assert said.headers["content-type"].startswith("application/problem+json")
            assert str(said.status_code) in operation["responses"], f"{method} {path}: {said.status_code}"


async def test_raw_rubbish_is_refused_everywhere(writers: list[httpx.AsyncClient]) -> None:
    document = (await writers[0].get("/openapi.json")).json()
    for path, method, operation in operations(document):
        schema, example = schema_of(document, operation)
        field = sorted(schema["properties"])[0]
        start = json.dumps({k: v for k, v in example.items() if k != field})[:-1]
        start += ", " if len(start) > 1 else ""
        for raw in (
            "",
            "not json",
            DEEP,
            HUGE,
            f'{start}"{field}": {DEEP}',
            f'{start}"{field}": {HUGE}}}',
            f'{start}"unknown": {DEEP}',
            f'{start}"{field}": "\\u0000"}}',
            f'{start}"{field}": "\\ud800"}}',
            b"\xff\xfe" + start.encode(),
            f'{start}"{field}": 1e999}}',
        ):
            said = await writers[0].request(
                method, address(path), content=raw, headers={"content-type": "application/json"}
            )
            assert 400 <= said.status_code < 500, f"{method} {path} {raw[:80]!r}: {said.text}"


KINDS = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "",
]


async def test_other_content_types_are_415(writers: list[httpx.AsyncClient]) -> None:
    document = (await writers[0].get("/openapi.json")).json()
    for path, method, operation in operations(document):
        content = json.dumps(schema_of(document, operation)[1])
        for kind in KINDS:
            said = await writers[0].request(
                method, address(path), content=content, headers={"content-type": kind}
            )
            assert said.status_code == 415, f"{method} {path} {kind}: {said.status_code}"


QUERIES = (
    "after=-1",
    "after=x",
    "after=",
    f"after={HUGE}",
    "after=1.5",
    "other=1",
    "after=%00",
    "after=null",
)


async def test_a_rubbish_query_is_422(writers: list[httpx.AsyncClient]) -> None:
    for query in QUERIES:
        said = await writers[0].get(f"/api/v1/conversations/{SOME_ID}/messages?{query}")
        assert said.status_code == 422, f"{query}: {said.text}"
        assert said.json()["errors"][0]["field"] in {"after", "other"}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, found in document["paths"].items()
        for method, operation in found.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
