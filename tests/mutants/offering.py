"""Recommendations: nobody is sold anything where something is wrong, by the rule and by the store (WRK-2)."""

from tests.mutants.mutant import FLOW, Mutant, dropped, patched, statement, without

RULE, GUARD = "WRK-2", "guard_offer"
DOMAIN, DESK = "tests/domain/test_offer.py", f"{FLOW}/test_offer.py"
AT_INSERT = (
    "DROP TRIGGER offer_allowed ON newel.offer; CREATE TRIGGER offer_allowed BEFORE INSERT ON newel.offer"
    " FOR EACH ROW EXECUTE FUNCTION newel.guard_offer()"
)


def f(name: str) -> str:
    return f"{DESK}::test_WRK_2_{name}"


def bar(why: str, at: int, asked: str) -> Mutant:
    """One bar of the rule that is never in the way; its test stands at its place among them."""
    line = f"    yield Bar.{why}, {asked}\n"
    test = f"{DOMAIN}::test_WRK_2_each_bar_alone_is_enough_and_is_named[{why.lower()}-change{at}]"
    return patched(RULE, "domain/offer.py", line, "", test)


def hidden(why: str, statement: str) -> str:
    """Where something is wrong nothing is shown."""
    return f("where_something_is_wrong_nothing_is_shown") + f"[{why}-{statement}]"


def refused(statement: str) -> str:
    """The store refuses it by itself."""
    return f("the_store_refuses_an_offer_where_something_is_wrong") + f"[UPDATE newel.{statement}]"


MUTANTS: tuple[Mutant, ...] = (
    bar("NO_CONVERSATION", 0, 'matter.kind != "conversation"'),
    bar("NOT_AT_WORK", 1, 'matter.state != "owned"'),
    bar("LOCKED", 2, "matter.locked"),
    bar("TRIGGERED", 3, "bool(matter.triggers)"),
    bar("UNSCANNED", 4, "not matter.scanned"),
    bar("MONEY_BACK", 5, "matter.money_back"),
    bar("ASSIST", 6, "matter.assist is not Assist.DRAFT"),
    bar("VULNERABLE", 7, "matter.vulnerable"),
    bar("LATE", 8, "matter.late"),
    bar("FAILED", 9, "matter.failed"),
    bar("ELSEWHERE", 10, "matter.elsewhere"),
    patched(
        RULE,
        "domain/policy/bundle.py",
        'self.actions[act].effect == "money"',
        'self.actions[act].effect == ""',
        hidden("money_back", "UPDATE newel.cases SET contact_reason = 'refund_damaged'"),
    ),
    patched(
        RULE,
        "flow/offer.py",
        "back = bundle.pays_back(case.contact_reason)",
        "back = False",
        hidden("money_back", "UPDATE newel.cases SET contact_reason = 'refund_damaged'"),
    ),
    patched(
        RULE,
        "flow/offer.py",
        "        if why:\n            return Fitting(withheld=why)\n",
        "",
        f("a_marker_that_comes_meanwhile_takes_the_offer_back"),
    ),
    patched(
        RULE,
        "flow/offer.py",
        "        if why:\n            raise Conflict(",
        "        if False:\n            raise Conflict(",
        f("what_was_shown_before_a_marker_is_not_used_after_it"),
    ),
    patched(
        RULE,
        "flow/offer.py",
        ' or str(item.owner_id) != actor.id:\n        raise Forbidden(actor=actor.id, act="see',
        ':\n        raise Forbidden(actor=actor.id, act="see',
        f("only_who_works_the_case_is_shown_anything"),
    ),
    patched(
        RULE,
        "flow/offer.py",
        "merged = [one.id for one in await merges.taken_in(tx, case.id)]",
        "merged = list[UUID]()",
        f("a_trigger_of_a_case_that_was_merged_into_it_is_enough"),
    ),
    patched(
        RULE,
        "store/sql/offer.sql",
        "AND r.outcome = 'failed')",
        "AND r.outcome = '')",
        hidden(
            "unscanned",
            "UPDATE newel.scan_receipt SET outcome = 'failed', locked = true, tier_floor = 3",
        ),
    ),
    patched(
        RULE,
        "store/sql/offer.sql",
        "t.breached_at IS NOT NULL",
        "false",
        hidden("late", "UPDATE newel.sla_target SET breached_at = newel.now()"),
    ),
    patched(
        RULE,
        "store/sql/offer.sql",
        "(a.under_way OR a.state = 'refused')",
        "a.under_way",
        f("after_an_act_that_was_refused_nothing_is_shown"),
    ),
    patched(
        RULE,
        "store/sql/offer.sql",
        "c.state <> 'resolved' AND c.locked)",
        "c.state = 'resolved' AND c.locked)",
        f("another_case_of_the_customer_that_is_locked_is_enough"),
    ),
    dropped(RULE, "offer_allowed", "offer", refused("cases SET locked = true")),
    statement(RULE, AT_INSERT, f("the_store_lets_nothing_be_used_where_something_is_wrong_by_then")),
    without(
        RULE,
        GUARD,
        " AND c.customer_id = NEW.customer_id",
        f("the_store_refuses_an_offer_to_another_customer"),
    ),
    without(RULE, GUARD, " AND c.kind = 'conversation'", refused("cases SET kind = 'item'")),
    without(RULE, GUARD, "c.state = 'owned' AND ", refused("cases SET state = 'queued'")),
    without(RULE, GUARD, "NOT c.locked AND ", refused("cases SET locked = true")),
    without(RULE, GUARD, "c.assist = 2 AND ", refused("cases SET assist = 1")),
    without(RULE, GUARD, " AND NOT u.vulnerable", refused("customer SET vulnerable = true")),
    without(
        RULE,
        GUARD,
        "r.outcome = 'failed' OR ",
        refused("scan_receipt SET outcome = 'failed', locked = true, tier_floor = 3"),
    ),
    without(RULE, GUARD, " OR r.markers <> '{}'", refused("scan_receipt SET markers = '{legal.dictionary}'")),
    dropped(13, "offer_audited", "offer", f"{DESK}::test_INV_13_an_offer_is_not_recorded_without_its_event"),
)
