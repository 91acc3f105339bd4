"""Ports for what tests start: below those that the system hands out by itself, others for each worker.

A port that the system picked, and that is let go of before its server takes it, is soon somebody
else's: the server does not start, or the test speaks to another's.
"""

import itertools
import os
import socket

FIRST, EACH, WORKERS = 20_000, 2_000, 6
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
_mine = range(FIRST + _worker * EACH, FIRST + (_worker + 1) * EACH)
_next = itertools.islice(itertools.cycle(_mine), os.getpid() * 37 % EACH, None)


def free_port() -> int:
    """A loopback port that nobody listens on, and that this process has not given out lately."""
    return next(port for port in _next if _free(port))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
