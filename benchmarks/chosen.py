"""Which parts of a benchmark a command line names; ``--help`` says what there is, with an example."""

import argparse
from collections.abc import Iterable


def parser(about: str | None, example: str) -> argparse.ArgumentParser:
    """For a command that says about itself what its module says, and shows an example."""
    return argparse.ArgumentParser(
        prog=" ".join(example.split()[:3]),
        description=about,
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def chosen(known: Iterable[str], asks: argparse.ArgumentParser) -> argparse.Namespace:
    """The options, with ``parts``: those named, or all; another name ends with what there would be."""
    names = tuple(known)
    asks.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(names)} (all)")
    options = asks.parse_args()
    for name in options.parts:
        if name not in names:
            asks.error(f"there is no {name!r}: {', '.join(names)}")
    options.parts = tuple(options.parts) or names
    return options
