"""What the systems answer, and that no bad input makes them fall over."""

import itertools

import httpx2
import pytest

from demo.process import Systems
from newel.demo.effect import Key
from newel.demo.effects.all import EFFECTS

PROBLEM = "application/problem+json"
BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"order": 10031}',
    b'{"order": "10031", "amount_minor": "1", "currency": "GBP", "reason": "x"}',
    b'{"order": "10031", "amount_minor": -1, "currency": "GBP", "reason": "x"}',
    b'{"order": "10031", "amount_minor": 1e400, "currency": "GBP", "reason": "x"}',
    b'{"order": "10031", "amount_minor": 99999999999999999999, "currency": "GBP", "reason": "x"}',
    b'{"order": "10031", "amount_minor": 1, "currency": "EUR", "reason": "x"}',
    b'{"order": "nope", "amount_minor": 1, "currency": "GBP", "reason": "x"}',
    b'{"order": "\\u0000", "sku": "\\ud800", "reference": "x"}',
    b'{"order": "10031", "sku": "HW-999", "reference": "x"}',
    b'{"order": "10001", "reason": ""}',
    b'{"customer": "C0001", "type": "party", "date": "2026-11-23"}',
    b'{"customer": "C0001", "type": "assembly", "date": "tomorrow"}',
    b'{"customer": "C0001", "type": "assembly", "slot": "assembly.2020-01-01.10:00"}',
    b'{"until": "2020-01-01"}',
    b'{"until": "9999-12-31"}',
    b'{"address": "x"}',
    b'{"field": "amount", "value": "1"}',
    b'{"field": "po_number", "value": "PO-99"}',
    b'{"reason": "again", "duplicate_of": "INV-1"}',
    b'{"department": "nowhere"}',
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"mode": "explode"}',
    b'{"reason": "' + b"x" * 100_000 + b'"}',
]
PLACES = ["nope", "10031x", "%00", "%ff", "%2e%2e", "x" * 3000, "%F0%9F%8D%B5"]
PATHS = [
    "/orders/{}", "/orders/{}/refunds", "/customers/{}", "/customers/{}/orders", "/history/{}",
    "/gift-cards/{}", "/orders/{}/warranties", "/vendors/{}", "/invoices/{}", "/subscriptions/{}",
    "/payments/refunds/by-key/{}", "/appointments/{}", "/nowhere/{}",
]  # fmt: skip
QUERIES = [
    "/products?q=%00%ff", "/products", "/products?q=" + "mug+" * 2000, "/purchase-orders?amount_minor=1e3",
    "/purchase-orders?amount_minor=-1", "/purchase-orders?amount_minor=" + "9" * 40, "/customers?limit=0",
    "/customers?limit=x", "/customers?limit=²", "/warehouse/reshipments", "/appointments/slots?type=x&date=y",
    "/ledger?class=%00&class=b", "/invoices?vendor=%27%20OR%201=1", "/hooks/messages?id=%ff",
]  # fmt: skip


def test_bad_bodies_are_told_and_never_break(client: httpx2.Client) -> None:
    places = {"no": "10001", "ref": "C0001", "id": "INV-10001"}
    for effect, content in itertools.product(EFFECTS, BODIES):
        path = effect.path.replace(":str", "").format(**places)
        headers = {"Idempotency-Key": f"bad-{effect.class_}", "Content-Type": "application/json"}
        answer = client.request(effect.method, path, content=content, headers=headers)
        assert answer.status_code < 500, (effect.class_, content[:80], answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == PROBLEM
            assert answer.json()["status"] == answer.status_code
    for content in BODIES[1:]:
        assert 400 <= client.post("/faults", content=content).status_code < 500


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_there_is_a_404(client: httpx2.Client, path: str) -> None:
    for place in PLACES:
        answer = client.get(path.format(place))
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), place


@pytest.mark.parametrize("path", QUERIES)
def test_odd_queries_are_answered_or_refused(client: httpx2.Client, path: str) -> None:
    assert client.get(path).status_code in (200, 422)


def test_keys_are_bounded(client: httpx2.Client) -> None:
    body = {"order": "10031", "amount_minor": 1, "currency": "GBP", "reason": "x"}
    for key in ("", "x" * 201):
        answer = client.post("/payments/refunds", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/orders/10023", "/ledger", "/hooks/messages", "/faults"])
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic eA==", "Bearer é"])
def test_nobody_reads_without_the_token(systems: Systems, path: str, header: str | None) -> None:
    headers = [] if header is None else [(b"authorization", header.encode())]
    answer = httpx2.get(systems.url + path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)


def test_nobody_acts_without_the_token(systems: Systems) -> None:
    for effect in EFFECTS:
        path = effect.path.replace("{no:str}", "10001").replace("{ref:str}", "C0001")
        answer = httpx2.request(effect.method, systems.url + path.replace("{id:str}", "x"), json={})
        assert answer.status_code == 401
    assert httpx2.delete(f"{systems.url}/faults").status_code == 401


def test_every_keyed_effect_can_be_asked_about(client: httpx2.Client) -> None:
    for effect in EFFECTS:
        if effect.key is not Key.NONE:
            path = effect.path.replace("{no:str}", "10001").replace("{ref:str}", "C0001")
            answer = client.get(f"{path.replace('{id:str}', 'x')}/by-key/never-used")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), effect.class_


def test_the_story_order_reads_as_it_should(client: httpx2.Client) -> None:
    order = client.get("/orders/10031").json()
    assert order["contents"] == "1 × Stoneware mug, moss"
    assert (order["customer"], order["state"], order["return_until"]) == ("C0017", "delivered", "2026-12-17")
    assert order["total"] == {"amount_minor": 2195, "currency": "GBP"}
    assert order["returnable"] is True


def test_a_late_order_says_by_how_many_days(client: httpx2.Client) -> None:
    everybody = (client.get(f"/customers/C{n:04d}/orders").json()["orders"] for n in range(1, 301))
    late = [o for orders in everybody for o in orders if o["days_late"]]
    assert len(late) > 20
    assert all(o["expected_on"] < (o["delivered_on"] or "2026-11-20") for o in late)


@pytest.mark.parametrize(
    ("query", "first"), [("hw-101", "HW-101"), ("moss mug", "HW-101"), ("Ember lamps", "HW-120")]
)
def test_products_are_found_by_words_and_sku(client: httpx2.Client, query: str, first: str) -> None:
    assert client.get("/products", params={"q": query}).json()["products"][0]["sku"] == first
    assert client.get("/products", params={"q": "submarine"}).json()["count"] == 0


def test_orders_of_a_customer_come_newest_first(client: httpx2.Client) -> None:
    orders = client.get("/customers/C0012/orders").json()["orders"]
    assert orders[0]["no"] == "10023"
    assert [o["placed_on"] for o in orders] == sorted((o["placed_on"] for o in orders), reverse=True)


def test_a_customer_is_found_by_mail_and_all_can_be_walked(client: httpx2.Client) -> None:
    found = client.get("/customers", params={"email": "P.Nair@example.com"}).json()["customers"]
    assert [c["ref"] for c in found] == ["C0012"]
    first = client.get("/customers?limit=200").json()["customers"]
    rest = client.get("/customers", params={"limit": 200, "after": first[-1]["ref"]}).json()["customers"]
    assert len(first) + len(rest) == 300


def test_invoices_lead_to_their_purchase_order_and_their_twin(client: httpx2.Client) -> None:
    received = client.get("/invoices?status=received").json()["invoices"]
    assert len(received) == 500
    missing = next(i for i in received if i["vendor"] and not i["po_number"])
    query = {"vendor": missing["vendor"], "amount_minor": missing["amount"]["amount_minor"]}
    orders = client.get("/purchase-orders", params=query).json()["purchase_orders"]
    assert len(orders) == 1
    twins = [i for i in received if _paid_twin(client, i)]
    assert len(twins) == 130


def test_an_invoice_is_filled_voided_and_routed_within_reason(client: httpx2.Client) -> None:
    received = client.get("/invoices?status=received").json()["invoices"]
    bare = next(i for i in received if i["vendor"] and not i["cost_centre"])
    vendor = client.get(f"/vendors/{bare['vendor']}").json()
    wrong = {"field": "cost_centre", "value": "CC-999"}
    right = {"field": "cost_centre", "value": vendor["cost_centre"]}
    path = f"/invoices/{bare['id']}"
    assert _do(client, "PATCH", f"{path}/fields", wrong, "inv-1").status_code == 422
    assert _do(client, "PATCH", f"{path}/fields", right, "inv-2").json()["cost_centre"] == right["value"]
    assert _do(client, "PATCH", f"{path}/fields", right, "inv-3").json()["code"] == "field_filled"
    assert _do(client, "POST", f"{path}/routings", {"department": "logistics"}, "inv-4").status_code == 201
    other = {"reason": "duplicate", "duplicate_of": "INV-10001"}
    assert _do(client, "POST", f"{path}/voids", other, "inv-5").json()["code"] == "not_duplicate"
    twin = next(i for i in received if _paid_twin(client, i))
    same = {"reason": "duplicate", "duplicate_of": _paid_twin(client, twin)}
    voided = _do(client, "POST", f"/invoices/{twin['id']}/voids", same, "inv-6")
    assert (voided.status_code, voided.json()["status"]) == (201, "void")
    again = _do(client, "POST", f"/invoices/{twin['id']}/voids", same, "inv-7")
    assert again.json()["code"] == "wrong_state"


def _paid_twin(client: httpx2.Client, invoice: dict[str, str]) -> str | None:
    query = {"vendor": invoice["vendor"], "number": invoice["number"], "status": "paid"}
    found = client.get("/invoices", params=query).json()["invoices"] if invoice["vendor"] else []
    return found[0]["id"] if found else None


def _do(
    client: httpx2.Client, method: str, path: str, body: dict[str, str | None], key: str
) -> httpx2.Response:
    return client.request(method, path, json=body, headers={"Idempotency-Key": key})
