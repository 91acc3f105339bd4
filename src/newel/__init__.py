"""Newel: tiered customer operations. AI does the routine, people decide what needs judgment."""

__version__ = "0.1.0"
