"""Every catalogue says everything that its pages say, with the same places and the right plural forms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from tests.web.messages import SOURCES, TRANSLATED, path_of, refusals, stored, template

from newel.domain import inbox
from newel.domain.access import Role
from newel.domain.help import Contact, problems
from newel.domain.resolution import AiQuality, Category, Cause
from newel.domain.scan.detectors import KNOWN_DETECTORS, KNOWN_FACTS
from newel.domain.scan.explain import spelled
from newel.domain.states import MACHINES
from newel.domain.support import Ground
from newel.domain.trace import STAGES
from newel.domain.words import Cluster
from newel.web import help
from newel.web.catalogue import LOADER, kinds, script, scripted
from newel.web.page import words
from newel.web.tongue import tongue
from newel.web.vocabulary import form, people, scan, story

PLACE = re.compile(r"%(?:\((\w+)\)s|%)|%")
languages = pytest.mark.parametrize("code", TRANSLATED)


def texts(found: Catalog) -> Iterator[Message]:
    return (one for one in found if one.id)


def key(one: Message) -> tuple[object, ...]:
    return (one.context, *((one.id,) if isinstance(one.id, str) else one.id))


def ids(one: Message) -> tuple[str, ...]:
    return (one.id,) if isinstance(one.id, str) else tuple(one.id)


def strings(one: Message) -> tuple[str, ...]:
    return (one.string or "",) if one.string is None or isinstance(one.string, str) else tuple(one.string)


@languages
def test_each_text_of_the_pages_is_translated_and_nothing_else_is_kept(code: str) -> None:
    wanted, found = {key(one) for one in texts(template(code))}, list(texts(stored(code)))
    assert {key(one) for one in found} == wanted, "make messages brings the catalogues up to what is said"
    assert [key(one) for one in found if not all(strings(one))] == []
    assert [key(one) for one in found if one.fuzzy] == []
    assert "#~" not in path_of(code).read_text(encoding="utf-8")


@languages
def test_a_translation_has_the_places_of_its_text_and_a_form_for_each_kind_of_number(code: str) -> None:
    found = stored(code)
    for one in texts(found):
        places = {name for text in ids(one) for name in PLACE.findall(text) if name}
        for said in strings(one):
            used = PLACE.findall(said)
            assert set(filter(None, used)) == places, (one.id, said)
            assert [m.group() for m in PLACE.finditer(said) if m.group() == "%"] == [], (one.id, said)
        if one.pluralizable:
            assert len(strings(one)) == found.num_plurals, one.id
    assert found.num_plurals >= len(kinds(tongue(code).locale)) - (code in {"es", "fr"})


@languages
def test_no_text_holds_markup_quotes_or_hidden_controls(code: str) -> None:
    for one in texts(stored(code)):
        for said in (*ids(one), *strings(one)):
            assert not set(said) & set('<>"\n\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'), said
            assert said == said.strip(), said


@languages
def test_scripts_get_their_words_and_the_loader_only_its_own(code: str) -> None:
    assert script(code).startswith(b"globalThis.newelWords = {")
    assert set(scripted(code, LOADER)) == {"Chat with us", "%(num)s new message in the chat"}
    assert set(scripted(code, LOADER)) < set(scripted(code))


@pytest.mark.parametrize(
    ("key", "read"),
    [("refund_damaged", "Refund damaged"), ("sku", "SKU"), ("line.sku", "Line: SKU"), ("by_ai", "By AI")],
)
def test_a_key_is_read_as_words_and_initials_stay_capitals(key: str, read: str) -> None:
    assert words(key) == read


def test_our_own_words_that_come_as_data_are_found_as_well() -> None:
    assert set(inbox.REFUSALS.values()) == set(form.REFUSALS)
    assert {words(role) for role in Role} == set(people.ROLES)
    assert {words(family) for family in Cluster} == set(scan.TRIGGERS)
    assert {str(spelled(one)) for one in KNOWN_DETECTORS | KNOWN_FACTS} == set(scan.RULES)
    said = {"AI" if state == "ai" else words(state) for machine in MACHINES.values() for state in machine}
    assert said == set(story.STATES)
    assert {words(one) for one in (*STAGES.values(), "escalation", "case")} - {"Sla"} == set(story.STAGES)
    assert {words(one) for one in Category} == set(form.ENDINGS)
    assert {words(one) for one in Cause} == set(form.CAUSES)
    assert {words(one) for one in AiQuality} == set(form.QUALITIES)
    assert {words(one) for one in Ground} == set(form.GROUNDS)


def test_each_sentence_of_the_rules_stands_where_it_is_found() -> None:
    """A text that is put together at run time would be in no catalogue; names that come as data are words."""
    files = [path for folder in ("domain", "flow") for path in (SOURCES / folder).rglob("*.py")]
    made = [
        call
        for path in files
        if path.name != "sentence.py"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Sentence"
    ]
    assert len(made) > 100
    assert [ast.unparse(one) for one in made if not _is_text(one.args)] == []


def test_each_error_that_a_page_may_show_is_found_with_all_that_it_is_raised_with() -> None:
    found = list(refusals())
    assert len({text for _, text in found}) > 200
    assert [name for name, text in found if not text] == []


def _is_text(args: list[ast.expr]) -> bool:
    return len(args) == 1 and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str)


def test_what_a_contact_form_may_be_told_is_found_as_well() -> None:
    empty = Contact()
    wrong = Contact(name="\x00", email="priya", order="my blue one", message="m" * 20_001)
    told = [*problems(empty).values(), *problems(wrong).values()]
    assert {one.text for one in told} == set(help.PROBLEMS)


def test_arabic_counts_in_six_kinds() -> None:
    forms = scripted("ar", LOADER)["%(num)s new message in the chat"]
    assert isinstance(forms, dict)
    assert set(forms) == {"zero", "one", "two", "few", "many", "other"}
    assert forms["two"].startswith("رسالتان")


MADE = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.S)
TAG = re.compile(r"<[^>]*>", re.S)
SHOWN = re.compile(r'\b(?:title|aria-label|placeholder|alt|hx-confirm|data-keys-label)="([^"]*)"')
HANDED = re.compile(r'ui\.(?:tag|empty)\("([^"]*)"')
OURS = frozenset({"Newel", "Ctrl", "UTC", "plain"})
"""What every language writes alike; ``plain`` is the look of a page, and stands in a condition."""


@pytest.mark.parametrize("path", sorted((SOURCES / "web/templates").rglob("*.html")), ids=lambda p: p.stem)
def test_no_template_says_anything_past_the_catalogues(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    bare = MADE.sub("", written)
    said = [TAG.sub(" ", bare), *SHOWN.findall(bare), *HANDED.findall(written)]
    assert {one for text in said for one in re.findall(r"[^\W\d_]{2,}", text)} - OURS == set()
