"""The articles are whole, each sentence stands alone, and their facts are those of the systems."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from newel.demo.effects.subscriptions import LONGEST, PAUSE_DAYS
from newel.demo.effects.warehouse import LABEL_DAYS
from newel.demo.generate.extras import PLANS
from newel.demo.generate.orders import DELIVERY_MINOR, FREE_FROM_MINOR
from newel.demo.generate.source import data
from newel.demo.slots import PLACES, TIMES
from newel.demo.views import RETURN_DAYS

FOLDER = Path(__file__).parents[2] / "src" / "newel" / "demo" / "articles"
FILES = sorted(FOLDER.glob("*.md"))
POLICY = yaml.safe_load((FOLDER.parent / "policy" / "customer-support.yaml").read_text("utf-8"))
PUBLISHED = POLICY["knowledge"]["collections"]
PEOPLE = {p["login"] for p in yaml.safe_load((FOLDER.parent / "staff.yaml").read_text("utf-8"))["people"]}
LEANS_ON_ANOTHER = re.compile(r"(It|Its|This|They|Their|These|That|Those|He|She|Such|Both|Also|Then)\b")
COMMITMENTS = re.compile(r"guarantee|promis|compensat|goodwill|waive|we will|we'll|deadline|no later than")


def read(file: Path) -> tuple[dict[str, object], str]:
    _, front, text = file.read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(front), text.strip()


def text_of(id_: str) -> str:
    return " ".join(read(FOLDER / f"{id_}.md")[1].split())


def test_there_are_enough_articles() -> None:
    assert len(FILES) >= 45


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_article_is_whole(file: Path) -> None:
    front, text = read(file)
    assert list(front) == ["id", "title", "collection", "owner", "updated", "language"]
    assert (front["id"], front["language"]) == (file.stem, "en")
    assert front["collection"] in PUBLISHED
    assert front["owner"] in PEOPLE
    assert isinstance(front["updated"], date)
    assert 80 <= len(text.split()) <= 200


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_sentence_stands_alone_and_commits_nobody(file: Path) -> None:
    for sentence in re.split(r"(?<=[.!?])\s+", read(file)[1]):
        assert not LEANS_ON_ANOTHER.match(sentence), sentence
        assert not COMMITMENTS.search(sentence.lower()), sentence


def test_no_sentence_is_told_twice() -> None:
    sentences = [s for file in FILES for s in re.split(r"(?<=[.!?])\s+", read(file)[1])]
    assert len(set(sentences)) == len(sentences)


def test_delivery_prices_are_those_that_orders_pay() -> None:
    told = text_of("delivery-europe")
    for country, code in (("Ireland", "IE"), ("France", "FR"), ("Germany", "DE"), ("Spain", "ES")):
        assert f"Delivery to {country} costs {pounds(DELIVERY_MINOR[code])}" in told
    home = text_of("delivery-uk-standard")
    assert f"costs {pounds(DELIVERY_MINOR['GB'])}" in home
    assert f"free for orders of {pounds(FREE_FROM_MINOR)} or more" in home


def test_windows_are_those_that_the_systems_keep() -> None:
    assert f"returned within {RETURN_DAYS.days} days of delivery" in text_of("returns-policy")
    assert f"valid for {LABEL_DAYS.days} days" in text_of("returns-policy")
    pauses = text_of("subscription-changes")
    assert f"paused for up to {LONGEST.days} days" in pauses
    assert f"without an end date lasts {PAUSE_DAYS.days} days" in pauses
    assert f"begin at {', '.join(TIMES[:-1])} and {TIMES[-1]}" in text_of("delivery-furniture")
    for price in PLANS.values():
        assert f"costs {pounds(price)} a month" in text_of("subscription")


def test_places_and_warranties_are_those_of_the_systems() -> None:
    street, postcode = "14 Weaver Street", "SE1 3XF"
    assert street in PLACES["showroom_visit"]
    assert postcode in PLACES["showroom_visit"]
    assert f"{street}, {postcode}" in text_of("showroom-london")
    covered = {category for category, rows in data("products").items() if any(row[3] for row in rows)}
    assert covered == {"lamps", "cookware"}
    assert "warranty of 2 years on lamps and on cookware" in text_of("warranty")


def pounds(minor: int) -> str:
    return f"£{minor // 100}.{minor % 100:02d}"
