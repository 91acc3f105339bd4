"""The API: one module per word, each with its request and response shapes and its handlers."""

from newel.web.api import (
    access,
    approval,
    customer,
    delivery,
    health,
    intake,
    kill_switch,
    routing,
    trace,
)

WORDS = (health, access, intake, delivery, trace, approval, routing, kill_switch, customer)
ROUTES = [handler for word in WORDS for handler in word.ROUTES]
