"""The encoder: the published model's numbers, the same each time, and none where something is missing."""

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from newel.ai import corrected, encoder
from newel.ai.corrected import Correction
from newel.ai.encoder import Encoder, NoEncoder

MUG = "My mug arrived broken and nobody answers."
LOSS = "I lost my husband last week and the bills keep coming to him, what should I do?"
# The first numbers of the published model, in float32 (sentence-transformers/all-MiniLM-L6-v2).
PUBLISHED = (-0.03500574, 0.08523994, 0.06991725, 0.08553693)


@pytest.fixture
def afresh() -> Iterator[None]:
    """No encoder is remembered, before and after."""
    kept = dict(encoder._remembered)
    encoder._remembered.clear()
    encoder.encoder.cache_clear()
    yield
    encoder._remembered.update(kept)
    encoder.encoder.cache_clear()


@pytest.fixture
def reads() -> Encoder:
    found = encoder.encoder()
    assert found is not None, "make setup installs requirements-encoder.lock"
    return found


@pytest.fixture(scope="module")
def untaught() -> Encoder:
    """The encoder as it was published."""
    return Encoder(encoder.make(learnt=b""))


def test_without_a_lesson_a_sentence_has_the_numbers_of_the_published_model(untaught: Encoder) -> None:
    numbers = untaught.encode([MUG])
    assert numbers.shape == (1, encoder.WIDTH)
    assert numbers[0, :4] == pytest.approx(PUBLISHED, abs=0.01)
    assert float(np.linalg.norm(numbers)) == pytest.approx(1, abs=1e-5)


def test_the_lesson_brings_near_what_a_person_must_lead(reads: Encoder, untaught: Encoder) -> None:
    """Two deaths, told in other words, and a question about the same account."""
    told = [
        LOSS,
        "Mum passed away on Sunday and you are still charging her card.",
        "How do I change the card?",
    ]
    before, after = untaught.encode(told), reads.encode(told)
    assert float(after[0] @ after[1]) > float(before[0] @ before[1])
    assert float(after[1] @ after[2]) < float(before[1] @ before[2])


def test_what_was_learnt_is_added_to_its_table() -> None:
    weights = {"encoder.layer.0.output.dense.weight": np.zeros((3, 4), np.float32)}
    one = Correction(np.full((2, 4), 0.5, np.float32), np.full((3, 2), 2.0, np.float32))
    learnt = corrected.unpacked(corrected.packed(dict.fromkeys(weights, one)))
    [table] = corrected.corrected(weights, learnt).values()
    assert np.array_equal(table, np.full((3, 4), 2.0))
    assert not weights["encoder.layer.0.output.dense.weight"].any()


def test_the_layers_alone_are_corrected() -> None:
    shipped = corrected.unpacked(corrected.shipped())
    assert {name for name in encoder.published()[1] if corrected.corrects(name)} == shipped.keys()
    assert len(shipped) == 6 * encoder.LAYERS


@pytest.mark.parametrize(
    "learnt",
    [
        b"no numbers",
        b"PK\x03\x04",
        corrected.packed({"no such table": Correction(np.zeros((1, 4)), np.zeros((3, 1)))}),
        corrected.packed(
            {"encoder.layer.0.output.dense.weight": Correction(np.zeros((1, 4)), np.zeros((3, 1)))}
        ),
    ],
    ids=["rubbish", "half a file", "another table", "another size"],
)
def test_what_does_not_fit_the_weights_is_told(learnt: bytes) -> None:
    with pytest.raises(NoEncoder, match="does not fit"):
        encoder.make(learnt)


def test_another_lesson_is_another_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    before = encoder.version()
    monkeypatch.setattr(corrected, "shipped", lambda: b"")
    assert encoder.version() != before


def test_what_means_the_same_is_near(reads: Encoder) -> None:
    mug, cup, loss = reads.encode([MUG, "The cup came in pieces and I get no reply.", LOSS])
    assert float(mug @ cup) > 0.5 > float(mug @ loss)


def test_a_sentence_reads_the_same_each_time_and_beside_others(reads: Encoder) -> None:
    alone = reads.encode([MUG])[0]
    assert np.array_equal(alone, reads.encode([MUG])[0])
    assert np.array_equal(alone, reads.encode([LOSS, MUG, LOSS])[1])
    assert np.array_equal(alone, Encoder(encoder.make()).encode([MUG])[0])


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\0", "🙂" * 50, "x" * 5000, "?!" * 900, "a " * 50_000])
def test_no_text_is_too_odd_or_too_long(reads: Encoder, text: str) -> None:
    began = time.process_time()
    numbers = reads.encode([text])
    assert np.isfinite(numbers).all()
    assert time.process_time() - began < 0.5
    assert reads.encode([]).shape == (0, encoder.WIDTH)


@pytest.mark.usefixtures("afresh")
def test_without_the_weights_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "PACKAGE", "not_installed_anywhere")
    with pytest.raises(NoEncoder):
        encoder.make()
    assert encoder.encoder() is None


@pytest.mark.usefixtures("afresh")
def test_other_weights_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "SHA256", "0" * 64)
    with pytest.raises(NoEncoder):
        encoder.make()
    assert encoder.encoder() is None


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("library", ["onnxruntime", "tokenizers"])
def test_without_a_library_there_is_none(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert encoder.encoder() is None


def test_a_copy_of_a_process_reads_like_it() -> None:
    """A supervisor makes the encoder once, and copies of itself."""
    program = """
import os
from newel.ai import encoder
reads = encoder.encoder()
before = reads.encode(["My mug arrived broken"])
copy = os.fork()
same = (reads.encode(["My mug arrived broken"]) == before).all()
os._exit(0 if same else 1) if not copy else None
print(same and os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 0)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)
    assert told.stdout.strip() == b"True"
