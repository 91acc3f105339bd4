"""The languages that articles and saved texts may be written in."""

from collections.abc import Collection
from typing import Final

from newel.domain.errors import Invalid
from newel.domain.sentence import Sentence

_CHOOSE: Final = Sentence("choose one of these: %(languages)s")


def must_be_offered(code: str, offered: Collection[str]) -> None:
    """Raise ``Invalid`` for a language in which nobody here writes or reads; it names those that are."""
    if code not in offered:
        raise Invalid(what="the language", why=_CHOOSE.of(languages=", ".join(sorted(offered))))
