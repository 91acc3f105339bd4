"""``newel doctor``: says what is well, what is not, and what to do about it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from newel.config import Settings, read
from newel.domain.access import system
from newel.domain.errors import NewelError
from newel.store import doctor
from newel.store import policy as policies
from newel.store.customer import WrongKey
from newel.store.db import Tx

if TYPE_CHECKING:
    from newel.domain.policy.bundle import Bundle

_MOST_SKEW_SECONDS = 2.0
_MOST_LATE_SECONDS = 30.0
_MOST_SILENT_SECONDS = 15.0
_OLDEST_SERVER = 150000
_NO_WORKER = "start `newel work` (or `newel up`): until then nothing is answered, routed or delivered"
_NO_AI = "start `newel work` without `--except answer`; what the AI owes goes to people after two minutes"
_NO_COLLECTOR = (
    "it takes nothing: start it, or see OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP, as a rule port 4318); "
    "work goes on, its spans are lost"
)


_NO_LLM = "set NEWEL_LLM_URL (as http://localhost:11434/v1); until then a person approves each answer"
_NO_OPINION = (
    "see the model's name in the policy, NEWEL_LLM_URL and NEWEL_LLM_TOKEN_FILE; until it answers, "
    "a person approves each answer"
)
_ORDINARY = "Which sizes do you have this in?"
_HARM = "The heater caught fire and my son burnt his hand. I want to speak to a person and to my lawyer."
_OF_HARM = {"request.person", "legal.dictionary", "topic.safety"}
_NO_READER = (
    f'it is to say none of "{_ORDINARY}", and to name a rule for "{_HARM}": try another model, or other words'
)


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at; ``advice`` is empty when it is well."""

    what: str
    said: str
    advice: str = ""


def doctor_command() -> None:
    """Check settings, keys, database, schema, policies and dead letters.

    Example: newel doctor
    """
    findings = asyncio.run(_examine(read()))
    for finding in findings:
        mark = "!!" if finding.advice else "ok"
        typer.echo(f"{mark}  {finding.what}: {finding.said}")
        if finding.advice:
            typer.echo(f"      {finding.advice}")
    raise typer.Exit(1 if any(f.advice for f in findings) else 0)


async def _examine(settings: Settings) -> list[Finding]:
    from newel.bootstrap import open_office, pending_migrations

    findings = [*_keys(settings), _traces()]
    try:
        missing = await pending_migrations(settings)
        findings.append(_schema(missing))
        if not missing:
            async with open_office(settings) as house, house.db.tx(system("doctor"), read_only=True) as tx:
                findings += [finding async for finding in _database(tx)]
                findings += await _fitted(tx, settings)
                asking = await _asking(tx)
            findings += [await _opinion(label, bundle, settings) for label, bundle in asking]
    except WrongKey as error:
        findings.append(Finding("master key", error.message, "see NEWEL_MASTER_KEY_FILE and NEWEL_HOME"))
    except (NewelError, OSError) as error:
        findings.append(Finding("database", str(error), "start it (`newel up`), or set NEWEL_DATABASE_URL"))
    return findings


def _keys(settings: Settings) -> Iterator[Finding]:
    path = Path(settings.master_key_file or Path(settings.home, "master-key"))
    if not path.exists():
        yield Finding("master key", "none yet", "the first start makes one; keep a copy of it elsewhere")
        return
    open_to_others = path.stat().st_mode & 0o077
    settings.master_key()
    yield Finding("master key", "32 bytes", f"chmod 600 {path}" if open_to_others else "")


def _traces() -> Finding:
    """Whether somebody collects traces, and takes what they are sent."""
    from newel.bootstrap import collector

    address = collector.address()
    if not address:
        return Finding("traces", "off")
    advice = "" if collector.reachable() else _NO_COLLECTOR
    return Finding("traces", f"to {address}", advice)


def _schema(missing: list[str]) -> Finding:
    return Finding("schema", ", ".join(missing) or "current", "run `newel migrate`" if missing else "")


async def _database(tx: Tx) -> AsyncIterator[Finding]:
    server = await doctor.server(tx, datetime.now(UTC))
    old = server.version < _OLDEST_SERVER
    yield Finding("PostgreSQL", str(server.version), "15 is the oldest that is supported" if old else "")
    durable = server.fsync == "on" and server.synchronous_commit != "off"
    yield Finding(
        "durability", "on" if durable else "off", "" if durable else "turn fsync and synchronous_commit on"
    )
    skewed = server.skew_seconds > _MOST_SKEW_SECONDS
    yield Finding("clock", f"{server.skew_seconds:.1f} s apart", "set both clocks by NTP" if skewed else "")
    owned = await doctor.owned(tx)
    yield Finding(
        "application role", f"owns {owned} tables", "connect as a role that owns nothing" if owned else ""
    )
    for finding in await _work(tx):
        yield finding


async def _work(tx: Tx) -> list[Finding]:
    limbo, dead, late = await doctor.limbo(tx), await doctor.dead(tx), await doctor.late(tx)
    policies, workers = await doctor.workflows(tx), await doctor.workers(tx, _MOST_SILENT_SECONDS)
    running = ", ".join(f"{workflow}/{number}" for workflow, number in policies.items())
    letters = ", ".join(f"{n} {what}" for what, n in dead.items())
    return [
        Finding("policies", running or "none", "" if policies else "submit, sign and activate one"),
        Finding(
            "cases in limbo", str(limbo), "this is a defect: report it with `newel trace`" if limbo else ""
        ),
        Finding(
            "dead letters",
            letters or "none",
            "see `newel delivery dead` and `newel feedback dead`" if dead else "",
        ),
        Finding(
            "workers",
            f"{workers.alive} seen" if workers.alive else "none",
            "" if workers.alive else _NO_WORKER,
        ),
        *_ai(workers),
        Finding("work waiting", f"{late:.0f} s", "start a worker" if late > _MOST_LATE_SECONDS else ""),
    ]


def _ai(workers: doctor.Workers) -> Iterator[Finding]:
    """Whether one of the workers has the AI; without any worker that is not the question."""
    if workers.alive:
        said = f"with {workers.answering} of them" if workers.answering else "with none of them"
        yield Finding("AI", said, "" if workers.answering else _NO_AI)


async def _asking(tx: Tx) -> "list[tuple[str, Bundle]]":
    """The running policies that ask for a second opinion."""
    from newel.domain.policy.parse import stored_bundle

    bundles = [(version.label, stored_bundle(version.body)) for version in await policies.active(tx)]
    return [(label, bundle) for label, bundle in bundles if bundle.opinion]


async def _opinion(label: str, bundle: "Bundle", settings: Settings) -> Finding:
    """Whether the language model can be reached, answers in the format, and knows an ordinary question."""
    from newel.bootstrap import Outside, advises
    from newel.domain.policy.opinion import NONE, UNHEARD

    what, outside = f"second opinion of {label}", Outside()
    try:
        adviser = advises(bundle, settings, outside)
        if adviser is None:
            return Finding(what, "nobody to ask", _NO_LLM)
        said = [await adviser.advise((), (words,)) for words in (_ORDINARY, _HARM)]
    finally:
        await outside.close()
    if UNHEARD in said:
        return Finding(what, UNHEARD, _NO_OPINION)
    told_of_harm = bool(_OF_HARM & set(bundle.opinion.when)) if bundle.opinion else False
    fit = said[0] == NONE and (said[1] != NONE or not told_of_harm)
    return Finding(what, "it reads as it should" if fit else "it misreads", "" if fit else _NO_READER)


async def _fitted(tx: Tx, settings: Settings) -> list[Finding]:
    """The models fitted on the operator's labels that the running policies name: can they be heard?"""
    from newel.ai.fitted import ears
    from newel.domain.policy.parse import stored_bundle

    named = [
        (version.label, model)
        for version in await policies.active(tx)
        for model in sorted(stored_bundle(version.body).fitted)
    ]
    folder = settings.signals_folder()
    known = ears(folder).fitted if named else {}
    advice = f"put its file into {folder}, or fit it anew (`newel tune emotion`); until then the rules decide"
    return [
        Finding(f"fitted model of {label}", model, "" if model in known else advice) for label, model in named
    ]
