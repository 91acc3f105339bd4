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


Days = dict[str, int]
"""The steps of an order, each so many days ago; less than none is still to come."""


def progress(luck: Random, no: str, country: str, today: date) -> dict[str, Any]:
    """State, dates and parcel of an ordinary order."""
    state = luck.choices(list(SHARES), list(SHARES.values()))[0]
    return parcel(no, country, state, _DAYS[state](luck), today)


def delivered_long_ago(luck: Random, no: str, country: str, today: date) -> dict[str, Any]:
    """An old, finished order: what the customers of the stories have besides their story."""
    return parcel(no, country, OrderState.DELIVERED, _delivered(luck, luck.randint(60, 300)), today)


def parcel(no: str, country: str, state: OrderState, days: Days, today: date) -> dict[str, Any]:
    """State and dates, with carrier and tracking where the parcel has left."""
    dates = {step: today - timedelta(days=ago) for step, ago in days.items()}
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


def on_its_way(left: int, expected: int) -> Days:
    """Dispatched so many days ago."""
    return {
        "placed_on": left + 2,
        "packed_on": left + 1,
        "dispatched_on": left,
        "expected_on": expected,
    }


def arrived(there: int, late: int) -> Days:
    """Delivered so many days ago, that many days after the expected one."""
    return {
        "placed_on": there + late + 4,
        "packed_on": there + late + 3,
        "dispatched_on": there + late + 2,
        "expected_on": there + late,
        "delivered_on": there,
    }


def _placed(luck: Random) -> Days:
    return {"placed_on": luck.randint(0, 1), "expected_on": -luck.randint(3, 5)}


def _packed(luck: Random) -> Days:
    return {
        "placed_on": luck.randint(1, 2),
        "packed_on": luck.randint(0, 1),
        "expected_on": -luck.randint(2, 4),
    }


def _dispatched(luck: Random) -> Days:
    """On its way; about one in six is late by some days."""
    late = luck.randint(1, 5) if luck.random() < 0.17 else 0
    left = late + luck.randint(2, 4) if late else luck.randint(0, 2)
    return on_its_way(left, late or -luck.randint(1, 3))


def _delivered(luck: Random, ago: int | None = None) -> Days:
    """Arrived, two thirds of them inside the 30 days of the returns policy."""
    there = ago or (luck.randint(1, 27) if luck.random() < 0.66 else luck.randint(33, 330))
    return arrived(there, luck.randint(2, 5) if luck.random() < 0.1 else 0)


def _cancelled(luck: Random) -> Days:
    ago = luck.randint(1, 120)
    return {"placed_on": ago + 1, "cancelled_on": ago}


_DAYS: dict[OrderState, Callable[[Random], Days]] = {
    OrderState.PLACED: _placed,
    OrderState.PACKED: _packed,
    OrderState.DISPATCHED: _dispatched,
    OrderState.DELIVERED: _delivered,
    OrderState.CANCELLED: _cancelled,
}
