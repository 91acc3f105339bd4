"""`python -m tests.mutants [--only INV-1] [--within 3600]`: takes each guard out; its tests must see it.

One embedded server serves all; a guard of the database is taken out of the tests' template, one of
the code out of a copy of the source. A mutant that stays green is an error with its name. Where time
is short, those not reached are counted, and each run begins at another; reaching none is an error as well.
"""

import argparse
import asyncio
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants import (
    acting,
    advising,
    every,
    merging,
    moving,
    offering,
    placing,
    proven,
    proving,
    reviewing,
    rules,
    sending,
    tracing,
    weekly,
    weighing,
)
from tests.mutants.mutant import ROOT, Mutant, NotFound, Source

from newel.store.embedded import Embedded

ALL: tuple[Mutant, ...] = (
    *sending.MUTANTS,
    *acting.MUTANTS,
    *advising.MUTANTS,
    *moving.MUTANTS,
    *proven.MUTANTS,
    *proving.MUTANTS,
    *every.MUTANTS,
    *merging.MUTANTS,
    *reviewing.MUTANTS,
    *offering.MUTANTS,
    *rules.MUTANTS,
    *placing.MUTANTS,
    *weighing.MUTANTS,
    *weekly.MUTANTS,
    *tracing.MUTANTS,
)
INVARIANTS = (*range(1, 18), 19)
SECONDS = 240
WORKERS = 2
PART = 40  # tests of one process, so that a part ends well within its time
QUICK = [
    part for name in ("cacheprovider", "faker", "xdist", "hypothesispytest") for part in ("-p", f"no:{name}")
]


def run(tests: Sequence[str], url: str, extra: dict[str, str]) -> tuple[int, str]:
    """These tests alone, as a process of their own."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", *QUICK, *tests]
    steady = {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}  # hypothesis: the same examples each time
    environment = {**os.environ, **steady, "NEWEL_TEST_EXTERNAL_URL": url, **extra}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return -1, f"no end after {SECONDS} s"
    return done.returncode, done.stdout


def hunted(mutant: Mutant, url: str) -> str:
    """What is wrong with the mutant; empty when its tests saw it."""
    with tempfile.TemporaryDirectory(prefix="newel-mutant-") as folder:
        try:
            extra = prepared(mutant, Path(folder))
        except NotFound as error:
            return f"its guard is not found ({error})"
        code, said = run(mutant.tests, url, extra)
    if code == 0:
        return "stays green"
    if code != 1 or not re.search(r"^FAILED ", said, re.MULTILINE):
        return f"does not run:\n{said[-2000:]}"
    return ""


def prepared(mutant: Mutant, folder: Path) -> dict[str, str]:
    """The mutated world: a file of SQL, or a copy of the source."""
    if not isinstance(mutant.change, Source):
        path = folder / "mutate.sql"
        path.write_text(mutant.change.text(), encoding="utf-8")
        return {"NEWEL_TEST_MUTATE": str(path)}
    text = mutant.change.text()
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "src/newel" / mutant.change.file).write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder / "src")}


def healthy(mutants: Sequence[Mutant], url: str) -> str:
    """All named tests pass while nothing is taken out; what does not is said."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    parts = [tests[at : at + PART] for at in range(0, len(tests), PART)]
    with ThreadPoolExecutor(WORKERS) as pool:
        ran = list(pool.map(lambda part: run(part, url, {}), parts))
    broken = [said[-3000:] for code, said in ran if code != 0]
    return f"the tests do not pass as they are:\n{broken[0]}" if broken else ""


def hunt(mutants: Sequence[Mutant], url: str, until: float) -> tuple[int, int]:
    """How many were not seen, each by its name, and how many not reached before ``until``."""
    failed = left = 0

    def within(mutant: Mutant) -> str | None:
        return hunted(mutant, url) if time.monotonic() < until else None

    with ThreadPoolExecutor(WORKERS) as pool:
        for mutant, wrong in zip(mutants, pool.map(within, mutants), strict=True):
            if wrong is None:
                left += 1
                continue
            print(f"{'FAIL' if wrong else 'seen'}  {mutant.name}{': ' + wrong if wrong else ''}", flush=True)
            failed += bool(wrong)
    return failed, left


def chosen(only: Sequence[str]) -> tuple[Mutant, ...]:
    return tuple(mutant for mutant in ALL if not only or mutant.rule in only)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when some were reached, each of them was seen, and no invariant is without one."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="RULE")
    parser.add_argument("--within", type=float, default=math.inf, metavar="SECONDS")
    asked = parser.parse_args(arguments)
    mutants, until = chosen(asked.only), time.monotonic() + asked.within
    if mutants and asked.within < math.inf:
        begin = random.randrange(len(mutants))
        mutants = mutants[begin:] + mutants[:begin]
    bare = [f"INV-{n}" for n in INVARIANTS if not any(mutant.inv == n for mutant in ALL)]
    with tempfile.TemporaryDirectory(prefix="newel-mutants-") as folder:
        Path(folder).chmod(0o755)
        server = Embedded(Path(folder), durable=False, connections=100)
        server.start()
        try:
            asyncio.run(server.create())
            wrong = healthy(mutants, server.owner_url)
            failed, left = (len(mutants), 0) if wrong else hunt(mutants, server.owner_url, until)
        finally:
            server.stop()
    for line in [wrong, *(f"{name} has no mutant" for name in bare)]:
        if line:
            print(line)
    said, code = ended(len(mutants), failed, len(bare), left)
    print(said)
    return code


def ended(mutants: int, failed: int, bare: int, left: int) -> tuple[str, int]:
    """The last line and the exit code; of a run that reached no mutant nobody knows anything."""
    reached = mutants - left
    said = f"{reached - failed} passed, {failed + bare} failed, {left} not reached"
    if not reached:
        said = f"none of {mutants} mutants was reached: give it more time (--within); {said}"
    return said, int(bool(failed or bare) or not reached)


if __name__ == "__main__":
    sys.exit(main())
