"""The languages of a house: what its people may write articles and saved texts in."""

from newel.domain import language as rule
from newel.flow.house import House
from newel.store import knowledge as rows
from newel.store.db import Tx


async def offered(house: House, tx: Tx) -> set[str]:
    """Those that a policy in force serves, that somebody speaks or that something is written in."""
    served = {code for running in house.in_force().values() for code in running.bundle.languages}
    return served.union(await rows.languages(tx))


async def must_be_offered(house: House, tx: Tx, code: str) -> None:
    """Raise ``Invalid`` for any other."""
    rule.must_be_offered(code, await offered(house, tx))
