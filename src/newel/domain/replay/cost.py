"""What a mix of tiers costs by the operator's own rates: computed, never invented (INS-6)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from newel.domain.replay.report import Cost
from newel.domain.replay.values import Rates


def cost_of(tiers: Mapping[int, int], ai_answers: int, rates: Rates) -> Cost:
    """Hours and money of the counted tickets; a tier without minutes takes none of people's time."""
    minutes = {tier: rates.minutes_by_tier.get(tier, Decimal(0)) * count for tier, count in tiers.items()}
    hours = sum(minutes.values(), Decimal(0)) / 60
    people, machine = hours * rates.cost_per_hour, ai_answers * rates.cost_per_ai_answer
    today = None if rates.minutes_today is None else rates.minutes_today * sum(tiers.values()) / 60
    return Cost(
        currency=rates.currency,
        hours_by_tier={tier: _cents(minutes[tier] / 60) for tier in sorted(minutes)},
        people_hours=_cents(hours),
        people_cost=_cents(people),
        ai_answers=ai_answers,
        ai_cost=_cents(machine),
        total=_cents(people + machine),
        today_hours=None if today is None else _cents(today),
        today_cost=None if today is None else _cents(today * rates.cost_per_hour),
    )


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
