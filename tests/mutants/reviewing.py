"""Reviews: what waits leaves by one alone, is never in limbo, and is others' to judge (INV-3, 7, 12)."""

from tests.mutants.mutant import FLOW, QUALITY, Mutant, dropped, patched, without

REVIEW, OWN = "guard_review", "is_own"


def q(*names: str) -> tuple[str, ...]:
    return tuple(f"{QUALITY}::test_QUA_{name}" for name in names)


def hand(way: str) -> str:
    return f"{QUALITY}::test_QUA_each_way_of_having_a_hand_in_a_case_bars[{way}]"


MUTANTS: tuple[Mutant, ...] = (
    dropped(3, "outbox_reviewed", "outbox", *q("3_what_waits_never_leaves_as_the_ais_own_word")),
    without(3, "guard_reviewed", "AND d.held", *q("3_what_waits_never_leaves_as_the_ais_own_word")),
    without(
        3,
        "guard_provenance",
        "AND r.text_mac = NEW.text_mac)",
        *q("3_a_reviewer_is_the_author_of_exactly_what_they_let_leave_and_once"),
        new=")",
    ),
    without(
        3,
        "guard_provenance",
        "AND r.reviewed_by = NEW.released_by ",
        *q("3_a_reviewer_is_the_author_of_exactly_what_they_let_leave_and_once"),
    ),
    without(
        3,
        "guard_provenance",
        "AND r.state = CASE NEW.drafted_by WHEN 'ai' THEN 'released' ELSE 'corrected' END",
        *q("3_a_reviewer_is_the_author_of_exactly_what_they_let_leave_and_once"),
    ),
    without(
        3,
        "guard_provenance",
        "OR EXISTS (SELECT FROM newel.message m WHERE m.case_id = NEW.case_id",
        *q("3_a_reviewer_is_the_author_of_exactly_what_they_let_leave_and_once"),
        new="OR EXISTS (SELECT FROM newel.message m WHERE false AND m.case_id = NEW.case_id",
    ),
    without(
        3,
        REVIEW,
        "OR NEW.state <> 'corrected' AND NEW.text_mac IS DISTINCT FROM OLD.text_mac",
        *q("3_what_failed_or_was_changed_or_is_late_is_not_released"),
    ),
    without(
        3,
        REVIEW,
        "newel.now() >= OLD.expires_at",
        *q("3_what_failed_or_was_changed_or_is_late_is_not_released"),
        new="false",
    ),
    dropped(7, "review_limbo", "review", *q("3_a_held_case_is_in_limbo_without_its_open_review")),
    without(
        7,
        "moves_on",
        "IF its_state = 'held' AND NOT EXISTS (",
        *q("3_a_held_case_is_in_limbo_without_its_open_review"),
        new="IF false AND NOT EXISTS (",
    ),
    dropped(12, "review_guard", "review", *q("only_an_active_reviewer_judges_and_once")),
    without(12, REVIEW, "s.active\n", *q("only_an_active_reviewer_judges_and_once"), new="true\n"),
    without(
        12,
        REVIEW,
        "AND s.roles && '{reviewer,supervisor}'::text[]",
        *q("only_an_active_reviewer_judges_and_once"),
    ),
    without(
        12, REVIEW, "OLD.state <> 'open' OR", *q("only_an_active_reviewer_judges_and_once"), new="false OR"
    ),
    without(
        12,
        REVIEW,
        "NEW.state <> 'open' THEN",
        *q("only_an_active_reviewer_judges_and_once"),
        new="false THEN",
    ),
    without(
        12,
        REVIEW,
        "IF newel.is_own(NEW.kind, NEW.case_id, NEW.reviewed_by) THEN",
        *q("nobody_reviews_what_is_to_their_own_benefit"),
        new="IF false THEN",
    ),
    without(
        12,
        OWN,
        "WHERE c.id = which AND s.id = who) THEN",
        *q("nobody_reviews_what_is_to_their_own_benefit"),
        new="WHERE false) THEN",
    ),
    without(12, OWN, "m.released_by = who", hand("wrote"), new="false"),
    without(12, OWN, "a.decided_by = who", hand("approved"), new="false"),
    without(12, OWN, "s.staff_id = who", hand("resolved"), new="false"),
    without(12, OWN, "l.staff_id = who", hand("lowered"), new="false"),
    without(12, OWN, "w.owner_id = who", hand("owned"), new="false"),
    without(12, OWN, "e.data ->> 'owner' = who::text", hand("owned_before"), new="false"),
    without(12, OWN, "r.reviewed_by = who", hand("released"), new="false"),
    patched(
        12,
        "flow/quality/scoring.py",
        "    if await rows.is_own(tx, review, UUID(actor.id)):",
        "    if False:",
        f"{FLOW}/test_quality.py::test_QUA_5_what_people_approved_and_resolved_is_sampled_with_whose_it_was",
    ),
    patched(
        3,
        "domain/quality/release.py",
        'if ruling == "release" and not score.passed:',
        "if False:",
        "tests/domain/test_quality.py::test_QUA_3_what_failed_is_never_released",
    ),
    patched(
        3,
        "store/delivery.py",
        "    await quality.void_held(tx, case.id, because)\n",
        "",
        f"{FLOW}/test_quality.py::test_a_newer_message_takes_back_what_waits",
    ),
)
