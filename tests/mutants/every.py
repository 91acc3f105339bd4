"""Of each machine its guard of states and of events, and what is written once (INV-9, 12, 13)."""

from tests.mutants.mutant import GUARDS, Mutant, dropped, statement

EVERY = f"{GUARDS}/test_every.py::test_INV_"
TABLES = {"case": "cases", "policy": "policy_version", "sla": "sla_target"}
MACHINES = (
    "case", "proposal", "approval", "action", "work_item", "sla", "outbox", "feedback", "policy",
    "article_draft", "overflow", "offer", "review", "weekly", "post_mortem",
)  # fmt: skip
KEPT = {
    "message_append_only": "message",
    "decision_append_only": "decision",
    "signature_append_only": "policy_signature",
    "sla_alert_append_only": "sla_alert",
}

MUTANTS: tuple[Mutant, ...] = (
    *(
        dropped(
            13,
            f"{name}_transition",
            TABLES.get(name, name),
            f"{EVERY}13_a_state_goes_nowhere_but_where_its_machine_lets_it[{name}]",
        )
        for name in MACHINES
    ),
    *(
        dropped(
            13,
            f"{name}_audited",
            TABLES.get(name, name),
            f"{EVERY}13_a_row_with_a_state_has_its_event[{name}]",
        )
        for name in MACHINES
    ),
    *(
        dropped(
            13,
            trigger,
            table,
            f"{EVERY}13_not_even_the_owner_of_the_database_changes_what_was_said[{table}]",
        )
        for trigger, table in KEPT.items()
    ),
    dropped(
        13,
        "audit_no_truncate",
        "audit_event",
        f"{EVERY}13_not_even_the_owner_of_the_database_empties_the_audit",
    ),
    statement(12, "DROP INDEX newel.approval_pending", f"{EVERY}12_a_case_has_one_approval_that_waits"),
    statement(9, "DROP INDEX newel.sla_live", f"{EVERY}9_a_case_has_one_clock_of_a_kind"),
)
