"""Who looks at a case: told when it changes, forgotten after a while, and never of oneself."""

from uuid import uuid4

import pytest

from newel.web import viewing
from newel.web.live import Hub
from newel.web.viewing import Doing, Viewing, said


def test_WRK_4_a_change_is_told_once_and_a_repeated_word_not_at_all() -> None:
    case, esme = uuid4(), uuid4()
    seen = Viewing()
    assert list(seen.hear(said(case, esme, Doing.VIEWING))) == [f"viewing:{case}"]
    assert list(seen.hear(said(case, esme, Doing.VIEWING))) == []
    assert list(seen.hear(said(case, esme, Doing.TYPING))) == [f"viewing:{case}"]
    assert seen.at(case, uuid4()) == {esme: Doing.TYPING}
    assert seen.at(case, esme) == {}
    assert list(seen.hear(said(case, esme, Doing.GONE))) == [f"viewing:{case}"]
    assert seen.at(case, uuid4()) == {}
    assert list(seen.hear(said(case, esme, Doing.GONE))) == []


def test_who_says_nothing_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    case, esme, ivan, now = uuid4(), uuid4(), uuid4(), [100.0]
    monkeypatch.setattr(viewing.time, "monotonic", lambda: now[0])
    seen = Viewing()
    list(seen.hear(said(case, esme, Doing.VIEWING)))
    now[0] += 16
    assert seen.at(case, ivan) == {}
    assert list(seen.hear(said(case, ivan, Doing.VIEWING))) == [f"viewing:{case}"]
    assert seen.at(case, uuid4()) == {ivan: Doing.VIEWING}


def test_pages_hear_of_the_case_and_not_of_each_word() -> None:
    hub, case = Hub(), uuid4()
    with hub.stream(frozenset({f"viewing:{case}"})) as stream:
        hub.changed([said(case, uuid4(), Doing.TYPING), "queue"])
        assert stream._changed == {f"viewing:{case}"}
    assert len(hub.viewing.at(case, uuid4())) == 1
