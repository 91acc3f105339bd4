"""Weekly reviews and post-mortems: once each, by whose they are, kept as they were (INT-3, QUA-6)."""

from tests.mutants.mutant import FLOW, GUARDS, Mutant, dropped, patched, statement, without

WEEKLY, PM = "guard_weekly", "guard_post_mortem"


def w(*names: str) -> tuple[str, ...]:
    return tuple(f"{GUARDS}/test_weekly.py::test_{name}" for name in names)


SIGNS = "INT_3_only_who_is_named_or_a_supervisor_signs_off"
KEPT = "INT_3_what_a_review_was_opened_with_never_changes"
OPENS = "QUA_6_a_miss_has_one_post_mortem_and_it_starts_open"

MUTANTS: tuple[Mutant, ...] = (
    statement(
        "INT-3",
        "ALTER TABLE newel.weekly DROP CONSTRAINT weekly_workflow_week_key",
        *w("INT_3_a_week_of_a_workflow_has_one_review"),
    ),
    dropped("INT-3", "weekly_guard", "weekly", *w(SIGNS, "INT_3_a_review_starts_open")),
    without("INT-3", WEEKLY, "NEW.figures,", *w(f"{KEPT}[figures]"), new="OLD.figures,"),
    without(
        "INT-3", WEEKLY, "IF OLD.state <> 'open' OR", *w("INT_3_what_is_signed_off_never_changes"), new="IF"
    ),
    without(
        "INT-3",
        WEEKLY,
        "NEW.state = 'signed' AND NOT newel.answers_for(NEW.signed_by, NEW.owner_id)",
        *w(SIGNS),
        new="false",
    ),
    without("INT-3", "answers_for", "s.active", *w(SIGNS), new="true"),
    without("INT-3", "answers_for", "s.id = owner_id OR ", *w(SIGNS)),
    without(
        "QUA-6",
        WEEKLY,
        "NEW.state = 'signed' AND NEW.unwritten = ''",
        *w("QUA_6_with_post_mortems_open_a_reason_is_given"),
        new="false",
    ),
    statement(
        "QUA-6",
        "ALTER TABLE newel.post_mortem DROP CONSTRAINT post_mortem_case_id_episode_cluster_key",
        *w(OPENS),
    ),
    statement(
        "QUA-6",
        "ALTER TABLE newel.miss DROP CONSTRAINT miss_review_id_case_id_episode_fkey",
        *w("QUA_6_a_miss_that_a_review_found_is_of_its_case_and_episode"),
    ),
    dropped(
        "QUA-6", "post_mortem_guard", "post_mortem", *w("QUA_6_only_who_is_named_or_a_supervisor_writes")
    ),
    without("QUA-6", PM, "AND m.cluster = NEW.cluster", *w(OPENS)),
    without("QUA-6", PM, "IF OLD.state <> 'open' OR", *w("QUA_6_what_is_written_never_changes"), new="IF"),
    without(
        "QUA-6",
        PM,
        "NEW.state = 'written' AND NOT newel.answers_for(NEW.written_by, NEW.owner_id)",
        *w("QUA_6_only_who_is_named_or_a_supervisor_writes"),
        new="false",
    ),
    without(
        "QUA-6",
        PM,
        "AND v.state = 'draft'",
        *w("QUA_6_a_marker_is_a_draft_of_the_same_workflow"),
    ),
    without(
        "QUA-6",
        PM,
        "AND k.wrapped IS NULL",
        *w("INV_18_only_an_erased_customers_is_closed"),
    ),
    patched(
        "QUA-6",
        "flow/weekly.py",
        "    await post_mortem.close_erased(house)\n",
        "",
        f"{FLOW}/test_post_mortem.py::test_INV_18_an_erased_customers_open_one_is_closed_and_late_for_nobody",
    ),
    patched(
        "QUA-6",
        "flow/miss.py",
        "        await post_mortem.of_miss(tx, house, case, miss, cluster)\n",
        "",
        f"{FLOW}/test_post_mortem.py::test_QUA_6_every_miss_has_its_post_mortem_with_an_owner_and_a_due_time",
    ),
    patched(
        "QUA-6",
        "flow/quality/scoring.py",
        "    await post_mortem.of_miss(tx, house, of, miss, said.missed)\n",
        "",
        f"{FLOW}/test_quality.py::test_QUA_6_a_sample_that_should_have_been_a_persons_is_a_miss",
    ),
    patched(
        "QUA-6",
        "flow/weekly.py",
        "        rule.must_say(said, one.to_write)\n",
        "        rule.must_say(said, 0)\n",
        f"{FLOW}/test_weekly.py::test_QUA_6_open_post_mortems_of_its_week_need_a_reason",
    ),
)
