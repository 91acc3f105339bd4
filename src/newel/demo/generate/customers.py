"""The 300 customers; those of the stories are fixed in ``data/names.yaml``."""

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from newel.demo.generate.source import chance, data
from newel.demo.shapes import Address, Customer, Money

COUNT = 300
CONSENTING = 0.6
HOME_OF = {"fr": "FR", "de": "DE", "es": "ES"}


def customers(today: date) -> list[Customer]:
    """All customers, by reference; their lifetime value is what they spent before these orders."""
    return [_customer(number, today) for number in range(1, COUNT + 1)]


def _customer(number: int, today: date) -> Customer:
    ref = f"C{number:04d}"
    luck = chance("customer", ref)
    fixed = data("names")["special"].get(ref, {})
    name = fixed.get("name") or _name(number)
    language = fixed.get("language") or _language(luck, number)
    spent = fixed.get("earlier_spend_minor", luck.randrange(0, 45_000, 50))
    return Customer(
        ref=ref,
        name=name,
        email=_email(name, number, "name" in fixed),
        phone=f"+44 7700 900{number:03d}",
        address=_address(luck, fixed.get("country") or _country(luck, language)),
        segment=fixed.get("segment") or _segment(spent),
        lifetime_value=Money(spent),
        language=language,
        joined_on=today - timedelta(days=luck.randint(60, 2_400)),
        loyalty_points=spent // 100,
        training_consent=chance("training consent", ref).random() < CONSENTING,
        marketing=fixed.get("marketing", True),
        **_flags(fixed),
    )


def _name(number: int) -> str:
    """A name of its own: the two lists have no common divisor, so no pair comes twice."""
    given, family = data("names")["given"], data("names")["family"]
    return f"{given[number % len(given)]} {family[number % len(family)]}"


def _language(luck: Random, number: int) -> str:
    if number <= 50:
        return "en"
    return luck.choices(("en", "fr", "de", "es"), (88, 5, 3, 4))[0]


def _country(luck: Random, language: str) -> str:
    abroad = HOME_OF.get(language, "IE")
    return luck.choices(("GB", abroad), (96, 4) if language == "en" else (50, 50))[0]


def _segment(spent: int) -> str:
    return "new" if spent < 5_000 else "regular" if spent < 30_000 else "loyal"


def _flags(fixed: dict[str, Any]) -> dict[str, bool]:
    return {flag: fixed.get(flag, False) for flag in ("vip", "vulnerable", "prefers_human")}


def _email(name: str, number: int, fixed: bool) -> str:
    folded = unicodedata.normalize("NFKD", name.replace("ł", "l")).encode("ascii", "ignore")
    given, family = folded.decode().lower().split(" ", 1)
    return f"{given[0]}.{family}{'' if fixed else number}@example.com"


def _address(luck: Random, country: str) -> Address:
    places: Sequence[Sequence[str]] = data("names")["places"][country]
    city, postcode = luck.choice(places)
    street = luck.choice(data("names")["streets"][country])
    return Address(
        line1=f"{luck.randint(1, 180)} {street}",
        city=city,
        postcode=postcode,
        country=country,
    )
