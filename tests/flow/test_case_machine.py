"""Anything that customers, the AI, approvers, systems and crashes do in any order, over the real database.

INV-1: no AI message is claimed after its case was locked, or under the kill switch. INV-4: no second
case opens beside an open one of a conversation, whoever writes in it. INV-7: no case in limbo.
INV-11: at most one effect for a proposal, and none that is not known here or asked about.
INV-12: each effect has its authority, and the caps hold over there.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.flow.desk import MARKER, PERSON, REFUND, RESET, RESHIP, STATUS, Desk, database_of, open_desk

from conftest import Server
from newel.domain.errors import NewelError
from newel.flow import kill_switch

T = TypeVar("T")
SETTINGS = settings(max_examples=8, stateful_step_count=10, suppress_health_check=list(HealthCheck))
TEXTS = st.sampled_from([STATUS, REFUND, REFUND, RESHIP, RESET, MARKER, PERSON, "thank you"])
REFERENCES = ("C0017", "C0012", "C0018", "C0020")
REFS = st.sampled_from(REFERENCES)
SENDERS = st.sampled_from(
    [("", "b1"), ("", "b2"), ("C0012", ""), ("C0017", "b1"), ("C0018", "b2"), ("C0018", "")]
)
LEFT_OUT = st.sampled_from([(), (), ("delivery",), ("action",), ("answer",)])
DECISIONS = st.sampled_from(["approve", "approve", "approve", "reject", "edit"])
HANGS = 600.0
"""Seconds within which what is late lands: half of what the house waits for it."""
HOWS = st.sampled_from(["ok", "lost", "late", "late", "away", "refuse", "dies_before", "dies_after"])
APPROVERS = st.sampled_from(["amara", "esme", "ben"])

LATE = """
SELECT c.seq FROM newel.audit_event c
JOIN newel.outbox o ON o.id::text = c.entity_id JOIN newel.message m ON m.id = o.message_id
WHERE c.event = 'outbox.claimed' AND m.author = 'ai' AND EXISTS (
    SELECT FROM newel.audit_event l WHERE l.case_id = c.case_id AND l.seq < c.seq
    AND l.entity = 'case' AND (l.data->>'tier')::int = 3
    AND l.seq > coalesce((SELECT max(r.seq) FROM newel.audit_event r WHERE r.case_id = c.case_id
        AND r.seq < c.seq AND r.event = 'case.reopened'), 0))
"""
STOPPED = """
SELECT c.seq FROM newel.audit_event c
JOIN newel.outbox o ON o.id::text = c.entity_id JOIN newel.message m ON m.id = o.message_id
WHERE c.event = 'outbox.claimed' AND m.author = 'ai' AND
    (SELECT k.event FROM newel.audit_event k WHERE k.entity = 'kill_switch' AND k.seq < c.seq
     ORDER BY k.seq DESC LIMIT 1) = 'kill_switch.engaged'
"""
UNAUTHORISED = """
SELECT a.id FROM newel.action a WHERE a.attempts > 0 AND NOT CASE
    WHEN a.authority = 'approval' THEN EXISTS (
        SELECT FROM newel.approval p JOIN newel.staff s ON s.id = p.decided_by
        WHERE p.id = a.approval_id AND p.decided_at IS NOT NULL AND p.payload_mac = a.payload_mac
        AND p.proposal_id = a.proposal_id AND s.limit_minor >= a.amount_minor AND 'approver' = ANY (s.roles))
    ELSE EXISTS (SELECT FROM newel.policy_autonomous x WHERE x.policy_id = a.policy_id AND x.class = a.class)
    END
"""
OVER = """
SELECT customer_id FROM newel.action
WHERE (under_way OR state = 'confirmed') AND cap_minor IS NOT NULL
GROUP BY customer_id, class HAVING sum(amount_minor) > min(cap_minor)
"""
FORGOTTEN = """
SELECT a.id FROM newel.action a WHERE a.under_way AND NOT EXISTS (
    SELECT FROM newel.job j WHERE j.kind = 'action' AND j.subject_id = a.id AND j.state <> 'dead')
"""
SHARED = """
SELECT c.id FROM newel.cases c JOIN newel.conversation v ON v.id = c.conversation_id
WHERE c.customer_id <> v.customer_id
"""
TWO_OPEN = """
SELECT conversation_id FROM newel.cases WHERE state <> 'resolved' GROUP BY 1 HAVING count(*) > 1
"""
UNAUDITED = """
SELECT c.id FROM newel.cases c WHERE c.state <> (
    SELECT a.state FROM newel.audit_event a WHERE a.entity = 'case' AND a.entity_id = c.id::text
    AND a.state IS NOT NULL ORDER BY a.seq DESC LIMIT 1)
"""


class Life(RuleBasedStateMachine):
    """A desk on a database of its own, and a loop to run its steps in."""

    server: Server
    template: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.stops: list[UUID] = []
        self.desk = self.do(self._open())

    def do(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    async def _open(self) -> Desk:
        database = await self.stack.enter_async_context(database_of(self.server, self.template))
        desk = await open_desk(database)
        desk.books.hangs_for = HANGS
        return desk

    def teardown(self) -> None:
        self.do(self.stack.aclose())
        self.runner.close()

    @initialize(
        texts=st.lists(TEXTS, min_size=3, max_size=3),
        decision=DECISIONS,
        hows=st.lists(HOWS, max_size=3),
        left_out=LEFT_OUT,
    )
    def a_morning(self, texts: list[str], decision: str, hows: list[str], left_out: tuple[str, ...]) -> None:
        """Each customer writes, the AI answers or proposes, and a person decides."""
        for ref, text in zip(REFERENCES, [REFUND, *texts], strict=True):
            self.do(self.desk.say(text, ref=ref, thread=f"{ref}/0"))
        self.do(self.desk.drain())
        self.decide("amara", decision, hows, left_out)

    @rule(text=TEXTS, ref=REFS, n=st.integers(0, 2), left_out=LEFT_OUT)
    def write(self, text: str, ref: str, n: int, left_out: tuple[str, ...]) -> None:
        self.do(self.desk.say(text, ref=ref, thread=f"{ref}/{n}"))
        self.do(self.desk.drain(without=left_out))

    @rule(texts=st.lists(TEXTS, min_size=2, max_size=4), senders=st.lists(SENDERS, min_size=4, max_size=4))
    def write_under_one_name(self, texts: list[str], senders: list[tuple[str, str]]) -> None:
        """Senders become known, and names of threads collide."""
        for text, (ref, address) in zip(texts, senders, strict=False):
            self.do(self.desk.say(text, ref=ref, address=address, thread="shared"))
        self.do(self.desk.drain())

    @rule(ref=REFS, text=TEXTS, where=st.sampled_from(["thinking", "meanwhile", "leaving"]))
    def write_while_the_AI_works(self, ref: str, text: str, where: str) -> None:
        """The next look-up, call or delivery meets a message of a customer."""

        async def another() -> None:
            await self.desk.say(text, ref=ref, thread=f"{ref}/0")

        if where == "leaving":
            self.desk.inbox.meanwhile = another
        else:
            setattr(self.desk.books, where, another)

    @rule(left_out=LEFT_OUT)
    def work(self, left_out: tuple[str, ...]) -> None:
        self.do(self.desk.drain(without=left_out))

    @rule(seconds=st.sampled_from([30, 700, 4000, 90_000]))
    def wait(self, seconds: int) -> None:
        self.do(self.desk.pass_time(seconds=seconds))

    @rule()
    def leases_run_out(self) -> None:
        self.do(self.desk.expire_leases())

    @rule(login=APPROVERS, decision=DECISIONS, hows=st.lists(HOWS, max_size=3), left_out=LEFT_OUT)
    def somebody_decides(self, login: str, decision: str, hows: list[str], left_out: tuple[str, ...]) -> None:
        self.decide(login, decision, hows, left_out)

    def decide(self, login: str, decision: str, hows: list[str], left_out: tuple[str, ...]) -> None:
        """Whatever waits is decided, and what follows from it goes well or badly."""
        for row in self.do(self.desk.rows("SELECT id FROM newel.approval WHERE state = 'pending'")):
            more = {"text": "It is done."} if decision == "edit" else {}
            self.may_refuse(self.desk.decide(login, row["id"], decision, **more))
        self.desk.books.script = hows
        self.do(self.desk.drain(without=left_out))

    @rule()
    def late_effects_land(self) -> None:
        self.desk.books.land()

    @rule(ref=REFS, text=TEXTS, asked=st.booleans(), wait=st.sampled_from([0, 30, 700]))
    def a_call_is_late_and_the_customer_writes_meanwhile(
        self, ref: str, text: str, asked: bool, wait: int
    ) -> None:
        """It is asked about or not before the message, and lands afterwards."""
        self.decide("amara", "approve", ["late", "late"], ())
        if asked:
            self.do(self.desk.drain())
        self.do(self.desk.say(text, ref=ref, thread=f"{ref}/0"))
        self.do(self.desk.drain())
        self.do(self.desk.pass_time(seconds=wait))
        self.do(self.desk.drain())
        self.desk.books.land()

    @rule(n=st.integers(1, 3))
    def the_channel_is_away(self, n: int) -> None:
        self.desk.inbox.refusals = n

    @rule()
    def stop(self) -> None:
        if not self.stops:
            made = kill_switch.engage(
                self.desk.house, self.desk.staff["ivan"], workflow=None, contact_reason=None, reason="test"
            )
            self.stops.append(self.do(made))

    @rule()
    def go_on(self) -> None:
        if self.stops:
            self.do(kill_switch.release(self.desk.house, self.desk.staff["ivan"], self.stops.pop()))

    def may_refuse(self, step: Coroutine[Any, Any, Any]) -> None:
        try:
            self.do(step)
        except NewelError:
            return

    def none(self, query: str) -> None:
        assert self.do(self.desk.rows(query)) == []

    @invariant()
    def INV_1_no_AI_message_is_claimed_after_the_lock_or_the_stop(self) -> None:
        self.none(LATE)
        self.none(STOPPED)

    @invariant()
    def INV_4_a_conversation_is_one_customers_with_one_open_case(self) -> None:
        self.none(SHARED)
        self.none(TWO_OPEN)

    @invariant()
    def INV_7_no_case_is_in_limbo(self) -> None:
        self.none("SELECT id, state FROM newel.limbo")
        self.none(UNAUDITED)

    @invariant()
    def INV_11_each_proposal_has_one_effect_at_most(self) -> None:
        keys = [request.key for request in self.desk.books.ledger]
        assert len(keys) == len(set(keys))
        rows = self.do(self.desk.rows("SELECT id FROM newel.action WHERE under_way OR state = 'confirmed'"))
        assert set(keys) <= {str(row["id"]) for row in rows}
        self.none(FORGOTTEN)
        self.none("SELECT proposal_id FROM newel.action WHERE state <> 'void' GROUP BY 1 HAVING count(*) > 1")

    @invariant()
    def INV_12_each_effect_has_its_authority_and_the_caps_hold(self) -> None:
        claimed = {
            str(row["id"])
            for row in self.do(self.desk.rows("SELECT id FROM newel.action WHERE attempts > 0"))
        }
        assert {request.key for request in self.desk.books.ledger} <= claimed
        self.none(UNAUTHORISED)
        self.none(OVER)
        self.none_over_the_cap_over_there()

    def none_over_the_cap_over_there(self) -> None:
        """Counted by what has happened at the other side alone."""
        rows = self.do(self.desk.rows("SELECT id, customer_id, class, cap_minor FROM newel.action"))
        capped = {str(row["id"]): row for row in rows if row["cap_minor"] is not None}
        spent, cap = Counter[Any](), dict[Any, int]()
        for request in self.desk.books.ledger:
            if row := capped.get(request.key):
                whose = (row["customer_id"], row["class"])
                spent[whose] += request.args["amount_minor"]
                cap[whose] = min(cap.get(whose, row["cap_minor"]), row["cap_minor"])
        assert all(spent[whose] <= cap[whose] for whose in spent)


def test_INV_1_INV_4_INV_7_INV_11_INV_12_whatever_happens_in_any_order(server: Server, company: str) -> None:
    Life.server, Life.template = server, company
    run_state_machine_as_test(Life, settings=SETTINGS)
