"""The matcher's calibration as a part of the policy: signed and versioned with the phrases."""

import msgspec


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What makes the matcher's confidence a probability; made by a command, not by hand.

    ``matcher`` is the version (the hash of all phrases) that it was fitted for; with any other
    phrases it does not count, and confidence is uncalibrated. ``about`` says what it stands on.
    """

    matcher: str
    about: dict[str, float]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    scores: tuple[float, ...]
    shares: tuple[float, ...]
