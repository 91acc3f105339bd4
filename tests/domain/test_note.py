"""Whom a note names."""

import pytest

from newel.domain.note import named


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("@esme, please", ("esme",)),
        ("ask @esme. And @Ben!", ("esme", "ben")),
        ("@esme @esme", ("esme",)),
        ("mail esme@hearthwick.example", ()),
        ("@", ()),
        ("@@esme", ()),
        ("(@o.brien)", ("o.brien",)),
        (" ".join(f"@a{n}" for n in range(50)), tuple(f"a{n}" for n in range(20))),
    ],
)
def test_an_at_and_a_login_name_a_person_and_an_address_nobody(text: str, wanted: tuple[str, ...]) -> None:
    assert named(text) == wanted
