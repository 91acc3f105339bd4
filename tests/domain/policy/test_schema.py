"""The JSON schema for editors: current, and in the words that people write."""

import json
from pathlib import Path

from newel.domain.policy.schema import policy_schema, schema_text

FILE = Path(__file__).parents[3] / "docs" / "policy.schema.json"


def test_the_file_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text(), "run: newel policy schema --write"


def test_priorities_and_assist_modes_are_words() -> None:
    defined = policy_schema()["$defs"]
    assert defined["Priority"]["enum"] == ["P1", "P2", "P3"]
    assert defined["Assist"]["enum"] == ["none", "summarise", "draft"]
    assert defined["Trigger"]["properties"]["priority"]["default"] == "P3"


def test_a_document_may_include_and_every_part_is_described() -> None:
    schema = json.loads(schema_text())
    assert "include" in schema["$defs"]["Bundle"]["properties"]
    assert all("description" in part for part in schema["$defs"].values())
