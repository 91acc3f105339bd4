"""Post-mortems: what has to be said, and a marker that is a draft of any policy file."""

from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain import policy
from newel.domain import post_mortem as rule
from newel.domain.errors import Invalid
from newel.domain.mask import known_of
from newel.domain.policy.diff import compare, signatures_needed, without_post_mortem
from newel.domain.policy.parse import Source, load_bundle
from newel.domain.post_mortem import FILE, Measure, Told, Why
from newel.domain.words import Assist, Cluster, Priority

TEXT = (Path(policy.__file__).parent / "default.yaml").read_text("utf-8")
BASE = load_bundle(TEXT, "default.yaml")
PM = UUID("1a2b3c4d-0000-0000-0000-000000000000")
TODAY = date(2026, 11, 27)
TOLD = Told(
    why=Why.MARKER_MISSING,
    missed="An ombudsman was named.",
    measure=Measure.MARKER,
    remedy="The word is a marker.",
    phrases=("the ombudsman",),
)
phrases = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).filter(
    lambda one: one.strip()
)


def marked(text: str, told: Told = TOLD, cluster: Cluster = Cluster.LEGAL, **includes: str) -> Source:
    files = {name.replace("_", "."): body for name, body in includes.items()}
    return rule.with_marker(Source("p.yaml", text, files), BASE, rule.name_of(PM), cluster, told, TODAY)


def test_QUA_6_a_marker_is_one_tightening_that_names_its_post_mortem() -> None:
    source = marked(TEXT)
    new = load_bundle(source.text, source.name, source.includes)
    changes = compare(BASE, new)
    assert [(one.path, one.direction) for one in changes] == [("triggers.legal.pm_1a2b3c4d", "tighter")]
    assert signatures_needed(changes).roles == ("legal_compliance",)
    assert without_post_mortem(BASE, new) == ()
    found, like = new.triggers["legal.pm_1a2b3c4d"], BASE.triggers["legal.dictionary"]
    assert (found.post_mortem, found.owner, found.date) == ("PM-1a2b3c4d", "Improvement lead", TODAY)
    assert (found.floor, found.lock, found.rule.phrases) == (3, True, ("the ombudsman",))
    assert (found.priority, found.assist, found.skills) == (like.priority, like.assist, like.skills)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "include: [other.yaml]\n",
        "include: [\n  other.yaml,\n]\n",
        "include: []\n",
        "# first\ninclude:  # beside this one\n  - other.yaml\n",
        "include:\n- other.yaml\n",
        "---\n",
    ],
)
def test_QUA_6_the_file_is_included_however_the_policy_includes_others(head: str) -> None:
    source = marked(head + TEXT, other_yaml="ceilings: {}\n")
    new = load_bundle(source.text, source.name, source.includes)
    assert new.triggers.keys() - BASE.triggers.keys() == {"legal.pm_1a2b3c4d"}
    assert ("other.yaml" in source.text) == ("other.yaml" in head)


def test_QUA_6_a_second_marker_joins_the_first() -> None:
    first, other = marked(TEXT), UUID("5e6f7a8b-0000-0000-0000-000000000000")
    second = rule.with_marker(first, BASE, rule.name_of(other), Cluster.TOPIC, TOLD, TODAY)
    new = load_bundle(second.text, second.name, second.includes)
    assert new.triggers.keys() - BASE.triggers.keys() == {"legal.pm_1a2b3c4d", "topic.pm_5e6f7a8b"}
    assert second.text == first.text
    assert list(second.includes) == [FILE]


@given(st.lists(phrases, min_size=1, max_size=5))
def test_QUA_6_whatever_is_written_as_a_phrase_comes_out_as_it_was(said: list[str]) -> None:
    source = marked(TEXT, msgspec.structs.replace(TOLD, phrases=tuple(said)))
    new = load_bundle(source.text, source.name, source.includes)
    wanted = tuple(dict.fromkeys(one.strip() for one in said))
    assert new.triggers["legal.pm_1a2b3c4d"].rule.phrases == wanted


def test_QUA_6_it_may_be_like_another_marker() -> None:
    source = marked(TEXT, msgspec.structs.replace(TOLD, like="topic.safety"), Cluster.TOPIC)
    found = load_bundle(source.text, source.name, source.includes).triggers["topic.pm_1a2b3c4d"]
    assert (found.priority, found.assist, found.preset) == (Priority.P1, Assist.NONE, "safety")
    for like in ("none.such", "data.missing_field"):
        with pytest.raises(Invalid, match="name a marker"):
            rule.model(BASE, Cluster.TOPIC, like)
    assert rule.model(BASE, Cluster.RISK_WORDS, "") is None


def test_QUA_6_what_is_missing_is_asked_for() -> None:
    rule.must_say(TOLD)
    for wrong, what in (
        ({"missed": " "}, "missed"),
        ({"remedy": ""}, "remedy"),
        ({"phrases": ()}, "phrases"),
        ({"measure": Measure.NOTHING}, "phrases"),
    ):
        with pytest.raises(Invalid, match=what):
            rule.must_say(msgspec.structs.replace(TOLD, **wrong))


@pytest.mark.parametrize("phrase", ["Priya Nair", "tell nair", "write to priya@example.com"])
def test_INV_15_texts_are_masked_and_a_phrase_that_names_the_customer_is_refused(phrase: str) -> None:
    known = known_of("Priya Nair", "priya@example.com")
    kept = rule.masked(msgspec.structs.replace(TOLD, missed=f" {phrase} asked twice. "), known)
    assert "nair" not in kept.missed.lower()
    assert "priya" not in kept.missed.lower()
    assert kept.phrases == TOLD.phrases
    with pytest.raises(Invalid, match="names the customer"):
        rule.masked(msgspec.structs.replace(TOLD, phrases=("the ombudsman", phrase)), known)
