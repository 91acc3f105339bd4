"""The times of an industry, taken over by one word and changed entry by entry (SLA-1)."""

import re
from typing import Any

import pytest
from tests.docs.house import ROOT
from tests.domain.policy.documents import KNOWN, STANDARD, line_of

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.check import check
from newel.domain.policy.diff import compare, may_be_emergency
from newel.domain.policy.parse import load_bundle, load_document
from newel.domain.policy.problem import BrokenPolicy
from newel.domain.policy.reading import read
from newel.domain.sla import Kind, spec
from newel.domain.words import Industry, Priority

BARE = re.sub(r"(?s)  targets:\n.*?  approval_minutes", "  preset: PRESET\n  approval_minutes", STANDARD)
DAY = 8 * 60
"""The business day of the standard calendar."""
TIMES: dict[str, tuple[tuple[int, bool], ...]] = {
    "financial_services": ((60, True), (240, True), (DAY, False)),
    "insurance": ((240, True), (DAY, False), (DAY, False)),
    "healthcare": ((60, True), (240, True), (DAY, False)),
    "legal_services": ((120, True), (240, True), (DAY, False)),
    "government": ((60, True), (2 * DAY, False), (2 * DAY, False)),
    "retail_banking": ((60, True), (240, True), (DAY, False)),
}


def policy(preset: str, more: str = "") -> Bundle:
    return load_bundle(written(preset, more), "p.yaml")


def written(preset: str, more: str = "") -> str:
    return BARE.replace("PRESET", f"{preset}\n{more}".rstrip())


@pytest.mark.parametrize("industry", Industry)
def test_SLA_1_an_industry_gives_its_targets(industry: Industry) -> None:
    assert check(load_document(written(industry), "p.yaml"), KNOWN) == ()
    sla = policy(industry).sla
    found = [spec(sla, Kind.RESOLUTION, priority) for priority in Priority]
    assert tuple((one.minutes, not one.business) for one in found) == TIMES[industry]
    assert spec(sla, Kind.RESOLUTION, Priority.P1, "safety").minutes == 15
    assert {one.owner for one in (*sla.targets.values(), *sla.presets.values())} == {"Head of support"}


def test_SLA_1_one_entry_of_an_industry_is_the_policys_own() -> None:
    mine = """  targets:
    P2: {resolution_minutes: 300, first_response_minutes: 30, next_response_minutes: 30,
         owner: Somebody else, date: 2026-11-21}
  presets:
    safety: {resolution_minutes: 10, first_response_minutes: 5, next_response_minutes: 5,
             owner: Somebody else, date: 2026-11-21}"""
    sla = policy("insurance", mine).sla
    assert (sla.targets["P1"].resolution_minutes, sla.targets["P2"].resolution_minutes) == (240, 300)
    assert sla.targets["P3"].resolution_minutes == DAY
    assert spec(sla, Kind.RESOLUTION, Priority.P1, "safety").minutes == 10


def test_SLA_1_a_longer_business_day_makes_longer_targets() -> None:
    longer = written("government").replace('mon: ["09:00-17:00"]', 'mon: ["08:00-18:00"]')
    assert load_bundle(longer, "p.yaml").sla.targets["P2"].resolution_minutes == 2 * 10 * 60


@pytest.mark.parametrize(
    ("text", "part", "says"),
    [
        (written("insurence"), "preset: insurence", 'did you mean "insurance"?'),
        (BARE.replace("  preset: PRESET\n", ""), "\nsla:", '"P1" is missing'),
    ],
)
def test_SLA_1_a_misspelt_industry_and_missing_targets_are_named(text: str, part: str, says: str) -> None:
    try:
        found: Any = check(load_document(text, "p.yaml"), KNOWN)
    except BrokenPolicy as broken:
        found = broken.problems
    (one,) = [one for one in found if says in str(one)]
    assert abs(one.line - line_of(text, part)) <= 1


def test_SLA_1_a_reader_sees_the_times_as_they_come_out() -> None:
    rows = next(one.rows for one in read(policy("legal_services")) if one.key == "sla")
    told = {str(row.name): str(row.words) for row in rows}
    assert told["Industry"].startswith("Legal services: the times below are its usual ones")
    assert told["P1"].startswith("Resolved within 2 h, first answer within 15 min")


def test_SLA_1_a_change_of_industry_is_told_by_the_times_that_change() -> None:
    changes = compare(policy("insurance"), policy("retail_banking"))
    told = {str(one.words): one.direction for one in changes if not one.clerical}
    assert told == {
        "Sla: targets.P1.resolution_minutes goes from 240 to 60.": "tighter",
        "Sla: targets.P2.around_the_clock goes from no to yes.": "tighter",
        "Sla: targets.P2.resolution_minutes goes from 480 to 240.": "tighter",
    }
    assert 'Sla: preset goes from "insurance" to "retail_banking".' in {str(one.words) for one in changes}
    assert may_be_emergency(changes)
    assert not may_be_emergency(compare(policy("retail_banking"), policy("insurance")))


def test_SLA_1_the_guide_lists_each_industry() -> None:
    guide = (ROOT / "docs/policy.md").read_text("utf-8")
    assert set(re.findall(r"(?m)^\| `([a-z_]+)` \| \d+ h", guide)) == set(Industry)
