"""Who gives the second opinion of a running policy, and that nothing else waits for it."""

from pathlib import Path

import msgspec
import pytest
from tests.domain.policy.documents import OPINION as READY
from tests.domain.policy.documents import STANDARD

import floor
from conftest import House
from floor import open_floor
from newel.bootstrap import open_house
from newel.config import Settings
from newel.domain.policy.parse import load_bundle
from newel.domain.tier.opinion import UNHEARD, ranked

OPINION = """
opinion: {model: reader-1, when: {topic.safety: somebody may come to harm}, owner: June, date: 2026-11-28}
"""


async def test_a_policy_comes_into_force_whoever_can_be_asked(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that cannot be read is told at each call, and keeps no policy out of force."""
    monkeypatch.setattr(floor, "STANDARD", floor.STANDARD + OPINION)
    await open_floor(house)
    (tmp_path / "master-key").write_text((b"t" * 32).hex())
    settings = Settings(home=str(tmp_path), database_url=house.url)
    async with open_house(settings) as opened:
        assert opened.in_force()["customer-support"].advises is None
    there = msgspec.structs.replace(settings, llm_url="http://127.0.0.1:9/v1", llm_token_file="/nowhere")
    async with open_house(there) as opened:
        advises = opened.in_force()["customer-support"].advises
        assert advises is not None
        assert await advises.advise((), ("Hm",)) == UNHEARD


def test_the_most_urgent_trigger_is_asked_about_first() -> None:
    bundle = load_bundle(STANDARD + READY, "p.yaml")
    asked = list(ranked(bundle))
    urgency = [bundle.triggers[key].priority for key in asked]
    assert asked[0] == "topic.safety"
    assert urgency == sorted(urgency)
    assert bundle.opinion is not None
    assert ranked(bundle) == bundle.opinion.when
