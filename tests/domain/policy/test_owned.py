"""Everything in a policy has somebody who answers for it, and a date (POL-1)."""

import re

import pytest
from tests.domain.policy.documents import KNOWN, STANDARD, line_of

from newel.domain.policy.check import check
from newel.domain.policy.diff import compare, may_be_emergency, signatures_needed
from newel.domain.policy.owned import keeper
from newel.domain.policy.parse import load_bundle, load_document
from newel.domain.policy.problem import BrokenPolicy, Problem
from newel.domain.policy.reading import read

HERE = "owner: Head of support, date: 2026-11-20"


def errors(text: str) -> list[Problem]:
    return [one for one in check(load_document(text, "p.yaml"), KNOWN) if one.severity == "error"]


def without(name: str, more: str = "") -> str:
    """The standard policy without one line of `owned`, with something else beside."""
    return re.sub(rf"(?m)^  {name}: {{owner.*\n", "", STANDARD) + more


@pytest.mark.parametrize("section", ["messages", "commitments", "sla"])
def test_POL_1_a_section_without_an_owner_is_named_with_its_line(section: str) -> None:
    text = without(section)
    (found,) = errors(text)
    assert (found.path, found.line) == (section, line_of(text, f"\n{section}:") + 1)
    assert (found.message, found.hint) == (
        "has no owner and no date",
        f"add under owned:  {section}: {{owner: Head of support, date: 2026-11-20}}",
    )


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("fields", "fields: {amount: {type: money}, vendor: {type: text}}\n"),
        ("outside", "outside: [where do you buy your mugs]\n"),
        ("surveys", "surveys: [csat]\n"),
    ],
)
def test_POL_1_so_is_each_other_section_of_plain_words(section: str, text: str) -> None:
    (found,) = errors(STANDARD.replace("owned:\n", f"{text}owned:\n"))
    assert (found.path, found.message) == (section, "has no owner and no date")
    owned = f"owned:\n  {section}: {{{HERE}}}\n"
    assert errors(STANDARD.replace("owned:\n", f"{text}{owned}")) == []


def test_POL_1_one_entry_may_have_its_own_and_the_others_are_named() -> None:
    text = without("messages", f"  messages.handover: {{{HERE}}}\n")
    found = errors(text)
    assert {one.path for one in found} == {
        f"messages.{key}" for key in load_bundle(text, "p.yaml").messages if key != "handover"
    }


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (f"  mesages: {{{HERE}}}\n", 'unknown section without owners "mesages"; did you mean "messages"?'),
        (f"  messages.hand_over: {{{HERE}}}\n", 'did you mean "messages.handover"?'),
        ("  messages.handover: {owner: Head of support}\n", '"date" is missing; add it as a date'),
        ('  messages.handover: {owner: " ", date: 2026-11-20}\n', "name who answers for this entry"),
        ("  messages.handover: {owner: X, date: soon}\n", 'must be a date, as 2026-11-20, not "soon"'),
    ],
)
def test_POL_1_an_owner_of_nothing_and_half_an_owner_are_named(more: str, says: str) -> None:
    try:
        (found,) = errors(STANDARD + more)
    except BrokenPolicy as broken:
        (found,) = broken.problems
    assert says in str(found)
    assert found.line == line_of(STANDARD + more, more.split(":", maxsplit=1)[0])


def test_POL_1_a_translation_is_its_messages_unless_somebody_else_is_named() -> None:
    texts = "texts: {es: {handover: Gracias.}, fr: {handover: Merci.}}\nowned:\n"
    deputy = HERE.replace("Head", "Deputy")
    mine = f"  messages.handover: {{{deputy}}}\n  texts.fr: {{owner: Fr, date: 2026-11-21}}\n"
    bundle = load_bundle(STANDARD.replace("owned:\n", texts + mine), "p.yaml")
    kept = {language: keeper(bundle, "texts", language, "handover") for language in ("es", "fr")}
    assert {language: one.owner for language, one in kept.items() if one} == {
        "es": "Deputy of support",
        "fr": "Fr",
    }


@pytest.mark.parametrize("section", ["sla", "messages", "commitments"])
def test_POL_1_a_reader_sees_who_answers_for_a_text_a_phrase_and_a_time(section: str) -> None:
    rows = next(one.rows for one in read(load_bundle(STANDARD, "p.yaml")) if one.key == section)
    assert all(row.owner and row.since for row in rows)


def test_POL_1_another_owner_changes_no_behaviour() -> None:
    before = load_bundle(STANDARD, "p.yaml")
    changes = compare(before, load_bundle(STANDARD + f"  messages.handover: {{{HERE}}}\n", "p.yaml"))
    assert [(str(one.words), one.clerical) for one in changes] == [
        ("Owner of messages.handover is new.", True)
    ]
    assert signatures_needed(changes).roles == ("policy_owner",)
    assert not may_be_emergency(changes)
