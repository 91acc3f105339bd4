"""What hangs on orders and customers: refunds, warranties, cards, appointments, contacts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from newel.demo.generate.source import chance
from newel.demo.generate.stories import stories
from newel.demo.shapes import (
    Appointment,
    Contact,
    Customer,
    GiftCard,
    Money,
    Order,
    OrderState,
    Product,
    Refund,
    Subscription,
    Warranty,
)
from newel.demo.slots import PLACES, open_days, slot_id

PLANS = {"one candle a month": 1_600, "two candles a month": 3_000}
REFUND_DAYS = timedelta(days=5)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat")


def refunds(orders: Sequence[Order], today: date) -> Iterator[Refund]:
    """Cancelled orders were paid back in full, and a few returns in part."""
    for order in orders:
        if order.cancelled_on:
            yield _refund(order, "cancellation", order.total, order.cancelled_on, today)
        elif _was_returned(order, today):
            back = order.items[0].price
            yield _refund(order, "refund", back, today - timedelta(days=2), today)


def _was_returned(order: Order, today: date) -> bool:
    """Every 25th ordinary order that arrived one to three weeks ago."""
    arrived, number = order.delivered_on, int(order.no)
    return bool(arrived and number % 25 == 7 and 7 <= (today - arrived).days <= 21)


def _refund(order: Order, type_: str, amount: Money, made_on: date, today: date) -> Refund:
    expected = made_on + REFUND_DAYS
    return Refund(
        reference=f"RF-H{order.no}",
        order=order.no,
        type=type_,
        amount=amount,
        reason="order cancelled" if type_ == "cancellation" else "item returned",
        made_on=made_on,
        expected_on=expected,
        state="paid" if expected <= today else "on its way",
    )


def warranties(orders: Sequence[Order], products: Sequence[Product]) -> Iterator[Warranty]:
    """One for each line of a delivered order whose product carries a warranty."""
    years = {product.sku: product.warranty_years for product in products}
    for order in orders:
        for line, item in enumerate(order.items, start=1):
            if order.delivered_on and years[item.sku]:
                ends = order.delivered_on + timedelta(days=365 * years[item.sku])
                yield Warranty(
                    id=f"WA-{order.no}-{line}",
                    order=order.no,
                    sku=item.sku,
                    name=item.name,
                    starts_on=order.delivered_on,
                    ends_on=ends,
                )


def gift_cards(customers: Sequence[Customer], today: date) -> Iterator[GiftCard]:
    """Those of the stories; every sixth customer has one whose code ends with their number."""
    for code, told in stories().gift_cards.items():
        yield GiftCard(
            code=code,
            customer=told.customer,
            value=Money(told.value_minor),
            balance=Money(told.balance_minor),
            expires_on=today + timedelta(days=300),
        )
    for number, customer in enumerate(customers, start=1):
        if number % 6 == 0:
            luck = chance("gift card", customer.ref)
            value = luck.choice((1_000, 2_500, 5_000))
            yield GiftCard(
                code=f"HWGC-{luck.randint(1000, 9999)}-{number:04d}",
                customer=customer.ref,
                value=Money(value),
                balance=Money(luck.choice((0, value // 4, value // 2, value))),
                expires_on=today + timedelta(days=luck.randint(30, 700)),
            )


def subscriptions(customers: Sequence[Customer], today: date) -> Iterator[Subscription]:
    """Every fifth customer gets candles by post; some of them have paused or stopped it."""
    for number, customer in enumerate(customers, start=1):
        certain = customer.ref in stories().subscribers
        if number % 5 == 0 or certain:
            luck = chance("subscription", customer.ref)
            chosen = luck.choices(("active", "paused", "cancelled"), (80, 12, 8))[0]
            state = "active" if certain else chosen
            coming = today + timedelta(days=luck.randint(3, 27))
            paused, plan = state == "paused", luck.choice(tuple(PLANS))
            yield Subscription(
                id=f"S{number:04d}",
                customer=customer.ref,
                plan=plan,
                price=Money(PLANS[plan]),
                state=state,
                next_on=coming if state == "active" else None,
                paused_until=coming + timedelta(days=30) if paused else None,
            )


def appointments(customers: Sequence[Customer], today: date) -> Iterator[Appointment]:
    """Those of the stories; every tenth customer has one in the next two weeks. No two share a slot."""
    types, days = tuple(PLACES), open_days(today)
    for ref, told in stories().appointments.items():
        yield _appointment(f"A{int(ref[1:]):04d}", ref, told.type, _open_day(days, told.day), "14:00")
    for turn, customer in enumerate(customers[6::10]):
        if customer.ref not in stories().appointments:
            type_, on = types[turn % 3], days[1 + turn // 3]
            yield _appointment(f"A{turn + 1:04d}", customer.ref, type_, on, "10:00")


def _open_day(days: Sequence[date], wanted: str) -> date:
    """The next open day, or the first of that weekday after it."""
    if wanted == "tomorrow":
        return days[0]
    return next(day for day in days[1:] if day.weekday() == WEEKDAYS.index(wanted))


def _appointment(id_: str, ref: str, type_: str, on: date, at: str) -> Appointment:
    return Appointment(
        id=id_,
        customer=ref,
        type=type_,
        slot=slot_id(type_, on, at),
        on=on,
        time=at,
        place=PLACES[type_],
    )


LATELY = {"C0040": (1, 2), "C0041": (1, 3)}
PAST = ("order_status", "Asked where the parcel was; told the delivery date.")
EARLIER = (
    ("return_window", "Asked how long a lamp may be returned."),
    ("refund_damaged", "A plate arrived cracked and was refunded."),
    ("gift_card_balance", "Asked what was left on a gift card."),
    ("stock_check", "Asked when a rug would be back in stock."),
)


def contacts(customers: Sequence[Customer], today: date) -> Iterator[Contact]:
    """Two customers wrote about the same matter these days, every twelfth some months ago."""
    for number, customer in enumerate(customers, start=1):
        for turn, days in enumerate(LATELY.get(customer.ref, ())):
            yield _contact(customer, turn, days, PAST, today)
        if number % 12 == 0 or customer.ref in ("C0003", "C0020"):
            luck = chance("contact", customer.ref)
            yield _contact(customer, 9, luck.randint(95, 300), luck.choice(EARLIER), today)


def _contact(customer: Customer, turn: int, days: int, story: tuple[str, str], today: date) -> Contact:
    day = datetime.combine(today - timedelta(days=days), time(10, 15), UTC)
    return Contact(
        id=f"CT-{customer.ref}-{turn}",
        customer=customer.ref,
        at=day,
        channel="email",
        contact_reason=story[0],
        text=story[1],
    )


def lifetime(customers: Sequence[Customer], orders: Sequence[Order]) -> dict[str, int]:
    """What each customer has spent in all: earlier, and on orders that were not cancelled."""
    spent = {customer.ref: customer.lifetime_value.amount_minor for customer in customers}
    for order in orders:
        if order.state is not OrderState.CANCELLED:
            spent[order.customer] += order.total.amount_minor
    return spent
