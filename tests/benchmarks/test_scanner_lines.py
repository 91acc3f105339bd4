"""The scanner's held lines in other languages are those that were pinned and that their README counts."""

import re

import pytest
from benchmarks.sets.scanner import check_i18n

from benchmarks import scanner

README = (check_i18n.HERE / "README.i18n.md").read_text("utf-8")
COUNTED = check_i18n.CLUSTERS | check_i18n.KINDS


def told() -> dict[str, dict[str, int]]:
    """The README's table of the held files: language to count by name, without what is nought."""
    table = README.partition("The held files:")[2].partition("The first set")[0]
    head, *rows = [re.findall(r"[^|]+", row) for row in table.splitlines() if row.startswith("|")]
    counts = {row[0].strip(): [int(each) for each in row[1:]] for row in rows if row[0].strip() in COUNTED}
    return {
        language.strip(): {name: each[at] for name, each in counts.items() if each[at]}
        for at, language in enumerate(head[1:])
    }


def test_the_held_files_are_those_that_were_pinned() -> None:
    assert check_i18n.HASHES.read_text("utf-8") == check_i18n.hashes()
    assert check_i18n.hashes().count("\n") == len(check_i18n.LANGUAGES)


def test_the_readme_counts_the_held_lines_of_each_language() -> None:
    held = {name: check_i18n.parts(name)[f"held/{name}.jsonl"] for name in check_i18n.LANGUAGES}
    assert {name: dict(check_i18n.counts(lines)) for name, lines in held.items()} == told()


@pytest.mark.parametrize("language", ["de", "it", "pt"])
def test_the_lines_of_a_language_are_well_formed_and_none_is_said_twice(language: str) -> None:
    assert not [*check_i18n.wrong(language, check_i18n.parts(language))]


def test_a_line_said_twice_and_a_wrong_label_are_seen() -> None:
    line = {
        "id": "it-1",
        "language": "it",
        "kind": "plain",
        "expect": ["legal"],
        "person": False,
        "text": "Addio",
    }
    again = line | {"id": "it-2", "person": True}
    faults = [*check_i18n.wrong("it", {"held/it.jsonl": [line, again]})]
    assert "it-1: person does not follow from expect" in faults
    assert "it-1 and it-2 say the same" in faults


def test_the_benchmark_counts_every_language_of_the_held_part() -> None:
    assert {scanner.group(row)[0] for row in scanner.rows("held")} == {"en", *check_i18n.LANGUAGES}
