"""Who gives the second opinion of a running policy, and that nothing else waits for it."""

import re
from pathlib import Path

import msgspec
import pytest
from tests.domain.policy.documents import OPINION as READY
from tests.domain.policy.documents import STANDARD

import floor
from conftest import House
from floor import open_floor
from llm import completion, endpoint
from newel.bootstrap import Outside, advises, open_house
from newel.config import Settings
from newel.domain.policy.opinion import NONE, UNHEARD
from newel.domain.policy.parse import load_bundle

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
    with endpoint((200, completion("none"))) as other:
        there = msgspec.structs.replace(settings, llm_url=other.url, llm_token_file=str(tmp_path / "token"))
        async with open_house(there) as opened:
            adviser = opened.in_force()["customer-support"].advises
            assert adviser is not None
            assert await adviser.advise((), ("Hm",)) == UNHEARD
            (tmp_path / "token").write_text("s3cret\n")
            assert await adviser.advise((), ("Hm",)) == NONE
    assert other.tokens == ["Bearer s3cret"]


async def test_the_most_urgent_trigger_is_asked_about_first() -> None:
    bundle = load_bundle(STANDARD + READY, "p.yaml")
    outside = Outside()
    with endpoint((200, completion("none"))) as other:
        adviser = advises(bundle, Settings(llm_url=other.url), outside)
        assert adviser is not None
        assert await adviser.advise((), ("Hm",)) == NONE
    await outside.close()
    told = re.findall(r"^- ([a-z_.]+): ", other.asked[0]["messages"][0]["content"], re.M)
    assert bundle.opinion is not None
    assert set(told) == set(bundle.opinion.when)
    urgency = [bundle.triggers[key].priority for key in told]
    assert told[0] == "topic.safety"
    assert urgency == sorted(urgency)
