"""The console: one module per word, each thin over ``flow`` and ``store.views``."""

from newel.web.console import (
    access,
    approval,
    desk,
    frame,
    kill_switch,
    knowledge,
    policy,
    saved_view,
    search,
    trace,
    wallboard,
)

WORDS = (access, frame, desk, saved_view, approval, wallboard, search, trace, knowledge, policy, kill_switch)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
