"""Fits the calibration of the running playbooks: ``python -m benchmarks.calibrate_intent LINES...``.

Each file holds labelled messages (``{text, reason}``, JSON lines). The result is written beside
the policy; it names the hash of the phrases that it fits.
"""

import sys
from importlib.resources import files
from pathlib import Path

from benchmarks.demo_policy import CALIBRATION, customer_support
from newel.ai.calibrate import calibrate, read_lines
from newel.ai.calibration import save
from newel.ai.intent import Intent


def main(paths: list[str]) -> None:
    """Fit on the lines of all files, and store the calibration."""
    lines = [line for path in paths for line in read_lines(Path(path).read_bytes())]
    made = calibrate(Intent.of(customer_support(without=CALIBRATION)), lines)
    target = Path(str(files("newel.demo").joinpath("policy", CALIBRATION)))
    save(made, target)
    print(f"{target}: matcher {made.matcher}, {made.about}")


if __name__ == "__main__":
    main(sys.argv[1:])
