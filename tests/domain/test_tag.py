"""What a tag is, and what is left to do on a case that carries some."""

import pytest

from newel.domain.errors import Conflict, Invalid
from newel.domain.tag import MOST, Change, change, fit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Late Delivery, #glaze", ("late-delivery", "glaze")),
        ("glaze,  GLAZE;glaze", ("glaze",)),
        ("factura dañada\nÉté", ("factura-dañada", "été")),
        ("", ()),
        (" , ;", ()),
        ("batch-2026", ("batch-2026",)),
    ],
)
def test_WRK_10_tags_are_small_letters_joined_by_hyphens(text: str, wanted: tuple[str, ...]) -> None:
    assert fit(text) == wanted


@pytest.mark.parametrize(
    "text", ["<b>", "a@b", "call 07700 900123", "order-10023", "x" * 33, "a--b", "-", "a_b", "é!", "a\u202eb"]
)
def test_WRK_10_what_is_no_tag_or_names_somebody_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        fit(text)


def test_WRK_10_what_stands_already_is_left_as_it_is() -> None:
    assert change(["a"], ["a", "b"], ["c"]) == Change(("b",), ())
    assert change(["a", "b"], ["a"], ["a", "b"]) == Change((), ("b",))
    assert not change(["a"], ["a"], ["z"])


def test_WRK_10_a_case_carries_a_bounded_number() -> None:
    full = [f"t{n}" for n in range(MOST)]
    with pytest.raises(Conflict, match="full"):
        change(full, ["more"], [])
    assert change(full, ["more"], ["t1"]) == Change(("more",), ("t1",))
    assert change([*full, "over"], [], ["t1"]) == Change((), ("t1",))
