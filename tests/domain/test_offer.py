"""Recommendations: never where anything is wrong, only what the facts say, in their language."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.policy.documents import ACTS, STANDARD

from newel.domain import offer as rule
from newel.domain.offer import Bar, Matter, bar, candidates, problems, recommended, uptake
from newel.domain.playbook import Known, calls
from newel.domain.policy.offer import Offer
from newel.domain.policy.parse import load_bundle
from newel.domain.policy.playbook import Condition, Need, Pick
from newel.domain.ports import Facts
from newel.domain.words import Assist

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
GOOD = Matter(
    kind="conversation",
    state="owned",
    locked=False,
    assist=Assist.DRAFT,
    triggers=(),
    scanned=True,
    money_back=False,
    vulnerable=False,
    late=False,
    failed=False,
    elsewhere=False,
)
MATTERS = st.builds(
    Matter,
    kind=st.sampled_from(["conversation", "item"]),
    state=st.sampled_from(["ai", "queued", "owned", "waiting", "snoozed", "resolved"]),
    locked=st.booleans(),
    assist=st.sampled_from(Assist),
    triggers=st.lists(
        st.sampled_from(["legal.dictionary", "emotion.floor", "risk_words.refund"]), max_size=2
    ),
    scanned=st.booleans(),
    money_back=st.booleans(),
    vulnerable=st.booleans(),
    late=st.booleans(),
    failed=st.booleans(),
    elsewhere=st.booleans(),
)


@given(MATTERS)
def test_WRK_2_nothing_is_offered_where_anything_is_wrong(matter: Matter) -> None:
    wrong = matter.locked or matter.triggers or matter.vulnerable or not matter.scanned
    wrong = (
        wrong
        or matter.money_back
        or matter.late
        or matter.failed
        or matter.elsewhere
        or matter.assist < Assist.DRAFT
    )
    assert not (wrong and bar(matter) is None)
    assert (bar(matter) is None) == (replace(matter, triggers=tuple(matter.triggers)) == GOOD)


@given(MATTERS, st.sampled_from(["legal.dictionary", "topic.safety", "value.vip", "risk_words.refund"]))
def test_WRK_2_whatever_the_facts_no_offer_where_a_marker_stands(matter: Matter, trigger: str) -> None:
    assert bar(replace(matter, triggers=(trigger,))) is not None
    assert bar(replace(matter, locked=True)) is not None


@pytest.mark.parametrize(
    ("why", "change"),
    [
        (Bar.NO_CONVERSATION, {"kind": "item"}),
        (Bar.NOT_AT_WORK, {"state": "waiting"}),
        (Bar.LOCKED, {"locked": True}),
        (Bar.TRIGGERED, {"triggers": ("risk_words.refund",)}),
        (Bar.UNSCANNED, {"scanned": False}),
        (Bar.MONEY_BACK, {"money_back": True}),
        (Bar.ASSIST, {"assist": Assist.SUMMARISE}),
        (Bar.VULNERABLE, {"vulnerable": True}),
        (Bar.LATE, {"late": True}),
        (Bar.FAILED, {"failed": True}),
        (Bar.ELSEWHERE, {"elsewhere": True}),
    ],
)
def test_WRK_2_each_bar_alone_is_enough_and_is_named(why: Bar, change: dict[str, Any]) -> None:
    assert bar(GOOD) is None
    assert bar(replace(GOOD, **change)) is why


def pad(**changes: Any) -> Offer:
    made = Offer(
        owner="Shop team",
        date=NOON.date(),
        title="Feather pad",
        contact_reasons=("order_status",),
        needs={"orders": Need(call="shop.customer_orders", args={"customer": "{customer.ref}"})},
        picks={
            "latest": Pick(among="orders.orders", one_of={"state": ("delivered", "placed")}, first=True),
            "cover": Pick(among="latest.items", one_of={"sku": ("C-1", "C-2")}, first=True),
        },
        when=(Condition(fact="cover.sku", present=True), Condition(fact="latest.on", within_days=60)),
        because="Order {latest.no} holds {cover.name}.",
        text="A pad fits your {cover.name}.",
        texts={"es": "Un relleno encaja en {cover.name}."},
    )
    return replace(made, **changes)


def order(no: str, state: str, *skus: str, on: str = "2026-11-20") -> dict[str, Any]:
    items = [{"sku": sku, "name": f"cover {sku}"} for sku in skus]
    return {"no": no, "state": state, "on": on, "customer": "C1", "items": items}


def known(*orders: dict[str, Any], customer: str = "C1") -> Known:
    said = Facts({"customer": customer, "orders": list(orders)}, "order book", NOON)
    return Known(profile={"ref": "C1"}, facts={"orders": said})


def made(offer: Offer, found: Known, language: str = "en") -> str | None:
    said = recommended("pad", offer, found, language, "en", NOON)
    return said.text if said else None


def test_WRK_2_an_offer_says_why_and_in_the_customers_language() -> None:
    found = known(
        order("3", "cancelled", "C-1"), order("2", "delivered", "M-1", "C-2"), order("1", "placed", "C-1")
    )
    said = recommended("pad", pad(), found, "es", "en", NOON)
    assert said is not None
    assert said.because == "Order 2 holds cover C-2."
    assert (said.text, said.language) == ("Un relleno encaja en cover C-2.", "es")
    assert said.sources == ("order book",)
    assert made(pad(), found, "") == "A pad fits your cover C-2."


def test_WRK_2_an_offer_whose_facts_do_not_hold_is_none() -> None:
    assert made(pad(), known()) is None
    assert made(pad(), known(order("1", "delivered", "M-1"))) is None
    assert made(pad(), known(order("1", "delivered", "C-1", on="2026-01-01"))) is None
    assert made(pad(text="{cover.colour}"), known(order("1", "delivered", "C-1"))) is None
    nobody = Known(profile={"ref": "C1"}, facts={"orders": None})
    assert made(pad(when=(), because="b", text="t"), nobody) is None


def test_WRK_2_a_record_of_somebody_else_is_never_spoken_of() -> None:
    assert made(pad(), known(order("1", "delivered", "C-1"), customer="C2")) is None


def test_WRK_2_the_look_ups_are_those_of_a_playbook() -> None:
    (call,) = calls(pad(), Known(profile={"ref": "C1"}))
    assert (call.call, call.args) == ("shop.customer_orders", {"customer": "C1"})
    assert calls(pad(), Known(profile={})) == ()


def test_WRK_2_only_what_fits_the_case_is_looked_up() -> None:
    bundle = replace(
        load_bundle(STANDARD + ACTS, "p.yaml"),
        offers={"pad": pad(), "any": pad(contact_reasons=(), texts={})},
    )
    assert list(candidates(bundle, "order_status", "en", ())) == ["pad", "any"]
    assert list(candidates(bundle, "order_status", "en", {"any"})) == ["pad"]
    assert list(candidates(bundle, "stock_check", "", ())) == ["any"]
    assert list(candidates(bundle, "order_status", "es", ())) == ["pad"]
    assert candidates(bundle, "order_status", "fr", ()) == {}


def test_WRK_2_an_offer_asks_nothing_of_the_customer_that_the_desk_hides() -> None:
    everything = dict.fromkeys(("name", "email", "phone", "address", "vip", *rule.OF_CUSTOMER), "x")
    assert rule.asked_of(everything).keys() == set(rule.OF_CUSTOMER)
    assert rule.asked_of({"ref": "C1", "segment": "", "lifetime_value_minor": None}) == {"ref": "C1"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"because": "{covr.name}"}, "because: nothing is called 'covr'"),
        ({"text": "{cover.name|mony}"}, "text: unknown filter 'mony'"),
        ({"texts": {"es": "{cover"}}, "texts.es: unreadable place"),
        ({"when": (Condition(fact="ordr.no", present=True),)}, "when.0.fact: nothing is called 'ordr'"),
        ({"text": "Dear {customer.name}"}, "text: customer.name is not for offers"),
        (
            {"picks": {"latest": Pick(among="odrers.orders")}},
            "among: nothing is called 'odrers'",
        ),
        ({"picks": {"latest": Pick(among="orders.orders", slot="item")}}, "an offer has no slots"),
        ({"needs": {"orders": Need(call="c", args={"c": "{slots.no}"})}}, "nothing is called 'slots'"),
    ],
)
def test_WRK_2_a_mistake_inside_an_offer_is_told(change: dict[str, Any], words: str) -> None:
    assert problems(pad()) == ()
    assert words in " ".join(problems(pad(**change)))


def test_WRK_2_how_often_an_offer_is_taken_up_has_its_interval() -> None:
    found = uptake("desk", "pad", shown=40, used=10, dismissed=4)
    assert found.taken.value == 0.25
    assert found.taken.low == pytest.approx(0.1269, abs=1e-3)
    assert found.taken.high == pytest.approx(0.4120, abs=1e-3)
    assert uptake("desk", "pad", shown=0, used=0, dismissed=0).taken.high == 1
