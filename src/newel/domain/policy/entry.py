"""What every entry of a policy carries that people tune."""

from datetime import date

import msgspec


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every tuned entry carries: who answers for it, and since when it stands."""

    owner: str
    date: date
    post_mortem: str = ""
