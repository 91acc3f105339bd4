"""Words for the steps of a case: events, reasons and values, as people say them."""

from newel.domain.telling.events import TOLD, event_said
from newel.domain.telling.key import readable
from newel.domain.telling.reasons import REASONS, reason_said
from newel.domain.telling.rows import Row, carried, plain, told

__all__ = ["REASONS", "TOLD", "Row", "carried", "event_said", "plain", "readable", "reason_said", "told"]
