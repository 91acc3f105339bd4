"""The times and ways of work in words: service levels, routing, business hours, articles first."""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.knowledge import Deflection
from newel.domain.policy.overflow import in_words
from newel.domain.policy.owned import kept
from newel.domain.policy.reading_row import Row, low, row_of, span
from newel.domain.policy.routing import Routing
from newel.domain.policy.sla import Calendar, SlaTargets
from newel.domain.sentence import Sentence, Value, joined
from newel.domain.words import Industry

INDUSTRIES: Final = {
    Industry.FINANCIAL_SERVICES: Sentence("Financial services"),
    Industry.INSURANCE: Sentence("Insurance"),
    Industry.HEALTHCARE: Sentence("Healthcare"),
    Industry.LEGAL_SERVICES: Sentence("Legal services"),
    Industry.GOVERNMENT: Sentence("Government"),
    Industry.RETAIL_BANKING: Sentence("Retail banking"),
}
_INDUSTRY: Final = Sentence("Industry")
_USUAL: Final = Sentence(
    "%(industry)s: the times below are its usual ones where the policy says nothing else."
)
_PRESET: Final = Sentence("Preset %(name)s")
_APPROVAL: Final = Sentence("Approval")
_DECIDED: Final = Sentence("Decided within %(span)s of business time; it expires after %(times)s times that.")
_ALERTS: Final = Sentence("Alerts")
_ALERTED: Final = Sentence("At %(shares)s of the time.")
_PERCENT: Final = Sentence("%(n)s %%")
_AROUND_THE_CLOCK: Final = Sentence(
    "Resolved within %(whole)s, first answer within %(first)s, next within %(then)s, around the clock."
)
_IN_BUSINESS_TIME: Final = Sentence(
    "Resolved within %(whole)s, first answer within %(first)s, next within %(then)s, in business time."
)
_ROUTING: Final = Sentence("Routing")
_WIDENS: Final = Sentence(
    "After %(seconds)s s people with %(skill)s may take it too; an alert when "
    "%(percent)s %% of the usual waits."
)
_ON_CALL: Final = Sentence("On call: %(address)s.")
_REGION_FIRST: Final = Sentence("Somebody of the customer's region comes first among equals.")
_REGION_NEEDED: Final = Sentence("Only somebody of the customer's region has it.")
_REGION_ELSE: Final = Sentence("Where the customer has none, it is %(region)s.")
_POOL: Final = Sentence("Overflow pool")
_HOURS: Final = Sentence("Business hours")
_DAY: Final = Sentence("%(day)s %(times)s")
_WEEK: Final = Sentence("%(days)s (%(zone)s).")
_FEASTS: Final = Sentence("Without the holidays of %(country)s.")
_CLOSED: Final = Sentence("Closed on %(days)s.")
_DAYS: Final = {
    "mon": Sentence("Mon"),
    "tue": Sentence("Tue"),
    "wed": Sentence("Wed"),
    "thu": Sentence("Thu"),
    "fri": Sentence("Fri"),
    "sat": Sentence("Sat"),
    "sun": Sentence("Sun"),
}
_FIRST: Final = Sentence("Articles first")
_OFFERED: Final = Sentence(
    "Up to %(count)s articles are offered once for want of confidence; a person after %(chat)s (chat) or "
    "%(mail)s (mail) of silence."
)
_NOT_OFFERED: Final = Sentence("No articles are offered first.")


def sla(bundle: Bundle) -> Iterator[Row]:
    """The time that each priority has; of an industry, as they come out."""
    if bundle.sla.preset:
        words = _USUAL.of(industry=INDUSTRIES[bundle.sla.preset])
        yield kept(bundle, ("sla",), _INDUSTRY, words)
    for key, one in bundle.sla.targets.items():
        yield row_of(str(key), one, targets(one))
    for preset, one in bundle.sla.presets.items():
        yield row_of(_PRESET.of(name=low(preset)), one, targets(one))
    times = bundle.sla.approval_expires_after_targets
    decided = _DECIDED.of(span=span(bundle.sla.approval_minutes), times=times)
    yield kept(bundle, ("sla",), _APPROVAL, decided)
    shares = joined(_PERCENT.of(n=percent) for percent in bundle.sla.alerts_percent)
    yield kept(bundle, ("sla",), _ALERTS, _ALERTED.of(shares=shares))


def targets(one: SlaTargets) -> Sentence:
    """The times of a priority, as a sentence."""
    said = _AROUND_THE_CLOCK if one.around_the_clock else _IN_BUSINESS_TIME
    return said.of(
        whole=span(one.resolution_minutes),
        first=span(one.first_response_minutes),
        then=span(one.next_response_minutes),
    )


def routing(bundle: Bundle) -> Iterator[Row]:
    """How work finds its person, and when people are in."""
    yield row_of(_ROUTING, bundle.routing, _finds(bundle.routing))
    if bundle.overflow:
        yield row_of(_POOL, bundle.overflow, in_words(bundle.overflow))
    yield row_of(_HOURS, bundle.calendar, _week(bundle.calendar))
    if bundle.deflection:
        yield row_of(_FIRST, bundle.deflection, _offers(bundle.deflection))


def _finds(one: Routing) -> Value:
    words = _WIDENS.of(
        seconds=one.generalist_after_seconds,
        skill=low(one.generalist_skill),
        percent=one.depth_alert_percent,
    )
    said: list[Value] = [words, _REGION_NEEDED if one.region_as == "need" else _REGION_FIRST]
    if one.region:
        said.append(_REGION_ELSE.of(region=low(one.region)))
    if one.on_call:
        said.append(_ON_CALL.of(address=one.on_call))
    return joined(said, " ")


def _week(hours: Calendar) -> Value:
    week = {str(day): spans for day, spans in hours.week.items()}
    open_on = (_DAY.of(day=said, times=joined(week[day])) for day, said in _DAYS.items() if week.get(day))
    parts = [_WEEK.of(days=joined(open_on, "; "), zone=hours.zone)]
    if hours.country:
        parts.append(_FEASTS.of(country=hours.country))
    if hours.closed:
        parts.append(_CLOSED.of(days=joined(map(str, hours.closed))))
    return joined(parts, " ")


def _offers(one: Deflection) -> Sentence:
    if not one.enabled:
        return _NOT_OFFERED
    return _OFFERED.of(count=one.articles, chat=span(one.chat_minutes), mail=span(one.mail_minutes))
