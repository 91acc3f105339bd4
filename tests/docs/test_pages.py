"""What holds for every page: links lead somewhere, no machine is named, metrics are told."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.docs.house import ROOT

from newel.web.api.health import Gauges
from newel.web.hooks import Hooks

PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"```.*?```", re.S)
_MACHINE = re.compile(r"(?<![\w.}])/(?:home|root|work|Users|opt|mnt)/\w|[A-Z]:\\\\")


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page: Path) -> None:
    links = _LINK.findall(_FENCED.sub("", page.read_text("utf-8")))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not _leads(page, link)] == []


def _leads(page: Path, link: str) -> bool:
    place, _, heading = link.partition("#")
    target = (page.parent / place) if place else page
    if not target.exists():
        return False
    return not heading or heading in _headings(target)


def _headings(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in found}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_no_page_names_a_machine(page: Path) -> None:
    assert _MACHINE.findall(page.read_text("utf-8")) == []


def test_each_metric_is_documented_with_its_labels() -> None:
    registry = CollectorRegistry()
    Hooks(registry), Gauges(registry)
    told = re.findall(
        r"^\| `(newel_\w+)` \| (.*?) ?\|", (ROOT / "docs/operations.md").read_text("utf-8"), re.M
    )
    names = {metric.name for metric in registry.collect()}
    assert {name for name, _ in told} == names
    labels = {one._name: ", ".join(one._labelnames) for one in registry._collector_to_names}  # type: ignore[attr-defined]
    assert dict(told) == labels


def test_each_decision_is_numbered_once_and_in_one_form() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text("utf-8")
        for part in ("# ", "## Context", "## Decision", "## Alternatives"):
            assert part in text, f"{page.name} lacks {part}"
