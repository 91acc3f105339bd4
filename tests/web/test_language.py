"""The language that an article begins in where nobody has said one."""

from types import SimpleNamespace
from typing import Any

import pytest

from newel.web.console.language import home


@pytest.mark.parametrize(
    ("served", "first"),
    [
        ({"a": ("fr", "en"), "b": ("en",)}, "fr"),
        ({"a": (), "b": ("es",)}, "es"),
        ({"a": ()}, "en"),
        ({}, "en"),
    ],
)
def test_the_first_served_language_is_the_houses_own(served: dict[str, tuple[str, ...]], first: str) -> None:
    running = {
        name: SimpleNamespace(bundle=SimpleNamespace(languages=codes)) for name, codes in served.items()
    }
    request: Any = SimpleNamespace(house=SimpleNamespace(in_force=lambda: running))
    assert home(request) == first
