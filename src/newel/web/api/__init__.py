"""The API: one module per word, each with its request and response shapes and its handlers."""

from newel.web.api import access, health

ROUTES = [*health.ROUTES, *access.ROUTES]
