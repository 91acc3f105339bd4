"""What a reviewer decides on an answer that waits for them: release, correct, or return (QUA-3)."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

from newel.domain.errors import Conflict, Invalid
from newel.domain.quality.scorecard import Mark, Score
from newel.domain.words import Cluster

Ruling = Literal["release", "correct", "return"]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answers to the scorecard, and what the reviewer says besides.

    ``remark`` is for the record, and for whoever gets a returned case; ``coaching`` is for whose work
    it was. ``text`` is a corrected answer, ``to`` the person to whom the case is returned. ``missed`` is the
    cluster of a trigger that the scan should have seen, where a sampled case should have been T3.
    """

    marks: Mapping[str, Mark]
    remark: str = ""
    coaching: str = ""
    text: str = ""
    to: UUID | None = None
    missed: Cluster | None = None


def must_pass(ruling: Ruling, score: Score, review: UUID) -> None:
    """A failed check never releases: the answer is corrected, or a person gets the case."""
    if ruling == "release" and not score.passed:
        raise Conflict(what=f"review {review}", state="failed", why="correct the answer, or return the case")


def must_say(kind: str, ruling: Ruling | None, said: Verdict) -> None:
    """What has to be said in words: why a case returns, what a miss teaches, what is sent instead."""
    if ruling == "return" and not said.remark.strip():
        raise Invalid(what="remark", why="say what is wrong, for whoever gets the case")
    if ruling == "correct" and not said.text.strip():
        raise Invalid(what="text", why="a corrected answer may not be empty")
    if kind == "miss" and not said.remark.strip():
        raise Invalid(what="remark", why="say why it was missed, and whether a marker should be added")


def must_find(kind: str, work: str, cluster: Cluster | None, *, flagged: bool) -> None:
    """Only the sampled work of an AI that no marker had stopped can have been missed."""
    if cluster is None:
        return
    if kind != "sample" or work == "person":
        raise Invalid(what="missed", why="only a sampled answer of the AI can have been missed")
    if flagged:
        raise Invalid(what="missed", why="a marker made it T3 already")
