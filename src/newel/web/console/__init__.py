"""The console: one module per word, each thin over ``flow`` and ``store.views``."""

from newel.web.console import access, frame, kill_switch, knowledge, policy, search, wallboard

WORDS = (access, frame, wallboard, search, kill_switch, policy, knowledge)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
