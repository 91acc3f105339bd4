"""Who gets it and who sees it: the guards of the queue, of rings and capacity, of packages and grants."""

from tests.mutants.mutant import CASE, FLOW, Mutant, patched, without

RULE = "RTE-2"
TAKES = "tests/domain/test_routing.py::test_RTE_2_which_work_each_clearance_takes"
OWNERS = "tests/domain/test_routing.py::test_RTE_2_the_owner_is_the_one_written_before"
REGION = "RTE_1_what_waits_follows_its_policy_to_another_rule_of_regions"
NO_REGION = "RTE_1_what_waits_without_a_region_follows_its_policys"
NOT_HELD = (
    "priority >= $4 AND id <> ALL ($3::uuid[])\n            AND passed_by IS DISTINCT FROM $6::uuid\n        "
)


def r(*names: str) -> tuple[str, ...]:
    return tuple(f"{FLOW}/test_routing.py::test_{name}" for name in names)


def c(*names: str) -> tuple[str, ...]:
    return tuple(f"{FLOW}/test_context.py::test_{name}" for name in names)


BY_HAND = r("RTE_6_a_supervisor_assigns_by_hand_without_the_router")
HIGHEST = r("INV_8_a_claim_takes_the_highest_priority_that_the_person_may")
FEW = r("INV_8_of_one_kind_of_work_the_urgent_comes_first_however_few_are_looked_at")
FULL = r("RTE_2_the_store_refuses_more_than_the_capacity")
AS_MANY = r("RTE_2_a_person_claims_no_more_than_fits")
PASSED = r("RTE_6_who_hands_it_back_does_not_get_it_again")
UNDER_LOCK = r("INV_8_a_candidate_is_looked_at_again_under_its_lock")
NOT_YET = r("RTE_2_before_its_minute_nobody_claims_what_they_only_stand_in_for")
ASSIGNEE = c("INV_16_only_the_assignee_opens_it_or_who_holds_a_live_grant")
GRANTED = c("INV_16_a_grant_is_for_one_person_one_package_a_purpose_and_a_time")

ORDER: tuple[Mutant, ...] = (
    patched(
        8,
        "store/sql/claim.sql",
        ") q ORDER BY q.priority, q.position, q.due_at, q.id LIMIT $5;",
        ") q ORDER BY q.position, q.id LIMIT $5;",
        *HIGHEST,
        *FEW,
    ),
    patched(
        8,
        "store/sql/claim.sql",
        f"{NOT_HELD}ORDER BY priority, position, due_at, id",
        f"{NOT_HELD}ORDER BY position, id",
        *FEW,
    ),
    patched(
        8,
        "store/sql/claim.sql",
        "w.bucket = ANY ($3::int[])))\nORDER BY k.place LIMIT 1",
        "w.bucket = ANY ($3::int[])))\nORDER BY k.place DESC LIMIT 1",
        *HIGHEST,
    ),
    patched(
        8,
        "store/sql/claim.sql",
        "WHERE w.state = 'queued' AND w.priority >= $4 AND w.passed_by IS DISTINCT FROM $5::uuid",
        "WHERE w.state = 'queued' AND $4::int > 0 AND w.passed_by IS DISTINCT FROM $5::uuid",
        *UNDER_LOCK,
    ),
    patched(
        8,
        "store/sql/claim.sql",
        "WHERE w.state = 'queued' AND w.priority >= $4 AND w.passed_by IS DISTINCT FROM $5::uuid",
        "WHERE w.priority >= $4 AND w.passed_by IS DISTINCT FROM $5::uuid",
        *UNDER_LOCK,
    ),
    patched(
        8,
        "store/sql/claim.sql",
        "WHERE w.state = 'queued' AND w.priority >= $4 AND w.passed_by IS DISTINCT FROM $5::uuid",
        "WHERE w.state = 'queued' AND w.priority >= $4 AND $5::uuid IS NOT NULL",
        *UNDER_LOCK,
    ),
    patched(
        8,
        "store/claim.py",
        "highest = max(may, least) if may else None",
        "highest = least if may else None",
        *HIGHEST,
    ),
    patched(
        8,
        "store/claim.py",
        "        held = [*held, *found] if found else []\n",
        "        return None\n",
        *r("a_claim_looks_again_when_all_that_it_saw_is_held"),
    ),
    patched(
        8,
        "flow/routing/hands.py",
        "least, passed = Priority.P3 if batch else Priority.P1, list[UUID]()",
        "least, passed = Priority.P1, list[UUID]()",
        f"{FLOW}/test_transfer.py::test_RTE_7_a_batch_is_of_P3_alone_and_within_capacity",
    ),
)
RINGS: tuple[Mutant, ...] = (
    patched(RULE, "domain/routing/work.py", "return self.load < self.capacity", "return True", OWNERS),
    patched(
        RULE,
        "domain/routing/reach.py",
        "if ask.regulated or ask.generalist not in person.skills:",
        "if ask.generalist not in person.skills:",
        OWNERS,
    ),
    patched(
        RULE,
        "domain/routing/reach.py",
        "SUPERVISOR and cleared(person.clearance, priority, regulated)",
        "SUPERVISOR",
        OWNERS,
    ),
    patched(
        RULE,
        "domain/routing/reach.py",
        "return person.clearance != SUPERVISOR and cleared(",
        "return cleared(",
        OWNERS,
    ),
    patched(RULE, "domain/routing/reach.py", " and set(ask.asked) <= person.skills.keys()", "", OWNERS),
    patched(
        RULE,
        "domain/routing/reach.py",
        "return speaks(person, ask.language) and set(",
        "return set(",
        OWNERS,
    ),
    patched(
        RULE,
        "domain/routing/queue.py",
        "if item.queued_seconds < rules.widens_after_seconds:",
        "if False:",
        OWNERS,
    ),
    patched(
        RULE,
        "domain/routing/queue.py",
        "[p for p in people if p.works(now) and",
        "[p for p in people if",
        OWNERS,
    ),
    patched(
        RULE,
        "domain/routing/queue.py",
        " and p.id != item.passed_by]",
        "]",
        *PASSED,
    ),
    patched(
        RULE,
        "domain/escalation.py",
        "return allowed and (not regulated or clearance in CLEARED_FOR_REGULATED)",
        "return allowed",
        TAKES,
    ),
    patched(
        RULE,
        "flow/routing/hands.py",
        "if not cleared(person.clearance, item.priority, item.regulated):",
        "if False:",
        *BY_HAND,
    ),
    patched(RULE, "flow/routing/hands.py", "if not serving.person.free:", "if False:", *AS_MANY),
    patched(
        RULE,
        "flow/routing/hands.py",
        "if not serving.person.works(now):",
        "if False:",
        *r("a_person_claims_their_next_and_only_what_they_may"),
    ),
    patched(
        RULE,
        "flow/routing/queue.py",
        "if item.regulated or item.general:",
        "if item.general:",
        *r("RTE_2_regulated_work_never_goes_to_a_generalist"),
    ),
    patched(
        RULE,
        "flow/routing/queue.py",
        "if gone or not (serving.person.fits(item.channel) and serving.person.works(tx.now)):",
        "if gone:",
        *r("RTE_2_who_filled_up_or_left_meanwhile_is_not_given_it"),
    ),
    *(
        patched("RTE-1", file, old, new, *r(test))
        for file, old, new, test in (
            ("store/sql/routing.sql", "b.region_needed <> now.needed END", "false END", REGION),
            ("store/sql/routing.sql", "THEN now.region <> '' ELSE", "THEN false ELSE", NO_REGION),
            ("flow/routing/queue.py", "region_needed=needed\n", "region_needed=item.region_needed\n", REGION),
            ("flow/routing/queue.py", "(await rows.origin(tx, item.case_id))[1]", '""', REGION),
        )
    ),
    patched(
        RULE,
        "store/sql/claim.sql",
        "bucket = b.bucket AND priority >= $4 AND general AND id <> ALL ($3::uuid[])",
        "bucket = b.bucket AND priority >= $4 AND id <> ALL ($3::uuid[])",
        *NOT_YET,
    ),
    patched(
        RULE,
        "store/sql/claim.sql",
        "(w.bucket = ANY ($2::int[]) OR (w.general AND w.bucket = ANY ($3::int[])))",
        "(w.bucket = ANY ($2::int[]) OR w.bucket = ANY ($3::int[]))",
        *NOT_YET,
    ),
    without(RULE, "guard_work_item", "AND load < capacity", *FULL),
    without(
        RULE,
        "guard_work_item",
        " AND active AND (",
        f"{CASE}::test_RTE_nobody_is_given_more_than_their_capacity",
        new=" AND (",
    ),
    without(
        RULE,
        "guard_work_item",
        "SET load = load - 1, channel_load",
        *r("RTE_4_resolving_one_brings_the_next"),
        new="SET channel_load",
    ),
)
SIGHT: tuple[Mutant, ...] = (
    patched(16, "flow/context/opening.py", " and str(item.owner_id) == actor.id\n", "\n", *ASSIGNEE),
    patched(
        16,
        "flow/context/opening.py",
        "if not owns and await rows.live_grant(tx, package.id, UUID(actor.id)) is None:",
        "if False:",
        *ASSIGNEE,
    ),
    patched(
        16,
        "flow/context/opening.py",
        "    actor.must(Act.ASSIGN)\n    if not timedelta()",
        "    if not timedelta()",
        *ASSIGNEE,
    ),
    patched(
        16,
        "flow/context/opening.py",
        'await audit.record(tx, "context.opened", "package", package.id, case_id=case.id)',
        "pass",
        *ASSIGNEE,
    ),
    patched(
        16,
        "flow/context/opening.py",
        'await audit.record(\n            tx, "context.revealed"',
        'await audit.record(\n            tx, "context.opened"',
        *c("INV_16_nothing_is_revealed_when_the_audit_cannot_be_written"),
    ),
    patched(
        16,
        "flow/context/opening.py",
        'if actor.kind != "staff":',
        "if False:",
        *c("INV_16_no_program_opens_a_package"),
    ),
    patched(16, "flow/context/opening.py", "<= LONGEST_GRANT or", "<= timedelta.max or", *GRANTED),
    patched(16, "flow/context/opening.py", " or len(purpose.strip()) < 3:", ":", *GRANTED),
    patched(
        16,
        "flow/context/opening.py",
        "if p.part not in but and rule.visible(p.part, case.assist))",
        "if p.part not in but)",
        *c("the_AIs_attempt_is_there_only_where_drafts_are_allowed"),
    ),
    patched(
        16,
        "flow/context/opening.py",
        "if p.part is part and rule.visible(part, case.assist)), None)",
        "if p.part is part), None)",
        *c("INV_16_of_an_attempt_that_is_hidden_no_field_is_revealed"),
    ),
    patched(
        16,
        "store/sql/context.sql",
        "WHERE package_id = $1 AND staff_id = $2",
        "WHERE staff_id = $2",
        *GRANTED,
    ),
    patched(
        16,
        "store/sql/context.sql",
        "WHERE package_id = $1 AND staff_id = $2",
        "WHERE package_id = $1 AND $2::uuid IS NOT NULL",
        *GRANTED,
    ),
    patched(
        16,
        "store/sql/context.sql",
        " AND expires_at > $3 ORDER BY",
        " AND $3 IS NOT NULL ORDER BY",
        *ASSIGNEE,
    ),
    patched(
        16,
        "domain/desk.py",
        "if actor.may(Act.ASSIGN):\n        return Sight.MASKED",
        "if True:\n        return Sight.MASKED",
        "tests/domain/test_desk.py::test_INV_16_only_who_has_the_case_sees_it_whole",
    ),
    patched(
        16,
        "domain/desk.py",
        "if tie.owns or tie.granted:",
        "if True:",
        "tests/domain/test_desk.py::test_INV_16_only_who_has_the_case_sees_it_whole",
    ),
    patched(
        16,
        "flow/note.py",
        "if not rule.inside(actor, await tie(tx, _staff(actor), case.id)):",
        "if False:",
        f"{FLOW}/test_note.py::test_INV_16_only_those_inside_write",
    ),
    patched(
        16,
        "flow/note.py",
        "expired = asked.answered_at is not None, asked.expires_at <= tx.now",
        "expired = asked.answered_at is not None, False",
        f"{FLOW}/test_note.py::test_INV_16_a_question_that_stood_its_time_opens_and_takes_nothing",
    ),
    patched(
        16,
        "flow/attachment.py",
        "if rule.may_fetch(actor, found.place, tie=tie, own=await own(tx)):",
        "if await own(tx) or True:",
        f"{FLOW}/test_attachment.py::test_who_decides_on_a_proposal_sees_the_picture_and_nobody_else_of_the_desk",
    ),
)
MUTANTS = (*ORDER, *RINGS, *SIGHT)
