"""Where the makers take from: the data files, a chance that is the same every time, and the day."""

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml

SEED = "hearthwick-1"


@cache
def data(name: str) -> dict[str, Any]:
    """The parsed data file ``data/<name>.yaml``."""
    text = files("newel.demo").joinpath("data", f"{name}.yaml").read_text("utf-8")
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


def chance(*names: str) -> Random:
    """A source of chance for one room, so that a change in one leaves the others as they are."""
    return Random(":".join((SEED, *names)))  # noqa: S311 (the same world each time, no secret)


def today_in_the_shop() -> date:
    """Today where the shop is."""
    return datetime.now(ZoneInfo("Europe/London")).date()
