"""The desk: the pages (``pages``), what is said on them (``talk``), what is done with a case (``acts``)."""

from newel.web.console.desk import acts, pages, talk

ROUTES = [*pages.ROUTES, *talk.ROUTES, *acts.ROUTES]
