"""Kept models: made once, opened only under their own seal, made again from anything else."""

import fcntl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from benchmarks.demo_policy import customer_support

from newel.ai import kept
from newel.ai.intent import Intent
from newel.ai.kept import Kept
from newel.ai.knowledge import Knowledge
from newel.ai.spelling import Spelling
from newel.domain.knowledge import Article

SECRET, OTHER = b"s" * 32, b"o" * 32


class Made:
    """Counts how often it was asked for."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[int]:
        self.times += 1
        return [1, 2]


def test_what_was_made_once_is_found_by_the_next(tmp_path: Path) -> None:
    made = Made()
    for _ in range(2):
        assert Kept(tmp_path / "models", SECRET).get("a", made) == [1, 2]
    assert made.times == 1
    assert Kept(tmp_path / "models", SECRET).get("b", made) == [1, 2]
    assert made.times == 2


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_SEC_what_is_changed_or_sealed_by_another_is_not_opened(tmp_path: Path, secret: bytes) -> None:
    made = Made()
    Kept(tmp_path, SECRET).get("a", made)
    if secret == SECRET:
        (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:-1] + b"!")
    assert Kept(tmp_path, secret).get("a", made) == [1, 2]
    assert made.times == 2


def test_a_folder_that_cannot_be_written_only_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Kept(tmp_path / "file", SECRET).get("a", Made()) == [1, 2]


def test_a_spelling_comes_back_with_its_words(tmp_path: Path) -> None:
    for _ in range(2):
        found = Kept(tmp_path, SECRET).get("s", lambda: Spelling(["delivery", "delivery", "refund"]))
        assert (found.corrected("delivry"), found.knows("refunds")) == ("delivery", True)


def test_of_several_that_want_the_same_one_makes_it(tmp_path: Path) -> None:
    made, begun = Made(), threading.Event()

    def slowly() -> list[int]:
        begun.set()
        time.sleep(0.2)
        return made()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(Kept(tmp_path, SECRET).get, "a", slowly)
        begun.wait(10)
        assert Kept(tmp_path, SECRET).get("a", made) == first.result() == [1, 2]
    assert made.times == 1


def test_a_server_finds_the_library_that_a_worker_has_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = customer_support()
    shelf: list[Article] = []
    folder = Kept(tmp_path, SECRET)
    assert folder.library("body", bundle, shelf).offered(()) == []
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(Intent, "of", lambda _bundle: None)
    folder.models("body", bundle, shelf)
    monkeypatch.setattr(Knowledge, "of", pytest.fail)
    assert folder.library("body", bundle, shelf).offered(()) == []


def test_another_article_has_no_matcher_learnt_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made()
    monkeypatch.setattr(Intent, "of", lambda _bundle: made())
    bundle, folder = customer_support(), Kept(tmp_path, SECRET)
    for body in ("body", "another body"):
        assert folder.models(body, bundle, [])[0] == [1, 2]
    assert made.times == 1
    said = {"greeting": msgspec.structs.replace(bundle.playbooks["greeting"], phrases=("good day",))}
    folder.matcher(msgspec.structs.replace(bundle, playbooks=bundle.playbooks | said))
    assert made.times == 2
    assert folder.matcher(msgspec.structs.replace(bundle, playbooks={})) is None


def test_who_holds_the_lock_for_ever_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_PATIENCE_SECONDS", 0.1)
    with (tmp_path / "a.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert Kept(tmp_path, SECRET).get("a", Made()) == [1, 2]
