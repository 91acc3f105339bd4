# ruff: noqa: E501 -- the rows of the table stay on one line
"""Cross-checks: each kind of mistake is found, at its line, with what would be right."""

import pytest
from tests.domain.policy.documents import ACTS, KNOWN, OFFERS, OPINION, STANDARD, changed, line_of

from newel.domain.policy.check import check, load_checked
from newel.domain.policy.parse import load_document
from newel.domain.policy.problem import BrokenPolicy, Problem
from newel.domain.policy.tuned import STANDARD_TRIGGERS


def checked(text: str) -> tuple[Problem, ...]:
    return check(load_document(text, "p.yaml"), KNOWN)


def test_the_standard_document_has_nothing_to_mend_and_every_standard_trigger() -> None:
    assert checked(STANDARD) == ()
    assert load_checked(STANDARD, "p.yaml", {}, KNOWN).bundle.triggers.keys() == STANDARD_TRIGGERS.keys()


def test_a_document_with_acts_is_right() -> None:
    assert checked(STANDARD + ACTS) == ()


# Each row: what is replaced, by what, where it is found (on the line of the new text), and the words.
MISTAKES = [
    ("rule: {lexicon: [off_policy], ", "rule: {lexicon: [off_polcy], ", 'unknown lexicon family "off_polcy"; did you mean "off_policy"?'),
    ("detector: several_orders, ", "detector: sevral_orders, ", 'unknown detector "sevral_orders"'),
    ("rule: {fact: vip}", "rule: {fact: vip_flag}", 'unknown fact "vip_flag"'),
    ("rule: {fact: vip}", "rule: {}", "can never fire"),
    ("above: lifetime_value_minor", "above: lifetime_minor", 'did you mean "lifetime_value_minor"?'),
    ("rule: {fact: vulnerable}", "rule: {phrases: [legal], above: emotion_floor}", "nothing is compared"),
    ("data.format:\n    {cluster: data, floor: 2,", "data.format:\n    {cluster: data, floor: 2, lock: true,", "a lock forces tier 3"),
    ("{cluster: injection, floor: 3,", "{cluster: injection, floor: 3, deflection: true,", "never deflected"),
    ("detector: emotion, above: emotion_floor", "detector: emotion", "emotion is a number without a threshold"),
    ("rule: {fact: vip}", "rule: {fact: segment}", "names no segment; name the segments under phrases"),
    ("  interaction: {weight", "  interactions: {weight", 'unknown risk factor "interactions"; did you mean "interaction"?'),
    ("A colleague is taking over", "{name}, a colleague is taking over", "a fixed text has no places"),
    ("preset: safety,", "preset: safty,", 'unknown preset "safty"; did you mean "safety"?'),
    ("{value: 0.70,", "{value: 70,", "70 is out of range; 0.5 to 1 is right"),
    ("  repeat_similarity:", "  repeat_similarities:", 'unknown threshold "repeat_similarities"'),
    ("{value: 0.70,", "{value: 0.70, model: 0123456789ab,", "no model is fitted for it"),
    ("  low_confidence: {weight: 0.30", "  low_confidence: {weight: 3", "3 is out of range"),
    ("floor_minor: 0", "floor_minor: 6000", "the floor 6000 is above the cap 5000"),
    ("lifetime_share: 0.01", "lifetime_share: 1.01", "1.01 is out of range; 0 to 1"),
    ("P2: {resolution_minutes: 240", "P2: {resolution_minutes: 30", "30 is less than P1 has; 60 minutes or more"),
    ("P1: {resolution_minutes: 60, first_response_minutes: 15", "P1: {resolution_minutes: 60, first_response_minutes: 90", "later than the resolution"),
    ("alerts_percent: [50, 75,", "alerts_percent: [75, 50,", "is not ascending; write [50, 75, 90, 100, 150]"),
    ("90, 100, 150]", "90, 150]", "no breach is ever seen"),
    ("approval_minutes: 15", "approval_minutes: 0", "0 is out of range"),
    ("zone: Europe/London", "zone: Europe/Londn", 'did you mean "Europe/London"?'),
    ("country: GB", "country: Britain", "no holidays are known"),
    ('mon: ["09:00-17:00"]', 'mon: ["09:00-13:00", "12:30-17:00"]', '"12:30-17:00" overlaps'),
    ('tue: ["09:00-17:00"]', 'tue: ["17:00-09:00"]', '"17:00-09:00" is no span of a day'),
    ('wed: ["09:00-17:00"]', 'wed: ["09:00-25:00"]', "is no span of a day"),
    ("quality: Head of quality", 'quality: " "', "nobody is named"),
    ("  depth_alert_percent: 150", "  depth_alert_percent: 150\n  region: EU west", '"EU west" is no name of a region'),
    ("around_the_clock: false, owner: Head of support", 'around_the_clock: false, owner: ""', "name who answers for this entry"),
    ("sample_share: 0.05", "sample_share: 0.0", "sampling that samples nothing"),
    ('say: "human please", becomes: request.person', 'say: "human please", becomes: request.persn', 'unknown outcome "request.persn"; did you mean "request.person"?'),
    ('say: "human please"', 'say: " "', "is empty; write what a customer writes"),
    ('after: ["Look, my law"]', 'after: [""]', "is empty; write what a customer writes"),
    ('after: ["Look, my law"]', 'after: [a, b, c, d]', "4 is out of range; 0 to 3"),
    ("sample_share: 0.10", "sample_share: 10", "10 is out of range; 0 to 1"),
    ("languages: [en]", "languages: [en, english]", 'unknown language "english"'),
    ("currency: GBP", "currency: pounds", "is no currency"),
    ("workflow: customer-support", "workflow: Customer Support", "is no workflow name"),
    ("articles: 3", "articles: 0", "0 is out of range"),
    ("call: shop.order", "call: shop.ordr", 'unknown look-up "shop.ordr"; did you mean "shop.order"?'),
    ('args: {order: "{slots.order}"}', "args: {}", 'needs the argument "order"'),
    ("act: {action: refund,", "act: {action: refnd,", 'unknown action "refnd"; did you mean "refund"?'),
    ('amount: "{order.total}", ', "", "moves money without an amount"),
    ("justification: It arrived damaged.", 'justification: ""', "say why in one line"),
    ("Order {order.number} is", "Order {oder.number} is", "nothing is called 'oder'"),
    ("effect: money, ceiling: refund,", "effect: money,", "moves money without a ceiling; add ceiling: refund"),
    ("effect: money, ceiling: refund,", "effect: money, ceiling: refunds,", 'unknown ceiling "refunds"'),
    ("effect: money, ceiling: refund,", "effect: money, autonomous: true, ceiling: refund,", "without a ceiling of its own"),
    ("effect: money, ceiling: refund,", "effect: money, autonomous: true, autonomous_ceiling_minor: 9000, ceiling: refund,", "is above the cap; 0 to 5000"),
    ("reset: {system: shop,", "reset: {system: shp,", 'unknown system "shp"; did you mean "shop"?'),
    ("  reset: {system: shop,", "  resett: {system: shop,", 'the system "shop" has no action "resett"'),
    ("path: /refunds, body: {},", 'path: /refunds, body: {why: ["{reason}"]},', 'refund needs the argument "reason"'),
    ("sources: [text]", "sources: []", "say where it comes from"),
]  # fmt: skip


# What is missing is told where it belongs.
ELSEWHERE = {
    "moves money without an amount": "        act: {",
    'refund needs the argument "reason"': "        act: {",
}


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_each_mistake_is_found_on_its_line(old: str, new: str, words: str) -> None:
    text = changed((old, new), extra=ACTS)
    found = [one for one in checked(text) if words in str(one)]
    assert [one.severity for one in found] == ["error"]
    first = line_of(text, ELSEWHERE.get(words, new))
    assert first - 1 <= found[0].line <= first + new.count("\n") + 2, str(found[0])


@pytest.mark.parametrize("section", ["thresholds", "gates", "messages", "sla.targets"])
def test_what_must_be_there_and_is_not(section: str) -> None:
    removed = {
        "thresholds": ("  confidence_minimum:", "  risk_minimum:"),
        "gates": (
            "  medium: {pattern: gating, sample_share: 0.10, owner: Head of quality, date: 2026-11-20}\n",
            "",
        ),
        "messages": ("  breach_notice:", "  breach_note:"),
        "sla.targets": ("    P2: {resolution", "    P1x: {resolution"),
    }
    if section == "sla.targets":
        with pytest.raises(BrokenPolicy, match='"P1x" is not a choice'):
            checked(changed(removed[section]))
        return
    errors = [one for one in checked(changed(removed[section])) if one.severity == "error"]
    assert errors
    assert errors[0].path.startswith(section)


OWNED = "  surveys: {owner: Head of support, date: 2026-11-20}\n"
"""One more line of the last section, which says who answers for what."""
TEXTS = "texts:\n  es:\n    handover: Gracias, un compañero le responderá.\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    handover:", "    hand_over:", 'unknown message "hand_over"; did you mean "handover"?'),
        ("  es:", "  spanish:", 'unknown language "spanish"'),
        ("  es:", "  en:", "is what messages are written in"),
        ("Gracias,", "Gracias {name},", "a fixed text has no places"),
        ("Gracias, un compañero le responderá.", '" "', "is empty"),
    ],
)
def test_WRK_10_a_text_in_another_language_is_checked_on_its_line(old: str, new: str, words: str) -> None:
    text = STANDARD + TEXTS.replace(old, new)
    (found,) = [one for one in checked(text) if one.severity == "error"]
    assert words in str(found)
    assert found.line == line_of(text, new.strip())


def test_WRK_10_what_is_not_said_in_a_language_is_mild() -> None:
    found = checked(STANDARD + TEXTS)
    assert {one.severity for one in found} == {"warning"}
    assert any('"breach_notice" is not said in es' in str(one) for one in found)


POOL = """overflow:
  normal_depth: 8
  relief_percent: 100
  teams: [contractors]
  with_skills: [invoices]
  stands_in_for: [orders]
  from_priority: P3
  most_each: 2
  owner: Head of support
  date: 2026-11-26
"""


def test_RTE_5_a_pool_has_nothing_to_mend() -> None:
    assert checked(STANDARD + POOL) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("normal_depth: 8", "normal_depth: 0", "0 is out of range; 1 to 100000"),
        ("normal_depth: 8", 'normal_depth: "eight"', "must be a whole number"),
        ("relief_percent: 100", "relief_percent: 150", "150 is no relief; 1 to 149 is right"),
        ("teams: [contractors]", 'teams: [" "]', "is empty"),
        ("stands_in_for: [orders]", "stands_in_for: []", "they could do no more than they do now"),
        ("most_each: 2", "most_each: 0", "0 is out of range; 1 to 1000"),
        ("from_priority: P3", "from_priority: P4", '"P4" is not a choice'),
        ("most_each: 2", "most_eech: 2", 'unknown key "most_eech"; did you mean "most_each"?'),
        ("owner: Head of support\n  date: 2026-11-26\n", "owner: Head of support\n", '"date" is missing'),
    ],
)
def test_RTE_5_each_mistake_of_a_pool_is_found_in_it(old: str, new: str, words: str) -> None:
    text = STANDARD + POOL.replace(old, new)
    try:
        found = [one for one in checked(text) if one.severity == "error"]
    except BrokenPolicy as broken:
        found = list(broken.problems)
    (one,) = [one for one in found if words in str(one)]
    assert line_of(text, "overflow:\n") <= one.line <= text.count("\n")


def test_RTE_5_a_pool_without_people_and_an_alert_below_what_is_usual_are_mistakes() -> None:
    alone = POOL.replace("  teams: [contractors]\n", "").replace("  with_skills: [invoices]\n", "")
    low = (STANDARD + alone).replace("depth_alert_percent: 150", "depth_alert_percent: 100")
    said = " ".join(map(str, checked(low)))
    assert "nobody is in the pool; name people, teams, or with_skills" in said
    assert "100 is out of range; 101 to 10000" in said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("surveys: [nps, stars]", '"stars" is not a choice'),
        ("surveys: [nps, csat, nps]", '"nps" stands there twice; name each kind once'),
        ("surveys: nps", "must be a list"),
    ],
)
def test_RES_5_a_mistake_in_what_is_asked_is_found_on_its_line(line: str, words: str) -> None:
    text = STANDARD + OWNED + line + "\n"
    try:
        found = [one for one in checked(text) if one.severity == "error"]
    except BrokenPolicy as broken:
        found = list(broken.problems)
    (one,) = found
    assert words in str(one)
    assert one.line == line_of(text, line)


def test_RES_5_a_text_for_what_nobody_is_asked_is_mild() -> None:
    text = changed(("messages:\n", 'messages:\n  survey_nps: "Would you recommend us?"\n'))
    (one,) = checked(text)
    assert (one.severity, one.path) == ("warning", "messages.survey_nps")
    assert "nothing sends it; add nps to surveys, or take the text out" in str(one)
    assert checked(text + OWNED + "surveys: [nps, effort]\n") == ()


def test_taking_a_standard_trigger_out_is_allowed_and_said_aloud() -> None:
    text = changed(("  value.vip:", "  value.gold:"))
    (one,) = checked(text)
    assert one.severity == "warning"
    assert str(one).endswith('"value.vip" is not here; did you mean "value.gold"?')
    assert load_checked(text, "p.yaml", {}, KNOWN)


def test_a_trigger_weaker_than_the_standard_is_said_aloud() -> None:
    text = changed(
        (
            "{cluster: topic, floor: 3, lock: true, priority: P1, assist: none",
            "{cluster: topic, floor: 3, lock: true, priority: P2, assist: draft",
        )
    )
    assert {one.path for one in checked(text)} == {
        "triggers.topic.safety.priority",
        "triggers.topic.safety.assist",
    }


def test_items_need_fields_and_no_texts_for_customers() -> None:
    text = changed(("kind: conversations", "kind: items"))
    said = " ".join(map(str, checked(text)))
    assert "items have no fields" in said
    assert "items have no customer to ask" in said


def test_load_checked_raises_with_errors_only() -> None:
    text = changed(("  value.vip:", "  value.gold:"), ("{value: 0.70,", "{value: 7,"))
    with pytest.raises(BrokenPolicy) as caught:
        load_checked(text, "p.yaml", {}, KNOWN)
    assert [one.path for one in caught.value.problems] == ["thresholds.confidence_minimum.value"]


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("pass_score: 0.8", "pass_score: 1.8", "scorecard.pass_score", "out of range"),
        ("weight: 4, critical", "weight: 0, critical", "scorecard.criteria.right.weight", "out of range"),
        ('asks: "Is what was said and done right?"', 'asks: " "', "scorecard.criteria.right.asks", "empty"),
        ("floor: 0.8,", "floor: 0.95,", "sampling.floor", "above the target"),
        ("window: 50", "window: 12", "sampling.floor", "never ease"),
        ("window: 50", "window: 5", "sampling.window", "out of range"),
        (
            "pattern: approval_first,",
            "pattern: approval_first, held_share: 0.5,",
            "gates.high.held_share",
            "first",
        ),
        ("pattern: gating,", "pattern: gating, held_share: 1.5,", "gates.medium.held_share", "out of range"),
    ],
)
def test_QUA_1_the_quality_of_a_policy_is_checked_where_it_is_written(
    old: str, new: str, path: str, says: str
) -> None:
    text = changed((old, new))
    found = [one for one in check(load_document(text, "test.yaml"), KNOWN) if one.path == path]
    assert [one.line for one in found] == [line_of(text, new)]
    assert says in found[0].message


def test_WRK_2_an_offer_has_nothing_to_mend() -> None:
    assert checked(STANDARD + ACTS + OFFERS) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "[order_status]",
            "[order_stats]",
            'unknown contact reason "order_stats"; did you mean "order_status"?',
        ),
        (
            "[order_status]",
            "[refund_damaged]",
            'nothing is offered where "refund_damaged" pays money back; take it out',
        ),
        ("because: A cover was bought.", 'because: " "', "offers.pad.because: is empty"),
        ("texts: {es:", "texts: {xx:", 'unknown language "xx"'),
        ("texts: {es:", "texts: {en:", "is what text is written in"),
        ("texts: {es: Un relleno encaja en su funda.}", 'texts: {es: ""}', "offers.pad.texts.es: is empty"),
        ("rest_days: 60", "rest_days: 0", "0 is out of range; 1 to 3650"),
        ("call: shop.order,", "call: shop.oder,", 'unknown look-up "shop.oder"; did you mean "shop.order"?'),
        ("text: A pad", "text: For {oder.no} a pad", "offers.pad.text: nothing is called 'oder'"),
        ("title: Feather pad", "title: Feather pad\n    owners: me", 'unknown key "owners"'),
        ("owner: Shop team\n    date: 2026-11-26", "date: 2026-11-26", '"owner" is missing'),
    ],
)
def test_WRK_2_a_mistake_in_an_offer_is_found_at_its_line(old: str, new: str, words: str) -> None:
    whole = STANDARD + ACTS
    assert old in OFFERS
    text = whole + OFFERS.replace(old, new)
    try:
        found = [one for one in checked(text) if one.severity == "error"]
    except BrokenPolicy as broken:
        found = list(broken.problems)
    (one,) = [one for one in found if words in str(one)]
    assert whole.count("\n") < one.line <= text.count("\n")


def test_WRK_2_items_have_nobody_to_offer_anything() -> None:
    text = (STANDARD + ACTS + OFFERS).replace("kind: conversations", "kind: items")
    assert "items have no customer to offer anything" in " ".join(map(str, checked(text)))


def test_the_second_opinion_that_is_ready_to_be_copied_fits_the_standard_policy() -> None:
    assert not [one for one in checked(STANDARD + OPINION) if one.severity == "error"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "model: llama-3.3-70b-instruct",
            'model: " "',
            "opinion.model: is empty; name it as your endpoint does",
        ),
        ("seconds: 10 ", "seconds: 16 ", "opinion.seconds: 16 is out of range; 1 to 15"),
        (
            "options: {temperature: 0}",
            "options: {stream: true}",
            "opinion.options.stream: is not yours to set",
        ),
        (
            "topic.fraud: scams",
            "topic.frauds: scams",
            'unknown trigger "topic.frauds"; did you mean "topic.fraud"?',
        ),
        ("topic.fraud: scams", "risk_words.refund: scams", "this trigger calls nobody; name triggers with"),
        (
            "topic.fraud: scams, stolen cards, charges that the customer did not make",
            'topic.fraud: ""',
            "is empty",
        ),
    ],
)
def test_a_mistake_in_the_second_opinion_is_found_at_its_line(old: str, new: str, words: str) -> None:
    assert old in OPINION
    (one,) = [one for one in checked(STANDARD + OPINION.replace(old, new)) if one.severity == "error"]
    assert words in str(one)
    assert one.line > STANDARD.count("\n")


def test_a_second_opinion_is_asked_of_something_and_not_of_items() -> None:
    nothing = "\nopinion: {model: m, when: {}, owner: me, date: 2026-11-28}\n"
    assert "opinion.when: says nothing" in " ".join(map(str, checked(STANDARD + nothing)))
    items = (STANDARD + OPINION).replace("kind: conversations", "kind: items")
    assert "an item says nothing to be read; take it out" in " ".join(map(str, checked(items)))


@pytest.mark.parametrize("name", ["none", "Judged", "unheard"])
def test_no_trigger_goes_by_a_word_of_the_opinion_itself(name: str) -> None:
    text = (
        (STANDARD + OPINION)
        .replace("  topic.fraud:", f"  {name}:")
        .replace("    topic.fraud: scams", f"    {name}: scams")
    )
    assert f"opinion.when.{name}: means something else to an opinion" in " ".join(map(str, checked(text)))
