"""The console: one module per word, each thin over ``flow`` and ``store.views``."""

from newel.web.console import access, approval

WORDS = (access, approval)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
