"""Reading a document: every mistake with its line, and nothing that YAML could do to us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.policy.documents import ACTS, STANDARD, changed, line_of

from newel.domain.policy.parse import Source, included, load_bundle, load_document, stored_bundle
from newel.domain.policy.problem import BrokenPolicy, Problem
from newel.domain.words import Assist, Cluster, Priority


def broken(text: str, includes: dict[str, str] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(BrokenPolicy) as caught:
        load_bundle(text, "p.yaml", includes or {})
    return caught.value.problems


def test_the_standard_document_is_read_whole() -> None:
    policy = load_bundle(STANDARD, "default.yaml")
    safety = policy.triggers["topic.safety"]
    assert (safety.priority, safety.assist, safety.preset) == (Priority.P1, Assist.NONE, "safety")
    assert policy.thresholds["confidence_minimum"].value == 0.70
    assert policy.sla.targets["P3"].around_the_clock is False


def test_all_mistakes_are_told_at_once_each_with_its_line() -> None:
    text = changed(
        ("kind: conversations", "kind: conversation"),
        ("  request.person:\n    {cluster: request,", "  request.person:\n    {clutser: request,"),
        ("{value: 0.70,", "{value: high,"),
        ("date: 2026-11-20}\n  # The customer set", "date: 2026-31-20}\n  # The customer set"),
    )
    told = {(one.line, one.message, one.hint) for one in broken(text)}
    person = line_of(text, "  request.person:")
    assert (
        line_of(text, "kind: conv"),
        '"conversation" is not a choice',
        'did you mean "conversations"?',
    ) in told
    assert (person + 1, 'unknown key "clutser"', 'did you mean "cluster"?') in told
    missing = f"write one of {', '.join(Cluster)}"
    assert (person, '"cluster" is missing', missing) in told
    assert any(line == line_of(text, "{value: high") and "must be a number" in said for line, said, _ in told)
    assert any("must be a date, as 2026-11-20" in said for _, said, _ in told)
    assert len(told) == 5


def test_the_error_reads_like_a_compiler() -> None:
    text = changed(("priority: P1, assist: none", "priority: 1, assist: nome"))
    with pytest.raises(BrokenPolicy) as caught:
        load_bundle(text, "p.yaml")
    line = line_of(text, "priority: 1")
    head, *lines = str(caught.value).splitlines()
    assert head == "p.yaml is not a usable policy, 2 mistakes to mend:"
    assert lines == [
        f"p.yaml:{line}:54: triggers.topic.safety.priority: 1 is not a choice; write one of P1, P2, P3",
        f'p.yaml:{line}:65: triggers.topic.safety.assist: "nome" is not a choice; did you mean "none"?',
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\n b: 2\n", 2, "not YAML"),
        ("a: 1\na: 2\n", 2, 'the key "a" is here twice'),
        ("a: &x [1]\n", 1, 'the anchor "&x" is not read'),
        ("a: &x [1]\nb: *x\n", 2, 'the alias "*x" is not read'),
        ("a: !!python/object:os.system x\n", 1, "the tag"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins here"),
        ("a: 1\nb: \x07\n", 2, "a character that YAML does not allow"),
        ("? [a, b]\n: 1\n", 1, "a key must be one word"),
        ("a: " + "[" * 40 + "]" * 40, 1, "nested deeper than"),
        ("# " + "x" * 500_001, 1, "the most is 500000"),
    ],
)
def test_what_yaml_could_do_to_us_is_told_with_its_line(text: str, line: int, said: str) -> None:
    assert any(one.line == line and said in one.message for one in broken(text))


def test_words_that_yaml_once_took_for_truth_are_words() -> None:
    assert load_bundle(changed(("languages: [en]", "languages: [en, no]")), "p").languages == ("en", "no")


def test_a_version_without_quotes_is_told_to_be_quoted() -> None:
    (one,) = broken(changed(('version: "1.0"', "version: 1.0")))
    assert (one.path, one.hint) == ("version", 'put it in quotes: "1.0"')


def test_a_missing_section_says_what_it_needs() -> None:
    hints = {problem.hint for problem in broken(changed(("routing:", "rooting:")))}
    assert hints == {'did you mean "routing"?', "add it with owner, date"}


def test_includes_merge_sections_and_keep_their_own_lines() -> None:
    main = changed(("workflow:", "include: [acts.yaml]\nworkflow:"))
    assert included(main, "p.yaml") == ("acts.yaml",)
    document = load_document(main, "p.yaml", {"acts.yaml": ACTS})
    assert set(document.bundle.actions) == {"refund", "reset"}
    place = document.places.of(("playbooks", "refund_damaged", "title"))
    assert (place.file, place.line) == ("acts.yaml", line_of(ACTS, "title: Refund"))


def test_an_include_merges_into_a_section_that_is_there_already() -> None:
    more = "messages:\n  goodbye: Thank you.\n"
    main = changed(("workflow:", "include: [more.yaml]\nworkflow:"))
    messages = load_bundle(main, "p.yaml", {"more.yaml": more}).messages
    assert messages["goodbye"] == "Thank you."
    assert "handover" in messages


def test_the_same_entry_in_two_files_is_a_mistake_that_names_both() -> None:
    main = changed(("workflow:", "include: [more.yaml]\nworkflow:"))
    (one,) = broken(main, {"more.yaml": "messages:\n  handover: Other.\n"})
    assert (one.file, one.line, one.path) == ("more.yaml", 2, "messages.handover")
    assert one.hint == f"keep one; the other is at p.yaml:{line_of(main, '  handover:')}"


def test_an_include_that_is_not_there_or_nests_is_a_mistake() -> None:
    main = changed(("workflow:", "include: [gone.yaml, more.yaml]\nworkflow:"))
    gone, nested = broken(main, {"more.yaml": "include: [third.yaml]\n"})
    nested, gone = sorted((gone, nested), key=lambda one: one.file)
    assert (gone.line, gone.message) == (line_of(main, "include:"), 'no file "gone.yaml"')
    assert (nested.file, nested.line) == ("more.yaml", 1)


@given(st.text(max_size=300))
def test_any_text_is_a_bundle_or_a_broken_policy(text: str) -> None:
    with pytest.raises(BrokenPolicy):
        load_bundle(text, "p.yaml")


@given(st.integers(0, len(STANDARD) - 1), st.integers(0, 40), st.sampled_from(["", "x", ":", "\n", "[", "1"]))
def test_any_cut_of_a_document_is_a_bundle_or_a_broken_policy(at: int, cut: int, put: str) -> None:
    text = STANDARD[:at] + put + STANDARD[at + cut :]
    assert all(1 <= one.line <= text.count("\n") + 2 for one in problems_of(text))


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        load_bundle(text, "p.yaml")
    except BrokenPolicy as error:
        return error.problems
    return ()


def test_INV_12_a_key_that_is_gone_stops_no_version_that_runs_and_is_named_in_a_file() -> None:
    text = STANDARD + ACTS.replace("effect: money, ceiling", "effect: money, capability: approve, ceiling")
    stored = stored_bundle(Source("p.yaml", text).body)
    assert stored == load_bundle(STANDARD + ACTS, "p.yaml")
    with pytest.raises(BrokenPolicy, match='unknown key "capability"'):
        load_bundle(text, "p.yaml")


def test_RTE_1_what_a_region_counts_for_is_one_of_two_words() -> None:
    line = "  depth_alert_percent: 150"
    text = changed((line, f"{line}\n  region: uk\n  region_as: must"))
    (one,) = broken(text)
    assert (one.line, one.message) == (line_of(text, "  region_as: must"), '"must" is not a choice')
    assert load_bundle(text.replace("must", "need"), "p.yaml").routing.region_as == "need"
