"""``python -m newel``."""

from newel.cli import main

main()
