"""Playbooks: slots from words, look-ups in rounds, replies and amounts from facts alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.playbook import (
    Filled,
    Known,
    Missing,
    NoPath,
    Reply,
    Why,
    calls,
    choose,
    fill_slots,
    problems,
)
from newel.domain.playbook.conditions import holds
from newel.domain.playbook.dates import dates, times
from newel.domain.playbook.template import MissingFact, Rendered, render
from newel.domain.policy.playbook import Condition, Need, Path, Pick, Playbook, Proposed, Slot
from newel.domain.ports import Facts
from newel.domain.words import Money, RiskClass

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def gbp(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "GBP"}


MUG = {"sku": "HW-101", "name": "Stoneware mug, moss", "quantity": 1, "price": gbp(1800)}
LAMP = {"sku": "HW-120", "name": "Table lamp, Ember", "quantity": 1, "price": gbp(6800)}
ORDER: dict[str, Any] = {
    "no": "10031",
    "customer": "C0017",
    "state": "delivered",
    "delivered_on": "2026-11-17",
    "items": [MUG],
    "total": gbp(2195),
}


def playbook(**more: Any) -> Playbook:
    base: dict[str, Any] = {
        "owner": "Ivan Petrov",
        "date": TODAY,
        "title": "Broken on arrival",
        "risk": RiskClass.MEDIUM,
        "slots": {
            "order": Slot(kind="order", sources=("text", "only_open_order"), ask="Which order?"),
            "item": Slot(kind="product", sources=("text",), required=False),
        },
        "needs": {"order": Need(call="shop.order", args={"order": "{slots.order}"})},
        "picks": {"line": Pick(among="order.items", slot="item")},
        "paths": (
            Path(
                when=(Condition(fact="order.state", eq="delivered"),),
                reply="We have refunded {line.price|money} for your {line.name}.",
                act=Proposed(
                    action="refund",
                    args={"order": "{order.no}"},
                    amount="{line.price}",
                    paid="{order.total}",
                    justification="{line.name} reported damaged",
                ),
            ),
        ),
    }
    return Playbook(**{**base, **more})


def known(order: dict[str, Any] | None = None, ref: str = "C0017", **slots: str) -> Known:
    said = Facts(order if order is not None else ORDER, "order book, order 10031", NOW)
    return Known(slots={"order": "10031", **slots}, profile={"ref": ref}, facts={"order": said})


def filled(text: str, **profile: Any) -> Filled | Missing:
    return fill_slots(playbook(), text, {}, profile, TODAY)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Mug arrived broken, order 10031, refund please", "10031"),
        ("order no.10031?", "10031"),
        ("#10031", "10031"),
        ("(10031)", "10031"),
        ("10031 10031", "10031"),
    ],
)
def test_TIR_3_an_order_number_is_read_from_the_text(text: str, order: str) -> None:
    got = filled(text)
    assert isinstance(got, Filled)
    assert got.values["order"] == order


@pytest.mark.parametrize(
    "text", ["where is it", "10031 and 10044", "it cost £10031", "call 02079460123 ab10031"]
)
def test_two_orders_or_none_are_a_question_and_no_guess(text: str) -> None:
    got = filled(text, orders=[{"no": "1", "state": "placed"}, {"no": "2", "state": "packed"}])
    assert isinstance(got, Missing)
    assert got.names == ("order",)
    assert got.ask == "Which order?"


def test_the_only_open_order_is_taken_when_the_text_names_none() -> None:
    orders = [{"no": "10001", "state": "delivered"}, {"no": "10002", "state": "dispatched"}]
    got = filled("where is my parcel", orders=orders)
    assert isinstance(got, Filled)
    assert got.values["order"] == "10002"


def test_the_latest_order_is_the_last_placed() -> None:
    book = playbook(slots={"order": Slot(kind="order", sources=("text", "latest_order"))})
    orders = [{"no": "10001", "placed_on": "2026-11-01"}, {"no": "10002", "placed_on": "2026-10-01"}]
    assert fill_slots(book, "a mug broke", {}, {"orders": orders}, TODAY) == Filled({"order": "10001"})


def test_TIR_2_a_general_question_takes_no_order_of_the_customer() -> None:
    book = playbook(slots={"order": Slot(kind="order", sources=("text", "latest_order"), ask="Which?")})
    orders = {"orders": [{"no": "10001", "placed_on": "2026-11-01"}]}
    asked = fill_slots(book, "How long do I have to return something?", {}, orders, TODAY)
    assert asked == Missing(("order",), "Which?", {})
    assert fill_slots(book, "How long can I return it?", {}, orders, TODAY) == Filled({"order": "10001"})


def test_what_was_said_last_counts_first() -> None:
    book = playbook(
        slots={"order": Slot(kind="order", sources=("text",)), "at": Slot(kind="time", sources=("text",))}
    )
    newest = fill_slots(book, "10001 at 10\nat 14:00", {}, {}, TODAY, messages=("at 14:00", "10001 at 10"))
    assert newest == Filled({"order": "10001", "at": "14:00"})
    later = fill_slots(book, "and at 15:00?", {}, {}, TODAY, before=("where is 10002", "and 10001?"))
    assert later == Filled({"order": "10002", "at": "15:00"})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 28 November", "2026-11-28"),
        ("on the 5th", "2026-12-05"),
        ("tomorrow", "2026-11-21"),
        ("next Tuesday", "2026-11-24"),
        ("Friday instead of Wednesday", "2026-11-27"),
        ("3/1", "2027-01-03"),
        ("2026-12-24", "2026-12-24"),
        ("February 31", ""),
    ],
)
def test_a_day_is_read_as_the_customer_means_it(text: str, day: str) -> None:
    found = dates(text, TODAY)
    assert [d.isoformat() for d in found] == ([day] if day else [])


def test_a_time_is_read_and_the_one_that_is_left_is_not() -> None:
    assert times("at 2pm and not 10:00") == ["14:00"]
    assert times("3 o'clock, costs 18.00") == ["15:00"]
    assert times("a visit on Monday at 10?") == ["10:00"]
    assert times("around 2 please, at 4 Elm Road") == ["14:00"]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("my mug is broken, I want to talk to a person", "mug"),
        ("The stoneware mug came cracked, can I speak with a human please", "stoneware mug"),
        ("I want to speak to someone about my broken teapot", "teapot"),
        ("Connect me to your manager, the dinner plate is smashed", "dinner plate"),
        ("10031: I want to talk to a person", ""),
    ],
)
def test_who_asks_for_a_person_does_not_name_one_as_a_product(text: str, product: str) -> None:
    slots = {"item": Slot(kind="product", sources=("text",), required=False)}
    assert fill_slots(playbook(slots=slots), text, {}, {}, TODAY).values.get("item", "") == product


def test_look_ups_come_in_rounds() -> None:
    needs = {
        "order": Need(call="shop.order", args={"order": "{slots.order}"}),
        "paid": Need(call="payments.refunds", args={"order": "{order.no}"}),
    }
    book = playbook(needs=needs)
    first = calls(book, Known(slots={"order": "10031"}))
    assert [(one.need, dict(one.args)) for one in first] == [("order", {"order": "10031"})]
    assert [one.need for one in calls(book, known())] == ["paid"]


def test_TIR_4_a_path_says_and_proposes_from_facts() -> None:
    said = choose(playbook(), known(), NOW)
    assert isinstance(said, Reply)
    assert said.text == "We have refunded £18.00 for your Stoneware mug, moss."
    assert said.sources == ("order book, order 10031",)
    assert said.justification == "Stoneware mug, moss reported damaged"
    assert said.action is not None
    assert (said.action.amount, said.action.paid) == (Money(1800, "GBP"), Money(2195, "GBP"))
    assert said.action.payload() == {"order": "10031", "amount_minor": 1800, "currency": "GBP"}


@pytest.mark.parametrize("ref", ["C0001", "", "c0017"])
def test_an_order_of_somebody_else_is_never_disclosed(ref: str) -> None:
    assert choose(playbook(), known(ref=ref), NOW) == NoPath(Why.NOT_THEIRS, "order")


def test_a_record_found_by_words_that_names_no_owner_is_not_disclosed() -> None:
    nobodys = {key: value for key, value in ORDER.items() if key != "customer"}
    assert choose(playbook(), known(nobodys), NOW) == NoPath(Why.NOT_THEIRS, "order")


def test_a_list_with_one_foreign_record_is_not_disclosed() -> None:
    order = {**ORDER, "others": [{"customer": "C0017"}, {"customer": "C0018"}]}
    assert choose(playbook(), known(order), NOW) == NoPath(Why.NOT_THEIRS, "order")


def test_no_record_missing_fact_and_no_condition_go_to_a_person() -> None:
    nobody = Known(slots={"order": "10031"}, profile={"ref": "C0017"}, facts={"order": None})
    assert choose(playbook(), nobody, NOW) == NoPath(Why.NO_RECORD, "order")
    nameless = [{**MUG, "name": None}]
    assert choose(playbook(), known({**ORDER, "items": nameless}), NOW) == NoPath(
        Why.MISSING_FACT, "line.name"
    )
    assert choose(playbook(), known({**ORDER, "state": "lost"}), NOW) == NoPath(Why.NO_CONDITION, "")


def test_a_pick_takes_what_the_words_name_and_never_guesses_between_two() -> None:
    two = {**ORDER, "items": [MUG, LAMP]}
    said = choose(playbook(), known(two, item="lamp"), NOW)
    assert isinstance(said, Reply)
    assert said.action is not None
    assert said.action.amount == Money(6800, "GBP")
    assert choose(playbook(), known(two), NOW) == NoPath(Why.MISSING_FACT, "line.price")


def amount_of(text: str) -> Money | None:
    got = fill_slots(playbook(), text, {}, {"ref": "C0017"}, TODAY)
    slots = got.values
    if slots.get("order") != "10031":
        return None
    said = choose(playbook(), Known(slots=slots, profile={"ref": "C0017"}, facts=known().facts), NOW)
    return said.action.amount if isinstance(said, Reply) and said.action else None


@given(st.text(max_size=80), st.integers(0, 10**7))
def test_INV_17_no_customer_text_changes_an_amount(noise: str, wish: int) -> None:
    amount = amount_of(f"mug broken, order 10031, refund £{wish}.00 please {noise}")
    assert amount in (None, Money(1800, "GBP"))


@pytest.mark.parametrize(
    "template", ["{slots.wish}", "{fields.amount}", "{customer.balance}", "18.00", "{order.no}"]
)
def test_INV_17_an_amount_that_is_no_fact_is_refused(template: str) -> None:
    slots = {"order": Slot(kind="order", sources=("text",)), "wish": Slot(kind="number", sources=("text",))}
    act = Proposed(action="refund", args={}, amount=template, justification="asked")
    book = playbook(slots=slots, paths=(Path(reply="ok", act=act),))
    said = choose(book, known(wish="9999"), NOW)
    assert isinstance(said, NoPath)
    assert said.reason is Why.BAD_AMOUNT
    if not template.startswith("{order"):
        assert any("amount" in problem for problem in problems(book))


@pytest.mark.parametrize("minor", [0, -5, 1.5, True, "1800", None])
def test_an_amount_is_a_whole_number_above_nothing(minor: object) -> None:
    line = {**MUG, "price": {"amount_minor": minor, "currency": "GBP"}}
    said = choose(playbook(), known({**ORDER, "items": [line]}), NOW)
    assert isinstance(said, NoPath)


@given(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=20)), st.text(max_size=40))
def test_a_value_with_braces_is_text_and_never_a_template(values: dict[str, str], more: str) -> None:
    tree = {"x": {**values, "a": "{x.b|money}" + more}}
    assert render("<{x.a}>", tree) == Rendered(f"<{{x.b|money}}{more}>", {"x.a": "{x.b|money}" + more})


@given(st.text(alphabet="abc.{}|: ", max_size=30))
def test_render_never_raises_and_invents_nothing(template: str) -> None:
    done = render(template, {"a": {"b": "value"}})
    assert isinstance(done, Rendered | MissingFact)


def test_filters() -> None:
    tree = {
        "o": {
            "total": gbp(123456),
            "minor": 5,
            "currency": "EUR",
            "on": "2026-11-22",
            "at": "out_for_delivery",
            "all": ["a", "b", "c"],
        }
    }

    def shown(place: str) -> str:
        done = render(place, tree)
        return done.text if isinstance(done, Rendered) else f"missing {done.path}"

    assert shown("{o.total|money} {o.minor|money}") == "£1,234.56 €0.05"
    assert shown("{o.on|date}") == "Sunday 22 November 2026"
    assert shown("{o.on|plus:30}") == "Tuesday 22 December 2026"
    assert shown("{o.on|iso:1}") == "2026-11-23"
    assert shown("{o.at|words}, {o.all|list}, {o.all|count}") == "out for delivery, a, b and c, 3"
    assert shown("{o.at|money}") == "missing o.at"
    assert shown("{o.none}") == "missing o.none"


CONDITIONS = [
    (Condition(fact="o.state", eq="Delivered"), True),
    (Condition(fact="o.state", one_of=("placed", "packed")), False),
    (Condition(fact="o.state", not_one_of=("placed",)), True),
    (Condition(fact="o.none", not_one_of=("placed",)), False),
    (Condition(fact="o.none", present=False), True),
    (Condition(fact="o.empty", present=False), True),
    (Condition(fact="o.empty", present=True), False),
    (Condition(fact="o.days", at_least=3, at_most=3), True),
    (Condition(fact="o.days", at_least=4), False),
    (Condition(fact="o.flag", at_least=0), False),
    (Condition(fact="o.on", within_days=3), True),
    (Condition(fact="o.on", older_than_days=3), False),
    (Condition(fact="o.later", within_days=30), False),
    (Condition(fact="o.a", same_as="o.b"), True),
    (Condition(fact="o.a", differs_from="o.none"), False),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_conditions(condition: Condition, expected: bool) -> None:
    facts = {"state": "delivered", "empty": "", "days": 3, "flag": True, "a": " X1", "b": "x1"}
    tree = {"o": {**facts, "on": "2026-11-18", "later": "2026-11-25"}}
    assert holds(condition, tree, NOW) is expected


@given(st.integers(-40, 40), st.integers(0, 40))
def test_within_and_older_never_both_hold(days_ago: int, limit: int) -> None:
    tree = {"o": {"on": (NOW - timedelta(days=days_ago)).isoformat()}}
    within = holds(Condition(fact="o.on", within_days=limit), tree, NOW)
    older = holds(Condition(fact="o.on", older_than_days=limit), tree, NOW)
    assert not (within and older)
    assert (within or older) == (days_ago >= 0)


def test_mistakes_in_a_playbook_are_named_with_their_place() -> None:
    path = Path(reply="{ordr.no} {order.no|mony}", when=(Condition(fact="slots.nothing", eq=1),))
    found = "\n".join(problems(playbook(paths=(path, Path(reply="")))))
    assert "paths.0.reply: unknown filter 'mony'" in found
    assert "nothing is called 'ordr'" in found
    assert "there is no slot 'nothing'" in found
    assert "paths.1: a path needs a reply" in found
