"""What a supervisor makes before its copies: no copy makes it again at its first message."""

from pathlib import Path

import pytest

from newel.bootstrap.beforehand import recall, warm
from newel.bootstrap.policies import FIRST
from newel.config import Settings
from newel.domain.scan import language, sieve
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.matcher import Matcher, expressions
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import Zones


def test_the_first_text_needs_all_that_a_text_may_need() -> None:
    lexicon = shipped_lexicon.__wrapped__()  # one that no other test has used
    matcher, spelling = Matcher(lexicon.entries), lexicon.spellings["en"]
    matcher.find(views(FIRST.text, spelling), FIRST.text, Zones([]))
    assert "_tight" in vars(matcher)
    assert {"_near", "_alike"} <= set(vars(spelling))


def test_the_model_of_languages_is_loaded_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_loaded", [])
    warm()
    assert language._loaded


def test_what_phrases_need_is_read_off_them_once_for_all_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=str(tmp_path))
    phrases = tuple(expressions(shipped_lexicon().entries))
    recall(settings)
    expected = [sieve.needed(phrase) for phrase in phrases]
    sieve.needed.cache_clear()
    monkeypatch.setattr(sieve, "_remembered", {})
    monkeypatch.setattr(sieve, "_read", pytest.fail)
    recall(settings)
    assert [sieve.needed(phrase) for phrase in phrases] == expected
