"""The console: one module per word, each thin over ``flow`` and ``store.views``."""

from newel.web.console import access, search

WORDS = (access, search)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
