"""What the encoder learnt from our own lines: corrections of low rank beside its published weights.

Each table of a layer is read as its published self and the product of two narrow tables (E. Hu et al.,
"LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022). ``encoder.npz`` keeps them;
``python -m benchmarks.teach_encoder`` writes it.
"""

import hashlib
import re
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final, NamedTuple

import numpy as np

from newel.ai.features import Floats

FILE: Final = "encoder.npz"
_TABLE = re.compile(r"encoder\.layer\.\d+\..*(?<!LayerNorm)\.weight")
_DOWN, _UP = ".down", ".up"


class Correction(NamedTuple):
    """Two tables of one narrow side: rows to few numbers, and these to what is added."""

    down: Floats
    up: Floats


def corrects(name: str) -> bool:
    """Whether a table of the published weights is corrected."""
    return _TABLE.fullmatch(name) is not None


def corrected(weights: Mapping[str, np.ndarray], learnt: Mapping[str, Correction]) -> dict[str, np.ndarray]:
    """The weights with what was learnt; ``ValueError`` where the two do not belong together."""
    if not learnt.keys() <= weights.keys():
        raise ValueError("there is no such table")
    return {**weights, **{name: weights[name] + up @ down for name, (down, up) in learnt.items()}}


def packed(learnt: Mapping[str, Correction]) -> bytes:
    """The content of the file."""
    content = BytesIO()
    down = {name + _DOWN: each.down.astype(np.float16) for name, each in learnt.items()}
    up = {name + _UP: each.up.astype(np.float16) for name, each in learnt.items()}
    np.savez_compressed(content, allow_pickle=False, **down, **up)
    return content.getvalue()


def unpacked(content: bytes) -> dict[str, Correction]:
    """The one of ``packed``; of nothing there is nothing. ``ValueError`` where it is none."""
    if not content:
        return {}
    try:
        held: Mapping[str, np.ndarray] = np.load(BytesIO(content), allow_pickle=False)
        tables = {name: held[name].astype(np.float32) for name in held}
        names = [name.removesuffix(_DOWN) for name in held if name.endswith(_DOWN)]
        return {name: Correction(tables[name + _DOWN], tables[name + _UP]) for name in names}
    except (OSError, EOFError, LookupError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError("it holds no corrections") from error


@cache
def shipped() -> bytes:
    """The content of the shipped file; nothing where it is missing."""
    try:
        return files("newel.ai").joinpath(FILE).read_bytes()
    except OSError:
        return b""


def version() -> str:
    """What follows from the shipped file."""
    return hashlib.sha256(shipped()).hexdigest()
