"""Shadow mode: past tickets meet the live rules, and the world does not notice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.demo_policy import customer_support

from newel.bootstrap import shadow as compiled
from newel.cli.source import policy_source
from newel.connectors.snapshot import Recorder
from newel.domain import tier as rule
from newel.domain.errors import Unavailable
from newel.domain.knowledge import Pointer
from newel.domain.policy.parse import load_bundle
from newel.domain.ports import ActionRequest, Facts, Match, Outcome, Passage
from newel.domain.replay import Earlier, LineError, Result, Ticket
from newel.domain.scan.features import CustomerFacts, PastContact
from newel.domain.words import Money, Tier
from newel.flow.house import Running
from newel.flow.replay import Shadow, replay

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
POUNDS = {"amount_minor": 2195, "currency": "GBP"}
MUG = {
    "sku": "HW-101",
    "name": "Stoneware mug, moss",
    "quantity": 1,
    "price": {**POUNDS, "amount_minor": 1800},
}
ORDER = {
    "no": "10031",
    "customer": "C0017",
    "state": "delivered",
    "contents": "1 × Stoneware mug, moss",
    "items": [MUG],
    "pieces": 1,
    "items_total": {**POUNDS, "amount_minor": 1800},
    "total": POUNDS,
    "refundable": POUNDS,
    "carrier": "Parcelway",
    "delivered_on": "2026-11-17",
    "placed_on": "2026-11-10",
}
PEOPLE = {
    "C0017": {"ref": "C0017", "name": "Tom", "email": "tom@example.com", "lifetime_value": POUNDS},
    "C0003": {"ref": "C0003", "name": "Vera", "email": "v@example.com", "vip": True},
}


class World:
    """The shop's answers; whoever acts on it fails the test."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.asked: list[str] = []

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        self.asked.append(call)
        if self.down:
            raise Unavailable(what=call)
        known: dict[str, Any] = {"10031": ORDER, **PEOPLE}
        found = known.get(args.get("order", "") or args.get("customer", ""))
        return Facts(found, f"{call} {sorted(args.values())}", NOW) if found else None

    async def execute(self, request: ActionRequest) -> Outcome:
        raise AssertionError("a shadow run acts on nothing")

    async def reconcile(self, request: ActionRequest) -> Outcome:
        raise AssertionError("a shadow run acts on nothing")


class Reads:
    """A matcher that knows a reason for each word, and is sure of it."""

    version = "test"

    def match(self, text: str) -> Match:
        words = {"status": "order_status", "broken": "refund_damaged"}
        reason = next((words[word] for word in words if word in text), None)
        return Match(reason, 0.95, True)


class Shelf:
    """A library with one article."""

    def search(self, text: str, limit: int) -> list[Passage]:
        sure = 0.9 if "opening hours" in text else 0.1
        return [Passage("hours", 2, "Opening hours", "We are open from nine to five.", sure)]

    answers = search

    def offered(self, articles: Any) -> list[Pointer]:
        return [Pointer(one, "Opening hours") for one in articles]


@cache
def policy() -> Running:
    return compiled(customer_support(), [], World())


def shadow(world: World, **more: Any) -> Shadow:
    running = replace(policy(), matcher=Reads(), library=Shelf(), systems=Recorder(world))
    return Shadow(running, NOW, **more)


async def run(world: World, *tickets: Ticket, width: int = 4, **more: Any) -> list[Result | LineError]:
    return [found async for found in replay(shadow(world, **more), tickets, width)]


async def one(text: str, world: World | None = None, **more: Any) -> Result:
    given = {"line": 2, "id": "t", "customer_ref": "C0017", **more}
    found = (await run(world or World(), Ticket(text=text, **given)))[0]
    assert isinstance(found, Result), found
    return found


async def test_facts_by_playbook_are_released_with_their_source() -> None:
    found = await one("what is the status of order 10031")
    assert (found.decision, found.tier, found.contact_reason) == ("release", Tier.AUTONOMOUS, "order_status")
    assert found.sources == ("shop.order ['10031']",)
    assert "delivered on" in found.reply


async def test_an_action_is_proposed_with_its_amount_and_not_executed() -> None:
    found = await one("My mug arrived broken, order 10031, refund please")
    assert (found.decision, found.action, found.contact_reason) == ("propose", "refund", "refund_damaged")
    assert found.amount is not None
    assert found.amount <= Money(2195, "GBP")


async def test_a_quotation_names_its_article() -> None:
    found = await one("what are your opening hours")
    assert (found.decision, found.basis) == ("release", "knowledge")
    assert found.sources == ("article hours v2 (Opening hours)",)


async def test_INV_2_a_marker_is_for_a_person_before_any_ai_is_asked() -> None:
    world = World()
    found = await one("what is the status of order 10031? I will call my lawyer", world)
    assert (found.decision, found.tier, found.asked) == ("escalate", Tier.HUMAN, False)
    assert "legal.dictionary" in found.triggers
    assert world.asked == ["shop.customer"]


async def test_what_is_known_of_the_customer_counts() -> None:
    found = await one("what is the status of order 10031", customer_ref="C0003")
    assert "value.vip" in found.triggers
    told = CustomerFacts(vulnerable=True)
    assert "value.vulnerable" in (await one("status of 10031", customer=told)).triggers


async def test_the_tickets_own_history_shows_a_repeat() -> None:
    past = PastContact(datetime(2026, 10, 1, tzinfo=UTC), "order_status", "status of order 10031")
    text = "what is the status of order 10031, I asked before"
    then = datetime(2026, 10, 5, tzinfo=UTC)
    assert "repeat.contact" in (await one(text, history=(past,), at=then)).triggers
    later = datetime(2027, 10, 5, tzinfo=UTC)
    assert "repeat.contact" not in (await one(text, history=(past,), at=later)).triggers


async def test_systems_that_are_down_send_tickets_to_people_and_are_counted() -> None:
    found = await one("what is the status of order 10031", World(down=True))
    assert (found.tier, found.customer_unknown) == (Tier.HUMAN, True)
    assert found.reasons[0].startswith("no_answer:system_unavailable:shop.")


async def test_an_order_of_somebody_else_is_not_told() -> None:
    found = await one("what is the status of order 10031", customer_ref="")
    assert found.tier is Tier.HUMAN
    assert "not_their_order" in found.reasons[0]


async def test_the_clock_is_the_tickets_own_or_a_fixed_one() -> None:
    then = datetime(2026, 3, 1, tzinfo=UTC)
    ticket = Ticket(line=2, id="t", text="x", at=then)
    assert shadow(World()).clock(ticket) == then
    assert shadow(World(), fixed=NOW).clock(ticket) == NOW
    assert shadow(World()).clock(msgspec.structs.replace(ticket, at=None)) == NOW


@pytest.mark.parametrize("width", [1, 3, 50])
async def test_results_come_in_the_order_of_the_tickets(width: int) -> None:
    tickets = [Ticket(line=n, id=str(n), text="opening hours") for n in range(2, 22)]
    assert [found.line for found in await run(World(), *tickets, width=width)] == list(range(2, 22))


async def test_a_defect_costs_its_ticket_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    decide = rule.decide

    def fails_once(*given: Any) -> Any:
        if given[3].dice == rule.dice_of("1"):
            raise RuntimeError
        return decide(*given)

    monkeypatch.setattr(rule, "decide", fails_once)
    found = await run(World(), *(Ticket(line=n, id=str(n), text="opening hours") for n in range(3)))
    assert [isinstance(each, Result) for each in found] == [True, False, True]
    assert isinstance(found[1], LineError)
    assert found[1].why == "it failed: RuntimeError"


async def test_an_oversized_ticket_is_for_a_person() -> None:
    found = await one("opening hours", subject="x" * 3000)
    assert (found.tier, found.triggers) == (Tier.HUMAN, ("scanner.failed",))


class Accounts(World):
    """An invoice whose number is paid already."""

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        bill = {"id": "I1", "number": "7", "vendor": "V1", "status": "received", "amount": POUNDS}
        bill |= {"bank_account_ending": "11", "bank_account": "11"}
        paid = {**bill, "id": "I0", "status": "paid"}
        known: dict[str, Any] = {
            "accounts.invoice": bill,
            "accounts.vendor": {"id": "V1", "name": "Kiln", "bank_account_ending": "11"},
            "accounts.paid_under_number": {"count": 1, "invoices": (paid,)},
        }
        return Facts(known[call], call, NOW) if call in known else None


@cache
def accounts() -> Running:
    path = Path(str(files("newel.demo"))) / "policy" / "invoice-exceptions.yaml"
    source = policy_source(path)
    return compiled(load_bundle(source.text, source.name, source.includes), [], World())


@pytest.mark.parametrize(("sure", "tier"), [(0.98, Tier.AUTONOMOUS), (None, Tier.HUMAN)])
async def test_TIR_an_item_whose_confidence_nobody_told_is_a_persons(sure: float | None, tier: Tier) -> None:
    running = replace(accounts(), systems=Recorder(Accounts()))
    fields = {"id": "I1", "vendor": "V1", "number": "7", "amount": 21.95}
    item = Ticket(line=2, id="t", customer_ref="V1", fields=fields, extraction_confidence=sure)
    (found,) = [one async for one in replay(Shadow(running, NOW), [item])]
    assert isinstance(found, Result), found
    assert (found.contact_reason, found.action, found.tier) == ("duplicate_invoice", "invoice_void", tier)


def again(line: int, day: int, text: str, **more: Any) -> Ticket:
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return Ticket(line=line, id=str(line), customer_ref="C0017", at=at, text=text, **more)


async def test_INT_6_who_writes_again_about_the_same_is_a_repeat_whatever_the_order_of_the_file() -> None:
    asked = "the kettle from order 10031 leaks from the spout, what is its status"
    file = [again(2, 19, asked), again(3, 18, "do you sell lamps"), again(4, 17, asked)]
    for order in (file, file[::-1]):
        found = await run(World(), *map(Earlier(order).given_to, order))
        fired = {one.id: one.triggers for one in found if isinstance(one, Result)}
        assert fired == {"2": ("repeat.contact",), "3": (), "4": ()}
        alone = await run(World(), *map(Earlier(()).given_to, order))
        assert all(one.triggers == () for one in alone if isinstance(one, Result))


def refunds(*days: int) -> list[Ticket]:
    """The same customer's, of 18.00 each; a line for each day. Their own history says of no repeat."""
    before = (PastContact(datetime(2026, 11, 1, tzinfo=UTC), None, "do you sell lamps"),)
    return [again(n, day, "mug broken, order 10031", history=before) for n, day in enumerate(days, 2)]


@pytest.mark.parametrize("width", [1, 2, 32])
async def test_TIR_5_what_the_run_has_proposed_before_counts_towards_a_ceiling(width: int) -> None:
    """25.00 in 90 days, by the tickets' own times: the earliest is proposed, wherever it stands."""
    for days in ((18, 19, 20), (20, 19, 18), (19, 18, 20)):
        file = refunds(*days)
        found = await run(World(), *map(Earlier(file).given_to, file), width=width)
        said = {days[one.line - 2]: one for one in found if isinstance(one, Result)}
        assert [said[day].tier for day in (18, 19, 20)] == [Tier.SUPERVISED, Tier.HUMAN, Tier.HUMAN]
        assert "above_ceiling" in said[19].reasons
        assert [one.line for one in found] == [2, 3, 4]
        alone = await run(World(), *map(Earlier(()).given_to, file), width=width)
        assert {one.tier for one in alone if isinstance(one, Result)} == {Tier.SUPERVISED}


async def test_TIR_5_only_money_of_the_same_customer_in_the_window_counts() -> None:
    before = [
        again(2, 18, "what is the status of order 10031"),
        msgspec.structs.replace(again(3, 18, "mug broken order 10031"), at=datetime(2026, 7, 1, tzinfo=UTC)),
        msgspec.structs.replace(again(4, 18, "mug broken order 10031"), customer_ref="C0044"),
    ]
    file = [*before, again(5, 19, "mug broken order 10031")]
    found = await run(World(), *map(Earlier(file).given_to, file), fixed=NOW)
    assert [one.action for one in found if isinstance(one, Result)] == ["", "refund", "", "refund"]
    assert [one.tier for one in found if isinstance(one, Result)][-1] == Tier.SUPERVISED
    lost = msgspec.structs.replace(file[-1], follows=99)
    assert isinstance((await run(World(), lost))[0], Result)


def test_INT_6_what_stands_before_a_ticket_is_of_its_customer_its_time_and_another_conversation() -> None:
    now = again(9, 20, "now", conversation="t")
    file = [
        now,
        again(2, 19, "before"),
        again(3, 21, "after"),
        again(4, 18, "same thread", conversation="t"),
        again(5, 18, "before that"),
        msgspec.structs.replace(again(6, 18, "another's"), customer_ref="C0003"),
        msgspec.structs.replace(again(7, 18, "long ago"), at=datetime(2026, 1, 1, tzinfo=UTC)),
        msgspec.structs.replace(again(8, 18, "who knows when"), at=None),
    ]
    assert [past.text for past in Earlier(file).given_to(now).history] == ["before that", "before"]
    own = again(9, 20, "now", history=(PastContact(NOW, None, "its own"),))
    assert Earlier(file).given_to(own).history == own.history
    assert not Earlier([msgspec.structs.replace(now, customer_ref="")]).told
