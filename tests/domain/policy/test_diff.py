# ruff: noqa: E501 -- the rows of the table stay on one line
"""Differences of bundles: in words, with their direction, and who has to sign (POL-2, INV-14)."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.policy.documents import ACTS, OFFERS, OPINION, bundle

import newel.demo
from newel.cli.source import policy_source
from newel.domain.access import Role
from newel.domain.policy.acts import ActionClass
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.diff import (
    Change,
    compare,
    may_be_emergency,
    signatures_needed,
    without_post_mortem,
)
from newel.domain.policy.parse import load_bundle
from newel.domain.policy.senses import RANKED

OWNER, RISK, LEGAL = Role.POLICY_OWNER, Role.MODEL_RISK, Role.LEGAL_COMPLIANCE
BASE = bundle(extra=ACTS)


def changes(*replacements: tuple[str, str]) -> tuple[Change, ...]:
    return compare(BASE, bundle(*replacements, extra=ACTS))


# What is replaced by what; the kind and direction that it has; who signs.
ROWS: list[tuple[str, str, str, str, set[Role]]] = [
    ("{value: 0.70,", "{value: 0.75,", "threshold", "tighter", {RISK}),
    ("{value: 0.70,", "{value: 0.65,", "threshold", "looser", {RISK, OWNER}),
    ("{value: 0.60,", "{value: 0.50,", "threshold", "tighter", {RISK}),
    ("{value: 200000,", "{value: 300000,", "threshold", "looser", {RISK, OWNER}),
    ("{weight: 0.50,", "{weight: 0.40,", "threshold", "looser", {RISK, OWNER}),
    ("sample_share: 0.05", "sample_share: 0.20", "threshold", "tighter", {RISK}),
    ("pattern: approval_first", "pattern: gating", "threshold", "looser", {RISK, OWNER}),
    ("[anger, distress,", "[anger,", "taxonomy", "looser", {LEGAL, OWNER}),
    ("rule: {lexicon: [off_policy], ", "rule: {lexicon: [off_policy], phrases: [tribunal], ", "taxonomy", "tighter", {LEGAL}),
    ("rule: {lexicon: [injection], ", "rule: {lexicon: [injection], detector: several_orders, ", "taxonomy", "tighter", {LEGAL}),
    ("priority: P3, assist: none", "priority: P2, assist: none", "taxonomy", "tighter", {LEGAL}),
    ("priority: P1, assist: none", "priority: P1, assist: draft", "taxonomy", "looser", {LEGAL, OWNER}),
    ("skills: [billing]", "skills: [orders, billing]", "taxonomy", "neutral", {LEGAL, OWNER}),
    ('  - "guarantee*"\n', "", "taxonomy", "looser", {LEGAL, OWNER}),
    ('  request_curt: {say: "human please", becomes: request.person, owner: Head of support, date: 2026-11-28}\n', "", "other", "looser", {OWNER}),
    ("becomes: topic.safety", "becomes: ai", "other", "neutral", {OWNER}),
    ("cap_minor: 5000", "cap_minor: 4000", "ceiling", "tighter", {OWNER}),
    ("cap_minor: 5000", "cap_minor: 6000", "ceiling", "looser", {OWNER}),
    ("window_days: 90", "window_days: 30", "ceiling", "looser", {OWNER}),
    ("effect: account, autonomous: true,", "effect: account,", "ceiling", "tighter", {OWNER}),
    ("effect: account, autonomous", "effect: none, autonomous", "ceiling", "looser", {OWNER}),
    ("reply: \"Order {order.number} is", "reply: \"Your order {order.number} is", "playbook", "neutral", {OWNER}),
    ("resolution_minutes: 240", "resolution_minutes: 200", "sla", "tighter", {OWNER}),
    ("[50, 75, 90,", "[50, 90,", "sla", "looser", {OWNER}),
    ('  fri: ["09:00-17:00"]', "  fri: []", "sla", "looser", {OWNER}),
    ("generalist_after_seconds: 60", "generalist_after_seconds: 10", "routing", "looser", {OWNER}),
    ("A colleague is taking over", "A colleague takes over", "text", "neutral", {OWNER}),
    ("pattern: gating, sample_share", "pattern: gating, held_share: 0.2, sample_share", "threshold", "tighter", {RISK}),
    ("resolved_share: 0.10", "resolved_share: 0.05", "threshold", "looser", {RISK, OWNER}),
    ("weight: 3, critical: true", "weight: 3", "other", "looser", {OWNER}),
    ("languages: [en]", "languages: [en]\nsurveys: [csat, nps]", "text", "neutral", {OWNER}),
    ("languages: [en]", "languages: [en, fr]", "other", "looser", {OWNER}),
    ("articles: 3", "articles: 2", "other", "tighter", {OWNER}),
    ("{value: 0.70, note: under this a person has it, owner: Risk officer", "{value: 0.70, note: under this a person has it, owner: Ivan", "other", "neutral", {OWNER}),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "direction", "roles"), ROWS)
def test_POL_2_each_change_has_its_kind_its_direction_and_its_signers(
    old: str, new: str, kind: str, direction: str, roles: set[Role]
) -> None:
    (one,) = changes((old, new))
    assert (one.kind, one.direction) == (kind, direction)
    assert set(signatures_needed([one]).roles) == roles


def test_the_words_are_sentences() -> None:
    told = changes(
        ("{value: 0.70,", "{value: 0.65,"),
        ("[anger, distress,", "[anger,"),
        ("priority: P1, assist: none", "priority: P2, assist: none"),
        ("  value.vip:", "  value.gold:"),
        ("effect: account, autonomous: true,", "effect: account,"),
    )
    assert [str(one.words) for one in told] == [
        "Action reset: autonomous goes from yes to no.",
        "Threshold confidence_minimum: value goes from 0.7 to 0.65.",
        'Trigger emotion.floor: rule.lexicon loses "distress".',
        "Trigger topic.safety: priority goes from P1 to P2.",
        "Trigger value.gold is new.",
        "Trigger value.vip is removed.",
    ]


def test_WRK_10_a_text_in_another_language_is_signed_like_any_text() -> None:
    spoken = "texts:\n  es:\n    handover: Gracias.\n"
    (come,) = compare(BASE, bundle(extra=ACTS + spoken))
    assert (str(come.words), come.kind, come.direction) == ("Texts in es is new.", "text", "neutral")
    (other,) = compare(bundle(extra=spoken), bundle(extra=spoken.replace("Gracias", "Muchas gracias")))
    assert other.path == "texts.es.handover"
    assert signatures_needed([other]).roles == (OWNER,)


def test_WRK_2_an_offer_is_the_policy_owners_and_goes_at_once() -> None:
    bare, offering = BASE, bundle(extra=ACTS + OFFERS)
    (made,) = compare(bare, offering)
    assert (str(made.words), made.kind, made.direction) == ("Offer Feather pad is new.", "text", "looser")
    assert signatures_needed([made]).roles == (Role.POLICY_OWNER,)
    (gone,) = compare(offering, bare)
    assert signatures_needed([gone], emergency=True).emergency
    later = bundle(extra=ACTS + OFFERS.replace("rest_days: 60", "rest_days: 90"))
    assert [one.direction for one in compare(offering, later)] == ["tighter"]


def test_who_is_asked_for_a_second_opinion_is_signed_and_no_emergency() -> None:
    """It can only tighten; but what customers write leaves the house by it."""
    bare, asking = BASE, bundle(extra=ACTS + OPINION)
    (made,) = compare(bare, asking)
    assert (str(made.words), made.kind, made.direction) == ("Opinion is new.", "taxonomy", "neutral")
    assert set(signatures_needed([made], emergency=True).roles) == {LEGAL, OWNER}
    fraud = "    topic.fraud: scams, stolen cards, charges that the customer did not make\n"
    assert fraud in OPINION
    fewer = bundle(extra=ACTS + OPINION.replace(fraud, ""))
    for old, new in ((asking, fewer), (fewer, asking)):  # a line is words to a model: it may loosen as well
        (line,) = compare(old, new)
        assert set(signatures_needed([line], emergency=True).roles) == {LEGAL, OWNER}
    (other,) = compare(asking, bundle(extra=ACTS + OPINION.replace("llama-3.3-70b-instruct", "another")))
    assert (other.path, other.direction) == ("opinion.model", "neutral")


def test_a_playbook_goes_by_its_title_and_its_parts_by_what_a_reader_of_them_sees() -> None:
    source = policy_source(Path(newel.demo.__file__).parent / "policy" / "customer-support.yaml")
    old = load_bundle(source.text, source.name, source.includes)
    book = old.playbooks["order_status"]
    slots = {"order": msgspec.structs.replace(book.slots["order"], ask="Which one?")}
    changed = msgspec.structs.replace(
        book, phrases=(*book.phrases, "any news?"), slots=slots, owner="Ivan", paths=book.paths[:2]
    )
    new = msgspec.structs.replace(old, playbooks={**old.playbooks, "order_status": changed})
    told = [str(one.words).removeprefix(f"Playbook {book.title}: ") for one in compare(old, new)]
    assert told[:3] == [
        f'the owner goes from "{book.owner}" to "Ivan".',
        "which way it goes is rewritten.",
        'how customers say it gains "any news?".',
    ]
    assert told[3].startswith("what must be known, order, the question goes from")


def test_a_replaced_word_is_a_loss_and_a_gain_and_so_a_loosening() -> None:
    told = changes(("rule: {fact: vip}", "rule: {fact: vulnerable}"))
    assert [one.direction for one in told] == ["looser", "tighter"]
    assert OWNER in signatures_needed(told).roles


def test_taking_out_a_trigger_and_adding_one_are_taxonomy() -> None:
    gone, come = changes(("  value.vip:", "  zone.vip:"))
    assert {gone.kind, come.kind} == {"taxonomy"}
    assert (gone.direction, come.direction) == ("looser", "tighter")


def test_the_first_version_needs_all_three() -> None:
    assert set(signatures_needed(compare(None, BASE)).roles) == {OWNER, RISK, LEGAL}


def test_no_change_needs_nobody() -> None:
    assert compare(BASE, BASE) == ()
    assert signatures_needed(()).roles == ()


def test_POL_2_an_emergency_is_for_tightening_only_and_is_reviewed() -> None:
    tighter = changes(("{value: 0.70,", "{value: 0.90,"), ('version: "1.0"', 'version: "1.1"'))
    needed = signatures_needed(tighter, emergency=True)
    assert (needed.roles, needed.emergency, needed.review) == ((), True, (RISK,))
    mixed = changes(("{value: 0.70,", "{value: 0.90,"), ("cap_minor: 5000", "cap_minor: 6000"))
    assert not may_be_emergency(mixed)
    assert set(signatures_needed(mixed, emergency=True).roles) == {RISK, OWNER}
    assert not may_be_emergency(changes(('version: "1.0"', 'version: "1.1"')))


def test_POL_2_a_new_marker_names_its_post_mortem() -> None:
    named = bundle(("  value.vip:\n    {", "  value.gold:\n    {post_mortem: PM-7, "), extra=ACTS)
    assert without_post_mortem(BASE, bundle(("  value.vip:", "  value.gold:"), extra=ACTS)) == ("value.gold",)
    assert without_post_mortem(BASE, named) == ()
    assert without_post_mortem(None, BASE) == ()


def test_every_effect_has_its_rank() -> None:
    assert set(get_args(ActionClass.__annotations__["effect"])) <= RANKED.keys()


PICKED = st.lists(st.sampled_from(ROWS), max_size=5, unique_by=lambda row: row[0][:12])


def applied(rows: list[tuple[str, str, str, str, set[Role]]]) -> Bundle:
    plain: Any = bundle(*((row[0], row[1]) for row in rows), extra=ACTS)
    return msgspec.convert(msgspec.to_builtins(plain), Bundle)


@given(PICKED)
def test_INV_14_a_diff_is_empty_only_of_equal_bundles(rows: list[Any]) -> None:
    other = applied(rows)
    assert (compare(BASE, other) == ()) == (other == BASE)
    assert compare(other, other) == ()


@given(PICKED, PICKED)
def test_INV_14_what_loosens_one_way_tightens_the_other(first: list[Any], second: list[Any]) -> None:
    old, new = applied(first), applied(second)
    turned = {"tighter": "looser", "looser": "tighter", "neutral": "neutral"}
    there = sorted((one.path, str(one.old), str(one.new), one.direction) for one in compare(old, new))
    back = sorted((one.path, str(one.new), str(one.old), turned[one.direction]) for one in compare(new, old))
    assert there == back


@given(PICKED, PICKED)
def test_INV_14_whatever_changes_somebody_else_signs(first: list[Any], second: list[Any]) -> None:
    told = compare(applied(first), applied(second))
    needed = signatures_needed(told)
    assert bool(needed.roles) == bool(told)
    if any(one.direction == "looser" for one in told):
        assert OWNER in needed.roles
        assert not may_be_emergency(told)
