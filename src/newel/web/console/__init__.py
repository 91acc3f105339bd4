"""The console: one module per word, each thin over ``flow`` and ``store.views``."""

from newel.web.console import (
    access,
    approval,
    attachment,
    desk,
    explain,
    frame,
    kill_switch,
    knowledge,
    merge,
    overflow,
    playbook,
    policy,
    quality,
    saved_view,
    search,
    tour,
    trace,
    wallboard,
)

WORDS = (
    access,
    frame,
    desk,
    saved_view,
    merge,
    approval,
    quality,
    wallboard,
    overflow,
    search,
    trace,
    attachment,
    knowledge,
    playbook,
    policy,
    explain,
    kill_switch,
    tour,
)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
