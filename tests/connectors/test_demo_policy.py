"""Every look-up and action of the demo's policies meets the demo's systems as they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from demo.process import Systems, start_systems
from newel.connectors.http import Endpoint, HttpSystems
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import included, load_bundle
from newel.domain.ports import ActionRequest, Calls, OutcomeKind

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "policy"


def bundle(workflow: str) -> Bundle:
    name = f"{workflow}.yaml"
    text = (FOLDER / name).read_text("utf-8")
    includes = {other: (FOLDER / other).read_text("utf-8") for other in included(text, name)}
    return load_bundle(text, name, includes)


BUNDLES = {workflow: bundle(workflow) for workflow in ("customer-support", "invoice-exceptions")}
LOOK_UPS = [
    (workflow, f"{system}.{name}")
    for workflow, policy in BUNDLES.items()
    for system, of in policy.systems.items()
    for name in of.look_ups
]
ACTS = [(workflow, action) for workflow, policy in BUNDLES.items() for action in policy.actions]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    started = start_systems(tmp_path_factory.mktemp("policy"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def known(process: Systems) -> dict[str, dict[str, Any]]:
    """For each call the arguments of a case for which it is right."""
    with process.client() as client:
        return _known(client)


def connect(calls: Calls, workflow: str, process: Systems) -> HttpSystems:
    policy, here = BUNDLES[workflow], Endpoint(process.url, process.token)
    places = {system.base_url: here for system in policy.systems.values()}
    return HttpSystems(policy.systems, policy.actions, places, calls, lambda: datetime.now(UTC))


@pytest.mark.parametrize(("workflow", "call"), LOOK_UPS)
async def test_a_look_up_of_the_policy_finds_a_record(
    calls: Calls, process: Systems, known: dict[str, dict[str, Any]], workflow: str, call: str
) -> None:
    args = {name: str(value) for name, value in (known["any"] | known.get(call, {})).items()}
    facts = await connect(calls, workflow, process).look_up(call, args)
    assert facts is not None
    assert facts.values.get("count") != 0
    assert "{" not in facts.source


@pytest.mark.parametrize(("workflow", "action"), ACTS)
async def test_INV_11_an_action_of_the_policy_is_done_once_and_found_again(
    calls: Calls, process: Systems, known: dict[str, dict[str, Any]], workflow: str, action: str
) -> None:
    request = ActionRequest(action, known["any"] | known.get(action, {}), f"policy-{action}")
    systems = connect(calls, workflow, process)
    before = process.count(**{"class": action})
    done = await systems.execute(request)
    assert done.kind is OutcomeKind.CONFIRMED, done
    assert await systems.reconcile(request) == done
    assert process.count(**{"class": action}) == before + 1


def _known(client: httpx2.Client) -> dict[str, dict[str, Any]]:
    placed, subscriptions = _orders(client, "placed"), _subscriptions(client)
    free = client.get("/appointments/slots?type=assembly").json()["slots"]
    received = client.get("/invoices?status=received").json()["invoices"]
    paid = client.get("/invoices?vendor=V001&status=paid").json()["invoices"][0]
    bare = next(i for i in received if i["vendor"] and not i["cost_centre"])
    again, twin = _twins(client, received)
    money = {"amount_minor": 100, "currency": "GBP"}
    card = client.get("/customers/C0006/gift-cards").json()["gift_cards"][0]
    anything = {
        "order": "10044", "sku": "HW-132", "customer": "C0007", "reason": "asked", "q": "moss mug",
        "date": free[0]["date"], "code": card["code"], "vendor": "V001", "invoice": again["id"],
        "until": "2026-12-10", "type": "assembly", "slot": free[0]["slot"], "appointment": "A0001", **money,
    }  # fmt: skip
    return {
        "any": anything,
        "shop.subscriptions": {"customer": "C0005"},
        "shop.history": {"customer": "C0012"},
        "shop.warranties": {"order": "10044"},
        "payments.refunds": {"order": _orders(client, "cancelled")[0]},
        "accounts.paid_under_number": {"number": paid["number"]},
        "accounts.purchase_order": {"number": "PO-01001"},
        "accounts.purchase_orders_by_amount": {"amount_minor": paid["amount"]["amount_minor"]},
        "cancellation": {"order": placed[0]},
        "address_change": {"order": placed[1], "address": "4 New Road, Leeds, LS1 1AA"},
        "subscription_pause": {"subscription": subscriptions[0]},
        "subscription_cancel": {"subscription": subscriptions[1]},
        "appointment_change": {"slot": _free(client, "showroom_visit")},
        "invoice_void": {"duplicate_of": twin["id"]},
        "invoice_field": {"invoice": bare["id"], "field": "cost_centre", "value": _centre(client, bare)},
        "invoice_routing": {"invoice": bare["id"], "department": "logistics"},
    }


def _orders(client: httpx2.Client, state: str) -> list[str]:
    everybody = (client.get(f"/customers/C{n:04d}/orders").json()["orders"] for n in range(1, 101))
    return [str(order["no"]) for orders in everybody for order in orders if order["state"] == state]


def _subscriptions(client: httpx2.Client) -> list[str]:
    some = (client.get(f"/subscriptions/S{n:04d}").json() for n in range(5, 60, 5))
    return [str(one["id"]) for one in some if one["state"] == "active"]


def _free(client: httpx2.Client, type_: str) -> str:
    return str(client.get(f"/appointments/slots?type={type_}").json()["slots"][0]["slot"])


def _twins(client: httpx2.Client, received: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An invoice that came again, and the paid one that it repeats."""
    paid = {(i["vendor"], i["number"]): i for i in client.get("/invoices?status=paid").json()["invoices"]}
    again = next(i for i in received if (i["vendor"], i["number"]) in paid)
    return again, paid[again["vendor"], again["number"]]


def _centre(client: httpx2.Client, invoice: dict[str, Any]) -> str:
    return str(client.get(f"/vendors/{invoice['vendor']}").json()["cost_centre"])
