"""The catalogues: one ``.po`` file for each language, compiled when read, and what of it scripts need."""

import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Final

import msgspec
from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN: Final = "newel"
SOURCE: Final = "en"
SCRIPTS: Final = "static/js/"
LOADER: Final = "static/js/chat/loader.js"
Scripted = dict[str, str | dict[str, str]]
"""What a script says, by its English; a text that counts has a form for each kind of number."""
_COUNTED: Final = range(201)


@cache
def catalogue(code: str) -> Catalog:
    """A language's catalogue; ``FileNotFoundError`` where there is none."""
    text = files("newel.web").joinpath("locale", code, "LC_MESSAGES", f"{DOMAIN}.po").read_bytes()
    return read_po(io.BytesIO(text), locale=code, domain=DOMAIN, abort_invalid=True)


@cache
def translations(code: str) -> NullTranslations:
    """A language's words; those of English are in templates and code."""
    if code == SOURCE:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def scripted(code: str, below: str = SCRIPTS) -> Scripted:
    """What scripts below a path say, in a language."""
    found = catalogue(code)
    said = [one for one in found if one.id and any(below in place for place, _ in one.locations)]
    return {_first(one.id): _forms(found, one) for one in said if all(_strings(one))}


def script(code: str) -> bytes:
    """The same as a script of its own: the policy of pages runs none that stands in them."""
    said: Mapping[str, object] = dict(sorted(scripted(code).items()))
    return b"globalThis.newelWords = " + msgspec.json.encode(said) + b";\n"


def kinds(locale: Locale) -> dict[str, int]:
    """A number of each kind that the language counts by: ``one``, ``few``, ``other`` …"""
    found: dict[str, int] = {}
    for number in _COUNTED:
        found.setdefault(locale.plural_form(number), number)
    return found


def _forms(found: Catalog, one: Message) -> str | dict[str, str]:
    strings = _strings(one)
    if not one.pluralizable or found.locale is None:
        return strings[0]
    by_index = translations(str(found.locale))
    forms = kinds(found.locale)
    return {kind: by_index.ngettext(one.id[0], one.id[1], number) for kind, number in forms.items()}


def _strings(one: Message) -> tuple[str, ...]:
    return (one.string or "",) if one.string is None or isinstance(one.string, str) else tuple(one.string)


def _first(names: str | tuple[str, ...] | list[str]) -> str:
    return names if isinstance(names, str) else names[0]
