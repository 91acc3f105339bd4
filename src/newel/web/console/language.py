"""The languages that people write articles and saved texts in: chosen by name, never typed as a code."""

from newel.flow.language import offered
from newel.store.db import Tx
from newel.web.catalogue import SOURCE
from newel.web.request import Ask


async def languages(request: Ask, tx: Tx) -> list[str]:
    """Those that are offered, by name."""
    return sorted(await offered(request.house, tx), key=lambda code: (request.tongue.spoken(code), code))


def home(request: Ask) -> str:
    """The house's own: the first that its first policy serves; one that serves none has no say."""
    policies = sorted(request.house.in_force().items())
    return next((code for _, running in policies for code in running.bundle.languages), SOURCE)
