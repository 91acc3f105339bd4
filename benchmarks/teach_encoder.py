"""Teaches the encoder our own lines: ``python -m benchmarks.teach_encoder`` writes ``encoder.npz``.

It needs torch, which nothing else of Newel does (``pip install torch``), and takes half an hour on two
processors. The published weights stay as they are; of each table of a layer a correction of low rank is
learnt (E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022), from the same
lines as the models that judge: a third is held back. Then ``python -m newel.ai.teach`` learns what the
new numbers mean.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

try:
    import torch
    from torch.nn import functional
except ImportError:
    sys.exit("this needs torch, which nothing else of Newel does: pip install torch")

from newel.ai import corrected, encoder
from newel.ai.lesson import Lesson, held_back
from newel.ai.teach import lesson
from newel.ai.understood import spoken

RANK, STRENGTH = 16, 2.0
ROUNDS, AT_ONCE, NEAR = 2, 64, 50  # batches are of texts of like length, so many batches sorted at once
RATE, HEAD_RATE, WARM, DECAY = 1e-3, 5e-3, 200, 0.01
NONE_COUNTS = 1.5  # a text without a label
LENGTH = math.sqrt(20)  # of the rows that the labels are read from
START = -3.0  # log odds of a label before anything is learnt


class Taught(torch.nn.Module):
    """The published encoder with corrections, and a reading of the labels for the time of the lesson."""

    def __init__(self, weights: encoder.Weights, labels: int) -> None:
        super().__init__()
        self.held = {name: torch.tensor(values) for name, values in weights.items()}
        tables = [name for name in weights if corrected.corrects(name)]
        self.down = torch.nn.ParameterList(
            torch.randn(RANK, self.held[name].shape[1]) / math.sqrt(self.held[name].shape[1])
            for name in tables
        )
        self.up = torch.nn.ParameterList(torch.zeros(self.held[name].shape[0], RANK) for name in tables)
        self.at = {name: at for at, name in enumerate(tables)}
        self.head = torch.nn.Linear(encoder.WIDTH, labels)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.constant_(self.head.bias, START)

    def forward(self, ids: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Log odds of each label of each text; ``real`` is false where a row is filled up."""
        rows = self._layers(ids, real) * real[..., None]
        return self.head(functional.normalize(rows.sum(1)) * LENGTH)

    def _layers(self, ids: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        table = "embeddings.{}_embeddings.weight".format
        places = self.held[table("position")][: ids.shape[1]] + self.held[table("token_type")][0]
        x = self._normed(self.held[table("word")][ids] + places, "embeddings")
        for at in range(encoder.LAYERS):
            layer = f"encoder.layer.{at}"
            taken = self._linear(
                self._attended(x, real, f"{layer}.attention.self"), f"{layer}.attention.output.dense"
            )
            x = self._normed(taken + x, f"{layer}.attention.output")
            wide = functional.gelu(self._linear(x, f"{layer}.intermediate.dense"))
            x = self._normed(self._linear(wide, f"{layer}.output.dense") + x, f"{layer}.output")
        return x

    def _attended(self, x: torch.Tensor, real: torch.Tensor, name: str) -> torch.Tensor:
        parts = (self._linear(x, f"{name}.{kind}") for kind in ("query", "key", "value"))
        q, k, v = (part.unflatten(-1, (encoder.HEADS, -1)).transpose(1, 2) for part in parts)
        taken = functional.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :])
        return taken.transpose(1, 2).flatten(2)

    def _linear(self, x: torch.Tensor, name: str) -> torch.Tensor:
        at = self.at[f"{name}.weight"]
        plain = functional.linear(x, self.held[f"{name}.weight"], self.held[f"{name}.bias"])
        return plain + STRENGTH * (x @ self.down[at].T) @ self.up[at].T

    def _normed(self, x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = (self.held[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return functional.layer_norm(x, (encoder.WIDTH,), weight, bias, encoder.EPSILON)

    def corrections(self) -> dict[str, corrected.Correction]:
        """What was learnt, by the table that it corrects."""
        return {
            name: corrected.Correction(
                self.down[at].detach().numpy(), STRENGTH * self.up[at].detach().numpy()
            )
            for name, at in self.at.items()
        }


def batches(lengths: Sequence[int], shuffled: np.random.Generator) -> Iterator[np.ndarray]:
    """The numbers of all texts in batches of like length, in a new order each time."""
    order, size = shuffled.permutation(len(lengths)), AT_ONCE * NEAR
    parts = [order[at : at + size] for at in range(0, len(order), size)]
    alike = [part[np.argsort(np.take(lengths, part), kind="stable")] for part in parts]
    found = [part[at : at + AT_ONCE] for part in alike for at in range(0, len(part), AT_ONCE)]
    yield from (found[at] for at in shuffled.permutation(len(found)))


def filled(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of one length, and where they are not filled up."""
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    real = torch.arange(ids.shape[1])[None, :] < torch.tensor([[len(row)] for row in rows])
    return ids, real


def learn(taken: Lesson, taught: Taught, pieces: Sequence[Sequence[int]]) -> None:
    """Learn all texts so many times; the steps grow at first and then shrink."""
    truth, counts = torch.tensor(taken.truth), torch.tensor(taken.weights)
    counts[truth.sum(1) == 0] *= NONE_COUNTS
    corrections = [*taught.down, *taught.up]
    groups = [{"params": corrections, "lr": RATE}, {"params": taught.head.parameters(), "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    steps = ROUNDS * math.ceil(len(pieces) / AT_ONCE)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / WARM) * max(0.02, 1 - step / steps)
    )
    shuffled, lengths, mean = np.random.default_rng(1), [*map(len, pieces)], 0.0
    for step, chosen in enumerate(batch for _ in range(ROUNDS) for batch in batches(lengths, shuffled)):
        odds = taught(*filled([pieces[at] for at in chosen]))
        losses = functional.binary_cross_entropy_with_logits(odds, truth[chosen], reduction="none")
        loss = (losses * counts[chosen]).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(corrections, 1.0)
        optimiser.step()
        pace.step()
        mean += (loss.item() - mean) / min(step + 1, 100)
        if step % 100 == 0:
            print(f"step {step} of {steps}: loss {mean:.3f}", flush=True)


def main(out: Path) -> None:
    """Learn and write the file."""
    torch.manual_seed(1)
    everything = lesson()
    lines = everything.part(np.flatnonzero(~held_back(everything) & spoken(everything, ["en"])))
    reads = encoder.Encoder(encoder.make(b""))
    taught = Taught(encoder.published()[1], lines.truth.shape[1])
    learn(lines, taught, [reads.pieces(text) for text in lines.texts])
    out.write_bytes(corrected.packed(taught.corrections()))


if __name__ == "__main__":
    shipped = Path(corrected.__file__).with_name(corrected.FILE)
    asks = argparse.ArgumentParser(
        description=__doc__, epilog="python -m benchmarks.teach_encoder --out encoder.npz"
    )
    asks.add_argument("--out", type=Path, default=shipped, metavar="FILE", help="in place of the shipped one")
    main(asks.parse_args().out)
