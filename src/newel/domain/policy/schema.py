"""The JSON schema of a policy document, for editors that complete and underline."""

from inspect import cleandoc
from typing import Any, Final

import msgspec

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import INCLUDE
from newel.domain.policy.shape import SPELLINGS

_INCLUDE: Final = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Files beside this one whose sections are merged in.",
}


def policy_schema() -> dict[str, Any]:
    """The schema, with the words that people write for priorities and assist modes.

    Nothing is required at the top, as a section may stand in an included file; `newel policy
    check` says what is missing in all.
    """
    schema = msgspec.json.schema(Bundle)
    defined: dict[str, Any] = schema["$defs"]
    for enum, words in SPELLINGS.items():
        defined[enum.__name__]["enum"] = list(words)
    whole = defined["Bundle"]
    whole["properties"] = {INCLUDE: _INCLUDE, **whole["properties"]}
    del whole["required"]
    title = {"title": "Newel policy", "$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**title, **_spelled(schema)}


def _spelled(node: Any) -> Any:
    """Defaults in words, where the struct holds the number of an enum."""
    if isinstance(node, list):
        return [_spelled(one) for one in node]
    if not isinstance(node, dict):
        return node
    walked = {key: _spelled(value) for key, value in node.items()}
    if isinstance(walked.get("description"), str):
        walked["description"] = cleandoc(walked["description"])
    for enum, words in SPELLINGS.items():
        if walked.get("$ref") == f"#/$defs/{enum.__name__}" and "default" in walked:
            walked["default"] = next(w for w, one in words.items() if one == walked["default"])
    return walked


def schema_text() -> str:
    """The schema as the file ``docs/policy.schema.json`` holds it."""
    packed = msgspec.json.encode(policy_schema(), order="deterministic")
    return msgspec.json.format(packed, indent=2).decode() + "\n"
