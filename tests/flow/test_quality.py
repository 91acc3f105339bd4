"""Reviews: what is sampled, what waits for a reviewer, the verdicts and what follows from them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.flow.desk import MARKER, REFUND, RESET, STATUS, Desk

from conftest import NOON
from newel.domain import quality as rule
from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.policy.bundle import Bundle
from newel.domain.quality import Mark, Ruling, Verdict
from newel.domain.resolution import Category, Resolution
from newel.domain.weekly import Span
from newel.domain.words import Cluster
from newel.flow import miss, post_mortem, quality, resolution
from newel.store import quality as rows
from newel.store import weekly

GOOD: Mapping[str, Mark] = dict.fromkeys(("right", "policy", "whole", "hands", "data", "tone"), Mark.MET)
HER = "C0012"
BAD = {**GOOD, "right": Mark.MISSED}


def policy(desk: Desk, *, held: float = 0.0, sampled: float = 0.0, people: float = 0.0) -> None:
    """The running policy, with these shares for every risk class and for people."""
    for name, running in desk._running.items():
        bundle = running.bundle
        gates = {
            risk: msgspec.structs.replace(gate, held_share=held, sample_share=sampled)
            for risk, gate in bundle.gates.items()
        }
        assert bundle.sampling
        plan = msgspec.structs.replace(
            bundle.sampling, approved_share=people, resolved_share=people, window=10, floor=0.6
        )
        changed: Bundle = msgspec.structs.replace(bundle, gates=gates, sampling=plan)
        desk._running[name] = running.__class__(**{**running.__dict__, "bundle": changed})


async def held(desk: Desk, text: str = STATUS) -> tuple[UUID, UUID]:
    """A case whose answer waits for a reviewer, and the review."""
    policy(desk, held=1.0)
    case_id = await desk.say(text, ref=HER)
    await desk.drain()
    assert (await desk.case(case_id)).state == "held"
    return case_id, await open_review(desk, case_id)


async def open_review(desk: Desk, case_id: UUID) -> UUID:
    (row,) = await desk.rows("SELECT id FROM newel.review WHERE case_id = $1 AND state = 'open'", case_id)
    found: UUID = row["id"]
    return found


async def reviews(desk: Desk) -> list[Any]:
    return await desk.rows("SELECT * FROM newel.review ORDER BY created_at, id")


async def decide(
    desk: Desk,
    review: UUID,
    ruling: Ruling,
    marks: Mapping[str, Mark] = GOOD,
    login: str = "greta",
    **more: Any,
) -> rule.Score:
    said = Verdict(marks=marks, **more)
    return await quality.decide(desk.house, desk.staff[login], review, ruling, said)


async def by_ai_or_person(desk: Desk) -> list[tuple[str, str]]:
    found = await desk.rows(
        "SELECT m.author, o.state FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id"
        " WHERE m.author <> 'system' ORDER BY o.seq"
    )
    return [(row["author"], row["state"]) for row in found]


async def settled(desk: Desk, n: int = 17) -> UUID:
    """A case of one more customer that the AI answered, and that ended in silence."""
    case_id = await desk.say(RESET, ref=f"C{n:04}")
    await desk.drain()
    await desk.pass_time(hours=25)
    await desk.drain()
    assert (await desk.case(case_id)).state == "resolved"
    return case_id


async def test_QUA_3_what_waits_leaves_by_its_reviewers_release_and_not_before(desk: Desk) -> None:
    case_id, review = await held(desk)
    assert await by_ai_or_person(desk) == []
    with pytest.raises(Forbidden):
        await decide(desk, review, "release", login="amara")
    score = await decide(desk, review, "release", coaching="Well put.")
    assert (score.value, score.passed) == (1.0, True)
    await desk.drain()
    assert await by_ai_or_person(desk) == [("person", "delivered")]
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("waiting", 2)
    with pytest.raises(Conflict):
        await decide(desk, review, "release")
    (message,) = await desk.rows("SELECT drafted_by, released_by FROM newel.message WHERE author = 'person'")
    assert (message["drafted_by"], str(message["released_by"])) == ("ai", desk.staff["greta"].id)


async def test_QUA_3_a_failed_check_is_corrected_or_returned_but_never_released(desk: Desk) -> None:
    case_id, review = await held(desk)
    with pytest.raises(Conflict, match="correct the answer"):
        await decide(desk, review, "release", BAD)
    with pytest.raises(Invalid, match="may not be empty"):
        await decide(desk, review, "correct", BAD, text="  ")
    assert await by_ai_or_person(desk) == []
    await decide(desk, review, "correct", BAD, text="It was posted on Monday.")
    await desk.drain()
    assert await by_ai_or_person(desk) == [("person", "delivered")]
    assert (await desk.case(case_id)).state == "waiting"
    (message,) = await desk.rows("SELECT drafted_by FROM newel.message WHERE author = 'person'")
    assert message["drafted_by"] == "person"


async def test_QUA_3_what_is_returned_is_a_persons_with_the_remark(desk: Desk) -> None:
    case_id, review = await held(desk)
    with pytest.raises(Invalid, match="say what is wrong"):
        await decide(desk, review, "return", BAD)
    to = UUID(desk.staff["amara"].id)
    await decide(desk, review, "return", BAD, remark="It is another parcel.", to=to)
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("owned", 3)
    assert await by_ai_or_person(desk) == []
    (item,) = await desk.rows("SELECT owner_id, reason FROM newel.work_item")
    assert (item["owner_id"], item["reason"]) == (to, "review.returned")
    (note,) = await desk.rows("SELECT kind, author_id FROM newel.note")
    assert (note["kind"], str(note["author_id"])) == ("handover", desk.staff["greta"].id)
    sealed = (await reviews(desk))[0]["said_sealed"]
    assert b"parcel" not in sealed


async def test_an_answer_that_nobody_reviews_in_time_becomes_a_persons(desk: Desk) -> None:
    case_id, review = await held(desk)
    await desk.pass_time(hours=2)
    with pytest.raises(Conflict, match="too late"):
        await decide(desk, review, "release")
    await desk.drain()
    assert (await desk.case(case_id)).tier == 3
    assert [row["state"] for row in await reviews(desk)] == ["void"]
    assert await by_ai_or_person(desk) == []


@pytest.mark.parametrize(("text", "goes_to"), [(MARKER, "owned"), ("So where is 10023?", "approval")])
async def test_a_newer_message_takes_back_what_waits(desk: Desk, text: str, goes_to: str) -> None:
    case_id, review = await held(desk)
    await desk.say(text, ref=HER)
    await desk.drain()
    assert [row["state"] for row in await reviews(desk)] == ["void"]
    with pytest.raises(Conflict):
        await decide(desk, review, "release")
    assert await by_ai_or_person(desk) == []
    case = await desk.case(case_id)
    assert (case.state, case.locked) == (goes_to, text == MARKER)


async def test_what_would_wait_and_acts_is_approved_instead(desk: Desk) -> None:
    policy(desk, held=1.0)
    case_id = await desk.proposed("I forgot my password, please send a reset link")
    assert await reviews(desk) == []
    (made,) = await desk.rows("SELECT kind, reasons FROM newel.decision WHERE case_id = $1", case_id)
    assert (made["kind"], "review_first" in made["reasons"]) == ("propose", True)


async def test_QUA_2_the_ais_ended_cases_are_sampled_by_their_share(desk: Desk) -> None:
    policy(desk, sampled=0.5)
    for n in range(8):
        await settled(desk, n)
    ended = await desk.rows("SELECT id, episode, tier FROM newel.cases WHERE state = 'resolved'")
    wanted = {c["id"] for c in ended if c["tier"] == 1 and rule.chosen(f"{c['id']}/{c['episode']}", 0.5)}
    found = await reviews(desk)
    assert {row["case_id"] for row in found} == wanted
    assert {(row["kind"], row["work"], row["share"]) for row in found} <= {("sample", "ai", 0.5)}


async def test_QUA_5_what_people_approved_and_resolved_is_sampled_with_whose_it_was(desk: Desk) -> None:
    policy(desk, people=1.0)
    approved = await desk.proposed(REFUND)
    await desk.approve(approved)
    await desk.drain()
    await desk.pass_time(hours=25)
    person = await desk.say(MARKER, ref=HER)
    await desk.drain()
    await resolved(desk, person)
    await desk.drain()
    found = {row["case_id"]: (row["work"], row["author_id"]) for row in await reviews(desk)}
    esme, amara = UUID(desk.staff["esme"].id), UUID(desk.staff["amara"].id)
    assert found == {approved: ("approved", amara), person: ("person", esme)}
    review = await open_review(desk, person)
    with pytest.raises(Forbidden, match="their own work"):
        await quality.score(desk.house, as_reviewer(desk, "esme"), review, Verdict(marks=GOOD))
    await quality.score(
        desk.house, desk.staff["greta"], review, Verdict(marks=GOOD, remark="Fine.", coaching="Say why.")
    )
    (about,) = await quality.mine(desk.house, desk.staff["esme"])
    assert (about.score, about.coaching) == (1.0, "Say why.")
    (notice,) = await desk.rows("SELECT staff_id FROM newel.notice WHERE kind = 'coached'")
    assert notice["staff_id"] == esme


def as_reviewer(desk: Desk, login: str) -> Any:
    return msgspec.structs.replace(desk.staff[login], roles=desk.staff[login].roles | {"reviewer"})


async def resolved(desk: Desk, case_id: UUID) -> None:
    (item,) = await desk.rows("SELECT token, owner_id FROM newel.work_item WHERE case_id = $1", case_id)
    owner = next(a for a in desk.staff.values() if a.id == str(item["owner_id"]))
    said = Resolution(category=Category.RESOLVED)
    await resolution.resolve(desk.house, owner, case_id, item["token"], said)


async def test_QUA_6_a_marked_miss_is_reviewed_with_why(desk: Desk) -> None:
    case_id = await desk.proposed(REFUND)
    await miss.mark(desk.house, desk.staff["amara"], case_id, Cluster.EMOTION)
    await miss.mark(desk.house, desk.staff["chloe"], case_id, Cluster.EMOTION)
    (row,) = await reviews(desk)
    assert (row["kind"], row["work"]) == ("miss", "ai")
    greta = desk.staff["greta"]
    desk_now = await quality.opened(desk.house, greta)
    assert desk_now.sheet
    assert (desk_now.sheet.cluster, desk_now.sheet.marked_by) == ("emotion", "Amara Osei")
    with pytest.raises(Invalid, match="why it was missed"):
        await quality.score(desk.house, greta, row["id"], Verdict(marks=BAD))
    await quality.score(desk.house, greta, row["id"], Verdict(marks=BAD, remark="Add a marker for irony."))


async def test_QUA_6_a_sample_that_should_have_been_a_persons_is_a_miss(desk: Desk) -> None:
    policy(desk, sampled=1.0)
    first, second = await settled(desk), await settled(desk, 12)
    greta = desk.staff["greta"]
    found = Verdict(marks=GOOD, missed=Cluster.EMOTION)
    await quality.score(desk.house, greta, await open_review(desk, first), found)
    await quality.score(desk.house, greta, await open_review(desk, second), Verdict(marks=GOOD))
    (one,) = await post_mortem.listed(desk.house, greta)
    assert (one.case_id, one.cluster, one.by_audit, one.marked_by) == (
        first,
        "emotion",
        True,
        "Greta Lindqvist",
    )
    assert len(await desk.rows("SELECT FROM newel.feedback WHERE kind = 'missed'")) == 1
    await desk.pass_time(seconds=1)
    async with desk.house.db.tx(greta) as tx:
        span = Span(NOON.date(), NOON, tx.now)
        (seen,) = (await weekly.audited(tx, "customer-support", span))["audit"]
    assert (seen.work, seen.missed.count, seen.missed.of) == ("ai", 1, 2)
    assert seen.missed.low < 0.5 < seen.missed.high


async def test_QUA_6_what_a_marker_saw_later_is_not_among_what_was_not_flagged(desk: Desk) -> None:
    policy(desk, sampled=1.0)
    greta, missed = desk.staff["greta"], await settled(desk)
    await settled(desk, 12)
    for n in (31, 32):
        await desk.say(RESET, ref=f"C{n:04}")
        await desk.drain()
        await desk.say(MARKER, ref=f"C{n:04}")
        await desk.drain()
    found = Verdict(marks=GOOD, missed=Cluster.EMOTION)
    await quality.score(desk.house, greta, await open_review(desk, missed), found)
    await desk.pass_time(seconds=1)
    async with desk.house.db.tx(greta) as tx:
        seen = (await weekly.misses(tx, "customer-support", Span(NOON.date(), NOON, tx.now)))["missed"]
    assert (seen.count, seen.of) == (1, 2)


async def test_QUA_6_only_what_the_ai_did_unflagged_can_have_been_missed(desk: Desk) -> None:
    case_id = await desk.proposed()
    await miss.mark(desk.house, desk.staff["amara"], case_id, Cluster.EMOTION)
    review = await open_review(desk, case_id)
    again = Verdict(marks=GOOD, remark="no word for it", missed=Cluster.LEGAL)
    with pytest.raises(Invalid, match="only a sampled answer"):
        await quality.score(desk.house, desk.staff["greta"], review, again)
    with pytest.raises(Invalid, match="a marker made it"):
        rule.must_find("sample", "ai", Cluster.LEGAL, flagged=True)


async def test_a_verdict_is_feedback_that_calibrates_the_ai(desk: Desk) -> None:
    policy(desk, sampled=1.0)
    case_id = await settled(desk)
    await quality.score(desk.house, desk.staff["greta"], await open_review(desk, case_id), Verdict(marks=BAD))
    await desk.drain()
    (label,) = await desk.rows(
        "SELECT l.right_answer, l.data FROM newel.label l JOIN newel.feedback f ON f.id = l.feedback_id"
        " WHERE f.kind = 'review' AND l.use = 'calibration'"
    )
    assert label["right_answer"] is False
    assert "right" in label["data"]


async def test_a_verdict_teaches_of_the_episode_that_was_reviewed(desk: Desk) -> None:
    policy(desk, sampled=1.0)
    case_id = await settled(desk)
    review = await open_review(desk, case_id)
    await desk.say(MARKER, ref="C0017")  # the AI proposes nothing in the second
    assert (await desk.case(case_id)).episode == 2
    found = Verdict(marks=GOOD, missed=Cluster.EMOTION)
    await quality.score(desk.house, desk.staff["greta"], review, found)
    await desk.drain()
    labels = await desk.rows(
        "SELECT f.kind, l.confidence, p.confidence AS answered FROM newel.label l"
        " JOIN newel.feedback f ON f.id = l.feedback_id"
        " JOIN newel.proposal p ON p.case_id = f.case_id AND p.episode = 1"
        " WHERE l.use = 'calibration' AND f.kind IN ('review', 'missed') ORDER BY f.kind"
    )
    assert [row["kind"] for row in labels] == ["missed", "review"]
    assert all(row["confidence"] == row["answered"] for row in labels)


async def test_QUA_2_sampling_rises_when_quality_drops_and_eases_again(desk: Desk) -> None:
    policy(desk, sampled=1.0)
    greta, seen = desk.staff["greta"], []
    for n, marks in enumerate([BAD] * 2 + [GOOD] * 10):
        case_id = await settled(desk, n)
        await quality.score(desk.house, greta, await open_review(desk, case_id), Verdict(marks=marks))
        async with desk.house.db.tx(greta) as tx:
            seen.append((await rows.level(tx, "customer-support", "ai")).raised)
    assert seen == [False] + [True] * 10 + [False]
    events = await desk.rows("SELECT event FROM newel.audit_event WHERE entity = 'sampling' ORDER BY seq")
    assert [row["event"] for row in events] == ["sampling.raised", "sampling.eased"]
    told = await desk.rows(
        "SELECT kind FROM newel.notice WHERE address = 'role:supervisor' ORDER BY created_at"
    )
    assert [row["kind"] for row in told if row["kind"].startswith("quality")] == [
        "quality.raised",
        "quality.eased",
    ]
    found = await quality.results(desk.house, greta, 52)
    (week,) = [one for one in found.weeks if one.passed.of > 5] or found.weeks[:1]
    assert 0 <= week.passed.low <= week.passed.value <= week.passed.high <= 1
    (level,) = found.levels
    assert (level.raised, level.of) == (False, 10)


async def test_the_desk_hides_whose_case_it_is_and_records_the_reading(desk: Desk) -> None:
    case_id, review = await held(desk, f"{STATUS} Tom Ashdown, tom@example.com")
    shown = await quality.opened(desk.house, desk.staff["greta"])
    assert shown.sheet
    assert shown.sheet.id == review
    assert "10023" in shown.sheet.talk[0].text
    assert "tom@example.com" not in shown.sheet.talk[0].text
    assert "Ashdown" not in shown.sheet.talk[0].text
    assert shown.sheet.reply
    read = await desk.rows("SELECT case_id FROM newel.audit_event WHERE event = 'review.opened'")
    assert [row["case_id"] for row in read] == [case_id]
    with pytest.raises(Forbidden):
        await quality.listed(desk.house, desk.staff["amara"])
