"""Resolution: the owner answers, waits for the customer, or ends the case (``owner``); silence ends it too.

What the owner sends (``says``) may be held for a few seconds, and be taken back until it is released
(``holding``); ``ending`` is how an episode ends, whoever ends it.
"""

from newel.flow.resolution.ending import contain, settle
from newel.flow.resolution.holding import let_go, release, undo
from newel.flow.resolution.owner import reply, resolve

__all__ = [
    "contain",
    "let_go",
    "release",
    "reply",
    "resolve",
    "settle",
    "undo",
]
