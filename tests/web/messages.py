"""What pages say, found in templates, code and scripts: `make messages` brings it into every catalogue.

A new text stands there empty until somebody translates it, and a test names it; what is said no longer goes.
"""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import msgspec
import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from newel.domain.tour import Tour
from newel.web.catalogue import DOMAIN, SOURCE
from newel.web.refusal import template_of
from newel.web.tongue import CONSOLE, CUSTOMERS

SOURCES = Path(__file__).parents[2] / "src" / "newel"
WEB = SOURCES / "web"
TOUR = "demo/data/tour.yaml"
METHODS = [
    ("web/**.py", "python"),
    ("web/templates/**.html", "jinja2.ext:babel_extract"),
    ("web/static/js/**.js", "javascript"),
    ("domain/**.py", "python"),
    ("flow/**.py", "python"),
]
OPTIONS = {"web/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "gettext", "Sentence")),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
SHOWN_TO_CUSTOMERS = (
    "web/chat/",
    "web/help/",
    "web/tongue.py",
    "web/templates/chat.html",
    "web/templates/help",
    "web/static/js/chat/",
    "web/static/js/help/",
    "web/static/js/attach.js",
)
RAISED = frozenset(
    {"Conflict", "Forbidden", "Invalid", "Malformed", "TooLarge", "Unauthenticated", "Unsupported"}
)
PARTS = frozenset({"what", "state", "why", "act"})
NOT_FOR_PAGES = (
    "domain/calendar.py",
    "domain/chat.py",
    "domain/feedback.py",
    "domain/intake.py",
    "domain/policy/problem.py",
    "domain/scan/",
    "domain/tune.py",
    "store/action.py",
    "store/customer.py",
    "store/embedded/__init__.py",
    "store/embedded/cluster.py",
    "store/envelope.py",
    "store/migrate.py",
    "web/api/",
)
"""Whose errors programs, operators and writers of policies meet, and nobody on a page."""
KNOWN = frozenset(
    {
        ("domain/access.py", "IN_WORDS[act]"),
        ("domain/access.py", "self._lacks(act)"),
        ("domain/knowledge.py", "name"),
        ("domain/knowledge.py", "str(error)"),
        ("domain/policy/signing.py", "standing.what"),
        ("domain/weekly.py", "act"),
        ("flow/escalation.py", "why"),
        ("flow/help.py", "min(found)"),
        ("flow/help.py", "str(found[min(found)])"),
        ("flow/knowledge.py", "name"),
        ("flow/merge.py", "why"),
        ("web/auth.py", "act"),
    }
)
"""What is a sentence of its own, is said for the catalogues elsewhere, or comes from files."""
NOISE = re.compile(rb'^"(Report-|POT-|PO-|Last-|Language-Team|Generated-).*\n', re.M)
"""Lines of a catalogue's head that say nothing, or today's date."""
TRANSLATED = tuple(code for code in CUSTOMERS if code != SOURCE)


@cache
def said() -> tuple[tuple[str, object, str | None], ...]:
    """Each text with its file: a string, or one and many; and what distinguishes it, if anything."""
    found = extract_from_dir(SOURCES, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
    written = tuple((name, text, context) for name, _, text, _, context in found)
    rest = (*refusals(), *toured())
    return (*written, *((name, text, None) for name, text in rest if text))


def refusals() -> Iterator[tuple[str, str]]:
    """What a typed error says to people, of itself and as it is raised; empty for what nobody can find."""
    for folder in ("domain", "flow", "store", "web"):
        for path in sorted((SOURCES / folder).rglob("*.py")):
            name = path.relative_to(SOURCES).as_posix()
            if name.startswith(NOT_FOR_PAGES):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and _is_error(node):
                    yield name, template_of(ast.get_docstring(node) or "")
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                    yield from ((name, text) for text in _handed(node, tree, name))


def toured() -> Iterator[tuple[str, str]]:
    """What the demo's tour says to who looks around; its customers speak for themselves."""
    shown = msgspec.convert(yaml.safe_load((SOURCES / TOUR).read_text(encoding="utf-8")), Tour)
    yield from ((TOUR, seat.does) for seat in shown.seats)
    yield from ((TOUR, text) for step in shown.steps for text in (step.title, step.watch))


def _is_error(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in {"NewelError", *RAISED} for base in node.bases)


def _handed(call: ast.Call, tree: ast.Module, name: str) -> Iterator[str]:
    for word in call.keywords:
        texts = _texts(word.value, tree) if word.arg in PARTS else ()
        known = word.arg == "state" or (name, ast.unparse(word.value)) in KNOWN
        yield from filter(None, texts) if known else texts


def _texts(value: ast.expr, tree: ast.Module) -> Iterator[str]:
    """The texts that an expression may be: as they stand, ``case {id}`` as people read it, or a sentence."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from (text for one in (value.body, value.orelse) for text in _texts(one, tree))
        case ast.JoinedStr(values=[ast.Constant(value=str(what)), ast.FormattedValue()]) if what[-1:] == " ":
            yield f"the {what.strip()}"
        case ast.Call(func=ast.Attribute(attr="of")) | ast.Call(func=ast.Name(id="Sentence")):
            pass
        case ast.Name(id=name):
            given = [one.value for one in ast.walk(tree) if _gives(one, name) and one.value]
            yield from (text for one in given for text in _texts(one, tree))
            if not given:
                yield ""
        case _:
            yield ""


def _gives(one: ast.AST, name: str) -> TypeGuard[ast.Assign | ast.AnnAssign]:
    targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]
    given = isinstance(one, ast.Assign | ast.AnnAssign)
    return given and any(isinstance(target, ast.Name) and target.id == name for target in targets)


def of(code: str) -> Iterator[tuple[str, object, str | None]]:
    """What a language has to say: everything, or what customers see."""
    for name, text, context in said():
        if code in CONSOLE or name.startswith(SHOWN_TO_CUSTOMERS):
            yield name, text, context


def template(code: str) -> Catalog:
    """The texts of a language, without a translation."""
    made = Catalog(locale=code, domain=DOMAIN, fuzzy=False)
    for name, text, context in of(code):
        made.add(text, locations=[(f"src/newel/{name}", 1)], context=context)
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
