"""Quality: the scorecard, what is held for a reviewer, and the sampling plan."""

from collections.abc import Iterator

from newel.domain.interval import share
from newel.domain.policy.problem import Problem
from newel.domain.policy.quality import Sampling, Scorecard
from newel.domain.policy.sheet import Sheet, blank
from newel.domain.words import Pattern


def check_quality(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in what reviews ask, and in what they are asked about."""
    bundle = sheet.bundle
    yield from _held(sheet)
    if bundle.scorecard:
        yield from _scorecard(sheet, bundle.scorecard)
    elif bundle.sampling or any(gate.sample_share for gate in bundle.gates.values()):
        hint = "add a scorecard: criteria with what each asks, owner, date"
        yield sheet.mild("gates", says="what is sampled is not reviewed without a scorecard", hint=hint)
    if bundle.sampling:
        yield from _sampling(sheet, bundle.sampling)


def _held(sheet: Sheet) -> Iterator[Problem]:
    for risk, gate in sheet.bundle.gates.items():
        path = ("gates", risk.value, "held_share")
        yield from sheet.within(*path, value=gate.held_share, low=0, high=1)
        if not gate.held_share:
            continue
        if gate.pattern is Pattern.APPROVAL_FIRST:
            yield sheet.wrong(*path, says="an approver sees it first already", hint="take it out")
        elif sheet.bundle.kind == "items":
            yield sheet.wrong(*path, says="an item has no answer that could wait", hint="take it out")
        elif sheet.bundle.scorecard is None:
            yield sheet.wrong(*path, says="nobody can review it without a scorecard", hint="add a scorecard")


def _scorecard(sheet: Sheet, card: Scorecard) -> Iterator[Problem]:
    yield from sheet.within("scorecard", "pass_score", value=card.pass_score, low=0, high=1)
    if not card.criteria:
        yield sheet.wrong("scorecard", "criteria", says="asks nothing", hint="add a criterion")
    for name, one in card.criteria.items():
        path = ("scorecard", "criteria", name)
        if blank(one.asks):
            yield sheet.wrong(*path, "asks", says="is empty", hint="write the question")
        yield from sheet.within(*path, "weight", value=one.weight, low=0.1, high=100)


def _sampling(sheet: Sheet, plan: Sampling) -> Iterator[Problem]:
    for key in ("approved_share", "resolved_share", "target", "floor"):
        yield from sheet.within("sampling", key, value=getattr(plan, key), low=0, high=1)
    yield from sheet.within("sampling", "window", value=plan.window, low=10, high=1000)
    yield from sheet.within("sampling", "raised_times", value=plan.raised_times, low=1, high=100)
    yield from sheet.within("sampling", "confidence", value=plan.confidence, low=0.5, high=0.999)
    if plan.floor > plan.target:
        says = f"the floor {plan.floor:g} is above the target {plan.target:g}"
        yield sheet.wrong("sampling", "floor", says=says, hint="lower the floor or raise the target")
    best = share(max(plan.window, 1), max(plan.window, 1), plan.confidence).low
    if 0 < plan.confidence < 1 and best < plan.floor <= plan.target:
        says = (
            f"even {plan.window} of {plan.window} that pass do not prove {plan.floor:g}: it would never ease"
        )
        yield sheet.wrong("sampling", "floor", says=says, hint=f"{best:.2f} or less, or a larger window")
