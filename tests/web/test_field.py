"""What is wrong with a field of a form: said in the reader's language, and nowhere half in English."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import msgspec
import pytest

from newel.domain.access import Role
from newel.web import field
from newel.web.errors import rejection
from newel.web.tongue import CONSOLE, tongue
from web.conftest import Site

SOURCE = Path(__file__).parents[2] / "src"
ENGLISH = re.compile(r"\b(the|it|is|at least|at most|characters?|write|choose|expected|missing)\b", re.I)
abroad = pytest.mark.parametrize("code", [code for code in CONSOLE if code != "en"])


class Form(msgspec.Struct, forbid_unknown_fields=True):
    """A field of each kind that the console's forms have."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=10)] = "fine"
    amount: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")] | None = None
    minutes: Annotated[int, msgspec.Meta(ge=1, le=480)] = 5
    seconds_spent: int | None = None
    cases: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=2)] = msgspec.field(
        default_factory=lambda: [uuid4()]
    )
    priority: Literal[1, 2, 3] = 1
    unlock: bool = False


class Needs(msgspec.Struct):
    """A form that cannot be sent empty."""

    login: str


def wrong(kind: Any, given: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(given, kind, strict=False)
    (one,) = rejection(caught.value).errors
    return one.field, one.message


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (Form, {"reason": "x"}, "Reason: write 3 characters at least."),
    (Form, {"reason": "x" * 11}, "Reason: write 10 characters at most."),
    (Form, {"amount": "lots"}, "Amount: it cannot be used as it is."),
    (Form, {"minutes": "0"}, "Minutes: 1 is the least."),
    (Form, {"minutes": "481"}, "Minutes: 480 is the most."),
    (Form, {"minutes": "soon"}, "Minutes: write a number."),
    (Form, {"seconds_spent": "soon"}, "Time spent: write a number."),
    (Form, {"cases": []}, "Cases: choose 1 at least."),
    (Form, {"cases": [str(uuid4())] * 3}, "Cases: choose 2 at most."),
    (Form, {"cases": ["x"]}, "Cases: it cannot be used as it is."),
    (Form, {"priority": "9"}, "Priority: it cannot be used as it is."),
    (Form, {"unlock": "perhaps"}, "Unlocked: it cannot be used as it is."),
    (Form, {"beside": "x"}, "Beside: it is not asked for here."),
    (Needs, {}, "Login: it is missing."),
    (dict[str, Literal["met"]], {"marks": "half"}, "What you chose: it cannot be used as it is."),
]


@pytest.mark.parametrize(("kind", "given", "english"), WRONG)
def test_each_kind_of_mistake_says_what_would_be_right(
    kind: Any, given: dict[str, Any], english: str
) -> None:
    assert field.told(*wrong(kind, given), tongue("en")) == english


@abroad
@pytest.mark.parametrize(("kind", "given", "english"), WRONG)
def test_no_mistake_is_said_in_english_elsewhere(
    kind: Any, given: dict[str, Any], english: str, code: str
) -> None:
    said = field.told(*wrong(kind, given), tongue(code))
    assert said.partition(":")[2] != english.partition(":")[2]
    assert ENGLISH.search(said.partition(":")[2]) is None, said


def fields() -> Iterator[str]:
    """Each field of each form that a page's handler reads."""
    for path in sorted((SOURCE / "newel/web").rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match call:
                case ast.Call(func=ast.Attribute(attr="filled"), args=[ast.Name(id=name), *_]):
                    kind = getattr(importlib.import_module(module), name)
                    yield from (one.name for one in msgspec.structs.fields(kind))


@abroad
def test_each_field_of_the_forms_has_its_name(code: str) -> None:
    found = set(fields())
    assert len(found) > 40
    assert found - field.NAMES.keys() == set()
    speaks, meant = tongue(code), {name: said for name, said in field.NAMES.items() if name in found}
    assert [name for name, said in meant.items() if not speaks.gettext(said)] == []


async def test_a_form_that_is_filled_in_wrongly_is_told_in_the_readers_language(site: Site) -> None:
    await site.person("ivan", Role.SUPERVISOR, clearance="supervisor")
    ivan = await site.signed_in("ivan")
    stop, sent = "/kill-switch", {"what": "everything", "reason": "x"}
    assert (await ivan.get(stop)).status_code == 200
    script = {"hx-request": "true", "accept-language": "fr"}
    told = await ivan.post(stop, data=sent, headers=script)
    assert (told.status_code, told.json()["errors"]) == (
        422,
        [{"field": "reason", "message": "Raison : écrivez au moins 3 caractères."}],
    )
    page = await ivan.post(stop, data=sent, headers={"accept": "text/html", "accept-language": "es"})
    assert page.status_code == 422
    assert "Motivo: escribe al menos 3 caracteres." in page.text
    program = await ivan.post("/api/v1/kill-switches", json={"reason": 7}, headers={"accept-language": "es"})
    assert program.json()["errors"][0]["message"].startswith(("Expected", "Object"))
