"""What is merged: the guards of a merged case and of its survivor (INV-1, 5, 7, 13, 17)."""

from tests.mutants.mutant import FLOW, MERGE, Mutant, dropped, patched, without

GUARD = "guard_merge"


def m(*names: str) -> tuple[str, ...]:
    return tuple(f"{MERGE}::test_{name}" for name in names)


def f(*names: str) -> tuple[str, ...]:
    return tuple(f"{FLOW}/test_merge.py::test_{name}" for name in names)


AI_WAITS = m("INV_1_a_merged_case_is_a_persons_and_nothing_of_the_ai_waits_to_leave_it")
RISES = m("INV_17_a_survivor_is_not_below_what_is_merged_into_it")

MUTANTS: tuple[Mutant, ...] = (
    without(1, GUARD, "one.tier IS DISTINCT FROM 3 OR ", *AI_WAITS),
    without(1, GUARD, "o.state = 'pending' AND m.author = 'ai'", *AI_WAITS, new="false"),
    patched(
        1,
        "flow/merge.py",
        "    await delivery.take_back(tx, one, because=BECAUSE)\n",
        "",
        *f("INV_1_nothing_of_the_ai_leaves_either_case_after_a_merge"),
    ),
    patched(
        5,
        "flow/intake.py",
        'into = await merges.into(tx, case.id) if case.state == "resolved" else None',
        "into = None",
        *f("INV_5_a_message_that_chose_the_case_before_its_merge_follows_it"),
    ),
    dropped(7, "case_merged", "cases", *m("INV_7_a_merged_case_never_opens_again")),
    dropped(13, "merge_append_only", "merge", *m("INV_13_a_merge_is_never_changed")),
    without(17, GUARD, "other.tier IS DISTINCT FROM 3 OR ", *RISES),
    without(17, GUARD, "one.locked AND NOT other.locked\n       OR ", *RISES),
    without(17, GUARD, "other.priority > one.priority OR ", *RISES),
    without(17, GUARD, " OR other.assist > one.assist", *RISES),
    dropped(17, "case_reply_to", "cases", *m("INV_17_answers_go_to_no_other_conversation")),
)
