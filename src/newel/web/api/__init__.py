"""The API: one module per word, each with its request and response shapes and its handlers."""

from newel.web.api import (
    access,
    approval,
    context,
    customer,
    delivery,
    draft,
    escalation,
    health,
    intake,
    kill_switch,
    macro,
    miss,
    note,
    resolution,
    routing,
    support,
    survey,
    trace,
)

WORDS = (
    health,
    access,
    intake,
    delivery,
    trace,
    approval,
    routing,
    escalation,
    support,
    context,
    resolution,
    draft,
    macro,
    miss,
    survey,
    note,
    kill_switch,
    customer,
)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
