"""What is asked at the end: each kind once, of customers, and a fixed text only for what is asked."""

from collections.abc import Iterator

from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet
from newel.domain.survey import MESSAGES
from newel.domain.words import Survey


def check_survey(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in what is asked, and texts that nothing sends."""
    kinds = sheet.bundle.surveys
    if sheet.bundle.kind == "items" and set(kinds) - {Survey.CSAT}:
        yield sheet.wrong("surveys", says="items have no customer to ask", hint="take it out")
    for at, kind in enumerate(kinds):
        if kind in kinds[:at]:
            yield sheet.wrong("surveys", at, says=f'"{kind}" stands there twice', hint="name each kind once")
    for kind, key in MESSAGES.items():
        if key in sheet.bundle.messages and kind not in kinds:
            hint = f"add {kind} to surveys, or take the text out"
            yield sheet.mild("messages", key, says="nothing sends it", hint=hint)
