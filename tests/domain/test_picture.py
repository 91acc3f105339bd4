"""The extent of a picture is read from its head, and rubbish never raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.picture import Extent, extent
from samples import gif, jpeg, png, webp

SIDE = st.integers(1, 16_000)


@given(SIDE, SIDE)
def test_each_form_tells_its_extent(width: int, height: int) -> None:
    wanted = Extent(width, height)
    assert extent("gif", gif(width, height)) == wanted
    assert extent("jpeg", jpeg(width, height)) == wanted
    for form in (b"VP8X", b"VP8L", b"VP8 "):
        assert extent("webp", webp(width, height, form)) == wanted


def test_a_png_tells_its_extent() -> None:
    assert extent("png", png(7, 5)) == Extent(7, 5)


@pytest.mark.parametrize("kind", ["png", "gif", "jpeg", "webp"])
@given(st.binary(max_size=80), st.integers(0, 40))
def test_a_broken_head_is_no_picture_and_no_error(kind: str, rubbish: bytes, cut: int) -> None:
    whole = {"png": png(), "gif": gif(), "jpeg": jpeg(), "webp": webp()}[kind]
    for content in (rubbish, whole[:cut], whole[:cut] + rubbish):
        found = extent(kind, content)
        assert found is None or (found.width > 0 and found.height > 0)


def test_no_extent_is_zero_and_a_bomb_does_not_fit() -> None:
    assert extent("gif", gif(0, 2)) is None
    found = extent("gif", gif(60_000, 60_000))
    assert found is not None
    assert not found.fits
