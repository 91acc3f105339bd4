"""Pages: one Jinja environment, one way to answer with HTML, and what every template may use."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import available_timezones

import msgspec
from jinja2 import PackageLoader, StrictUndefined
from litestar import Response

from newel.domain import reason as reasons
from newel.domain.access import Act
from newel.domain.fact import called, dated, written
from newel.domain.scan.receipt import Evidence
from newel.domain.sentence import Sentence
from newel.web import refusal, static
from newel.web.auth import csrf_token, session_of
from newel.web.catalogue import SOURCE
from newel.web.nav import entries
from newel.web.request import Ask
from newel.web.template import TEXT, Templates
from newel.web.tongue import Tongue
from newel.web.tongue import tongue as tongue_of

HTML = "text/html"
PRIORITIES = {1: "P1", 2: "P2", 3: "P3"}
THEMES = ("system", "light", "dark")
ZONE = "newel_zone"
_INITIALS = re.compile(r"\b(?:ai|sku)\b")
_CAPS = re.compile(r"\[([^\]]+)\]")
"""Keys in a text, ``[a] approves``: what it is split by stands at every second place."""
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; frame-src 'self'"
)


@cache
def environment(code: str = SOURCE) -> Templates:
    """The templates of ``web/templates`` in one language: escaped, and strict about what they are given."""
    tongue = tongue_of(code)
    made = Templates(
        {TEXT: tongue.gettext, "asset": static.address},
        loader=PackageLoader("newel.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    said = tongue.translations
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's
        said.gettext, said.ngettext, newstyle=True, pgettext=said.pgettext, npgettext=said.npgettext
    )
    made.globals.update(asset=static.address, Act=Act, tongue=tongue)
    made.filters.update(_filters(tongue))
    return made


def _filters(tongue: Tongue) -> dict[str, Callable[..., Any]]:
    """How templates say values in one language."""
    return {
        "money": tongue.money,
        "amount": lambda one: tongue.money(one.amount_minor, one.currency),
        "number": tongue.number,
        "size": tongue.size,
        "said": tongue.gettext,
        "sentence": tongue.sentence,
        "value": tongue.value,
        "refusal": lambda error: refusal.told(error, tongue),
        "view": lambda name: ", ".join(map(tongue.gettext, name.split(", "))),
        "stated": lambda seen: stated(tongue, seen),
        "words": lambda key: tongue.gettext(words(key)),
        "spelt": words,
        "reason": lambda key: tongue.sentence(reasons.said(key)),
        "listed": lambda keys: ", ".join(tongue.gettext(words(key)) for key in keys),
        "day": tongue.date,
        "fact": lambda name: tongue.sentence(called(name)),
        "recorded": lambda value: tongue.value(written(str(value))),
        "dated": lambda text: tongue.value(dated(text)),
        "opening": opening,
        "capped": _CAPS.split,
        "spoken": tongue.spoken,
        "iso": iso,
        "initials": initials,
    }


def page(request: Ask, template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page for the signed-in person, or for nobody yet."""
    return _answer(render(request.tongue, template, **_frame(request), **values), status, _security("'none'"))


def framed(
    request: Ask,
    template: str,
    ancestors: str,
    *,
    status: int = 200,
    speaks: Tongue | None = None,
    **values: Any,
) -> Response[str]:
    """A whole page that sites of these origins may show inside of theirs, in the language of theirs."""
    headers = {**_security(ancestors), "cross-origin-resource-policy": "cross-origin"}
    body = render(speaks or request.tongue, template, **_frame(request), **values)
    return _answer(body, status, headers)


def error_page(request: Ask, status: int, title: str, detail: str, request_id: str) -> Response[str]:
    """What a person sees instead of a page."""
    shown = {"number": status, "title": title, "detail": detail, "request_id": request_id}
    return page(request, "error.html", status=status, **shown)


def part(
    request: Ask, template: str, *, say: str = "", speaks: Tongue | None = None, **values: Any
) -> Response[str]:
    """A part of a page; ``say`` is shown to the person for a moment."""
    headers = {**_security("'none'"), **(trigger(toast=say) if say else {})}
    body = render(speaks or request.tongue, template, **_frame(request), **values)
    return _answer(body, 200, headers)


def done(say: str = "", **events: Any) -> Response[str]:
    """Nothing to show but a word: what changed comes by itself. ``events`` are heard by scripts."""
    told = ({"toast": say} if say else {}) | events
    return Response("", status_code=204, media_type=HTML, headers=trigger(**told) if told else {})


def away(to: str) -> Response[str]:
    """Leave for another page, by script or without."""
    return Response("", status_code=303, media_type=HTML, headers={"location": to})


def lead(to: str, say: str = "") -> Response[str]:
    """Let the page that sent a form go to another one; ``say`` is shown there."""
    headers = {"hx-redirect": to} | (trigger(toast_next=say) if say else {})
    return Response("", status_code=200, media_type=HTML, headers=headers)


def trigger(**events: Any) -> dict[str, str]:
    """Events for the page's scripts, as the header that raises them."""
    return {"hx-trigger": json.dumps(events)}  # a header holds ASCII alone: json escapes the rest


def render(tongue: Tongue, template: str, **values: Any) -> str:
    """A template as text, in a language."""
    return environment(tongue.code).get_template(template).render(**values)


def _frame(request: Ask) -> dict[str, Any]:
    staff = request.staff
    return {
        "me": staff,
        "may": staff.actor.may if staff else _nothing,
        "titled": titled(request),
        "named": named(request),
        "nav": entries(staff.actor, tour=request.app.state.tour is not None) if staff else (),
        "tour": request.app.state.tour,
        "path": request.scope["path"],
        "mark": request.mark,
        "csrf": csrf_token(session_of(request) or ""),
        "theme": theme(request),
        "zone": zone(request),
    }


def titled(request: Ask) -> Callable[[str], str]:
    """What people call a workflow: the title that its policy in force gives it."""
    running = request.house.in_force()
    return lambda workflow: running[workflow].bundle.title if workflow in running else words(workflow)


def named(request: Ask) -> Callable[[str, str], str]:
    """What people call a contact reason: the title of its playbook; its key as words where it has none."""
    running = request.house.in_force()

    def name(workflow: str, reason: str) -> str:
        playbook = running[workflow].bundle.playbooks.get(reason) if workflow in running else None
        return playbook.title if playbook else request.gettext(words(reason))

    return name


def _nothing(_act: Act) -> bool:
    return False


def theme(request: Ask) -> str:
    """Light, dark or the system's, as this browser was told."""
    asked = request.cookies.get("newel_theme", "system")
    return asked if asked in THEMES else "system"


def zone(request: Ask) -> str:
    """The time zone in which this browser was told to show times; empty: its own."""
    asked = request.cookies.get(ZONE, "")
    return asked if asked in zones() else ""


@cache
def zones() -> frozenset[str]:
    """The zones that times can be shown in."""
    return frozenset(available_timezones())


@cache
def towns() -> tuple[str, ...]:
    """Those that people know by a place."""
    return tuple(sorted(one for one in zones() if "/" in one and not one.startswith("Etc/")))


def _answer(body: str, status: int, headers: Mapping[str, str]) -> Response[str]:
    return Response(body, status_code=status, media_type=HTML, headers=dict(headers))


def _security(ancestors: str) -> dict[str, str]:
    return {
        "content-security-policy": _CSP.format(ancestors=ancestors),
        "referrer-policy": "same-origin",
        "vary": "hx-request, accept-language, cookie",
    }


@lru_cache(maxsize=4096)
def words(key: str) -> str:
    """A key of the policy as words: ``refund_damaged`` → ``Refund damaged``, ``a.b`` → ``A: b``."""
    said = key.replace("_", " ").replace(":", ": ").replace(".", ": ")
    return opening(_INITIALS.sub(lambda found: found[0].upper(), said))


def iso(at: datetime | None) -> str:
    """A time for ``<time datetime>``; the browser shows it in the person's zone."""
    return at.isoformat() if at else ""


def stated(tongue: Tongue, seen: Evidence | Mapping[str, Any]) -> str:
    """A fact of a trigger in a language; as it was written where no sentence is kept with it."""
    fact, says = (seen.fact, seen.says) if isinstance(seen, Evidence) else (seen["fact"], seen.get("says"))
    try:
        return tongue.sentence(msgspec.convert(says, Sentence))
    except msgspec.ValidationError:  # older than sentences, or something of it is hidden
        return str(fact or "")


def opening(text: str) -> str:
    """A text as a sentence begins."""
    return text[:1].upper() + text[1:]


def initials(name: str) -> str:
    """Two letters for a person's picture."""
    parts = name.split()
    return "".join(p[0] for p in (parts[:1] + parts[1:][-1:])).upper()
