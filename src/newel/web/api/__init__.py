"""The API: one module per word, each with its request and response shapes and its handlers."""

from newel.web.api import (
    access,
    approval,
    context,
    customer,
    delivery,
    escalation,
    health,
    intake,
    kill_switch,
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
    routing,
    escalation,
    support,
    context,
    resolution,
    note,
    kill_switch,
    customer,
)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
