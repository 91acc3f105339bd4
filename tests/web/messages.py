"""What pages say, found in templates, code and scripts: `make messages` brings it into every catalogue.

A new text stands there empty until somebody translates it, and a test names it; what is said no longer goes.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from newel.web.catalogue import DOMAIN, SOURCE
from newel.web.tongue import CONSOLE, CUSTOMERS

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "newel" / "web"
METHODS = [
    ("**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("static/js/**.js", "javascript"),
]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
SHOWN_TO_CUSTOMERS = (
    "chat.py",
    "help/",
    "tongue.py",
    "templates/chat.html",
    "templates/help",
    "static/js/chat/",
    "static/js/help/",
    "static/js/attach.js",
)
NOISE = re.compile(rb'^"(Report-|POT-|PO-|Last-|Language-Team|Generated-).*\n', re.M)
"""Lines of a catalogue's head that say nothing, or today's date."""
TRANSLATED = tuple(code for code in CUSTOMERS if code != SOURCE)


@cache
def said() -> tuple[tuple[str, object, str | None], ...]:
    """Each text with its file: a string, or one and many; and what distinguishes it, if anything."""
    found = extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
    return tuple((name, text, context) for name, _, text, _, context in found)


def of(code: str) -> Iterator[tuple[str, object, str | None]]:
    """What a language has to say: everything, or what customers see."""
    for name, text, context in said():
        if code in CONSOLE or name.startswith(SHOWN_TO_CUSTOMERS):
            yield name, text, context


def template(code: str) -> Catalog:
    """The texts of a language, without a translation."""
    made = Catalog(locale=code, domain=DOMAIN, fuzzy=False)
    for name, text, context in of(code):
        made.add(text, locations=[(f"src/newel/web/{name}", 1)], context=context)
    return made


def path_of(code: str) -> Path:
    """Where a language's catalogue is."""
    return WEB / "locale" / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def stored(code: str) -> Catalog:
    """A catalogue as it is."""
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN, abort_invalid=True)


def update(code: str) -> int:
    """Bring a catalogue up to what is said; how many texts it lacks."""
    found = stored(code)
    found.update(template(code), no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(written, found, width=110, include_lineno=False, sort_output=True, ignore_obsolete=True)
    path_of(code).write_bytes(NOISE.sub(b"", written.getvalue()))
    return sum(1 for one in found if one.id and not (all(one.string) if one.pluralizable else one.string))


if __name__ == "__main__":
    for each in TRANSLATED:
        print(f"{each}: {update(each)} to translate")
