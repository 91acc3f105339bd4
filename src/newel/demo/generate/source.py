"""Where the makers take from: the data files, and a chance that is the same every time."""

from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

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
