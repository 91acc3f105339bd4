"""The guards of the database, by invariant."""

from tests.mutants.mutant import ACTION, CASE, DELIVERY, Mutant, dropped, statement, without

OUTBOX, APPROVAL, ACT = "guard_outbox", "guard_approval", "guard_action"


def d(*names: str) -> tuple[str, ...]:
    return tuple(f"{DELIVERY}::test_{name}" for name in names)


def a(*names: str) -> tuple[str, ...]:
    return tuple(f"{ACTION}::test_{name}" for name in names)


def c(*names: str) -> tuple[str, ...]:
    return tuple(f"{CASE}::test_{name}" for name in names)


SENDING: tuple[Mutant, ...] = (
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
        "(NEW.message_id, NEW.case_id, NEW.conversation_id, NEW.action_id, NEW.episode) IS DISTINCT FROM\n"
        "       (OLD.message_id, OLD.case_id, OLD.conversation_id, OLD.action_id, OLD.episode)",
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
        "(NEW.workflow, NEW.kind, NEW.customer_id, NEW.conversation_id) IS DISTINCT FROM",
        *d("INV_1_a_kill_switch_is_not_got_round_by_moving_the_case"),
        new="false AND (NEW.workflow, NEW.kind, NEW.customer_id, NEW.conversation_id) IS DISTINCT FROM",
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
        "IF EXISTS (SELECT FROM newel.action a WHERE",
        *d("INV_19_a_reply_waits_until_its_action_is_confirmed"),
        new="IF false AND EXISTS (SELECT FROM newel.action a WHERE",
    ),
    without(
        19,
        OUTBOX,
        "AND a.state = 'confirmed'",
        *d("INV_19_a_reply_waits_until_its_action_is_confirmed"),
        new="AND a.state <> 'void'",
    ),
)

ACTING: tuple[Mutant, ...] = (
    statement(11, "DROP INDEX newel.action_proposal", *a("INV_11_one_proposal_has_one_action")),
    dropped(
        11,
        "action_transition",
        "action",
        *a("INV_11_what_has_ended_is_not_claimed_again", "INV_11_an_unknown_outcome_is_not_claimed_blindly"),
    ),
    statement(
        11,
        "INSERT INTO newel.state_transition VALUES ('action', 'unknown', 'claimed')",
        *a("INV_11_an_unknown_outcome_is_not_claimed_blindly"),
    ),
    without(
        12,
        APPROVAL,
        "NEW.state <> 'pending'",
        *a("INV_12_an_approval_is_not_inserted_as_approved"),
        new="false",
    ),
    without(12, APPROVAL, "s.active AND ", *a("INV_12_only_a_person_with_the_right_approves")),
    without(
        12, APPROVAL, "AND 'approver' = ANY (s.roles)", *a("INV_12_only_a_person_with_the_right_approves")
    ),
    without(
        12,
        APPROVAL,
        "AND s.customer_id IS DISTINCT FROM c.customer_id",
        *a("INV_12_only_a_person_with_the_right_approves"),
    ),
    without(
        12,
        APPROVAL,
        "AND s.limit_minor >= coalesce(NEW.amount_minor, 0)",
        *a("INV_12_only_a_person_with_the_right_approves"),
    ),
    without(
        12,
        APPROVAL,
        "greatest(NEW.decided_at, newel.now())",
        *a("INV_12_nobody_approves_after_the_expiry_whatever_time_they_write"),
        new="NEW.decided_at",
    ),
    without(
        12,
        APPROVAL,
        "OR NEW.expires_at > latest",
        *a("INV_12_nobody_approves_after_the_expiry_whatever_time_they_write"),
    ),
    without(
        12,
        APPROVAL,
        "OR OLD.state <> 'pending' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM"
        " (OLD.decided_by, OLD.decided_at)",
        *a("INV_12_a_decision_keeps_its_giver"),
    ),
    without(
        12,
        APPROVAL,
        "NEW.binding, NEW.text_mac, NEW.payload_mac, NEW.amount_minor)\n",
        *a("INV_12_what_was_shown_to_the_approver_never_changes"),
        new="OLD.binding, OLD.text_mac, OLD.payload_mac, OLD.amount_minor)\n",
    ),
    dropped(12, "approval_authority", "approval", *a("INV_12_only_a_person_with_the_right_approves")),
    without(
        12,
        ACT,
        "NEW.state <> 'authorised'",
        *a("INV_12_an_action_is_not_inserted_as_claimed_or_confirmed"),
        new="false",
    ),
    without(12, ACT, " AND k.customer_id = NEW.customer_id", *a("INV_12_an_action_is_the_case_customers")),
    without(
        12,
        ACT,
        "a.id = NEW.approval_id AND a.state = 'approved'",
        *a("INV_12_no_action_under_an_approval_that_was_not_given"),
        new="a.id = NEW.approval_id",
    ),
    without(
        12,
        ACT,
        " AND a.proposal_id = NEW.proposal_id",
        *a("INV_12_one_approval_is_not_used_for_a_second_proposal"),
    ),
    without(12, ACT, "AND a.binding = NEW.binding ", *a("INV_12_an_approval_binds_exactly_one_payload")),
    without(
        12, ACT, "AND a.payload_mac = NEW.payload_mac", *a("INV_12_an_approval_binds_exactly_one_payload")
    ),
    without(
        12,
        ACT,
        "AND coalesce(a.amount_minor, 0) = NEW.amount_minor",
        *a("INV_12_an_approval_binds_exactly_one_payload"),
    ),
    without(12, ACT, "AND a.expires_at > newel.now()", *a("INV_12_an_approval_binds_only_until_it_expires")),
    without(
        12,
        ACT,
        " AND a.message_id = inbound",
        *a("INV_12_an_approval_no_longer_binds_after_another_message"),
    ),
    without(
        12,
        ACT,
        "NEW.message_id <> inbound OR ",
        *a("INV_12_an_approval_no_longer_binds_after_another_message"),
    ),
    without(
        12,
        ACT,
        "IF (NEW.case_id, NEW.customer_id,",
        *a("INV_12_a_payload_never_changes_not_even_while_claiming"),
        new="IF false AND (NEW.case_id, NEW.customer_id,",
    ),
    without(
        12,
        ACT,
        " AND p.class = NEW.class",
        *a("INV_12_autonomous_is_only_what_the_policy_in_force_lists"),
    ),
    without(
        12,
        ACT,
        "AND p.ceiling_minor >= NEW.amount_minor",
        *a("INV_12_autonomous_is_only_what_the_policy_in_force_lists"),
    ),
    without(
        12,
        ACT,
        "AND v.state = 'active'",
        *a("INV_12_autonomous_is_only_what_the_policy_in_force_lists"),
    ),
    without(12, ACT, "tier_now = 3 OR ", *a("INV_12_nothing_autonomous_on_a_T3_case")),
    without(
        12,
        ACT,
        "s.id = NEW.staff_id AND s.active",
        *a("INV_12_a_person_acts_within_their_own_limit_and_never_for_themselves"),
        new="s.id = NEW.staff_id",
    ),
    without(
        12,
        ACT,
        "AND s.limit_minor >= NEW.amount_minor",
        *a("INV_12_a_person_acts_within_their_own_limit_and_never_for_themselves"),
    ),
    without(
        12,
        ACT,
        "AND s.customer_id IS DISTINCT FROM NEW.customer_id",
        *a("INV_12_a_person_acts_within_their_own_limit_and_never_for_themselves"),
    ),
    without(
        12,
        ACT,
        "spent + NEW.amount_minor > NEW.cap_minor",
        *a("INV_12_the_cap_counts_all_that_may_have_happened"),
        new="false",
    ),
    without(
        12,
        ACT,
        "a.state IN ('claimed', 'confirmed', 'unknown')",
        *a("INV_12_the_cap_counts_all_that_may_have_happened"),
        new="a.state = 'confirmed'",
    ),
    without(
        12,
        ACT,
        "PERFORM FROM newel.customer c WHERE c.id = NEW.customer_id FOR NO KEY UPDATE;",
        *a("INV_12_the_second_of_two_waits_for_the_first_and_is_refused"),
    ),
)

MOVING: tuple[Mutant, ...] = (
    without(
        6,
        "guard_work_item",
        "NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.token = OLD.token",
        *c("INV_6_a_new_owner_needs_a_new_token_and_a_token_never_falls"),
        new="false",
    ),
    without(
        6,
        "guard_work_item",
        "NEW.token < OLD.token\n       OR ",
        *c("INV_6_a_new_owner_needs_a_new_token_and_a_token_never_falls"),
    ),
    statement(6, "DROP INDEX newel.work_item_open", *c("INV_6_a_case_has_one_open_work_item")),
    without(
        6,
        "guard_work_item",
        "AND load < capacity",
        *c("RTE_nobody_is_given_more_than_their_capacity"),
    ),
    dropped(
        7,
        "case_limbo",
        "cases",
        *c("INV_7_no_case_comes_to_a_state_without_what_moves_it_on"),
    ),
    dropped(7, "job_limbo", "job", *c("INV_7_the_job_of_a_waiting_case_does_not_go_alone")),
    dropped(7, "work_item_limbo", "work_item", *c("INV_7_work_does_not_end_under_an_open_case")),
    dropped(
        7,
        "approval_limbo",
        "approval",
        *c("INV_7_an_approval_does_not_end_under_a_case_that_waits_for_it"),
    ),
    without(
        7,
        "guard_limbo",
        "which := OLD.case_id",
        *c("INV_7_the_job_of_a_waiting_case_does_not_go_alone"),
        new="which := NEW.case_id",
    ),
    statement(
        7, "GRANT DELETE ON ALL TABLES IN SCHEMA newel TO newel_app", *c("INV_7_a_case_is_never_deleted")
    ),
    statement(
        9,
        "ALTER TABLE newel.sla_alert DROP CONSTRAINT sla_alert_pkey",
        *c("INV_9_an_alert_fires_once_and_at_no_other_time"),
    ),
    without(
        9,
        "guard_sla_alert",
        "AND t.alert_ats[array_position(t.percents, NEW.percent)] = NEW.due_at",
        *c("INV_9_an_alert_fires_once_and_at_no_other_time"),
    ),
    without(
        9,
        "guard_sla_alert",
        "NEW.fired_at > newel.now()",
        *c("INV_9_an_alert_does_not_fire_early"),
        new="false",
    ),
    statement(
        9,
        "ALTER TABLE newel.sla_alert DROP CONSTRAINT sla_alert_check",
        *c("INV_9_an_alert_does_not_fire_early"),
    ),
    dropped(13, "case_audited", "cases", *c("INV_13_a_change_of_state_has_its_event")),
    without(13, "guard_audited", "n <> 1", *c("INV_13_a_change_of_state_has_one_event_only"), new="n < 1"),
    without(
        13,
        "guard_audited",
        "AND a.tx = pg_current_xact_id()",
        *c("INV_13_an_event_of_another_transaction_does_not_count"),
    ),
    dropped(
        13,
        "audit_append_only",
        "audit_event",
        "tests/store/test_audit.py::test_INV_13_an_event_is_never_changed",
    ),
    statement(
        13,
        "GRANT UPDATE, DELETE, TRUNCATE ON newel.audit_event TO newel_app",
        *c("INV_13_the_application_cannot_touch_audit_or_guards"),
    ),
    statement(
        13,
        "GRANT INSERT ON newel.state_transition TO newel_app",
        *c("INV_13_the_application_cannot_touch_audit_or_guards"),
    ),
    without(
        13,
        "audit_seal_leaf",
        "NEW.leaf_hash := newel.audit_leaf(NEW);",
        *c("INV_13_the_caller_does_not_choose_the_hash_or_the_transaction"),
    ),
    without(
        13,
        "audit_seal_leaf",
        "NEW.tx := pg_current_xact_id();",
        *c("INV_13_the_caller_does_not_choose_the_hash_or_the_transaction"),
    ),
    dropped(
        14, "policy_signed", "policy_version", *c("INV_14_the_author_does_not_sign_and_a_signer_has_the_role")
    ),
    without(
        14,
        "guard_policy_signed",
        "AND s.staff_id IS DISTINCT FROM NEW.submitted_by",
        *c("INV_14_the_author_does_not_sign_and_a_signer_has_the_role"),
    ),
    without(
        14,
        "guard_policy_signed",
        "AND r = ANY (p.roles)",
        *c("INV_14_the_author_does_not_sign_and_a_signer_has_the_role"),
    ),
    without(
        14,
        "guard_policy_signed",
        "NEW.body <> OLD.body OR NEW.digest <> OLD.digest OR NEW.required <> OLD.required",
        *c("INV_14_a_policy_in_force_is_not_inserted_nor_changed"),
        new="false",
    ),
    without(
        14,
        "guard_policy_signed",
        "TG_OP = 'INSERT' AND NEW.state <> 'draft'",
        *c("INV_14_a_policy_in_force_is_not_inserted_nor_changed"),
        new="false",
    ),
    dropped(14, "template_signed", "policy_template", *d("INV_14_a_text_is_not_added_to_a_policy_in_force")),
    dropped(
        14,
        "autonomous_signed",
        "policy_autonomous",
        *a("INV_12_autonomous_is_only_what_the_policy_in_force_lists"),
    ),
    dropped(17, "case_tier", "cases", *c("INV_17_no_tier_falls_without_a_persons_lowering")),
    without(
        17,
        "guard_case",
        "OR (OLD.locked AND NOT NEW.locked)",
        *c("INV_17_no_tier_falls_without_a_persons_lowering"),
    ),
    without(
        17,
        "guard_case",
        "NEW.tier IS NULL OR NEW.tier < OLD.tier OR ",
        *c("INV_17_no_tier_falls_without_a_persons_lowering"),
    ),
    without(
        17,
        "guard_case",
        " AND l.tx = pg_current_xact_id()",
        *c("INV_17_a_lowering_counts_in_its_own_transaction_only"),
    ),
)

MUTANTS = SENDING + ACTING + MOVING
