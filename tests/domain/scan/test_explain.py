"""Why each rule fired or did not."""

import pytest

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.explain import Answer, explain
from newel.domain.scan.features import ScanInput
from newel.domain.scan.scanner import Scanner


def answers(scanner: Scanner, text: str) -> dict[str, Answer]:
    return {answer.trigger: answer for answer in explain(scanner, ScanInput(text=text)).answers}


def test_every_trigger_of_the_policy_has_its_answer(scanner: Scanner, bundle: Bundle) -> None:
    told = explain(scanner, ScanInput(text="My l4wyer says hello"))
    assert [answer.trigger for answer in told.answers] == list(bundle.triggers)
    assert {answer.trigger for answer in told.answers if answer.fired} == {
        marker.id for marker in told.receipt.markers
    }
    assert any("leet" in sight.name for sight in told.sights)


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        ("I don't need a person, thanks.", "request.person", "spared by what stands before it"),
        ("Where is my parcel?", "request.person", "None of its words occur"),
        ("Where is my parcel?", "emotion.floor", "The score 0.00 is not over 0.5"),
        ("Where is my parcel?", "value.vip", "The customer's data do not ask for it: vip"),
        ("Thanks!\n> I will call my lawyer", "legal.dictionary", "quoted, or a signature or footer"),
    ],
)
def test_what_did_not_fire_says_why(scanner: Scanner, text: str, key: str, why: str) -> None:
    answer = answers(scanner, text)[key]
    assert not answer.fired
    assert why in str(answer.why)


def test_what_fired_names_the_entry_and_the_view(scanner: Scanner) -> None:
    answer = answers(scanner, "My l4wyer says hello")["legal.dictionary"]
    match = next(match for match in answer.matches if not match.spared)
    assert match.entry == "legal.lawyer (en)"
    assert (match.start, match.end, match.text) == (3, 9, "l4wyer")
