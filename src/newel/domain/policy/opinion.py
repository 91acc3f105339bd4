"""The second opinion: what a language model is asked of an answer that would leave without a person."""

from typing import Any, Final

import msgspec

from newel.domain.policy.entry import Entry

NONE: Final = "none"
"""It was asked, and names nothing."""
JUDGED: Final = "judged"
"""It was not asked: a person has looked at these messages and lowered the case."""
UNHEARD: Final = "unheard"
"""It was asked, and said nothing that could be understood."""


class Opinion(Entry, frozen=True, kw_only=True):
    """Who is asked, and what: ``when`` says in words, of triggers of this policy, what each is there for.

    ``seconds`` is the time for all tries together; ``options`` go along with each request as they are.
    """

    model: str
    when: dict[str, str]
    seconds: int = 10
    options: dict[str, Any] = msgspec.field(default_factory=dict)
