"""The AI is away: how long an answer may wait for it before a person does the work (OPS-8)."""

from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = timedelta(minutes=2)
"""How long nothing may be decided while answers are due; also how long one that fails is tried again."""
FAILED_OFTEN: Final = 5
"""Tries after which an answer that is overdue counts as failing by itself, whatever the AI does else."""
REASON: Final = "ai_away"


def since(now: datetime) -> datetime:
    """What was due before this time is overdue."""
    return now - PATIENCE
