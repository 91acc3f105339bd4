"""A floor is set on labelled messages: bad rows by line, the trade-off with bounds, one number changed."""

import pytest

from newel.domain.errors import Invalid
from newel.domain.tune import (
    BadRow,
    Labelled,
    best,
    best_way,
    labelled,
    language_of,
    must_suffice,
    trades,
    way,
    with_floor,
)

POLICY = """risk:
  emotion_floor: {value: 0.10}
thresholds:
  risk_maximum:
    {value: 0.60, note: more}
  emotion_floor:
    {value: 0.50, note: an emotion, owner: Ann}
  repeat: {value: 0.30}
"""


def test_rows_are_read_and_bad_ones_are_told_by_line() -> None:
    content = 'label,text\nyes,"I am\nfuming"\nno,Where is it?\nmaybe,Hm\nyes,\nanger,Liars!\nno\n'
    assert list(labelled(content)) == [
        Labelled(3, "I am\nfuming", True),
        Labelled(4, "Where is it?", False),
        BadRow(5, '"maybe" is no label; write yes or no'),
        BadRow(6, "its text is empty"),
        Labelled(7, "Liars!", True),
        BadRow(8, "its text is empty"),
    ]


def test_a_row_without_a_label_is_told() -> None:
    assert list(labelled("text,label\nonly a text\n")) == [BadRow(2, "it has no label")]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "text\nhello\n"])
def test_without_the_columns_nothing_is_read(content: str) -> None:
    with pytest.raises(Invalid, match="names no column"):
        list(labelled(content))


def test_each_floor_tells_what_it_finds_and_costs_with_its_bounds() -> None:
    scores = [0.9] * 30 + [0.3] * 10 + [0.62] * 2 + [0.1] * 98
    found = trades(scores, [True] * 40 + [False] * 100)
    half = next(trade for trade in found if trade.floor == 0.5)
    assert (half.recall.count, half.recall.of, half.alarms.count, half.alarms.of) == (30, 40, 2, 100)
    assert half.alarms.low < 0.02 < half.alarms.high
    counts = [(trade.recall.count, trade.alarms.count) for trade in found]
    assert counts == sorted(counts, reverse=True)


def test_the_lowest_floor_that_keeps_the_promise_is_proposed() -> None:
    scores = [0.9] * 30 + [0.3] * 10 + [0.62] * 2 + [0.1] * 98
    found = trades(scores, [True] * 40 + [False] * 100)
    lenient, strict, impossible = (best(found, most) for most in (0.08, 0.05, 0.01))
    assert lenient is not None
    assert lenient.floor == 0.1
    assert strict is not None
    assert strict.floor == 0.62
    assert impossible is None


def test_too_few_labels_are_refused() -> None:
    given = [Labelled(line, "text", line < 19) for line in range(219)]
    with pytest.raises(Invalid, match="19 messages that show it"):
        must_suffice(given)


def test_the_way_that_finds_most_within_the_budget_is_proposed() -> None:
    shows = [True] * 40 + [False] * 100
    good, poor = [0.9] * 40 + [0.2] * 100, [0.9] * 20 + [0.2] * 120
    loud = [0.9] * 140
    given = (("poor", poor), ("good", good), ("loud", loud))
    ways = [way(name, scores, shows, 0.05) for name, scores in given]
    found = best_way(ways)
    assert found is not None
    assert (found.name, ways[2].chosen) == ("good", None)
    assert best_way(ways[2:]) is None


def test_a_model_knows_the_language_that_nearly_all_are_written_in() -> None:
    assert language_of(["en"] * 95 + ["es"] * 5) == "en"
    assert language_of(["en"] * 60 + ["es"] * 40) == ""


def test_one_number_changes_and_nothing_else() -> None:
    changed = with_floor(POLICY, "emotion_floor", 0.65)
    assert changed == POLICY.replace("{value: 0.50", "{value: 0.65")
    assert with_floor(POLICY, "topic_floor", 0.65) is None
    assert with_floor("title: none\n", "emotion_floor", 0.65) is None


def test_the_model_is_named_beside_its_number_and_goes_with_it() -> None:
    named = with_floor(POLICY, "emotion_floor", 0.65, "0123456789ab")
    assert named == POLICY.replace("{value: 0.50", "{value: 0.65, model: 0123456789ab")
    again = with_floor(named, "emotion_floor", 0.7, "ba9876543210")
    assert again == POLICY.replace("{value: 0.50", "{value: 0.70, model: ba9876543210")
    assert with_floor(again, "emotion_floor", 0.5) == POLICY


def test_so_it_is_where_the_number_stands_on_lines_of_its_own() -> None:
    lines = "thresholds:\n  emotion_floor:\n    value: 0.50\n    date: 1\n  repeat: {value: 0.3, model: x}\n"
    named = with_floor(lines, "emotion_floor", 0.65, "0123456789ab")
    assert named == lines.replace("value: 0.50", "value: 0.65\n    model: 0123456789ab")
    assert with_floor(named, "emotion_floor", 0.5) == lines
