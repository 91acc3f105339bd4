"""Customers: what the operator's system of record says, and whether they prefer a person."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act, Region
from newel.domain.errors import Invalid
from newel.flow import customer
from newel.web.request import Ask
from newel.web.route import get, put
from newel.web.shapes import BIG, Language, Short, Token

REF_LENGTHS = range(1, 301)


class Customer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A customer or vendor as the operator's system of record describes them; the first ``kind`` stays."""

    kind: Literal["customer", "vendor"] = "customer"
    name: Short = ""
    email: Short = ""
    phone: Short = ""
    address: Short = ""
    segment: Short = ""
    lifetime_value_minor: Annotated[int, msgspec.Meta(ge=-BIG, le=BIG)] | None = None
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")] = "GBP"
    vip: bool = False
    vulnerable: bool = False
    training_consent: bool = False
    language: Language = ""
    region: Region = ""


class Known(msgspec.Struct, frozen=True):
    """Newel's id of the customer."""

    id: UUID


class Preference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the customer always wants a person."""

    prefers_human: bool


@put("/api/v1/customers/{ref:str}", Act.INTAKE, example={"name": "Priya Nair", "email": "priya@example.com"})
async def put_customer(request: Ask, ref: FromPath[str], data: JSONBody[Customer]) -> Known:
    """Add or update the customer of the operator's reference."""
    told = customer.Told(**{name: getattr(data, name) for name in customer.Told.__struct_fields__})
    return Known(await customer.put(request.house, request.actor, _ref(ref), told, kind=data.kind))


@get("/api/v1/customers/{ref:str}/preference", Act.INTAKE)
async def customer_preference(request: Ask, ref: FromPath[str]) -> Preference:
    """Whether the customer prefers a person."""
    return Preference(await customer.preference(request.house, request.actor, _ref(ref)))


@put("/api/v1/customers/{ref:str}/preference", Act.INTAKE, example={"prefers_human": True})
async def put_customer_preference(request: Ask, ref: FromPath[str], data: JSONBody[Preference]) -> Preference:
    """Set the lasting preference: the customer's own act."""
    await customer.prefer(request.house, request.actor, _ref(ref), human=data.prefers_human)
    return data


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the customer wants, as they told the person who has their case; the token of the work item."""

    token: Token
    prefers_human: bool


@put(
    "/api/v1/cases/{case_id:uuid}/preference",
    Act.WORK,
    example={"token": 1, "prefers_human": True},
)
async def put_case_preference(request: Ask, case_id: FromPath[UUID], data: JSONBody[Told]) -> Preference:
    """Set or clear the lasting preference of my case's customer, because they have asked me for it."""
    human = data.prefers_human
    await customer.prefer_in_case(request.house, request.person, case_id, data.token, human=human)
    return Preference(human)


def _ref(given: str) -> str:
    if len(given) not in REF_LENGTHS or not given.isprintable():
        raise Invalid(what="the reference", why="it needs 1 to 300 printable characters")
    return given


ROUTES = [put_customer, customer_preference, put_customer_preference, put_case_preference]
