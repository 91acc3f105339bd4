"""The languages that pages speak: whose is asked for, and how each writes figures.

English is what stands in templates and code; every other language is a catalogue (``web/locale``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from babel.core import Locale
from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent

from newel.domain.attachment import MEGABYTE
from newel.domain.sentence import Day, Figure, Joined, Sentence, Share, Sum, Value
from newel.web.catalogue import SOURCE, translations

CONSOLE: Final = (SOURCE, "es", "fr")
"""What the console speaks."""
CUSTOMERS: Final = (*CONSOLE, "ar")
"""What the pages of customers speak."""
COOKIE: Final = "newel_language"
_DIGITS: Final = 6
"""Behind the point: a limit of a policy is said as it stands, what was computed without its tail."""
_RANGES_AT_MOST: Final = 20
_RANGE: Final = re.compile(
    r"([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?"
)


def N_(message: str) -> str:  # the name by which it is found for the catalogues
    """A text that is translated where it is shown."""
    return message


class Tongue:
    """One language: its words by its catalogue, figures by its habits."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.locale = Locale.parse(code)
        self.translations = translations(code)

    @property
    def dir(self) -> str:
        """Which way it is written: ``ltr`` or ``rtl``."""
        return self.locale.text_direction

    @property
    def name(self) -> str:
        """What its speakers call it."""
        said = self.locale.get_display_name(self.locale) or self.code
        return said[:1].upper() + said[1:]

    def spoken(self, code: str) -> str:
        """What this language calls another: ``en`` → ``English``; a code that nobody knows stays."""
        return str(self.locale.languages.get(code) or self.locale.languages.get(code[:2]) or code)

    def gettext(self, message: str, **values: object) -> str:
        """A text in this language, with its places filled."""
        said = self.translations.gettext(message) if message else ""
        return said % values if values else said

    def ngettext(self, one: str, other: str, num: int, **values: object) -> str:
        """A text that counts; ``%(num)s`` is the number as the language writes it."""
        return self.translations.ngettext(one, other, num) % {"num": self.number(num), **values}

    def pgettext(self, context: str, message: str) -> str:
        """A text that means one thing here and another elsewhere."""
        return self.translations.pgettext(context, message)

    def sentence(self, one: Sentence) -> str:
        """A sentence in this language, its values as the language writes them."""
        return self.gettext(one.text, **{name: self.value(value) for name, value in one.values})

    def value(self, value: Value) -> str:
        """A value of a sentence."""
        match value:
            case str():
                return value
            case Sentence():
                return self.sentence(value)
            case Joined(parts, between):
                return between.join(map(self.value, parts))
            case Sum():
                return self.money(value.amount_minor, value.currency)
        return self._figure(value)

    def _figure(self, value: float | Figure | Share | Day) -> str:
        match value:
            case Share(part, digits):
                whole = round(part, digits + 2)
                return str(format_percent(whole, locale=self.locale, decimal_quantization=False))
            case Day(day):
                return self.date(day)
            case Figure(figure, digits):
                return format_decimal(figure, f"#,##0.{'0' * digits}", locale=self.locale)
        return format_decimal(round(value, _DIGITS), locale=self.locale, decimal_quantization=False)

    def number(self, value: int) -> str:
        """A number: ``12,345``, ``12 345``."""
        return format_decimal(value, locale=self.locale)

    def money(self, minor: int | None, currency: str = "GBP") -> str:
        """An amount with its currency's code: ``18.00 GBP``, ``18,00 GBP``; nothing is a dash."""
        if minor is None:
            return "–"
        amount = Decimal(minor).scaleb(-2)
        return format_currency(amount, currency, "#,##0.00 ¤¤", locale=self.locale, currency_digits=False)

    def date(self, at: date) -> str:
        """A day: ``26 Nov 2026``."""
        return str(format_date(at, "medium", self.locale))

    def moment(self, at: datetime) -> str:
        """A time of the week: ``Monday 09:00 UTC``."""
        return str(format_datetime(at, "EEEE HH:mm 'UTC'", UTC, locale=self.locale))

    def day(self, number: int) -> str:
        """A day of the week, Monday being 0."""
        name = str(get_day_names("wide", "stand-alone", self.locale)[number])
        return name[:1].upper() + name[1:]

    def size(self, count: int) -> str:
        """The size of a file: ``1.2 MB``."""
        if count < 1024:
            return self.ngettext("%(num)s byte", "%(num)s bytes", count)
        if count < MEGABYTE:
            return self.gettext("%(size)s kB", size=self.number(round(count / 1024)))
        return self.gettext("%(size)s MB", size=format_decimal(count / MEGABYTE, "0.0", locale=self.locale))


@cache
def tongue(code: str) -> Tongue:
    """A language by its code."""
    return Tongue(code)


def chosen(wanted: Iterable[str], among: Sequence[str]) -> Tongue | None:
    """The first wanted language that is there: ``es-MX`` is served by ``es``."""
    plain = (one.partition("-")[0].lower() for one in wanted)
    return next((tongue(code) for code in plain if code in among), None)


def of_console(kept: str, header: str) -> Tongue:
    """The console's language: the one kept in this browser, else the first that it accepts."""
    return chosen([kept, *accepted(header)], CONSOLE) or tongue(SOURCE)


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first; what is no language is passed over."""
    return [name for name, weight in sorted(_ranges(header), key=lambda r: -r[1]) if weight > 0]


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for one in header.split(",")[:_RANGES_AT_MOST]:
        found = _RANGE.fullmatch(one.strip())
        if found:
            yield found[1], float(found[2] or 1)
