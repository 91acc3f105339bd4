"""What a supervisor makes before its copies: no copy makes it again at its first message."""

from datetime import date
from pathlib import Path

import pytest

from newel.ai import encoder
from newel.bootstrap.beforehand import recall, warm
from newel.bootstrap.policies import FIRST
from newel.config import Settings
from newel.domain.scan import language, sieve
from newel.domain.scan.lexicon import own_entry, shipped_lexicon
from newel.domain.scan.matcher import Matcher, expressions, gates
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import Zones
from newel.domain.scan.view import View
from newel.domain.words import Span


def test_the_first_text_needs_all_that_a_text_may_need() -> None:
    lexicon = shipped_lexicon.__wrapped__()  # one that no other test has used
    gates.cache_clear()
    matcher, spelling = Matcher(lexicon.entries), lexicon.spellings["en"]
    matcher.find(views(FIRST.text, spelling), FIRST.text, Zones([]))
    assert "tight" in vars(gates(lexicon.entries))
    assert {"_near", "_alike"} <= set(vars(spelling))


def test_the_model_of_languages_is_loaded_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_loaded", [])
    warm()
    assert language._loaded


def test_what_an_earlier_start_has_made_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=str(tmp_path))
    phrases = tuple(expressions(shipped_lexicon().entries))
    recall(settings)
    expected = [sieve.needed(phrase) for phrase in phrases]
    said = language._model().classify("hvor er min pakke")
    sieve.needed.cache_clear()
    monkeypatch.setattr(sieve, "_remembered", {})
    monkeypatch.setattr(language, "_loaded", [])
    monkeypatch.setattr(sieve, "_read", pytest.fail)
    monkeypatch.setattr(language, "unpacked", pytest.fail)
    made = encoder._remembered.pop("made")
    monkeypatch.setattr(encoder, "make", pytest.fail)
    recall(settings)
    assert encoder._remembered["made"].graph == made.graph
    assert [sieve.needed(phrase) for phrase in phrases] == expected
    assert language._model().classify("hvor er min pakke") == said


def test_policies_share_what_the_lexicon_needs() -> None:
    entries = shipped_lexicon().entries
    own = own_entry("mine", ("blue moon",), "anna", date(2026, 1, 1))
    assert Matcher(entries).shared is Matcher(entries, [own]).shared
    assert Matcher(entries, [own]).find([View("plain", b"a blue moon")], "a blue moon", Zones([])) == {
        len(entries): (Span(2, 11),)
    }
