"""What is done: the guards of approvals and actions (INV-11, 12)."""

from tests.mutants.mutant import ACTION, APPROVALS, DOUBT, FLOW, Mutant, dropped, patched, statement, without

APPROVAL = "guard_approval"
ACT = "guard_action"
OWN = "guard_own_act"


def p(*names: str) -> tuple[str, ...]:
    return tuple(f"{APPROVALS}::test_{name}" for name in names)


def a(*names: str) -> tuple[str, ...]:
    return tuple(f"{ACTION}::test_{name}" for name in names)


def d(*names: str) -> tuple[str, ...]:
    return tuple(f"{DOUBT}::test_{name}" for name in names)


def f(*names: str) -> tuple[str, ...]:
    return tuple(f"{FLOW}/test_doubt.py::test_{name}" for name in names)


BACK_OF_AI = "a_case_does_not_go_back_to_the_ai_while_what_it_did_may_yet_land"
BACK_OF_OWNER = "a_case_does_not_go_back_to_the_ai_while_an_act_of_its_owner_is_under_way"
LANDS = "INV_11_a_late_call_is_known_when_it_lands_whatever_the_customer_wrote"

MUTANTS: tuple[Mutant, ...] = (
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
        11,
        ACT,
        "NEW.state IN ('void', 'refused') AND NEW.doubted_at > newel.now() - interval '20 minutes'",
        *d("INV_11_what_may_yet_land_does_not_end_unasked"),
        new="false",
    ),
    without(
        11,
        ACT,
        "interval '20 minutes'",
        *d("INV_11_what_may_yet_land_does_not_end_unasked"),
        new="interval '19 minutes'",
    ),
    without(
        11,
        ACT,
        "NEW.doubted_at IS NULL OR NEW.doubted_at",
        *d("INV_11_a_doubt_is_not_taken_back"),
        new="NEW.doubted_at",
    ),
    without(
        11,
        ACT,
        " OR NEW.doubted_at < newel.now() - interval '1 minute'",
        *d("INV_11_a_doubt_is_not_taken_back"),
    ),
    without(
        11,
        ACT,
        " OR NEW.state IN ('authorised', 'claimed')",
        *d("INV_11_what_has_lapsed_is_not_called_again"),
    ),
    without(11, ACT, "NOT NEW.lapsed OR ", *d("INV_11_what_has_lapsed_is_not_called_again")),
    statement(
        11,
        "ALTER TABLE newel.action DROP CONSTRAINT action_check6",
        *d("INV_11_no_outcome_is_unknown_without_its_doubt"),
    ),
    dropped(11, "job_action", "job", *d("INV_11_what_may_yet_land_keeps_its_job")),
    without(
        11,
        "guard_action_job",
        " AND j.state <> 'dead'",
        *d("INV_11_what_may_yet_land_keeps_its_job"),
    ),
    patched(
        11,
        "flow/action.py",
        'action.state == "authorised" and action.doubted_at is not None',
        "False",
        *f(LANDS),
    ),
    patched(
        11,
        "store/sql/delivery.sql",
        "state = 'authorised' AND NOT under_way FOR",
        "state = 'authorised' FOR",
        *f(LANDS),
    ),
    patched(
        11,
        "store/sql/escalation.sql",
        "case_id = $1 AND under_way",
        "case_id = $1 AND state IN ('claimed', 'unknown')",
        *f(LANDS),
    ),
    patched(
        11,
        "domain/action.py",
        "OutcomeKind.REFUSED | OutcomeKind.NOT_EXECUTED if called.doubted is None",
        "OutcomeKind.REFUSED | OutcomeKind.NOT_EXECUTED",
        *f("INV_11_a_refusal_of_the_second_call_says_nothing_of_the_first"),
    ),
    without(
        12,
        APPROVAL,
        "          AND s.id IS DISTINCT FROM NEW.asked_by\n",
        f"{FLOW}/test_asking.py::test_INV_12_nobody_approves_what_they_asked_for",
    ),
    without(
        12,
        APPROVAL,
        "       OR NEW.asked_by IS DISTINCT FROM OLD.asked_by\n",
        f"{FLOW}/test_asking.py::test_INV_12_nobody_approves_what_they_asked_for",
    ),
    without(
        12,
        APPROVAL,
        "NEW.state <> 'pending'",
        *p("INV_12_an_approval_is_not_inserted_as_approved"),
        new="false",
    ),
    without(12, APPROVAL, "s.active AND ", *p("INV_12_only_a_person_with_the_right_approves")),
    without(
        12, APPROVAL, "AND 'approver' = ANY (s.roles)", *p("INV_12_only_a_person_with_the_right_approves")
    ),
    without(
        12,
        APPROVAL,
        "AND s.customer_id IS DISTINCT FROM c.customer_id",
        *p("INV_12_only_a_person_with_the_right_approves"),
    ),
    without(
        12,
        APPROVAL,
        "AND s.limit_minor >= coalesce(NEW.amount_minor, 0)",
        *p("INV_12_only_a_person_with_the_right_approves"),
    ),
    without(
        12,
        APPROVAL,
        "greatest(NEW.decided_at, newel.now())",
        *p("INV_12_nobody_approves_after_the_expiry_whatever_time_they_write"),
        new="NEW.decided_at",
    ),
    without(
        12,
        APPROVAL,
        "OR NEW.expires_at > latest",
        *p("INV_12_nobody_approves_after_the_expiry_whatever_time_they_write"),
    ),
    without(
        12,
        APPROVAL,
        "OR OLD.state <> 'pending' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM"
        " (OLD.decided_by, OLD.decided_at)",
        *p("INV_12_a_decision_keeps_its_giver"),
    ),
    without(
        12,
        APPROVAL,
        "NEW.binding, NEW.text_mac, NEW.payload_mac, NEW.amount_minor)\n",
        *p("INV_12_what_was_shown_to_the_approver_never_changes"),
        new="OLD.binding, OLD.text_mac, OLD.payload_mac, OLD.amount_minor)\n",
    ),
    dropped(12, "approval_authority", "approval", *p("INV_12_only_a_person_with_the_right_approves")),
    without(
        12,
        ACT,
        "NEW.state <> 'authorised'",
        *a("INV_12_an_action_is_not_inserted_as_claimed_or_confirmed"),
        new="false",
    ),
    without(
        12,
        ACT,
        "NEW.customer_id <> OLD.customer_id",
        *a("INV_12_an_action_goes_to_its_cases_customer_alone"),
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
        "IF (NEW.case_id, NEW.proposal_id,",
        *a("INV_12_a_payload_never_changes_not_even_while_claiming"),
        new="IF false AND (NEW.case_id, NEW.proposal_id,",
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
        "(a.under_way OR a.state = 'confirmed')",
        *a("INV_12_the_cap_counts_all_that_may_have_happened"),
        new="a.state = 'confirmed'",
    ),
    without(
        12,
        ACT,
        "(a.under_way OR a.state = 'confirmed')",
        *a("INV_12_the_cap_counts_all_that_may_have_happened"),
        new="a.state IN ('claimed', 'confirmed', 'unknown')",
        guard="guard_action: the cap counts what is to be called again",
    ),
    without(
        12,
        ACT,
        "PERFORM FROM newel.customer c WHERE c.id = NEW.customer_id FOR NO KEY UPDATE;",
        *a("INV_12_the_second_of_two_waits_for_the_first_and_is_refused"),
    ),
    *(
        without(
            12,
            OWN,
            piece,
            *a("INV_12_by_their_own_authority_only_the_owner_of_a_T3_case_acts"),
            new=new,
        )
        for piece, new in (
            ("s.id = NEW.staff_id AND ", ""),
            (" AND w.state = 'owned'", ""),
            (" AND c.tier = 3", ""),
            ("JOIN newel.proposal p ON p.case_id = c.id", "JOIN newel.proposal p ON true"),
            (" AND p.drafted_by = 'person'", ""),
            (" AND a.ceiling_minor >= NEW.amount_minor", ""),
            (" AND a.class = NEW.class", ""),
            ("s.limit_minor > 0 OR EXISTS", "true OR EXISTS"),
        )
    ),
    dropped(12, "action_own", "action", *a("INV_12_by_their_own_authority_only_the_owner_of_a_T3_case_acts")),
    statement(
        12,
        "ALTER TABLE newel.action DROP CONSTRAINT action_own_cap",
        *a("INV_12_a_person_gives_nothing_without_a_cap"),
    ),
    statement(
        11,
        "DROP INDEX newel.action_own_open",
        *a("INV_11_the_same_is_not_done_again_while_nobody_knows_how_it_ended"),
    ),
    *(
        patched(inv, "flow/escalation.py", old, new, f"{FLOW}/test_lowering.py::test_INV_{inv}_{test}")
        for inv, old, new, test in (
            (11, "await escalation.action_under_way(tx, case.id) or await", "await", BACK_OF_AI),
            (19, " or await deeds.unsettled(tx, case.id):", ":", BACK_OF_OWNER),
        )
    ),
)
