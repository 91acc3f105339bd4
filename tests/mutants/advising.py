"""The second opinion: it is asked, it counts, silence is no consent, and nobody outside learns who writes."""

from tests.mutants.mutant import FLOW, Mutant, patched

LEAVES = "tests/domain/test_opinion.py::test_SCN_11_nothing_leaves_that_no_opinion_consents_to"
NAMES = "tests/domain/test_opinion.py::test_what_an_opinion_names_has_the_effect_of_its_trigger"
SAYS = (
    "tests/domain/test_opinion.py"
    "::test_SCN_11_whatever_leaves_was_to_be_asked_about_and_nothing_else_says_that_it_was_not"
)
ONLY = "tests/domain/test_opinion.py::test_it_is_asked_only_of_what_might_leave_without_a_person"


def f(*names: str) -> tuple[str, ...]:
    return tuple(f"{FLOW}/test_opinion.py::test_{name}" for name in names)


MUTANTS: tuple[Mutant, ...] = (
    patched("SCN-11", "domain/tier/rules.py", "yield from names(signals, policy)", "yield from ()", NAMES),
    patched("SCN-11", "domain/tier/decision.py", "if not heard(signals, policy):", "if False:", LEAVES),
    patched(
        "SCN-11",
        "domain/tier/opinion.py",
        "return policy.opinion is None or signals.opinion in (NONE, JUDGED)",
        "return policy.opinion is None or signals.opinion in (NONE, JUDGED, UNHEARD)",
        LEAVES,
        *f("SCN_11_where_no_opinion_comes_a_person_approves_the_answer"),
    ),
    patched(
        "SCN-11",
        "domain/tier/decision.py",
        "lack = tuple(lacks(signals, policy)) if _leaves(decision) else ()",
        "lack = ()",
        LEAVES,
    ),
    patched(
        "SCN-11",
        "domain/tier/decision.py",
        "lack = tuple(lacks(signals, policy)) if _leaves(decision) else ()",
        "lack = tuple(lacks(signals, policy))",
        SAYS,
    ),
    patched(
        "SCN-11",
        "domain/tier/decision.py",
        "return policy.opinion is not None and _leaves(decide(consenting, answer, policy, _AT_BEST))",
        "return policy.opinion is not None",
        ONLY,
    ),
    patched(
        "SCN-11",
        "flow/opinion.py",
        "if turn.stopped or not may_leave",
        "if not may_leave",
        *f("while_the_AI_is_stopped_nobody_is_asked"),
    ),
    patched(
        "SCN-11",
        "domain/tier/decision.py",
        "return _with(order, trigger) if trigger else order",
        "return order",
        *f("SCN_11_what_the_opinion_names_is_a_persons_and_nothing_leaves"),
    ),
    patched(
        "SCN-11",
        "flow/opinion.py",
        "return await advises.advise(*await to_thread(_masked, turn, before, words))",
        "return await advises.advise(before, words)",
        *f("nobody_outside_learns_who_writes"),
    ),
    patched(
        "SCN-11",
        "flow/opinion.py",
        "JUDGED if turn.judged else await _asked(turn)",
        "await _asked(turn)",
        *f("what_a_person_has_judged_is_not_asked_about_again"),
    ),
    patched(
        "SCN-11",
        "flow/answer.py",
        "judged=all(_judged(s, told.lowered) for s in burst),",
        "judged=told.lowered is not None,",
        *f("what_a_person_has_judged_is_not_asked_about_again"),
    ),
)
