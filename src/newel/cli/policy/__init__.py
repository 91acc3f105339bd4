"""``newel policy``: its commands, how they run (``acting``), and what they tell (``telling``)."""

from newel.cli.policy.commands import app

__all__ = [
    "app",
]
