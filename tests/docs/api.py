"""What docs/api.md says of the routes, computed from the app: `python -m tests.docs.api` writes it."""

import re
from collections.abc import Iterator

from tests.docs.house import ROOT, replaced

from newel.domain.access import ALLOWED, Act
from newel.web.api import ROUTES
from newel.web.route import doc_of

PAGE = ROOT / "docs" / "api.md"
_KIND = re.compile(r":\w+}")


def routes() -> Iterator[tuple[str, str, str, str]]:
    """Method, path, act and the first line of what each route says of itself."""
    for handler in ROUTES:
        doc = doc_of(handler)
        assert doc
        said = (handler.fn.__doc__ or "").splitlines()[0]
        for path in handler.paths:
            yield ", ".join(sorted(handler.http_methods)), _KIND.sub("}", path), doc.act.value, said


def routes_table() -> str:
    """All routes by path."""
    lines = ["| method | path | act | what it does |", "|---|---|---|---|"]
    lines += [f"| {m} | `{p}` | {act} | {said} |" for m, p, act, said in sorted(routes(), key=lambda r: r[1])]
    return "\n".join(lines)


def acts_table() -> str:
    """Which roles hold which act."""
    lines = ["| act | roles |", "|---|---|"]
    for act in Act:
        held = ", ".join(sorted(role.value for role in ALLOWED[act]))
        lines.append(f"| `{act.value}` | {held or 'only tokens'} |")
    return "\n".join(lines)


PARTS = {"routes": routes_table, "acts": acts_table}


def filled(text: str) -> str:
    """The page with its computed parts as they are now."""
    return replaced(text, PARTS)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
