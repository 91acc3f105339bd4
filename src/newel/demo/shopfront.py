"""Hearthwick's shop front: products, an account picker, and Newel's chat with the host's own identity."""

import base64
import hmac
import time
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from newel.demo.records import Records
from newel.demo.shapes import Customer, Order, Product
from newel.demo.views import order_view

COOKIE = "hearthwick_customer"
SIGNED_IN_SECONDS = 8 * 3600
FORM_BYTES = 1000
SHOWN_CUSTOMERS = 60
SHOWN_ORDERS = 4
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src {newel}; frame-src {newel}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Asked = Request[Any, Any, Any]


class Chat(msgspec.Struct, frozen=True):
    """Where Newel is, and the secret with which the shop says who is signed in."""

    url: str = ""
    secret: bytes = b""

    def identity(self, customer: Customer | None) -> str:
        """The shop's word on its customer: base64url JSON, a dot, HMAC-SHA256 in hexadecimal."""
        if customer is None or not self.secret:
            return ""
        until = int(time.time()) + SIGNED_IN_SECONDS
        claims = msgspec.json.encode({"ref": customer.ref, "name": customer.name, "exp": until})
        body = base64.urlsafe_b64encode(claims).decode().rstrip("=")
        return f"{body}.{hmac.digest(self.secret, body.encode(), 'sha256').hex()}"


@cache
def _pages() -> Environment:
    made = Environment(
        loader=PackageLoader("newel.demo", "shop"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["price"] = _price
    return made


def _price(minor: int) -> str:
    return f"£{minor // 100}.{minor % 100:02d}"


def routes(records: Records, chat: Chat) -> list[HTTPRouteHandler]:
    """The pages of the shop."""

    async def front(request: Asked) -> Response[str]:
        return _front(records, chat, _customer(records, request.cookies), request.query_params.get("c", ""))

    async def sheet() -> Response[bytes]:
        body = files("newel.demo").joinpath("shop", "shop.css").read_bytes()
        return Response(body, media_type="text/css; charset=utf-8", headers={"cache-control": "no-cache"})

    async def sign_in(request: Asked) -> Response[str]:
        given = parse_qs((await request.body())[:FORM_BYTES].decode("utf-8", "replace"))
        response = Response("", status_code=303, headers={"location": "/shop"})
        if _own(request):
            chosen = given.get("ref", [""])[0][:40]
            response.set_cookie(COOKIE, chosen, max_age=SIGNED_IN_SECONDS, httponly=True, samesite="lax")
        return response

    public = {"open": True}
    return [
        get("/shop", opt=public)(front),
        get("/shop/shop.css", opt=public)(sheet),
        post("/shop/account", opt=public)(sign_in),
    ]


def _own(request: Asked) -> bool:
    origin = request.headers.get("origin", "")
    try:
        return not origin or urlsplit(origin).netloc == request.headers.get("host", "")
    except ValueError:  # no address at all
        return False


def _customer(records: Records, cookies: Mapping[str, str]) -> Customer | None:
    return records.find(Customer, cookies.get(COOKIE, ""))


def _front(records: Records, chat: Chat, me: Customer | None, category: str) -> Response[str]:
    goods = records.page(Product)
    categories = list(dict.fromkeys(one.category for one in goods))
    shown = [one for one in goods if one.category == category] or _one_of_each(goods)
    body = (
        _pages()
        .get_template("front.html")
        .render(
            me=me,
            orders=_orders(records, me) if me else [],
            people=records.page(Customer, "", SHOWN_CUSTOMERS),
            categories=categories,
            category=category if category in categories else "",
            products=shown,
            newel=chat.url,
            identity=chat.identity(me),
        )
    )
    policy = _CSP.format(newel=chat.url or "'none'")
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "same-origin",
    }
    return Response(body, media_type="text/html; charset=utf-8", headers=headers)


def _one_of_each(goods: list[Product]) -> list[Product]:
    """The front of the shop: two of each category."""
    found: dict[str, list[Product]] = {}
    for one in goods:
        found.setdefault(one.category, []).append(one)
    return [one for several in found.values() for one in several[:2]]


def _orders(records: Records, me: Customer) -> list[dict[str, Any]]:
    mine = sorted(records.owned(Order, me.ref), key=lambda order: (order.placed_on, order.no), reverse=True)
    return [order_view(records, order) for order in mine[:SHOWN_ORDERS]]
