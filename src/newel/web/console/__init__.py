"""The console: one module per word, each thin over ``flow`` and ``store.views``."""

from newel.web.console import (
    access,
    approval,
    desk,
    frame,
    kill_switch,
    knowledge,
    policy,
    quality,
    search,
    trace,
    wallboard,
)

WORDS = (access, frame, desk, approval, quality, wallboard, search, trace, knowledge, policy, kill_switch)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
