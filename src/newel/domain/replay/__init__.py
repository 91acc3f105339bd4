"""Replay: past tickets as they would be handled today, counted; nothing is sent (INS-6, INT-6)."""

from newel.domain.replay.earlier import Earlier
from newel.domain.replay.report import Report, Run, Setting
from newel.domain.replay.tally import Tally
from newel.domain.replay.values import LineError, Rates, Result, Ticket

__all__ = ["Earlier", "LineError", "Rates", "Report", "Result", "Run", "Setting", "Tally", "Ticket"]
