"""A package begins with its work item, and is filled as what it waits for comes."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from newel.domain import context as rule
from newel.domain.access import system
from newel.domain.context import (
    REMOTE,
    Part,
)
from newel.domain.errors import Unavailable
from newel.flow.context.own import Own, fill_own
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import context as rows
from newel.store import customer as customers
from newel.store import job as jobs
from newel.store.case import Case
from newel.store.context import Gap
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.job import Job
from newel.store.routing import WorkItem

ASSEMBLER: Final = system("context")


async def begin(tx: Tx, case: Case, item: WorkItem) -> None:
    """The package of a new work item, and the job that fills it."""
    parts = rule.parts(case.assist)
    package = await rows.begin(tx, case, item.id, parts, tx.now + rule.DEADLINE)
    await jobs.add(tx, "context", case_id=case.id, subject_id=package, priority=int(item.priority))


async def renew(tx: Tx, item: WorkItem, parts: Sequence[Part] = rule.OF_A_MESSAGE) -> None:
    """The customer has written again, or was answered: what that changes is made anew."""
    package = await rows.renew(tx, item.id, parts)
    if package:
        await jobs.add(tx, "context", case_id=item.case_id, subject_id=package, priority=int(item.priority))


async def fill(house: House, job: Job) -> None:
    """Fill what this house knows at once; then ask the others, and name what does not come."""
    package_id = job.subject_id
    assert package_id is not None, "the job names its package"  # noqa: S101
    async with house.db.tx(ASSEMBLER) as tx:
        case = await cases.read(tx, (await rows.package(tx, package_id)).case_id)
        running = await house.running(tx, case.workflow)
        customer = await customers.read(tx, house.envelope, case.customer_id)
        missing = await rows.missing(tx, package_id)
        await fill_own(Own(tx, house, case, customer), package_id, missing)
    asked = {part: tries for part, tries in missing.items() if part in REMOTE}
    said = {part: await _ask(running, customer, tries) for part, tries in asked.items()}
    async with house.db.tx(ASSEMBLER) as tx:
        await rows.put(tx, house.envelope, case, package_id, said)
        await _try_again(tx, case, package_id)
        await jobs.done(tx, job)


async def _ask(running: Running, customer: Customer, attempts: int) -> Any:
    """The customer's history from the operator's system, or the gap's name."""
    call = rule.history_call(running.bundle)
    if call is None or not customer.profile.ref:
        return {"contacts": [], "note": rule.NO_SUCH_SYSTEM}
    try:
        async with asyncio.timeout(rule.wait(attempts).total_seconds()):
            found = await running.systems.look_up(call, rule.history_args(customer.profile.ref))
    except TimeoutError:
        return Gap(rule.NOT_IN_TIME)
    except Unavailable:
        return Gap(rule.UNAVAILABLE)
    if found is None:
        return {"contacts": []}
    return {**found.values, "source": found.source, "read_at": found.read_at}


async def _try_again(tx: Tx, case: Case, package_id: UUID) -> None:
    """Gaps are filled in when what is missing comes."""
    missing = await rows.missing(tx, package_id)
    later = rule.again_after(max(missing.values(), default=0))
    if later:
        await jobs.add(tx, "context", at=tx.now + later, case_id=case.id, subject_id=package_id)
