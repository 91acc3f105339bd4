"""How templates are compiled: texts are looked up once for a language, equal rows are made once."""

from collections.abc import Callable

import msgspec
import pytest
from jinja2 import DictLoader
from markupsafe import Markup

from newel.web import template
from newel.web.template import Templates


class Row(msgspec.Struct, frozen=True):
    name: str
    tags: tuple[str, ...] = ()


def made(source: str, said: Callable[[str], str] = str.upper, **more: str) -> Templates:
    return Templates(
        {"_": said, "asset": "/static/{}".format},
        loader=DictLoader({"page": source, **more}),
        autoescape=True,
    )


def shown(source: str, **values: object) -> str:
    return made(source).get_template("page").render(**values)


def test_a_text_is_translated_when_the_template_is_compiled() -> None:
    asked = []

    def said(text: str) -> str:
        asked.append(text)
        return f"<b>{text}</b> 100 %%"

    page = made('{{ _("yes") }}, {{ _("yes") if on else "" }}', said).get_template("page")
    assert [page.render(on=True) for _ in range(3)] == ["<b>yes</b> 100 %, <b>yes</b> 100 %"] * 3
    assert asked == ["yes", "yes"]


def test_what_fills_a_text_is_escaped_each_time() -> None:
    page = made('{{ _("%(who)s at %(n)s %%", who=who, n=2) }}', str).get_template("page")
    assert page.render(who="<i>") == "&lt;i&gt; at 2 %"
    assert page.render(who=Markup("<i>")) == "<i> at 2 %"


def test_a_text_stays_whole_in_attributes_and_beside_what_is_not_ours() -> None:
    assert shown("{{ _('a') ~ x }} <p title=\"{{ x or _('b') }}\">", x="<") == 'A&lt; <p title="&lt;">'
    assert shown('{{ asset("a.css") }}') == "/static/a.css"
    assert shown('{{ _("a") | lower }}{% set b = _("b") %}{{ b }}') == "aB"


def test_what_is_no_plain_text_is_left_to_each_answer() -> None:
    page = made("{{ _(x) }}").get_template("page")
    assert page.render(x="a", _=lambda text: f"later {text}") == "later a"


MACROS = (
    "{% macro row(one, open=False) %}<li>{{ one.name }}{{ ' open' if open }}{{ count() }}</li>{% endmacro %}"
)
PAGE = "{% import 'rows' as rows %}{% for one in all %}{{ kept(rows.row, one, open) }}{% endfor %}"


def test_a_row_that_is_the_same_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "KEPT", 3)
    calls: list[int] = []
    environment = made(PAGE, rows=MACROS)
    environment.globals["count"] = lambda: calls.append(1) or ""
    page = environment.get_template("page")
    a, b = Row("<a>", ("x",)), Row("b")
    assert page.render(all=[a, b, a], open=False) == "<li>&lt;a&gt;</li><li>b</li><li>&lt;a&gt;</li>"
    assert len(calls) == 2
    assert page.render(all=[Row("<a>", ("x",))], open=False) == "<li>&lt;a&gt;</li>"
    assert len(calls) == 2
    assert page.render(all=[a], open=True) == "<li>&lt;a&gt; open</li>"
    assert page.render(all=[Row("<a>", ("y",))], open=True) == "<li>&lt;a&gt; open</li>"
    assert len(calls) == 4
    assert page.render(all=[b], open=False) == "<li>b</li>"
    assert len(calls) == 5, "it was thrown away when there were too many"
