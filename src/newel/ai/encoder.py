"""The encoder: what a sentence means as 384 numbers, whatever its words (all-MiniLM-L6-v2).

Its weights come from a package of their own, and are corrected by what it learnt from our lines. The
graph is written from them at the first start, with weights of eight bits, and runs in one session of
one thread for the whole process. Each sentence is read alone: its numbers do not depend on what stands
beside it. Nothing of a text is remembered.
"""

import hashlib
import importlib.util
import json
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from newel.ai import corrected, graph
from newel.ai.features import Floats

PACKAGE: Final = "all_minilm_l6_v2"
SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENS_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
WIDTH: Final = 384
# Of a sentence so many pieces of words are read, and so many characters are looked at for them.
LONGEST, _LOOKED_AT = 64, 1_000
HEADS, LAYERS, _BLOCK = 12, 6, 32
_WHOLE: Final = 4  # products of whole numbers
_MICROSOFT: Final = "com.microsoft"
EPSILON: Final = 1e-12
_FORMAT: Final = "encoder-2"
Weights = Mapping[str, np.ndarray]


class NoEncoder(RuntimeError):
    """The encoder is not installed, or not as it was when its readers were taught."""


class Made(msgspec.Struct, frozen=True):
    """What is made of the weights once: the graph, the table of pieces of words, that of places."""

    graph: bytes
    pieces: NDArray[np.float16]
    places: Floats
    tokens: str


class Encoder:
    """Reads sentences."""

    def __init__(self, made: Made) -> None:
        import onnxruntime
        import tokenizers

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(made.graph, options, providers=["CPUExecutionProvider"])
        self._tokens = tokenizers.Tokenizer.from_str(made.tokens)
        self._tokens.no_padding()
        self._tokens.enable_truncation(LONGEST)
        self._made = made

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length one for each text."""
        rows = [self._encoded(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), WIDTH)

    def _encoded(self, text: str) -> Floats:
        ids = self.pieces(text)
        given = self._made.pieces[ids].astype(np.float32) + self._made.places[: len(ids)]
        row: Floats = self._session.run(None, {"x": given})[0].mean(0)
        return row / np.float32(max(float(np.linalg.norm(row)), EPSILON))

    def pieces(self, text: str) -> list[int]:
        """The pieces of words that are read of a text, by number."""
        found: list[int] = self._tokens.encode(_plain(text[:_LOOKED_AT])).ids
        return found


class Reads(Protocol):
    """What turns sentences into numbers."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length one for each text."""


class Once:
    """Reads each sentence once, whoever asks: for the time of one message."""

    def __init__(self, reads: Reads) -> None:
        self._reads, self._read = reads, dict[str, Floats]()

    def encode(self, texts: Sequence[str]) -> Floats:
        """As the encoder itself."""
        new = [text for text in dict.fromkeys(texts) if text not in self._read]
        self._read.update(zip(new, self._reads.encode(new), strict=True))
        return np.array([self._read[text] for text in texts], np.float32).reshape(len(texts), WIDTH)


def _plain(text: str) -> str:
    """Half a character cannot be read."""
    return text.encode("utf-8", "replace").decode()


def version() -> str:
    """What a sentence's numbers follow from."""
    made_from = f"{_FORMAT} {SHA256} {TOKENS_SHA256} {LONGEST} {corrected.version()}"
    return hashlib.sha256(made_from.encode()).hexdigest()[:12]


def make(learnt: bytes | None = None) -> Made:
    """The graph from the weights of the package and what was learnt beside them: what ships, if not given.

    ``NoEncoder`` where the weights are missing or are others.
    """
    tokens, weights = published()
    try:
        held = corrected.corrected(
            weights, corrected.unpacked(corrected.shipped() if learnt is None else learnt)
        )
    except ValueError as error:
        raise NoEncoder("what it learnt does not fit its weights") from error
    table = "embeddings.{}_embeddings.weight".format
    places = held[table("position")][:LONGEST] + held[table("token_type")][0]
    return Made(_graph(held), held[table("word")].astype(np.float16), places, tokens)


def published() -> tuple[str, Weights]:
    """The pieces of words and the weights, as they were published."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NoEncoder(f"the package {PACKAGE} is not installed")
    try:
        with zipfile.ZipFile(Path(found.origin).with_name("model.zip")) as held:
            tokens, weights = held.read("tokenizer.json"), held.read("model.safetensors")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise NoEncoder("its weights cannot be read") from error
    if [hashlib.sha256(each).hexdigest() for each in (tokens, weights)] != [TOKENS_SHA256, SHA256]:
        raise NoEncoder("its weights are not those that its readers were taught with")
    return tokens.decode(), _tensors(weights)


def _tensors(content: bytes) -> Weights:
    """Named tables of float32: a length, what is where, and the numbers."""
    first = 8 + int.from_bytes(content[:8], "little")
    about: dict[str, Any] = json.loads(content[8:first])
    tables = memoryview(content)[first:]
    return {
        name: np.frombuffer(tables[slice(*each["data_offsets"])], np.float32).reshape(each["shape"])
        for name, each in about.items()
        if each.get("dtype") == "F32"
    }


@cache
def encoder() -> Encoder | None:
    """The encoder of this process; None where something that it needs is missing."""
    try:
        return Encoder(_remembered.get("made") or make())
    except (NoEncoder, ImportError, OSError, ValueError):
        return None


_remembered: dict[str, Made] = {}


def remember(made: Made) -> None:
    """What an earlier start has made."""
    _remembered["made"] = made


class _Plan:
    """The steps and constants of the graph, in the order in which they run."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[bytes] = []
        self.constants = [
            graph.constant("thirds", np.array([WIDTH] * 3)),
            graph.constant("heads", np.array([0, HEADS, WIDTH // HEADS])),
            graph.constant("flat", np.array([0, WIDTH])),
        ]

    def step(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **given: Any) -> str:
        """One step with one output."""
        self.nodes.append(graph.node(kind, inputs, [output], domain, **given))
        return output

    def constant(self, name: str, values: np.ndarray) -> str:
        """A constant."""
        self.constants.append(graph.constant(name, values))
        return name

    def normed(self, x: str, name: str, output: str) -> str:
        """The rows of x, each of mean 0 and variance 1, by a learnt slope and shift."""
        learnt = [
            self.constant(f"{output}.{part}", self.weights[f"{name}.LayerNorm.{part}"])
            for part in ("weight", "bias")
        ]
        return self.step("LayerNormalization", [x, *learnt], output, axis=-1, epsilon=EPSILON)

    def linear(self, x: str, weight: Floats, bias: Floats, output: str) -> str:
        """Rows times a table of weights of eight bits, of which each 32 have a scale of their own."""
        rows, width = weight.shape
        blocks = weight.reshape(rows, width // _BLOCK, _BLOCK)
        scale = np.abs(blocks).max(2) / 127
        steps = (np.round(blocks / scale[:, :, None]) + 128).astype(np.uint8)
        learnt = [
            self.constant(f"{output}.steps", steps),
            self.constant(f"{output}.scale", scale.astype(np.float32).ravel()),
        ]
        given = [x, *learnt, "", "", self.constant(f"{output}.bias", bias)]
        size = {"K": width, "N": rows, "bits": 8, "block_size": _BLOCK, "accuracy_level": _WHOLE}
        return self.step("MatMulNBits", given, output, _MICROSOFT, **size)

    def dense(self, x: str, name: str, output: str) -> str:
        """One learnt layer."""
        return self.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], output)

    def attended(self, x: str, name: str, at: str) -> str:
        """What each piece takes from the others, twelve ways."""
        kinds = [f"{name}.self.{kind}" for kind in ("query", "key", "value")]
        weight = np.concatenate([self.weights[f"{kind}.weight"] for kind in kinds])
        bias = np.concatenate([self.weights[f"{kind}.bias"] for kind in kinds])
        weight[:WIDTH] /= (WIDTH / HEADS) ** 0.5
        bias[:WIDTH] /= (WIDTH / HEADS) ** 0.5
        parts = [f"{at}.{kind}" for kind in "qkv"]
        self.nodes.append(
            graph.node("Split", [self.linear(x, weight, bias, f"{at}.all"), "thirds"], parts, axis=-1)
        )
        heads = [self.step("Reshape", [part, "heads"], f"{part}.heads") for part in parts]
        q, k, v = (
            self.step("Transpose", [part], f"{part}.t", perm=way)
            for part, way in zip(heads, ([1, 0, 2], [1, 2, 0], [1, 0, 2]), strict=True)
        )
        shares = self.step("Softmax", [self.step("MatMul", [q, k], f"{at}.near")], f"{at}.shares", axis=-1)
        taken = self.step("MatMul", [shares, v], f"{at}.taken")
        taken = self.step("Transpose", [taken], f"{at}.back", perm=[1, 0, 2])
        return self.step("Reshape", [taken, "flat"], f"{at}.flat")


def _graph(weights: Weights) -> bytes:
    """Six layers over the sum of what the pieces and their places are."""
    plan = _Plan(weights)
    x = plan.normed("x", "embeddings", "start")
    for at in range(LAYERS):
        layer = f"encoder.layer.{at}"
        taken = plan.attended(x, f"{layer}.attention", f"a{at}")
        taken = plan.dense(taken, f"{layer}.attention.output.dense", f"o{at}")
        x = plan.normed(plan.step("Add", [taken, x], f"s{at}"), f"{layer}.attention.output", f"n{at}")
        wide = plan.dense(x, f"{layer}.intermediate.dense", f"i{at}")
        wide = plan.step("Gelu", [wide], f"g{at}", _MICROSOFT)
        narrow = plan.dense(wide, f"{layer}.output.dense", f"d{at}")
        x = plan.normed(plan.step("Add", [narrow, x], f"r{at}"), f"{layer}.output", f"y{at}")
    return graph.model(
        plan.nodes, plan.constants, [graph.value("x", ["pieces", WIDTH])], graph.value(x, ["pieces", WIDTH])
    )
