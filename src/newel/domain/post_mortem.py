"""Post-mortems: why the scan passed a miss, and what is done; a new marker is a draft of the policy."""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import mask
from newel.domain.errors import Conflict, Invalid
from newel.domain.mask import Known
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import INCLUDE, Source, included
from newel.domain.policy.triggers import Trigger
from newel.domain.sentence import Sentence
from newel.domain.words import Assist, Cluster, Priority

FILE: Final = "post-mortems.yaml"
"""The sibling of a policy's file that holds the markers which post-mortems added."""
_BY_HAND: Final = Sentence("add %(file)s to its include by hand first")
_FLOW: Final = re.compile(rf"^{INCLUDE}:[ \t]*\[", re.MULTILINE)
_BLOCK: Final = re.compile(rf"^{INCLUDE}:[^\S\n]*(?:#[^\n]*)?\n(?=([ \t]*)- )", re.MULTILINE)
_HEAD: Final = re.compile(r"\A(?:%[^\n]*\n)*(?:---[^\S\n]*\n)?")


class Why(StrEnum):
    """Why the scan passed it."""

    NOT_SEEN = "not_seen"
    BELOW_THRESHOLD = "below_threshold"
    MARKER_MISSING = "marker_missing"
    SPARED = "spared"
    ROUTING = "routing"


class Measure(StrEnum):
    """What is done about it."""

    MARKER = "marker"
    THRESHOLD = "threshold"
    PLAYBOOK = "playbook"
    NOTHING = "nothing"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A post-mortem: what was missed and why; what is done, or why nothing is.

    ``phrases`` are those of a new marker; ``like`` names the trigger whose effect it takes, without
    it that of the first of its cluster.
    """

    why: Why
    missed: str
    measure: Measure
    remedy: str
    phrases: tuple[str, ...] = ()
    like: str = ""


def name_of(post_mortem_id: UUID) -> str:
    """How policies name it: ``PM-1a2b3c4d``."""
    return f"PM-{str(post_mortem_id)[:8]}"


def must_say(told: Told) -> None:
    """What was missed and what is done are said; phrases come with a marker, and with nothing else."""
    if not told.missed.strip():
        raise Invalid(what="missed", why="say in a few words what was missed")
    if not told.remedy.strip():
        raise Invalid(what="remedy", why="say what is done about it, or why nothing is")
    if (told.measure is Measure.MARKER) != any(one.strip() for one in told.phrases):
        raise Invalid(what="phrases", why="a new marker has phrases, and nothing else has")


def must_be_writable(post_mortem_id: UUID, state: str, erased: bool) -> None:
    """It is open, and its customer is not erased: no key is left that what is said could be sealed with."""
    if state == "written":
        raise Conflict(what=f"post-mortem {post_mortem_id}", state="written", why="somebody else was first")
    if state == "closed" or erased:
        why = "its customer's texts were erased"
        raise Conflict(what=f"post-mortem {post_mortem_id}", state="closed", why=why)


def masked(told: Told, known: Known) -> Told:
    """What is kept of it: nothing names the customer.

    A phrase is refused and not masked: a marker for the mask would match nobody's words.
    """
    phrases = tuple(filter(None, (one.strip() for one in told.phrases)))
    if any(mask.secrets(one, known) for one in phrases):
        raise Invalid(what="phrases", why="one of them names the customer, and a policy is for all to read")
    missed, remedy = (mask.masked_text(one.strip(), known) for one in (told.missed, told.remedy))
    return msgspec.structs.replace(told, missed=missed, remedy=remedy, phrases=phrases)


def with_marker(
    source: Source, bundle: Bundle, named: str, cluster: Cluster, told: Told, today: date
) -> Source:
    """The policy's files with one more marker, that names its post-mortem and is like another one."""
    key = f"{cluster.value}.{named.lower().replace('-', '_')}"
    entry = msgspec.json.encode(_marker(bundle, named, cluster, told, today)).decode()
    line = f"  {key}:\n    {entry}\n"
    if FILE in source.includes:
        before = source.includes[FILE]
        return _of(source, source.text, before if before.endswith("\n") else before + "\n", line)
    head = "# Markers that post-mortems of misses added, each with the name of its own.\ntriggers:\n"
    return _of(source, _including(source), head, line)


def _of(source: Source, text: str, before: str, line: str) -> Source:
    return Source(source.name, text, {**source.includes, FILE: before + line})


def _including(source: Source) -> str:
    """The main file with the new one among what it includes, and nothing else of it changed."""
    found, text = _FLOW.search(source.text), source.text
    block = _BLOCK.search(text)
    if found:
        rest = text[found.end() :]
        more = "" if rest.lstrip().startswith("]") else ", "
        text = f"{text[: found.end()]}{FILE}{more}{rest}"
    elif block:
        text = f"{text[: block.end()]}{block.group(1)}- {FILE}\n{text[block.end() :]}"
    else:
        head = _HEAD.match(text)
        at = head.end() if head else 0
        text = f"{text[:at]}{INCLUDE}: [{FILE}]\n{text[at:]}"
    if FILE not in included(text, source.name):
        raise Invalid(what="the policy's file", why=_BY_HAND.of(file=FILE))
    return text


def _marker(bundle: Bundle, named: str, cluster: Cluster, told: Told, today: date) -> dict[str, Any]:
    """A locking marker by phrases, with the effect of the trigger that it is like."""
    like = model(bundle, cluster, told.like)
    effect: dict[str, Any] = {"priority": Priority.P2.name, "assist": Assist.SUMMARISE.name.lower()}
    if like is not None:
        effect = {"priority": like.priority.name, "assist": like.assist.name.lower()}
        effect |= {"skills": like.skills, "regulated": like.regulated, "preset": like.preset}
    rule = {"phrases": _phrases(told.phrases)}
    owner = {"owner": bundle.owners.improvement, "date": today, "post_mortem": named}
    return {"cluster": cluster, "floor": 3, "lock": True, **effect, "rule": rule, **owner}


def _phrases(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in given if one.strip()))


def model(bundle: Bundle, cluster: Cluster, like: str) -> Trigger | None:
    """The trigger whose effect a new marker takes; ``Invalid`` for one that is no marker of the policy."""
    if like:
        found = bundle.triggers.get(like)
        if found is None or not found.lock:
            raise Invalid(what="like", why="name a marker of the policy that runs")
        return found
    return next((one for one in bundle.triggers.values() if one.cluster is cluster and one.lock), None)
