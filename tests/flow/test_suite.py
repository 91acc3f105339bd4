"""The suite: a version that fails it does not go live, and what runs is tried each day (QUA-7)."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import msgspec
import pytest
from tests.flow.company import session_of
from tests.flow.desk import Desk

from newel.domain.access import Role
from newel.domain.policy.parse import Source, included
from newel.domain.policy.problem import BrokenPolicy
from newel.domain.ports import Match
from newel.domain.scan.features import ScanInput
from newel.domain.scan.receipt import Receipt
from newel.domain.suite import SuiteFailed
from newel.domain.words import Tier
from newel.flow import policy, suite

NAME = "customer-support.yaml"
LOOSE = (
    "rule: {lexicon: [request], detector: explicit_request, above: request_floor}",
    "rule: {fact: prefers_human}",
)
TIGHT = ('  - "legally binding"\n', '  - "legally binding"\n  - "on my word"\n')


class Deaf:
    """A scanner of a program that finds nothing."""

    def scan(self, message: ScanInput) -> Receipt:
        return Receipt(policy_version="v", tier_floor=Tier.AUTONOMOUS)

    def again(self, message: ScanInput) -> tuple[Any, ...]:
        return ()


class Taken:
    """Takes every message for one contact reason."""

    version = "test"

    def match(self, text: str) -> Match:
        return Match("stock_check", 0.99, calibrated=True)


def source(*changes: tuple[str, str]) -> Source:
    folder = files("newel.demo").joinpath("policy")
    text = folder.joinpath(NAME).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return Source(NAME, text, {one: folder.joinpath(one).read_text("utf-8") for one in included(text, NAME)})


async def signed(desk: Desk, *changes: tuple[str, str]) -> policy.policy.Version:
    draft = await policy.submit(desk.house, desk.staff["ivan"], source(*changes))
    for role, login in {"model_risk": "june", "legal_compliance": "esme", "policy_owner": "june"}.items():
        if role in draft.required:
            await policy.sign(desk.house, desk.staff[login], draft.id, Role(role), session_of(login))
    return draft


async def runs(desk: Desk) -> int:
    return (await policy.find(desk.house, "customer-support")).number


async def told(desk: Desk) -> Sequence[Any]:
    rows = await desk.rows(
        "SELECT address, data FROM newel.notice WHERE kind = 'suite.failed' ORDER BY address"
    )
    return [(row["address"], msgspec.json.decode(row["data"])["workflow"]) for row in rows]


async def test_QUA_7_a_draft_that_fails_its_suite_is_refused_with_the_line(desk: Desk) -> None:
    with pytest.raises(BrokenPolicy) as refused:
        await policy.submit(desk.house, desk.staff["ivan"], source(LOOSE))
    found = {one.path: one for one in refused.value.problems}
    assert "became ai, not request.person" in found["suite.request_curt"].message
    assert found["suite.request_curt"].file == "customer-support.suite.yaml"
    assert found["suite.request_curt"].line > 1
    assert "suite.lawyer_digits" not in found


async def test_an_AI_that_fails_takes_a_message_for_nothing(desk: Desk) -> None:
    broken = Taken()
    broken.match = lambda _text: 1 / 0  # type: ignore[assignment, return-value]
    desk.house = replace(desk.house, matcher_of=lambda _bundle: broken)
    with pytest.raises(BrokenPolicy, match="became ai: no contact reason, 0% sure, not order_status"):
        await policy.submit(desk.house, desk.staff["ivan"], source(TIGHT))


async def test_QUA_7_what_the_AI_takes_for_something_else_is_refused(desk: Desk) -> None:
    desk.house = replace(desk.house, matcher_of=lambda _bundle: Taken())
    with pytest.raises(BrokenPolicy, match="became ai: stock_check, 99% sure, not order_status"):
        await policy.submit(desk.house, desk.staff["ivan"], source(TIGHT))


async def test_QUA_7_a_signed_draft_that_fails_by_then_does_not_go_live(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await signed(desk, TIGHT)
    monkeypatch.setattr(suite, "compile_scanner", lambda *_: Deaf())
    with pytest.raises(SuiteFailed, match=r"customer-support/2 may not go live.* and \d+ more"):
        await policy.activate(desk.house, desk.staff["june"], draft.id)
    assert await runs(desk) == 1
    monkeypatch.undo()
    await policy.activate(desk.house, desk.staff["june"], draft.id)
    assert await runs(desk) == 2


async def test_what_tightens_in_an_emergency_waits_for_no_trial(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "compile_scanner", lambda *_: Deaf())
    draft = await policy.submit(desk.house, desk.staff["ivan"], source(TIGHT), emergency=True)
    await policy.activate(desk.house, desk.staff["ivan"], draft.id)
    assert await runs(desk) == 2


async def test_QUA_7_what_runs_is_tried_once_a_day(desk: Desk) -> None:
    for _ in range(2):
        await suite.watch(desk.house)
    [run] = await desk.rows("SELECT trials, failed FROM newel.suite_run")
    assert (run["trials"], await told(desk)) == (len(desk.bundle.suite), [])
    await desk.pass_time(days=1)
    await suite.watch(desk.house)
    assert len(await desk.rows("SELECT 1 FROM newel.suite_run")) == 2
    assert len(await desk.rows("SELECT 1 FROM newel.audit_event WHERE event = 'policy.tried'")) == 2


async def test_QUA_7_what_fails_of_what_runs_is_told_once(desk: Desk) -> None:
    running = replace(desk.house.in_force()["customer-support"], scanner=Deaf())
    desk.house = replace(desk.house, in_force=lambda: {"customer-support": running})
    for _ in range(2):
        await suite.watch(desk.house)
    [run] = await desk.rows("SELECT failed FROM newel.suite_run")
    assert {"request_curt", "fury"} <= set(run["failed"])
    assert "stock" not in run["failed"]
    assert await told(desk) == [
        ("role:policy_owner", "customer-support"),
        ("role:supervisor", "customer-support"),
    ]
