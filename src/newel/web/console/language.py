"""The languages that people write articles and saved texts in: chosen by name, never typed as a code."""

from newel.domain.errors import Invalid
from newel.store import knowledge as rows
from newel.store.db import Tx
from newel.web.catalogue import SOURCE
from newel.web.request import Ask


async def languages(request: Ask, tx: Tx) -> list[str]:
    """Those that a policy in force serves, that somebody speaks or that something is written in, by name."""
    served = {code for running in request.house.in_force().values() for code in running.bundle.languages}
    found = served.union(await rows.languages(tx))
    return sorted(found, key=lambda code: (request.tongue.spoken(code), code))


def home(request: Ask) -> str:
    """The house's own: the first that its first policy serves; one that serves none has no say."""
    policies = sorted(request.house.in_force().items())
    return next((code for _, running in policies for code in running.bundle.languages), SOURCE)


async def must_be_offered(request: Ask, code: str) -> None:
    """``Invalid`` for a language that no form offers."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        if code not in await languages(request, tx):
            raise Invalid(what="the language", why="choose one that is offered")
