"""The desk: its pages, what is said on them (``talk``), what is done with a case, or ``several``."""

from newel.web.console.desk import acts, pages, several, talk

ROUTES = [*pages.ROUTES, *talk.ROUTES, *acts.ROUTES, *several.ROUTES]
