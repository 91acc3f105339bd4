"""What the tier weighs and what time ends: confidence, words, identity, caps, drafts, alerts, episodes."""

from tests.mutants.mutant import FLOW, Mutant, patched

DECISION, ANSWER, INTAKE = (f"tests/domain/test_{word}.py" for word in ("tier", "answer", "intake"))
REPLY = "tests/web/test_reply.py"
SLA = "tests/domain/test_sla.py::test_INV_9_whatever_the_clock_does_each_threshold_fires_once_in_order"


def t(*names: str) -> tuple[str, ...]:
    return tuple(f"{DECISION}::test_{name}" for name in names)


def f(word: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{FLOW}/test_{word}.py::test_{name}" for name in names)


UNSURE = t("SCN_11_an_unsure_answer_is_for_a_person")
CERTIFIED = t("TIR_10_a_certified_threshold_can_only_be_stricter")
WORDS = t("commitments_are_found_as_words")
CAP = t("TIR_5_the_ceiling_holds_everywhere")
SPENT = f("approval", "TIR_5_what_may_have_been_paid_out_counts_at_the_next_decision")
REPLAYED = f("replay", "TIR_5_what_the_run_has_proposed_before_counts_towards_a_ceiling")
BOUND = f("approval", "INV_12_an_approval_binds_the_policy_by_which_it_was_asked_for")
THREAD = f"{INTAKE}::test_RES_4_a_message_joins"
REOPENS = f("threading", "RES_4_72_hours_after_its_end_it_is_a_new_case_of_the_same_conversation")

SURE: tuple[Mutant, ...] = (
    patched(
        "SCN-11",
        "domain/tier/rules.py",
        "elif not answer.confidence >= max(confidence_minimum(policy), certified):",
        "elif answer.confidence < max(confidence_minimum(policy), certified):",
        *UNSURE,
    ),
    patched(
        "SCN-11",
        "domain/tier/rules.py",
        "max(confidence_minimum(policy), certified):",
        "(certified or confidence_minimum(policy)):",
        *CERTIFIED,
    ),
    patched(
        "SCN-11",
        "domain/tier/rules.py",
        "max(confidence_minimum(policy), certified):",
        "confidence_minimum(policy):",
        *CERTIFIED,
    ),
    patched("SCN-11", "domain/tier/rules.py", "if not answer.calibrated:", "if False:", *UNSURE),
    patched(
        "SCN-11",
        "domain/answer.py",
        "return threshold.value if threshold else 1.0",
        "return threshold.value if threshold else 0.0",
        *t("SCN_11_without_a_threshold_nothing_is_sure_enough"),
    ),
    patched(
        "SCN-11",
        "domain/answer.py",
        "enough = max(policy.knowledge.minimum_confidence, confidence_minimum(policy))",
        "enough = policy.knowledge.minimum_confidence",
        f"{ANSWER}::test_SCN_11_an_article_is_quoted_above_both_thresholds",
    ),
    patched(
        "SCN-11",
        "domain/answer.py",
        "enough = max(policy.knowledge.minimum_confidence, confidence_minimum(policy))",
        "enough = confidence_minimum(policy)",
        f"{ANSWER}::test_SCN_11_an_article_is_quoted_above_both_thresholds",
    ),
    patched(
        "TIR-15",
        "domain/tier/rules.py",
        '    if found:\n        yield Raise(Tier.SUPERVISED, f"commitment:',
        '    if False:\n        yield Raise(Tier.SUPERVISED, f"commitment:',
        *t("TIR_15_a_commitment_in_the_reply_raises_to_T2"),
    ),
    patched("TIR-15", "domain/commitment.py", "text.casefold()", "text", *WORDS),
    patched("TIR-15", "domain/commitment.py", '.replace("’", "\'")', "", *WORDS),
    patched("TIR-15", "domain/commitment.py", '.replace("\\u00ad", "")', "", *WORDS),
    patched("TIR-15", "domain/commitment.py", r'replace(r"\*", r"\w*")', r'replace(r"\*", "")', *WORDS),
    patched(
        "TIR-13",
        "domain/tier/effect.py",
        "if standing.identity_level < kind.identity_level:",
        "if False:",
        *t("TIR_13_an_unverified_customer_gets_no_act"),
    ),
    patched(
        "TIR-13",
        "flow/tier.py",
        "identity_level=1 if customer.profile.ref else 0,",
        "identity_level=1,",
        *f("identified", "TIR_13_who_is_not_known_gets_no_act"),
    ),
)
MONEY: tuple[Mutant, ...] = (
    patched(
        "TIR-5",
        "domain/tier/effect.py",
        "cap_minor(ceiling, lifetime_value_minor) - max(used_minor, 0)",
        "cap_minor(ceiling, lifetime_value_minor)",
        *CAP,
    ),
    patched(
        "TIR-5", "domain/tier/effect.py", "- max(used_minor, 0), paid_minor))", "- max(used_minor, 0)))", *CAP
    ),
    patched(
        "TIR-5",
        "domain/action.py",
        "return min(ceiling.cap_minor, max(ceiling.floor_minor, share))",
        "return max(ceiling.floor_minor, share)",
        *CAP,
    ),
    patched(
        "TIR-5",
        "domain/action.py",
        "- (paid.amount_minor if paid else 0))",
        ")",
        *t("TIR_5_the_order_at_hand_does_not_raise_its_own_ceiling"),
    ),
    patched(
        "TIR-5",
        "flow/tier.py",
        "return await rows.spent(tx, case.customer_id, said.action.action, since)",
        "return 0",
        *SPENT,
    ),
    *(
        patched("TIR-5", "store/sql/answer.sql", old, new, *SPENT)
        for old, new in (
            (
                "WHERE customer_id = $1 AND class = $2 AND created_at",
                "WHERE $1::uuid IS NOT NULL AND class = $2 AND created_at",
            ),
            ("AND class = $2 AND created_at >= $3", "AND $2::text <> '' AND created_at >= $3"),
            ("AND created_at >= $3 AND state NOT", "AND $3::timestamptz IS NOT NULL AND state NOT"),
            ("state NOT IN ('refused', 'void');", "state IN ('authorised', 'confirmed');"),
            ("state NOT IN ('refused', 'void');", "state NOT IN ('confirmed', 'refused', 'void');"),
        )
    ),
    *(
        patched(
            "TIR-5",
            "store/sql/answer.sql",
            "state NOT IN ('refused', 'void');",
            "(under_way OR state = 'confirmed');",
            *f("approval", f"TIR_5_what_is_authorised_and_not_yet_called_counts_at_the_next_{next_}"),
        )
        for next_ in ("decision", "approval")
    ),
    patched(
        "TIR-5",
        "store/sql/answer.sql",
        "state NOT IN ('refused', 'void');",
        "state <> 'void';",
        *f("approval", "TIR_5_what_was_refused_counts_no_more"),
    ),
    patched(
        "TIR-5",
        "flow/approval.py",
        "    await _within_ceiling(tx, house, running, case, made)\n",
        "    pass\n",
        *f("approval", "TIR_5_an_edit_above_the_ceiling_is_refused_and_nothing_is_written"),
    ),
    patched(
        "TIR-5",
        "flow/approval.py",
        "    await _within_ceiling(tx, house, running, case, made)\n",
        '    if verdict.decision == "edit":\n        await _within_ceiling(tx, house, running, case, made)\n',
        *f("approval", "TIR_5_what_is_authorised_and_not_yet_called_counts_at_the_next_approval"),
    ),
    patched(
        12,
        "flow/approval.py",
        "approval.message_id == case.last_inbound_id and approval.binding == binding(\n"
        "            house, running, made\n        )",
        "approval.message_id == case.last_inbound_id",
        *BOUND,
    ),
    patched(
        "TIR-5",
        "flow/replay.py",
        "used = used_minor(await purses.before(ticket), said, running.bundle, at)",
        "used = used_minor((), said, running.bundle, at)",
        *REPLAYED,
    ),
    patched(
        "TIR-5",
        "domain/replay/given.py",
        " and one.at >= since)",
        " and since)",
        *f("replay", "TIR_5_only_money_of_the_same_customer_in_the_window_counts"),
    ),
    patched(
        12,
        "flow/approval.py",
        "    rule.may_decide(approver, asked)\n    await _within",
        "    await _within",
        *f("action", "INV_12_a_person_without_the_right_does_not_approve"),
    ),
)
TIME: tuple[Mutant, ...] = (
    patched(
        "RES-2",
        "flow/resolution/owner.py",
        "        if again := await again_of(tx, house, actor, case_id, says):\n            return again\n"
        "        case, item = await routing.mine(tx, case_id, actor, token)\n        if case.state",
        "        case, item = await routing.mine(tx, case_id, actor, token)\n        if case.state",
        f"{REPLY}::test_a_reply_that_is_sent_again_is_one_message",
    ),
    patched(
        "RES-2",
        "flow/resolution/says.py",
        "    if not same:\n",
        "    if False:\n",
        f"{REPLY}::test_a_reply_that_is_sent_again_is_one_message",
    ),
    patched(
        "RES-2",
        "flow/resolution/says.py",
        'return uuid5(case_id, f"{actor.id}/{door}/{key}") if key else None',
        "return None",
        f"{REPLY}::test_a_case_that_is_ended_again_under_its_key_has_one_last_message",
        f"{REPLY}::test_what_was_taken_back_is_not_sent_by_a_retry_that_comes_late",
    ),
    patched(
        "INT-5",
        "flow/intake.py",
        'await job.drop(tx, case.id, "answer", "settle", "deflection"',
        'await job.drop(tx, case.id, "settle", "deflection"',
        *f("answer", "INT_5_a_burst_is_one_turn_with_one_answer"),
    ),
    patched(
        9,
        "flow/sla.py",
        "left = rule.upcoming(schedule, max(fired, default=0))",
        "left = rule.upcoming(schedule, 0)",
        *f("sla", "INV_9_what_has_fired_stays_fired_when_the_case_is_raised"),
    ),
    patched(
        9,
        "domain/sla.py",
        "if a.percent >= next_percent and a.at <= now)",
        "if a.at <= now)",
        SLA,
    ),
    patched(9, "domain/sla.py", "if alert.percent > last_percent)", "if alert.percent >= last_percent)", SLA),
    patched(
        "RES-4",
        "domain/intake.py",
        "now - case.resolved_at < EPISODE_REOPENS_WITHIN",
        "now - case.resolved_at <= EPISODE_REOPENS_WITHIN",
        *REOPENS,
    ),
    patched(
        "RES-4",
        "domain/words.py",
        "EPISODE_REOPENS_WITHIN = timedelta(hours=72)",
        "EPISODE_REOPENS_WITHIN = timedelta(hours=71)",
        *f("threading", "RES_4_within_72_hours_of_its_end_it_is_the_same_case_in_a_new_episode"),
    ),
    patched(
        "RES-4",
        "domain/intake.py",
        "for resolved in (False, True):",
        "for resolved in (True, False):",
        THREAD,
    ),
    patched("RES-4", "domain/intake.py", "_join(max(fit, key", "_join(min(fit, key", THREAD),
    patched(
        "RES-4",
        "domain/intake.py",
        "if case.id == named and _joinable(case, now):",
        "if False:",
        THREAD,
    ),
    patched(
        "RES-4",
        "domain/intake.py",
        "if case.id == named and _joinable(case, now):",
        "if case.id == named:",
        THREAD,
    ),
    patched(
        "RES-4",
        "domain/intake.py",
        "return Join(case.into or case.id,",
        "return Join(case.id,",
        f"{INTAKE}::test_RES_4_what_would_join_a_merged_case_joins_its_survivor",
    ),
)
MUTANTS = (*SURE, *MONEY, *TIME)
