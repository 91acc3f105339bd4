"""Who gives the second opinion of a running policy, and that nothing else waits for it."""

from pathlib import Path

import msgspec
import pytest

import floor
from conftest import House
from floor import open_floor
from newel.ai.opinion import Advisor
from newel.bootstrap import open_house
from newel.config import Settings

OPINION = """
opinion: {model: reader-1, when: {topic.safety: somebody may come to harm}, owner: June, date: 2026-11-28}
"""


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, False),
        ({"llm_url": "http://127.0.0.1:9/v1"}, True),
        ({"llm_url": "http://127.0.0.1:9/v1", "llm_token_file": "/nowhere"}, False),
    ],
    ids=str,
)
async def test_a_policy_comes_into_force_whoever_can_be_asked(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], asked: bool
) -> None:
    monkeypatch.setattr(floor, "STANDARD", floor.STANDARD + OPINION)
    await open_floor(house)
    (tmp_path / "master-key").write_text((b"t" * 32).hex())
    settings = Settings(home=str(tmp_path), database_url=house.url)
    async with open_house(msgspec.structs.replace(settings, **given)) as opened:
        advises = opened.in_force()["customer-support"].advises
    assert isinstance(advises, Advisor) is asked
