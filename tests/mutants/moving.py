"""What moves: the guards of owners, states, clocks, audit, policies, tiers (INV-4, 6, 7, 9, 13, 14, 17)."""

from tests.mutants.mutant import ACTION, CASE, DELIVERY, FLOW, Mutant, dropped, statement, without

UNCHANGED = f"{FLOW}/test_miss.py::test_INV_13_a_note_and_a_miss_are_never_changed"


def d(*names: str) -> tuple[str, ...]:
    return tuple(f"{DELIVERY}::test_{name}" for name in names)


def a(*names: str) -> tuple[str, ...]:
    return tuple(f"{ACTION}::test_{name}" for name in names)


def c(*names: str) -> tuple[str, ...]:
    return tuple(f"{CASE}::test_{name}" for name in names)


def o(name: str) -> tuple[str, ...]:
    return (f"{FLOW}/test_overflow.py::test_RTE_5_the_store_{name}",)


MUTANTS: tuple[Mutant, ...] = (
    without(
        4,
        "guard_conversation",
        "OLD.begun_by IS NOT NULL OR ",
        *c("INV_4_what_an_unknown_sender_began_becomes_a_known_customers_once"),
    ),
    without(
        4,
        "guard_conversation",
        "i.customer_id = OLD.customer_id AND i.channel = ''",
        *c("INV_4_a_known_customers_conversation_is_never_anothers"),
        new="false",
    ),
    without(
        4,
        "guard_conversation",
        "i.customer_id = NEW.customer_id AND i.channel = ''",
        *c("INV_4_nobody_whom_the_operator_does_not_know_takes_a_conversation"),
        new="true",
    ),
    dropped(
        4, "case_one_customer", "cases", *c("INV_4_no_case_of_another_customer_stands_in_a_conversation")
    ),
    dropped(4, "conversation_one_customer", "conversation", *c("INV_4_the_cases_go_with_their_conversation")),
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
    without(
        6,
        "guard_work_item",
        "coalesce((channel_load ->> its_channel)::integer, 0) < (channel_capacity ->> its_channel)::integer",
        "tests/flow/test_routing.py::test_RTE_1_the_store_itself_holds_the_capacity_of_a_channel",
        new="true",
    ),
    dropped(6, "work_item_overflow", "work_item", *o("lets_nobody_have_work_through_a_closed_pool")),
    without(
        6,
        "guard_overflow",
        "AND o.state = 'open'",
        *o("lets_nobody_have_work_through_a_closed_pool"),
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
    dropped(
        13,
        "note_append_only",
        "note",
        f"{FLOW}/test_miss.py::test_INV_13_a_note_and_a_miss_are_never_changed",
    ),
    dropped(
        13,
        "miss_append_only",
        "miss",
        f"{FLOW}/test_miss.py::test_INV_13_a_note_and_a_miss_are_never_changed",
    ),
    dropped(13, "survey_once", "survey", f"{FLOW}/test_survey.py::test_the_store_takes_one_answer"),
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
