"""Rows of the tour: how far the case of a step has come."""

from newel.domain.tour import CHANNEL, Standing
from newel.store.db import Tx, sql


async def standing(tx: Tx, thread_mac: bytes) -> Standing | None:
    """The standing of the conversation's newest case; None before anybody wrote."""
    row = await tx.row(sql("tour").standing, CHANNEL, thread_mac)
    return Standing(**dict(row)) if row else None
