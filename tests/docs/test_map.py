"""The map of the house is the house."""

import pytest
from tests.docs.house import MAP, PARTS, filled


def test_the_map_is_true() -> None:
    text = MAP.read_text("utf-8")
    assert filled(text) == text, "run: python -m tests.docs.house"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_has_its_place(part: str) -> None:
    text = MAP.read_text("utf-8")
    assert f"<!-- {part}:begin -->" in text
    assert f"<!-- {part}:end -->" in text
