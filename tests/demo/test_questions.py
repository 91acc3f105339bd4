"""Each ticket that an article should answer has one sentence that answers it, standing alone."""

import json
from pathlib import Path

import pytest

import newel.demo
from newel.domain.knowledge import passages, read_article, sentences

FOLDER = Path(newel.demo.__file__).parent / "articles"
WRITTEN = Path(__file__).parents[2] / "benchmarks" / "sets" / "tickets_written.jsonl"
TICKETS = {t["id"]: t for t in map(json.loads, WRITTEN.read_text("utf-8").splitlines())}
ANSWERS = {
    "ticket-003": ("delivery-uk-standard", "Standard delivery is free for orders of £50.00 or more"),
    "ticket-007": ("returns-policy", "Items can be returned within 30 days of delivery"),
    "ticket-012": ("delivery-uk-standard", "Standard delivery in the United Kingdom costs £3.95"),
    "ticket-019": ("delivery-uk-standard", "Standard delivery takes 2 to 4 working days"),
    "ticket-020": ("showroom-london", "open from Monday to Saturday from 10:00 to 18:00"),
    "ticket-021": ("care-stoneware", "stoneware is safe in the dishwasher"),
    "ticket-028": ("returns-policy", "Items can be returned within 30 days of delivery"),
    "ticket-029": ("delivery-uk-standard", "Standard delivery in the United Kingdom costs £3.95"),
    "ticket-043": ("price-match", "Hearthwick does not match the prices of other shops"),
    "ticket-048": ("payment-methods", "Hearthwick accepts Visa, Mastercard, American Express"),
    "ticket-055": ("care-textiles", "throws and wool blankets are dry cleaned or washed by hand at 30 °C"),
    "ticket-057": ("showroom-london", "showroom is closed on Sundays"),
    "ticket-059": ("gift-wrap", "A gift order can be sent straight to the person who receives it"),
    "ticket-060": ("showroom-london", "showroom in London is at 14 Weaver Street, SE1 3XF"),
    "ticket-061": ("care-rugs", "Jute rugs are cleaned with a dry brush"),
    "ticket-070": ("sustainability", "For the sake of the environment Hearthwick uses wood with FSC"),
    "ticket-079": ("payment-methods", "Hearthwick accepts Visa, Mastercard, American Express, PayPal"),
    "ticket-088": ("delivery-countries", "the United Kingdom, Ireland, France, Germany and Spain"),
    "ticket-099": ("delivery-countries", "Hearthwick delivers to five countries: the United Kingdom"),
    "ticket-101": ("gift-cards", "A gift card expires 24 months after it was bought"),
    "ticket-102": ("care-stoneware", "stoneware is safe in the dishwasher and in the microwave"),
    "ticket-109": ("returns-policy", "The customer pays the postage of a return"),
    "ticket-112": ("gift-wrap", "Gift wrap costs £3.50 for each item"),
    "ticket-115": ("subscription", "The candle subscription sends candles by post every month"),
    "ticket-133": ("care-cast-iron", "A cast iron pan is seasoned for one hour in the oven"),
    "ticket-137": ("price-match", "Hearthwick does not match the prices of other shops"),
    "ticket-139": ("packaging-recycling", "All Hearthwick packaging is recyclable or compostable"),
    "ticket-148": ("showroom-london", "Hearthwick has two shops: the showroom in London"),
    "ticket-150": ("warranty", "The warranty covers faults of material and workmanship"),
}


def test_each_of_the_questions_has_its_answer() -> None:
    asked = {i for i, t in TICKETS.items() if (t["expected_tier"], t["expected_reason"]) == (1, "knowledge")}
    assert len(asked) == 29
    assert set(ANSWERS) == asked


@pytest.mark.parametrize("ticket", ANSWERS)
def test_one_sentence_answers_a_question(ticket: str) -> None:
    name, said = ANSWERS[ticket]
    article = read_article((FOLDER / f"{name}.md").read_text("utf-8"), name)
    found = [s for passage in passages(article) for s in sentences(passage) if said in s]
    assert len(found) == 1, TICKETS[ticket]["text"]
