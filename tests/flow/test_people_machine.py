"""Anything that people, the router and the clock do in any order, over the real database.

INV-6: one owner, and a stale token writes nothing. INV-7: no case in limbo. INV-8: nobody claims
a lower priority while a higher one waits for them. INV-9: each threshold once, none early, none
missed, whatever the number of clocks and however time jumps.
"""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from conftest import House, Server, database_url
from floor import EVERYBODY, P3, Floor, open_floor
from newel.domain.errors import NewelError, StaleToken
from newel.domain.resolution import Category, Resolution
from newel.domain.routing import Ask, qualified, qualified_as_generalist, takes
from newel.domain.words import Priority
from newel.flow import resolution, routing, sla
from newel.store import db
from newel.store import routing as rows

T = TypeVar("T")
SETTINGS = settings(
    max_examples=10,
    stateful_step_count=22,
    phases=(Phase.explicit, Phase.generate),  # each step is a database's: no hours of shrinking
    suppress_health_check=list(HealthCheck),
)
RING = [login for login in EVERYBODY if login not in {"hana"}]
PEOPLE = st.sampled_from(RING)
SKILLS = st.sampled_from([("orders",), ("complaints",), ("legal",), ()])
DONE = Resolution(category=Category.RESOLVED)
PERCENTS = (50, 75, 90, 100, 150)


class OnTheFloor(RuleBasedStateMachine):
    """A floor on a database of its own, and a loop to run its steps in."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.cases: list[UUID] = []
        self.tokens: dict[UUID, list[tuple[str, int]]] = {}
        self.floor = self.do(self._open())

    def do(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    async def _open(self) -> Floor:
        self.name = await self.server.clone()
        self.pool = await db.connect(database_url(self.server.app_url, self.name), size=6)
        floor = await open_floor(House(self.server, self.name, self.pool))
        for login in RING:
            await floor.signed_in(login)
        return floor

    async def _close(self) -> None:
        await self.pool.close()
        await self.server.drop(self.name)

    def teardown(self) -> None:
        self.do(self._close())
        self.runner.close()

    def pick(self, index: int) -> UUID | None:
        return self.cases[index % len(self.cases)] if self.cases else None


class Routing(OnTheFloor):
    @rule(priority=st.sampled_from(Priority), skills=SKILLS, regulated=st.booleans(), n=st.integers(1, 4))
    def escalate(self, priority: Priority, skills: tuple[str, ...], regulated: bool, n: int) -> None:
        order = replace(P3, priority=priority, skills=skills, regulated=regulated)
        self.cases += [self.do(self.floor.escalated(order)) for _ in range(n)]

    @rule(at=st.integers(0, 99), priority=st.sampled_from(Priority))
    def raise_(self, at: int, priority: Priority) -> None:
        case_id = self.pick(at)
        if case_id and self.do(self.floor.item(case_id)):
            self.do(self.floor.escalate(case_id, replace(P3, priority=priority)))

    @rule()
    def route(self) -> None:
        self.do(self.floor.work())
        self._remember()

    @rule(login=PEOPLE, available=st.booleans())
    def presence(self, login: str, available: bool) -> None:
        actor = self.floor.staff[login]
        self.do(routing.presence(self.floor.house, actor, UUID(actor.id), available=available))

    @rule(logins=st.lists(PEOPLE, min_size=1, max_size=6))
    def claim(self, logins: list[str]) -> None:
        for login in logins:
            best = self.do(self._best_for(login))
            try:
                won = self.do(routing.claim_next(self.floor.house, self.floor.staff[login]))
            except NewelError:
                continue
            assert (won.priority if won else None) == best
        self._remember()

    async def _best_for(self, login: str) -> Priority | None:
        """By the rule itself, over every waiting item: what this person should be given."""
        waiting = await self.floor.rows(
            "SELECT w.priority, w.general, b.language, b.skills, b.regulated, b.generalist"
            " FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket WHERE w.state = 'queued'"
        )
        async with self.floor.tx() as tx:
            person = await rows.person(tx, self.floor.id_of(login))
        found = []
        for row in waiting:
            ask = Ask(
                language=row["language"],
                skills=tuple(row["skills"]),
                regulated=row["regulated"],
                generalist=row["generalist"],
            )
            fit = qualified(person, ask) or (row["general"] and qualified_as_generalist(person, ask))
            if fit and takes(person, Priority(row["priority"]), ask.regulated):
                found.append(Priority(row["priority"]))
        return min(found, default=None)

    @rule(at=st.integers(0, 99), seconds=st.sampled_from([1, 30, 61, 3600, 9000]))
    def time(self, at: int, seconds: int) -> None:
        self.do(self.floor.pass_time(seconds=seconds))
        self.do(sla.fire(self.floor.house))

    @rule(at=st.integers(0, 99), login=PEOPLE)
    def assign(self, at: int, login: str) -> None:
        case_id = self.pick(at)
        if case_id:
            self._try(
                routing.assign(self.floor.house, self.floor.staff["ivan"], case_id, self.floor.id_of(login))
            )

    @rule(at=st.integers(0, 99), what=st.sampled_from(["resolve", "back", "snooze", "reply"]))
    def act(self, at: int, what: str) -> None:
        """With every token ever held: only the newest of a live owner writes anything."""
        case_id = self.pick(at)
        for login, token in self.tokens.get(case_id, []) if case_id else []:
            assert case_id is not None
            item = self.do(self.floor.item(case_id))
            stale = item is None or (self.floor.login_of(item.owner_id), item.token) != (login, token)
            before = self.do(self._changes(case_id))
            refused = self._try(self._step(what, login, case_id, token))
            if stale:
                assert isinstance(refused, StaleToken)
                assert self.do(self._changes(case_id)) == before
            elif refused is None:
                self._remember()

    def _step(self, what: str, login: str, case_id: UUID, token: int) -> Coroutine[Any, Any, Any]:
        house, actor = self.floor.house, self.floor.staff[login]
        match what:
            case "resolve":
                return resolution.resolve(house, actor, case_id, token, DONE)
            case "back":
                return routing.hand_back(house, actor, case_id, token, "somebody else, please")
            case "reply":
                return resolution.reply(house, actor, case_id, token, "Which one?", timedelta(hours=3))
            case _:
                return self._snooze(login, case_id, token)

    async def _snooze(self, login: str, case_id: UUID, token: int) -> None:
        async with self.floor.tx() as tx:
            until = tx.now + timedelta(minutes=20)
        await routing.snooze(self.floor.house, self.floor.staff[login], case_id, token, until)

    def _try(self, step: Coroutine[Any, Any, Any]) -> NewelError | None:
        try:
            self.do(step)
        except NewelError as refused:
            return refused
        self._remember()
        return None

    async def _changes(self, case_id: UUID) -> int:
        found = await self.floor.rows(
            "SELECT count(*) AS n FROM newel.audit_event WHERE case_id = $1", case_id
        )
        n: int = found[0]["n"]
        return n

    def _remember(self) -> None:
        for row in self.do(self.floor.rows("SELECT case_id, owner_id, token FROM newel.work_item")):
            login = self.floor.login_of(row["owner_id"])
            held = self.tokens.setdefault(row["case_id"], [])
            if login and (login, row["token"]) not in held:
                held.append((login, row["token"]))

    @invariant()
    def loads_are_true_and_within_capacity(self) -> None:
        wrong = self.do(
            self.floor.rows(
                "SELECT s.login, s.load FROM newel.staff s WHERE s.load > s.capacity OR s.load <> ("
                " SELECT count(*) FROM newel.work_item w"
                " WHERE w.owner_id = s.id AND w.state = 'owned' AND w.lane = 'normal')"
            )
        )
        assert not wrong

    @invariant()
    def no_case_is_in_limbo_and_none_has_two_owners(self) -> None:
        assert not self.do(self.floor.rows("SELECT * FROM newel.limbo"))
        twice = "SELECT case_id FROM newel.work_item WHERE state = 'owned' GROUP BY 1 HAVING count(*) > 1"
        assert not self.do(self.floor.rows(twice))


class Clock(OnTheFloor):
    """P1 and P2 run around the clock: what is due is plain arithmetic, done again here."""

    @rule(priority=st.sampled_from([Priority.P1, Priority.P2, Priority.P3]))
    def escalate(self, priority: Priority) -> None:
        self.cases.append(self.do(self.floor.escalated(replace(P3, priority=priority))))
        self.do(self.floor.work())

    @rule(minutes=st.sampled_from([1, 7, 20, 45, 90, 400]), clocks=st.integers(1, 4))
    def jump_and_tick(self, minutes: int, clocks: int) -> None:
        self.do(self.floor.pass_time(minutes=minutes))
        self.do(self._tick(clocks))
        for target in self.do(self._targets()):
            due = [p for p, at in self._moments(target) if at <= target["now"]]
            if target["state"] == "running":
                assert set(target["fired"]) >= set(due), "none is missed"

    async def _tick(self, clocks: int) -> None:
        await asyncio.gather(*(sla.fire(self.floor.house) for _ in range(clocks)))

    async def _targets(self) -> list[Any]:
        return await self.floor.rows(
            "SELECT t.*, newel.now() AS now, array(SELECT percent FROM newel.sla_alert a"
            " WHERE a.target_id = t.id ORDER BY percent) AS fired FROM newel.sla_target t"
        )

    def _moments(self, target: Any) -> list[tuple[int, datetime]]:
        if target["business_time"]:
            return list(zip(target["percents"], target["alert_ats"], strict=True))
        whole = timedelta(minutes=target["minutes"])
        return [(p, target["started_at"] + whole * p / 100 + target["paused"]) for p in PERCENTS]

    @rule(at=st.integers(0, 99), what=st.sampled_from(["wait", "write", "raise", "resolve"]))
    def act(self, at: int, what: str) -> None:
        case_id = self.pick(at)
        if case_id is None:
            return
        try:
            self.do(self._act(case_id, what))
        except NewelError:
            return

    async def _act(self, case_id: UUID, what: str) -> None:
        item = await self.floor.item(case_id)
        if item is None:
            return
        if what == "raise":
            await self.floor.escalate(case_id, replace(P3, priority=Priority.P1))
        elif what == "write":
            await self.floor.escalate(case_id, P3)
        elif item.owner_id:
            actor = self.floor.staff[self.floor.login_of(item.owner_id) or ""]
            house = self.floor.house
            if what == "wait":
                await resolution.reply(house, actor, case_id, item.token, "Which?", timedelta(hours=30))
            else:
                await resolution.resolve(house, actor, case_id, item.token, DONE)

    @invariant()
    def none_is_early_and_none_is_out_of_order(self) -> None:
        early = "SELECT * FROM newel.sla_alert WHERE fired_at < due_at"
        assert not self.do(self.floor.rows(early))
        for target in self.do(self._targets()):
            assert target["fired"] == list(PERCENTS[: len(target["fired"])])
            if not target["business_time"]:
                ends = dict(self._moments(target))
                assert dict(zip(target["percents"], target["alert_ats"], strict=True)) == ends


def run(machine: type[OnTheFloor], server: Server) -> None:
    machine.server = server
    run_state_machine_as_test(machine, settings=SETTINGS)  # type: ignore[no-untyped-call]


def test_INV_6_INV_7_INV_8_whatever_people_do_in_any_order(server: Server) -> None:
    run(Routing, server)


def test_INV_9_whatever_time_and_clocks_do(server: Server) -> None:
    run(Clock, server)
