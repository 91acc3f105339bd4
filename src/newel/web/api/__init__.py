"""The API: one module per word, each with its request and response shapes and its handlers."""

from newel.web.api import (
    access,
    approval,
    chat,
    context,
    customer,
    delivery,
    draft,
    escalation,
    health,
    intake,
    kill_switch,
    miss,
    note,
    resolution,
    routing,
    support,
    trace,
)

WORDS = (
    health,
    access,
    intake,
    delivery,
    trace,
    approval,
    chat,
    routing,
    escalation,
    support,
    context,
    resolution,
    draft,
    miss,
    note,
    kill_switch,
    customer,
)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
