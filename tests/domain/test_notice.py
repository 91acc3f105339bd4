"""Notices in words."""

import re
from pathlib import Path

import pytest

from newel.domain.notice import words_of

SOURCE = Path(__file__).parents[2] / "src/newel/flow"


@pytest.mark.parametrize(
    ("kind", "text", "weight"),
    [
        ("assigned", "A case is yours", "info"),
        ("sla.resolution.50", "50% of the time to resolve has passed", "info"),
        ("sla.first_response.90", "90% of the time to answer first has passed", "warn"),
        ("sla.resolution.100", "The time to resolve is up", "danger"),
        ("sla.approval.150", "Half as long again as the time to decide on an approval", "danger"),
        ("on_call.breached", "Late, and no supervisor is on shift", "danger"),
        ("on_call.something_new", "On call: something new", "danger"),
        ("something_new", "Something new", "info"),
        ("sla.nothing.x", "Sla: nothing: x", "info"),
    ],
)
def test_a_notice_is_a_sentence(kind: str, text: str, weight: str) -> None:
    said = words_of(kind)
    assert (str(said.text), said.weight) == (text, weight)


def test_each_kind_that_the_flow_sends_has_words_of_its_own() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    kinds = set(re.findall(r'Notice\(kind="([a-z_.]+)"', text)) | set(
        re.findall(r'_notice\("([a-z_.]+)"', text)
    )
    assert kinds
    for kind in kinds:
        assert str(words_of(kind).text) != kind.replace("_", " ").replace(".", ": ").capitalize(), kind
