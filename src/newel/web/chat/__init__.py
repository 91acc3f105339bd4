"""The customer's chat: the script for a site and the page that it shows (``page``), what that page reads
(``view``), and what it does (``acts``).

The page acts in the name of a signed pass in a header, and only on the conversation of that pass;
what it is told holds no trigger, score, tier or priority (SEC-7).
"""

from newel.web.chat import acts, page
from newel.web.chat.acts import COME, REQUEST, WRITE
from newel.web.chat.view import WAITS, conversation, spoken, view_of

__all__ = ["COME", "REQUEST", "ROUTES", "WAITS", "WRITE", "spoken", "view_of"]

ROUTES = [
    page.loader,
    page.window,
    acts.come_in,
    conversation,
    acts.say,
    acts.upload,
    acts.attached,
    acts.discard,
    acts.ask_for_person,
    acts.helped,
    acts.prefer,
    acts.say_how_it_went,
    acts.typing,
    acts.seen,
]
