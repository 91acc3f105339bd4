"""The desk's rules: who sees what, and texts in pieces that put together are the text."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.access import Actor
from newel.domain.desk import EXCERPT, Mark, Sight, excerpt, marks, pieces, short_name, sight
from newel.domain.errors import Forbidden
from newel.domain.mask import Known, hidden, known_of, reveal
from newel.domain.note import Tie
from newel.domain.scan.receipt import Evidence, Marker
from newel.domain.words import Assist, Cluster, Priority

PRIYA = known_of("Priya Nair", "14 Larch Row, Leeds", "+44 20 7946 0958")


def actor(*roles: str) -> Actor:
    return Actor(kind="staff", id=str(uuid4()), roles=frozenset(roles))


@pytest.mark.parametrize(
    ("roles", "tie", "seen"),
    [
        ({"resolver"}, Tie(owns=True), Sight.WHOLE),
        ({"resolver"}, Tie(granted=True), Sight.WHOLE),
        ({"resolver"}, Tie(), Sight.GLANCE),
        ({"resolver"}, Tie(reads=True), Sight.READ),
        ({"resolver"}, Tie(owns=True, reads=True), Sight.WHOLE),
        ({"supervisor"}, Tie(reads=True), Sight.MASKED),
        ({"supervisor"}, Tie(), Sight.MASKED),
        ({"supervisor"}, Tie(owns=True), Sight.WHOLE),
    ],
)
def test_INV_16_only_who_has_the_case_sees_it_whole(roles: set[str], tie: Tie, seen: Sight) -> None:
    assert sight(actor(*roles), tie) is seen


def test_who_does_not_work_on_cases_sees_none() -> None:
    with pytest.raises(Forbidden):
        sight(actor("auditor"), Tie(owns=True))


@pytest.mark.parametrize(
    ("name", "whole", "glance"),
    [
        ("Priya Nair", "Priya N.", "P. N."),
        ("Ana Maria de Souza", "Ana S.", "A. S."),
        ("Prince", "Prince", "P."),
        ("", "", ""),
        ("  ", "", ""),
    ],
)
def test_CTX_3_names_are_shortened(name: str, whole: str, glance: str) -> None:
    assert (short_name(name, Sight.WHOLE), short_name(name, Sight.GLANCE)) == (whole, glance)


def test_CTX_3_an_excerpt_is_one_line_without_personal_data() -> None:
    line = excerpt(f"Hello,\n\nI am Priya, mail me: priya@example.com {'so ' * 200}", PRIYA)
    assert line.startswith("Hello, I am [name], mail me: [email] so so")
    assert EXCERPT - 2 < len(line) <= EXCERPT
    assert line.endswith("…")


def test_evidence_stands_where_the_scan_saw_it_also_around_a_secret() -> None:
    text = "My lawyer, at priya@example.com, will sue"
    cut = pieces(text, hidden([text], PRIYA)[0], (Mark(3, 9, "legal"), Mark(11, 36, "x"), Mark(5, 9, "y")))
    assert [(p.text, p.field, p.marks) for p in cut] == [
        ("My ", "", ()),
        ("la", "", ("legal",)),
        ("wyer", "", ("legal", "y")),
        (", ", "", ()),
        ("at ", "", ("x",)),
        ("", "email-1", ("x",)),
        (", wil", "", ("x",)),
        ("l sue", "", ()),
    ]


def test_only_places_in_the_text_are_marked() -> None:
    seen = (Evidence(start=1, end=3), Evidence(fact="said before"), Evidence(start=4, end=4))
    marker = Marker(
        "legal.dictionary", Cluster.LEGAL, 3, True, Priority.P2, Assist.SUMMARISE, (), True, "", seen
    )
    assert marks([marker]) == (Mark(1, 3, "legal.dictionary"),)


@given(
    st.text(alphabet="ab@.cо1 \u200b\u202e\n", max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=4),
)
def test_pieces_are_the_text(text: str, places: list[tuple[int, int]]) -> None:
    found = hidden([text], Known())[0]
    seen = [Mark(min(p), max(p), "t") for p in places if p[0] != p[1]]
    whole = ""
    spans = iter(found)
    for piece in pieces(text, found, seen):
        if piece.field:
            secret, _ = next(spans)
            whole += text[secret.start : secret.end]
        else:
            whole += piece.text
    assert whole == text


def test_CTX_3_a_name_over_several_texts_gives_its_value_back() -> None:
    texts = ["I am Priya", "", "Priya again, or priya@example.com"]
    names = [[name for _, name in one] for one in hidden(texts, PRIYA)]
    assert names == [["name-1"], [], ["name-1", "email-1"]]
    assert reveal(texts, PRIYA, "email-1") == "priya@example.com"
    assert reveal(texts, PRIYA, "name-1") == "Priya"
