"""The demo's playbooks on the demo's systems: from a customer's words to reply and proposed act."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from demo.process import Systems, start_systems
from newel.connectors.http import Endpoint, HttpSystems
from newel.demo.world import generate
from newel.domain.playbook import (
    Filled,
    Known,
    NoPath,
    Reply,
    Why,
    all_hold,
    calls,
    choose,
    fill_slots,
    problems,
)
from newel.domain.playbook.slots import Missing
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import included, load_bundle
from newel.domain.policy.playbook import Playbook
from newel.domain.ports import Calls
from newel.domain.words import Money

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "policy"


def bundle(name: str) -> Bundle:
    text = (FOLDER / name).read_text("utf-8")
    return load_bundle(text, name, {one: (FOLDER / one).read_text("utf-8") for one in included(text, name)})


SUPPORT, INVOICES = bundle("customer-support.yaml"), bundle("invoice-exceptions.yaml")


class Desk:
    """Follows playbooks as the flow does, on the real systems."""

    def __init__(self, policy: Bundle, calls: Calls, process: Systems) -> None:
        self.policy = policy
        self.now = datetime.combine(process.today, time(12), UTC)
        place = {"SYSTEMS_URL": Endpoint(process.url, process.token)}
        self.systems = HttpSystems(policy.systems, policy.actions, place, calls, lambda: self.now)

    async def say(self, reason: str, text: str, ref: str) -> Reply | NoPath | Missing:
        found = await self.systems.look_up("shop.customer_orders", {"customer": ref})
        profile = {"ref": ref, "orders": found.values["orders"] if found else ()}
        playbook = self.policy.playbooks[reason]
        known = await self.known(playbook, text, {}, profile)
        return known if isinstance(known, Missing) else choose(playbook, known, self.now)

    async def known(
        self, playbook: Playbook, text: str, fields: dict[str, Any], profile: dict[str, Any]
    ) -> Known | Missing:
        slots = fill_slots(playbook, text, fields, profile, self.now.date())
        if not isinstance(slots, Filled):
            return slots
        known = Known(slots=slots.values, profile=profile, fields=fields)
        while asked := calls(playbook, known):
            said = {call.need: await self.systems.look_up(call.call, call.args) for call in asked}
            known = Known(slots=slots.values, profile=profile, fields=fields, facts={**known.facts, **said})
        return known


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    """A process of their own: no other test's refund may stand on these orders."""
    started = start_systems(tmp_path_factory.mktemp("playbooks"))
    yield started
    started.stop()


@pytest.fixture
def desk(calls: Calls, systems: Systems) -> Desk:
    return Desk(SUPPORT, calls, systems)


@pytest.mark.parametrize("policy", [SUPPORT, INVOICES])
def test_no_playbook_of_the_demo_has_a_mistake(policy: Bundle) -> None:
    assert {name: problems(book) for name, book in policy.playbooks.items() if problems(book)} == {}
    assert len(SUPPORT.playbooks) == 28
    assert all(len(book.phrases) >= 20 for book in SUPPORT.playbooks.values())


async def test_TIR_2_where_is_order_10023(desk: Desk) -> None:
    said = await desk.say("order_status", "Where is order 10023?", "C0012")
    assert isinstance(said, Reply)
    assert "Parcelway" in said.text
    assert "PW10023GB" in said.text
    assert said.sources == ("order book, order 10023",)
    assert said.action is None


async def test_TIR_4_mug_arrived_broken(desk: Desk) -> None:
    said = await desk.say("refund_damaged", "Mug arrived broken, order 10031, refund please", "C0017")
    assert isinstance(said, Reply)
    assert said.action is not None
    assert said.action.amount == Money(1800, "GBP")
    assert said.action.paid == Money(2195, "GBP")
    assert "\n" not in said.justification


async def test_TIR_5_the_whole_of_a_damaged_order_is_proposed_with_its_amount(desk: Desk) -> None:
    said = await desk.say("refund_damaged", "My order 10044 arrived damaged, I want a refund", "C0020")
    assert isinstance(said, Reply)
    assert said.action is not None
    assert said.action.amount == Money(24000, "GBP")


@pytest.mark.parametrize("reason", sorted(SUPPORT.playbooks))
async def test_no_playbook_tells_a_stranger_about_an_order(desk: Desk, reason: str) -> None:
    """C0012's order, asked about by C0017: nothing of it is told, whatever the playbook."""
    said = await desk.say(reason, "10023 tomorrow, 12 Mill Lane, York YO1 7AB", "C0017")
    if "order" in SUPPORT.playbooks[reason].slots:
        assert isinstance(said, NoPath)
        assert said.reason is Why.NOT_THEIRS
    assert "PW10023GB" not in str(said)


WORDS = {
    "order_contents": "what is in order 10044",
    "return_window": "until when can I return 10044",
    "stock_check": "is HW-120 in stock",
    "account_email": "which email is on my account",
    "invoice_copy": "invoice for 10044 please",
    "password_reset": "I forgot my password",
    "appointment_book": "book a showroom visit on {day}",
    "return_label": "return label for 10044",
    "reship_damaged": "10044 {item} came broken, please send another",
    "reship_missing_item": "10044 {item} was not in the box",
}


@pytest.mark.parametrize("reason", sorted(WORDS))
async def test_TIR_3_a_playbook_answers_its_question(desk: Desk, systems: Systems, reason: str) -> None:
    with systems.client() as shop:
        item = next(i for i in shop.get("/orders/10044").json()["items"] if i["quantity"] == 1)
        free = shop.get("/appointments/slots?type=showroom_visit").json()["slots"][0]["date"]
    said = await desk.say(reason, WORDS[reason].format(day=free, item=item["sku"]), "C0020")
    assert isinstance(said, Reply), said
    assert "{" not in said.text
    assert said.sources


async def test_an_order_that_is_not_named_is_asked_for(desk: Desk) -> None:
    said = await desk.say("change_delivery_address", "I have moved, please change my address", "C0012")
    assert isinstance(said, Missing)
    assert "address" in said.names
    assert said.ask


async def test_TIR_3_the_500_invoices_end_as_they_should(calls: Calls, systems: Systems) -> None:
    """Duplicates, missing fields and wrong departments are acted on; conflicts never are."""
    desk = Desk(INVOICES, calls, systems)
    world = generate(systems.today)
    got: Counter[tuple[str, str]] = Counter()
    for invoice in world.invoices:
        if invoice.id in world.flaws:
            fields = json.loads(json.dumps(_fields(invoice)))
            got[world.flaws[invoice.id].value, await _reason(desk, fields)] += 1
    assert {flaw for flaw, _ in got} == {flaw.value for flaw in world.flaws.values()}
    for (flaw, reason), count in got.items():
        assert reason == (flaw if flaw in INVOICES.playbooks else "person"), (flaw, reason, count)


def _fields(invoice: Any) -> dict[str, str]:
    names = ("id", "vendor", "number", "po_number", "cost_centre", "vendor_tax_id", "department")
    return {name: getattr(invoice, name) for name in names}


async def _reason(desk: Desk, fields: dict[str, Any]) -> str:
    for reason, playbook in INVOICES.playbooks.items():
        known = await desk.known(playbook, "", fields, {})
        if isinstance(known, Missing) or not all_hold(playbook.when, known.tree(), desk.now):
            continue
        said = choose(playbook, known, desk.now)
        return reason if isinstance(said, Reply) and said.action else "person"
    return "person"
