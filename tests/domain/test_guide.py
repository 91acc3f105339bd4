"""A playbook as a person reads it: where the facts lead, what is open, and nothing of another's record."""

from datetime import UTC, date, datetime

from newel.domain.playbook import Known, Missing, guide
from newel.domain.policy.playbook import Condition, Need, Path, Playbook, Proposed, Slot
from newel.domain.ports import Facts
from newel.domain.words import RiskClass

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BOOK = Playbook(
    owner="Ivan",
    date=date(2026, 11, 20),
    title="Where is it?",
    risk=RiskClass.LOW,
    slots={"order": Slot(kind="order", sources=("text",), ask="Which order is it?")},
    needs={"order": Need(call="shop.order", args={"order": "{slots.order}"})},
    paths=(
        Path(
            when=(Condition(fact="order.state", eq="shipped"),),
            reply="It left on {order.day}.",
            act=Proposed(action="resend", justification="because"),
        ),
        Path(
            when=(Condition(fact="order.state", one_of=("lost", "held")),),
            reply="",
            to_person=True,
            note="call",
        ),
        Path(when=(Condition(fact="order.note", present=False),), reply="No note."),
    ),
)


def known(**order: object) -> Known:
    facts = Facts({"customer": "C1", **order}, "order book, order 1", NOW)
    return Known(slots={"order": "10023"}, profile={"ref": "C1"}, facts={"order": facts})


def test_WRK_3_without_facts_the_playbook_is_only_read() -> None:
    made = guide("where", BOOK, None, NOW)
    assert [branch.holds for branch in made.branches] == [None, None, None]
    assert not any(branch.leads for branch in made.branches)
    assert made.branches[0].reply == "It left on ‹order day›."
    assert [(a.question, a.value) for a in made.asked] == [("Which order is it?", "")]
    assert [one.state for one in made.looked] == ["open"]
    assert str(made.branches[1].tests[0].says) == "the order's state is lost or held"


def test_WRK_3_facts_lead_into_one_branch() -> None:
    made = guide("where", BOOK, known(state="shipped", day="Monday"), NOW)
    assert [branch.leads for branch in made.branches] == [True, False, False]
    assert (made.reply, made.action) == ("It left on Monday.", "resend")
    assert made.branches[0].tests[0].found == "shipped"
    assert made.branches[1].holds is False
    assert made.looked[0].source == "order book, order 1"


def test_WRK_3_what_only_a_person_decides_says_why() -> None:
    made = guide("where", BOOK, known(state="lost"), NOW)
    assert [branch.leads for branch in made.branches] == [False, True, False]
    assert (made.reply, made.blocked) == ("", "path_leads_to_a_person:call")


def test_INV_17_nothing_of_somebody_elses_record_is_shown() -> None:
    made = guide("where", BOOK, known(customer="C2", state="shipped", day="Monday"), NOW)
    assert made.blocked.startswith("not_their_order")
    assert made.reply == ""
    assert "Monday" not in str(made)
    assert not any(test.found for branch in made.branches for test in branch.tests)


def test_a_question_that_is_open_leads_nowhere_yet() -> None:
    made = guide(
        "where", BOOK, Missing(names=("order",), ask="Which order is it?", values={"order": "10023"}), NOW
    )
    assert made.asked[0].value == "10023"
    assert not any(branch.leads for branch in made.branches)


def test_WRK_3_what_no_fact_says_a_person_answers_and_the_script_goes_on() -> None:
    shipped, lost = (branch.tests[0].key for branch in guide("where", BOOK, None, NOW).branches[:2])
    assert shipped.isalpha()
    after = guide("where", BOOK, None, NOW, {shipped: False})
    assert [branch.leads for branch in after.branches] == [False, False, False]
    after = guide("where", BOOK, None, NOW, {shipped: False, lost: True})
    assert [branch.leads for branch in after.branches] == [False, True, False]
    assert after.branches[1].tests[0].said
    assert (after.reply, after.action) == ("", "")


def test_WRK_3_a_fact_is_never_overruled_and_its_reply_never_another_branchs() -> None:
    facts = known(state="shipped", day="Monday")
    key = guide("where", BOOK, None, NOW).branches[0].tests[0].key
    assert guide("where", BOOK, facts, NOW, {key: False}) == guide("where", BOOK, facts, NOW)
    silent = known(note=None)
    led = guide("where", BOOK, silent, NOW, {key: True})
    assert (led.branches[0].leads, led.reply, led.action) == (True, "", "")
