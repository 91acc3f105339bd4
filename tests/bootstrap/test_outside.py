"""Calls of a replay: given up when the other side hangs, and not before."""

from collections.abc import Mapping

from newel.bootstrap.outside import HANGS_SECONDS, Patient
from newel.domain.ports import Answered


class Noted:
    """Calls that note how long they may take."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def call(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        self.seconds.append(seconds)
        return Answered(200, b"{}")


async def test_a_patient_call_has_a_limit_and_never_less_than_the_policy_gives() -> None:
    noted = Noted()
    for allowed in (5.0, 2 * HANGS_SECONDS):
        await Patient(noted).call("GET", "http://127.0.0.1/", seconds=allowed, headers={})
    assert noted.seconds == [HANGS_SECONDS, 2 * HANGS_SECONDS]
