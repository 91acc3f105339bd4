"""How far an order has come, and on which days: dates are counted back from today."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from newel.demo.shapes import OrderState

CARRIER = {"GB": ("Parcelway", "PW"), "IE": ("Emerald Post", "EP")}
ABROAD = ("Continental Parcels", "CP")
SHARES = {
    OrderState.PLACED: 8,
    OrderState.PACKED: 7,
    OrderState.DISPATCHED: 14,
    OrderState.DELIVERED: 66,
    OrderState.CANCELLED: 5,
}


def progress(luck: Random, no: str, country: str, today: date) -> dict[str, Any]:
    """State, dates and parcel of an ordinary order."""
    state = luck.choices(list(SHARES), list(SHARES.values()))[0]
    days_ago = _DAYS[state](luck)
    return parcel(no, country, state, {k: _before(today, v) for k, v in days_ago.items()})


def delivered_long_ago(luck: Random, no: str, country: str, today: date) -> dict[str, Any]:
    """An old, finished order: what the customers of the stories have besides their story."""
    days_ago = _delivered(luck, luck.randint(60, 300))
    dates = {name: _before(today, days) for name, days in days_ago.items()}
    return parcel(no, country, OrderState.DELIVERED, dates)


def parcel(no: str, country: str, state: OrderState, dates: dict[str, date]) -> dict[str, Any]:
    """State and dates, with carrier and tracking where the parcel has left."""
    if "dispatched_on" not in dates:
        return {"state": state, **dates}
    carrier, prefix = CARRIER.get(country, ABROAD)
    tracking = f"{prefix}{no}{country}"
    url = f"https://track.example.com/{tracking}"
    return {
        "state": state,
        "carrier": carrier,
        "tracking": tracking,
        "tracking_url": url,
        **dates,
    }


def _before(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _placed(luck: Random) -> dict[str, int]:
    return {"placed_on": luck.randint(0, 1), "expected_on": -luck.randint(3, 5)}


def _packed(luck: Random) -> dict[str, int]:
    return {
        "placed_on": luck.randint(1, 2),
        "packed_on": luck.randint(0, 1),
        "expected_on": -luck.randint(2, 4),
    }


def _dispatched(luck: Random) -> dict[str, int]:
    """On its way; about one in six is late by some days."""
    late = luck.randint(1, 5) if luck.random() < 0.17 else 0
    left = late + luck.randint(2, 4) if late else luck.randint(0, 2)
    return {
        "placed_on": left + 2,
        "packed_on": left + 1,
        "dispatched_on": left,
        "expected_on": late or -luck.randint(1, 3),
    }


def _delivered(luck: Random, ago: int | None = None) -> dict[str, int]:
    """Arrived, two thirds of them inside the 30 days of the returns policy."""
    there = ago or (luck.randint(1, 27) if luck.random() < 0.66 else luck.randint(33, 330))
    late = luck.randint(2, 5) if luck.random() < 0.1 else 0
    return {
        "placed_on": there + late + 4,
        "packed_on": there + late + 3,
        "dispatched_on": there + late + 2,
        "expected_on": there + late,
        "delivered_on": there,
    }


def _cancelled(luck: Random) -> dict[str, int]:
    ago = luck.randint(1, 120)
    return {"placed_on": ago + 1, "cancelled_on": ago}


_DAYS: dict[OrderState, Callable[[Random], dict[str, int]]] = {
    OrderState.PLACED: _placed,
    OrderState.PACKED: _packed,
    OrderState.DISPATCHED: _dispatched,
    OrderState.DELIVERED: _delivered,
    OrderState.CANCELLED: _cancelled,
}
