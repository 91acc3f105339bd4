"""Reasons in words, known ones and those spelled out."""

import pytest

from newel.domain.reason import said


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("legal.dictionary", "Legal words"),
        ("no_answer:not_their_order:order", "The AI has no answer: the record is somebody else's (order)"),
        ("no_answer:missing_fact", "The AI has no answer: a fact is missing"),
        ("no_answer:too_vague", "The AI has no answer: too vague"),
        (
            "no_answer:no_playbook_fits,no_knowledge_fits",
            "The AI has no answer: no playbook fits, no article answers it",
        ),
        (
            "no_answer:path_leads_to_a_person:sent, or lost",
            "The AI has no answer: this path is a person's (sent, or lost)",
        ),
        ("no_path_here", "No path here"),
    ],
)
def test_a_reason_is_said_as_people_say_it(reason: str, words: str) -> None:
    assert str(said(reason)) == words
