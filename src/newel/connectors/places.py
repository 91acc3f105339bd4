"""Filling the ``{argument}`` places of a policy's paths and bodies; an argument stays a value.

What is filled in comes from customers too: it must not reach another path than the policy's.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

PLACE: Final = re.compile(r"\{(\w+)\}")
_LONGEST: Final = 200


class Unfit(Exception):
    """An argument is missing, or cannot stand where the policy puts it."""


def fill_path(template: str, args: Mapping[str, Any]) -> str:
    """A path with its arguments, each inside its own segment."""
    return PLACE.sub(lambda place: _segment(place.group(1), args), template)


def fill(template: Any, args: Mapping[str, Any]) -> Any:
    """A body with its arguments; a string that is one place becomes the argument itself."""
    if isinstance(template, Mapping):
        return {name: fill(value, args) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, args) for value in template]
    return _text(template, args) if isinstance(template, str) else template


def _text(template: str, args: Mapping[str, Any]) -> Any:
    if whole := PLACE.fullmatch(template):
        return _argument(whole.group(1), args)
    return PLACE.sub(lambda place: str(_argument(place.group(1), args)), template)


def _segment(name: str, args: Mapping[str, Any]) -> str:
    """A percent-encoded segment; servers decode ``%2F``, so a slash is refused and not encoded."""
    text = str(_argument(name, args))
    if not 0 < len(text) <= _LONGEST or not text.isprintable() or text.strip(".") == "":
        raise Unfit(f"{name} cannot stand in a path")
    if any(mark in text for mark in "/\\%?#"):
        raise Unfit(f"{name} cannot stand in a path")
    return quote(text, safe="")


def _argument(name: str, args: Mapping[str, Any]) -> Any:
    if args.get(name) is None:
        raise Unfit(f"{name} is missing")
    return args[name]
