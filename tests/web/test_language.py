"""The language that an article begins in where nobody has said one, and those that a text may be in."""

from types import SimpleNamespace
from typing import Any

import pytest

from newel.web.console.language import home
from web.conftest import Site


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


async def test_WRK_10_the_api_refuses_a_language_in_which_nobody_writes_and_says_which_may_be(
    shop: Site,
) -> None:
    ivan = await shop.signed_in("ivan")
    text = {"workflow": "customer-support", "name": "hello", "team": "inhouse", "body": "Hello,"}
    for code in ("nl", "zz", "xx-Latn"):
        refused = await ivan.put("/api/v1/macros", json={**text, "language": code})
        assert refused.status_code == 422
        assert refused.json()["code"] == "invalid"
        assert "choose one of these: de, en, es, fr" in refused.json()["detail"], refused.text
    assert (await ivan.put("/api/v1/macros", json={**text, "language": "fr"})).status_code == 200
