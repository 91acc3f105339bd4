"""``newel scan``: JSON lines in, JSON lines out, without a server or a database."""

import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from newel.config import read
from newel.domain.errors import NewelError
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import included, load_bundle
from newel.domain.ports import Listens
from newel.domain.scan.explain import Explanation, Match
from newel.domain.scan.explain import explain as explain_scan
from newel.domain.scan.features import ScanInput, check_bounds
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.reader import readable
from newel.domain.scan.receipt import Evidence, Receipt, failure_receipt
from newel.domain.scan.scanner import Scanner, compile_scanner
from newel.flow.aside import SCANNING, within
from newel.flow.scan import listened

MAX_LINE = 16 * 1024 * 1024


def scan(
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="A policy bundle (YAML); without it the shipped default."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="TEXT", help="Tell of one text which rules fired and why."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The explanation as JSON.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="By the rules alone, without the models.")] = False,
) -> None:
    """Scan messages: one JSON object per line on standard input, one receipt per line out.

    Each line is answered before the next is read, so that it serves as a co-process too.

    Example: echo '{"id": 1, "text": "I will call my lawyer"}' | newel scan
    """
    scanner, listener = _scanner(policy), _listener(rules)
    if explain is not None:
        told = explain_scan(scanner, heard(listener, ScanInput(text=explain)))
        print(msgspec.json.encode(told).decode() if as_json else "\n".join(told_lines(told)))
        return
    try:
        for number, line in enumerate(_lines(sys.stdin.buffer), 1):
            sys.stdout.buffer.write(answer(scanner, line, number, listener) + b"\n")
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise typer.Exit(0) from None


def told_lines(told: Explanation) -> Iterator[str]:
    """An explanation for a terminal: the views, what fired with its matches, and why the rest did not."""
    receipt = told.receipt
    language = receipt.language.code if receipt.language else "?"
    yield f"tier {int(receipt.tier_floor)} at least, language {language}, policy {receipt.policy_version}"
    yield "\nhow the text was read"
    yield from (f"  {sight.name:<28} {sight.text[:200]!r}" for sight in told.sights)
    for fired, heading in ((True, "\nwhat fired"), (False, "\nwhat did not")):
        yield heading
        for each in (answer for answer in told.answers if answer.fired is fired):
            yield f"  {each.trigger:<28} {each.why}"
            yield from (f"    fact: {item.fact}" for item in each.evidence if item.fact)
            yield from map(_match_line, each.matches[:12])
    yield f"\nnot evaluated: {', '.join(receipt.not_evaluated) or 'nothing'}"


def _match_line(match: Match) -> str:
    verdict = f"spared: {match.spared}" if match.spared else "counts"
    return f"    {match.start}-{match.end} {match.text!r} by {match.entry}, read {match.view}: {verdict}"


def _scanner(policy: Path | None) -> Scanner:
    try:
        return compile_scanner(bundle_of(policy), shipped_lexicon())
    except (NewelError, OSError, UnicodeDecodeError) as error:
        typer.echo(f"{policy or 'default policy'}: {error}", err=True)
        raise typer.Exit(2) from error


def bundle_of(policy: Path | None) -> Bundle:
    """The bundle of a file with what it includes; without one the shipped default."""
    if policy is None:
        shipped = resources.files("newel.domain.policy").joinpath("default.yaml")
        return load_bundle(shipped.read_text("utf-8"), "default.yaml", {})
    text = policy.read_text("utf-8")
    siblings = {
        name: (policy.parent / name).read_text("utf-8")
        for name in included(text, policy.name)
        if (policy.parent / name).is_file()
    }
    return load_bundle(text, policy.name, siblings)


def _listener(rules: bool) -> Listens | None:
    """All models that there are; where they are not wanted the rules decide alone."""
    if rules:
        return None
    from newel.ai.fitted import ears

    return ears(read().signals_folder())


def heard(listener: Listens | None, message: ScanInput) -> ScanInput:
    """The message with the signals of the models, unless it brought its own."""
    if message.signals:
        return message
    return listened(listener, message)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only the beginning, which says so by its length."""
    while line := stream.readline(MAX_LINE + 1):
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE + 1)
        yield line


def answer(scanner: Scanner, line: bytes, number: int, listener: Listens | None = None) -> bytes:
    """The receipt of one line; whatever is wrong with it, an error that sends it to a person."""
    given: dict[str, Any] = {}
    try:
        given = _object(line)
        message = _message(given)
        check_bounds(message)
        receipt = within(SCANNING, partial(scanner.scan, heard(listener, message)))
    except (NewelError, ValueError, RecursionError) as error:
        receipt = failure_receipt(scanner.bundle.version, _why(error, number))
    except Exception as error:  # a bug of ours must neither end the stream nor pass for "no marker"
        why = f"line {number}: the scanner failed ({type(error).__name__})"
        receipt = failure_receipt(scanner.bundle.version, why)
    return msgspec.json.encode(_shown(given.get("id"), receipt))


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise ValueError(f"the line is longer than {MAX_LINE} bytes")
    if not line.strip():
        raise ValueError("the line is empty")
    given = json.loads(line.decode("utf-8-sig"))
    if not isinstance(given, dict):
        raise ValueError(f"expected a JSON object, got {type(given).__name__}")
    return given


def _message(given: dict[str, Any]) -> ScanInput:
    """The input; null stands for absent, and a bare date for its midnight."""
    known = _without_nulls(given)
    if isinstance(known.get("customer"), dict):
        known["customer"] = _without_nulls(known["customer"])
    if isinstance(known.get("history"), list):
        known["history"] = [_past(past) for past in known["history"]]
    if "at" in known:
        known["at"] = _moment(known["at"])
    return msgspec.convert(known, ScanInput)


def _past(past: Any) -> Any:
    if not isinstance(past, dict):
        return past
    known = _without_nulls(past)
    return {**known, "at": _moment(known["at"])} if "at" in known else known


def _moment(at: Any) -> Any:
    return f"{at}T00:00:00" if isinstance(at, str) and len(at) == len("2026-11-20") else at


def _without_nulls(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}


def _why(error: Exception, number: int) -> str:
    if isinstance(error, RecursionError):
        return f"line {number}: the JSON is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"line {number}: not JSON, {error.msg} at column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"line {number}: not UTF-8 (byte {error.start})"
    return readable(f"line {number}: {error}")


def _shown(given_id: Any, receipt: Receipt) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": readable(given_id) if isinstance(given_id, str) else _plain_id(given_id),
        "clusters": receipt.clusters,
        "markers": [
            {"id": m.id, "cluster": m.cluster, "floor": m.floor, "evidence": _bare(m.evidence)}
            for m in receipt.markers
        ],
        "tier_floor": receipt.tier_floor,
        "language": receipt.language.code if receipt.language else None,
        "policy_version": receipt.policy_version,
        "not_evaluated": receipt.not_evaluated,
    }
    return {**shown, "error": receipt.error} if receipt.error else shown


def _bare(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence in English alone."""
    return [msgspec.structs.replace(one, says=None) for one in evidence]


def _plain_id(given_id: Any) -> int | float | None:
    number = isinstance(given_id, int | float) and not isinstance(given_id, bool)
    return given_id if number else None
