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
        ("no_playbook_fits", "No playbook fits"),
    ],
)
def test_a_reason_is_said_as_people_say_it(reason: str, words: str) -> None:
    assert str(said(reason)) == words
