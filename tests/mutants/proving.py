"""What stands in another's name: the guards of fixed texts, lowerings and stops (INV-1, 3, 13, 17)."""

from tests.mutants.mutant import CASE, DELIVERY, FLOW, GUARDS, Mutant, dropped, patched, without

PROVENANCE, LOWERING = "guard_provenance", "guard_lowering"


def d(*names: str) -> tuple[str, ...]:
    return tuple(f"{DELIVERY}::test_{name}" for name in names)


def e(*names: str) -> tuple[str, ...]:
    return tuple(f"{GUARDS}/test_escalation.py::test_INV_{name}" for name in names)


LIFTS, STANDS = e("17_nobody_else_lifts_a_lock"), e("17_a_lowering_is_of_the_case_as_it_stands")
ENGAGED = d("INV_1_a_stop_is_released_with_its_event_and_by_whom_it_says")
KEPT = d("INV_1_a_stop_never_changes_but_by_its_release")

MUTANTS: tuple[Mutant, ...] = (
    without(
        3, PROVENANCE, "v.state <> 'draft' AND (", *d("INV_3_a_text_of_a_draft_is_no_system_text"), new="("
    ),
    without(
        3,
        PROVENANCE,
        "(cardinality(v.required) > 0 OR",
        *d("INV_3_a_text_that_nobody_signed_is_no_system_text"),
        new="(true OR",
    ),
    without(
        3,
        PROVENANCE,
        " AND u.text_mac = t.text_mac",
        *d("INV_3_a_text_that_nobody_signed_is_no_system_text"),
    ),
    without(
        3,
        PROVENANCE,
        "c.workflow = v.workflow AND ",
        *d("INV_3_a_text_of_another_workflow_is_no_system_text"),
    ),
    without(
        14,
        "guard_policy_signed",
        "OR (NEW.workflow, NEW.number,",
        f"{CASE}::test_INV_14_a_policy_in_force_is_not_inserted_nor_changed",
        new="OR false AND (NEW.workflow, NEW.number,",
    ),
    patched(
        3,
        "store/delivery.py",
        'if row["text_mac"] != envelope.mac("text", body.text):',
        "if False:",
        f"{FLOW}/test_delivery.py::test_INV_3_a_text_that_is_not_what_was_released_never_leaves",
    ),
    without(
        1,
        "guard_outbox",
        "k.contact_reason = c.contact_reason OR NOT EXISTS (",
        *d("INV_1_a_stop_of_one_reason_holds_whatever_the_case_is_called_later"),
        new="k.contact_reason = c.contact_reason OR false AND NOT EXISTS (",
    ),
    without(
        1,
        "guard_outbox",
        " AND p.case_id = NEW.case_id",
        *d("INV_1_a_stop_of_one_reason_holds_what_names_no_draft_of_its_case"),
    ),
    dropped(1, "proposal_kept", "proposal", *d("INV_1_a_proposal_keeps_the_reason_that_it_was_made_for")),
    dropped(1, "kill_switch_kept", "kill_switch", *KEPT),
    dropped(13, "kill_switch_engaged_told", "kill_switch", *ENGAGED),
    dropped(13, "kill_switch_released_told", "kill_switch", *ENGAGED),
    without(13, "guard_told", " AND a.actor_id = to_jsonb(NEW) ->> TG_ARGV[2]", *ENGAGED, new=""),
    dropped(13, "lowering_told", "lowering", *e("17_a_lowering_has_its_event_by_who_lowers")),
    dropped(17, "lowering_right", "lowering", *LIFTS),
    without(17, LOWERING, "s.active AND ", *LIFTS),
    without(17, LOWERING, " AND s.roles && ARRAY['resolver', 'supervisor']", *LIFTS),
    without(17, LOWERING, "AND s.clearance IN ('specialist', 'supervisor') ", *LIFTS),
    without(17, LOWERING, " AND s.skills ?& b.skills", *LIFTS),
    without(17, LOWERING, "(NOT c.locked OR s.team = 'inhouse')", *LIFTS, new="true"),
    without(
        17,
        LOWERING,
        "OR NOT c.locked AND w.owner_id = s.id",
        *e("17_an_unlocked_case_is_its_owners_to_lower"),
        new="OR NOT c.locked",
    ),
    without(
        17,
        LOWERING,
        "NOT c.locked AND w.owner_id",
        *e("17_the_owner_of_a_locked_case_does_not_unlock_it"),
        new="w.owner_id",
    ),
    without(
        17,
        LOWERING,
        "AND n.ended_at IS NULL AND n.expires_at > newel.now()",
        *e("17_who_lowers_has_a_session_that_lives"),
    ),
    without(17, LOWERING, " AND c.episode = NEW.episode", *STANDS),
    without(17, LOWERING, " AND c.tier = NEW.from_tier", *STANDS),
    without(17, LOWERING, " AND c.locked = NEW.unlocked", *STANDS),
    without(2, LOWERING, "NEW.at > newel.now() OR ", *e("2_no_lowering_is_written_ahead_of_its_time")),
    without(
        17,
        LOWERING,
        "NEW.tx := pg_current_xact_id();",
        *e("17_a_lowering_is_not_made_ready_for_a_later_transaction"),
    ),
    without(17, "guard_case", "NEW.tier >= l.to_tier AND ", *e("17_a_tier_falls_no_deeper_than_was_said")),
    without(
        17,
        "guard_case",
        "(l.unlocked OR NOT OLD.locked)",
        *e("17_a_lowering_lifts_no_lock_unless_it_says_so"),
        new="true",
    ),
)
