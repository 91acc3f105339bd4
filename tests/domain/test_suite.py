"""The suite as a rule: what a message became, and whether that is what the policy says (QUA-7)."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.policy.documents import ACTS, STANDARD

from newel.domain.policy.parse import load_bundle
from newel.domain.policy.reading import read
from newel.domain.policy.suite import Trial
from newel.domain.ports import Match
from newel.domain.scan.receipt import Marker, Receipt, failure_receipt
from newel.domain.suite import Failure, failure, told
from newel.domain.words import Assist, Cluster, Priority, Tier

POLICY = load_bundle(STANDARD + ACTS, "policy.yaml")
LEGAL, REPEAT = "legal.dictionary", "repeat.contact"
REASON = "order_status"


def trial(becomes: str) -> Trial:
    return Trial(say="My lawyer will write", becomes=becomes, owner="Esme", date=date(2026, 11, 28))


def receipt(*triggers: str, floor: Tier = Tier.HUMAN) -> Receipt:
    markers = tuple(
        Marker(one, Cluster.LEGAL, floor, True, Priority.P2, Assist.NONE, (), False, "", ())
        for one in triggers
    )
    return Receipt(policy_version="v", tier_floor=floor if triggers else Tier.AUTONOMOUS, markers=markers)


def match(reason: str | None = REASON, sure: float = 0.95, calibrated: bool = True) -> Match:
    return Match(reason, sure, calibrated)


@pytest.mark.parametrize(
    ("becomes", "scan", "found"),
    [
        ("person", receipt(LEGAL), None),
        ("person", receipt(), "ai"),
        ("person", receipt(LEGAL, floor=Tier.SUPERVISED), f"ai: {LEGAL}"),
        ("ai", receipt(), None),
        ("ai", receipt(LEGAL, floor=Tier.SUPERVISED), None),
        ("ai", receipt(LEGAL), f"person: {LEGAL}"),
        (LEGAL, receipt(REPEAT, LEGAL), None),
        (LEGAL, receipt(REPEAT), f"person: {REPEAT}"),
    ],
)
def test_QUA_7_a_trial_fails_where_the_scan_says_something_else(
    becomes: str, scan: Receipt, found: str | None
) -> None:
    said = failure("law", trial(becomes), scan, None, POLICY)
    assert said == (Failure("law", becomes, found) if found else None)


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        (match(), True),
        (match(sure=0.2, calibrated=False), True),
        (match("refund_status"), False),
        (match(None), False),
        (match(sure=0.2), False),
        (None, True),
    ],
)
def test_QUA_7_a_trial_fails_where_the_AI_takes_it_for_something_else(
    asked: Match | None, right: bool
) -> None:
    assert (failure("status", trial(REASON), receipt(), asked, POLICY) is None) == right
    assert failure("status", trial(REASON), receipt(LEGAL), asked, POLICY) is not None


@given(st.sampled_from(["person", "ai", LEGAL, REASON]))
def test_a_scan_that_failed_is_right_for_no_trial(becomes: str) -> None:
    said = failure("any", trial(becomes), failure_receipt("v", "ValueError"), match(), POLICY)
    assert said is not None
    assert said.found == "person: the scan failed"


def test_the_first_three_are_told_and_how_many_more() -> None:
    many = tuple(Failure(f"t{n}", "person", "ai") for n in range(5))
    assert told(many[:1]) == "t0 (person became ai)"
    assert told(many).endswith("t2 (person became ai); and 2 more")


def test_the_suite_is_read_with_the_policy() -> None:
    after = msgspec.structs.replace(trial("ai"), after=("Hello",))
    suite = {"law": trial(LEGAL), "person": trial("person"), "order": trial(REASON), "after": after}
    [section] = [one for one in read(msgspec.structs.replace(POLICY, suite=suite)) if one.key == "suite"]
    assert [str(row.words) for row in section.rows] == [
        "“Legal words” must fire.",
        "A person must read it.",
        "The AI takes it for “How far is my order”.",
        "The scan leaves it to the AI, after “Hello”.",
    ]
