"""What leaves: the guards of the outbox, of receipts, authors and AI jobs (INV-1, 2, 3, 19)."""

from tests.mutants.mutant import CASE, DELIVERY, FLOW, Mutant, dropped, without

OUTBOX = "guard_outbox"


def d(*names: str) -> tuple[str, ...]:
    return tuple(f"{DELIVERY}::test_{name}" for name in names)


def c(*names: str) -> tuple[str, ...]:
    return tuple(f"{CASE}::test_{name}" for name in names)


MUTANTS: tuple[Mutant, ...] = (
    without(
        1, OUTBOX, "c.locked OR c.tier = 3 OR ", *d("INV_1_no_ai_reply_is_claimed_on_a_locked_or_T3_case")
    ),
    without(
        1,
        OUTBOX,
        "FROM newel.cases WHERE id = NEW.case_id FOR NO KEY UPDATE",
        *d("INV_1_marker_against_claim_the_claim_was_first_or_is_refused"),
        new="FROM newel.cases WHERE id = NEW.case_id",
    ),
    without(
        1,
        OUTBOX,
        "(NEW.attempts, NEW.claimed_at, NEW.visible_seq) IS NOT DISTINCT FROM",
        *d("INV_1_a_further_try_of_a_claimed_reply_is_refused_after_the_lock"),
        new="true OR (NEW.attempts, NEW.claimed_at, NEW.visible_seq) IS NOT DISTINCT FROM",
    ),
    without(
        1,
        OUTBOX,
        "OR NEW.state <> 'claimed' AND (NEW.claimed_at, NEW.visible_seq) IS DISTINCT FROM"
        " (OLD.claimed_at, OLD.visible_seq)",
        *d("INV_1_a_reply_never_shows_without_its_claim"),
    ),
    without(
        1,
        OUTBOX,
        "NEW.state <> 'pending' OR NEW.claimed_at IS NOT NULL OR NEW.visible_seq IS NOT NULL",
        *d("INV_1_a_reply_never_shows_without_its_claim"),
        new="false",
    ),
    without(
        1,
        OUTBOX,
        "(NEW.message_id, NEW.case_id, NEW.conversation_id, NEW.action_id, NEW.episode, NEW.before_id)"
        " IS DISTINCT FROM\n"
        "       (OLD.message_id, OLD.case_id, OLD.conversation_id, OLD.action_id, OLD.episode,"
        " OLD.before_id)",
        *d("INV_1_what_is_sent_never_changes"),
        new="false",
    ),
    without(
        1,
        OUTBOX,
        "m.case_id <> NEW.case_id OR m.episode <> NEW.episode",
        *d("INV_1_a_message_leaves_under_its_own_case_only"),
        new="false",
    ),
    without(
        1,
        OUTBOX,
        "PERFORM pg_advisory_xact_lock_shared(7305);",
        *d("INV_1_kill_switch_against_claim_each_waits_for_the_other"),
    ),
    dropped(
        1,
        "kill_switch_lock",
        "kill_switch",
        *d("INV_1_kill_switch_against_claim_each_waits_for_the_other"),
    ),
    without(
        1,
        OUTBOX,
        "WHERE k.released_at IS NULL",
        *d("INV_1_no_ai_reply_is_claimed_under_the_kill_switch"),
        new="WHERE false",
    ),
    without(
        1,
        "guard_case",
        "NEW.episode <> OLD.episode AND (",
        *d("INV_1_a_lock_is_not_left_behind_by_a_new_episode"),
        new="false AND (",
    ),
    without(
        1,
        "guard_case",
        "(NEW.workflow, NEW.kind, NEW.conversation_id) IS DISTINCT FROM",
        *d("INV_1_a_kill_switch_is_not_got_round_by_moving_the_case"),
        new="false AND (NEW.workflow, NEW.kind, NEW.conversation_id) IS DISTINCT FROM",
    ),
    dropped(1, "outbox_gate", "outbox", *d("INV_1_no_ai_reply_is_claimed_on_a_locked_or_T3_case")),
    without(
        2,
        OUTBOX,
        "NOT EXISTS (SELECT FROM newel.scan_receipt r",
        *d("INV_2_no_ai_reply_leaves_without_a_receipt_of_the_latest_message"),
        new="false AND NOT EXISTS (SELECT FROM newel.scan_receipt r",
    ),
    without(
        2,
        OUTBOX,
        "r.outcome = 'scanned' AND (NOT r.locked OR",
        *d("INV_2_a_receipt_that_found_a_marker_lets_nothing_pass"),
        new="(true OR",
    ),
    without(
        2,
        OUTBOX,
        "inbound := newel.latest_inbound(NEW.case_id);",
        *d("INV_2_the_latest_message_is_the_one_that_came_last"),
        new="SELECT last_inbound_id INTO inbound FROM newel.cases WHERE id = NEW.case_id;",
    ),
    dropped(2, "receipt_at_intake", "scan_receipt", *d("INV_2_a_receipt_is_not_made_up_later_nor_changed")),
    dropped(2, "receipt_append_only", "scan_receipt", *d("INV_2_a_receipt_is_not_made_up_later_nor_changed")),
    dropped(3, "job_no_ai_job", "job", *c("INV_3_no_AI_job_stands_on_a_T3_case")),
    dropped(3, "case_no_ai_job", "cases", *c("INV_3_a_case_does_not_become_T3_while_an_AI_job_stands")),
    without(
        3,
        "guard_no_ai_job",
        "PERFORM FROM newel.cases c WHERE c.id = which FOR NO KEY UPDATE;",
        *c("INV_3_raising_and_enqueueing_at_once_do_not_pass_each_other"),
    ),
    without(
        3,
        "guard_provenance",
        "AND t.key = NEW.template AND t.text_mac = NEW.text_mac",
        *d("INV_3_a_system_text_leaves_a_locked_case_but_only_one_of_the_policy"),
    ),
    without(
        3,
        "guard_provenance",
        "AND a.text_mac = NEW.text_mac",
        *d("INV_3_an_approval_makes_author_of_exactly_its_text_and_only_its_giver"),
    ),
    without(
        3,
        "guard_provenance",
        "AND a.decided_by = NEW.released_by",
        *d("INV_3_an_approval_makes_author_of_exactly_its_text_and_only_its_giver"),
    ),
    without(
        3,
        "guard_provenance",
        "AND a.case_id = NEW.case_id",
        *d("INV_3_an_approval_makes_author_of_exactly_its_text_and_only_its_giver"),
    ),
    without(
        3,
        "guard_provenance",
        "AND s.ended_at IS NULL AND s.expires_at > newel.now()",
        *d("INV_3_an_owner_writes_only_while_their_session_lives"),
    ),
    without(
        3,
        "guard_provenance",
        "AND w.owner_id = NEW.released_by",
        *d("INV_3_a_person_is_the_author_only_of_what_they_released"),
        new="OR true",
    ),
    without(
        19,
        OUTBOX,
        "IF NOT (SELECT coalesce(bool_or(a.state",
        *d("INV_19_a_reply_waits_until_its_action_is_confirmed"),
        new="IF NOT (SELECT true OR coalesce(bool_or(a.state",
    ),
    without(
        19,
        OUTBOX,
        "bool_or(a.state = 'confirmed')",
        *d("INV_19_a_reply_waits_until_its_action_is_confirmed"),
        new="bool_or(a.state <> 'void')",
    ),
    dropped(1, "outbox_held", "outbox", f"{FLOW}/test_hold.py::test_the_store_refuses_to_claim_what_is_held"),
)
