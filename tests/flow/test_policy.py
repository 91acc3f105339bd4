"""Policies on the real database: submitted, signed, put in force, each act with its event (POL-2, INV-14)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from tests.domain.policy.documents import ACTS, STANDARD, changed, line_of

from conftest import House
from newel.domain.access import Account, Actor, Proof, Role, system
from newel.domain.errors import Conflict, Forbidden, NotFound
from newel.domain.policy.parse import Source
from newel.domain.policy.problem import BrokenPolicy
from newel.domain.policy.signing import NoEmergency, Outdated, Unchanged, Unsigned
from newel.flow import access, policy
from newel.store.policy import Version

PEOPLE = {
    "ivan": {Role.SUPERVISOR, Role.IMPROVER},
    "june": {Role.POLICY_OWNER, Role.MODEL_RISK, Role.ADMIN},
    "esme": {Role.LEGAL_COMPLIANCE},
    "olga": {Role.POLICY_OWNER, Role.IMPROVER},
    "ben": {Role.RESOLVER},
}
Staff = dict[str, Actor]
TIGHTER = ("{value: 0.70,", "{value: 0.90,")
LOOSER = ("cap_minor: 5000", "cap_minor: 6000")


async def sign(house: House, who: Actor, version: UUID, role: Role) -> Version:
    """In a session of theirs."""
    return await policy.sign(house, who, version, role, Proof("session", sha256(who.id.encode()).digest()))


def source(*replacements: tuple[str, str], extra: str = "") -> Source:
    return Source("customer-support.yaml", changed(*replacements, extra=extra))


@pytest.fixture
async def staff(house: House) -> Staff:
    found = {}
    for login, roles in PEOPLE.items():
        account = Account(login=login, name=login.title(), roles=frozenset(roles))
        staff_id = await access.put_staff(house, system("test"), account)
        found[login] = Actor(kind="staff", id=str(staff_id), roles=frozenset(roles))
        await house.as_owner(
            "INSERT INTO newel.staff_session VALUES (sha256($1::uuid::text::bytea), $1, $2, $2, $3)",
            staff_id,
            datetime(2020, 1, 1, tzinfo=UTC),
            datetime(2040, 1, 1, tzinfo=UTC),
        )
    return found


@pytest.fixture
async def first(house: House, staff: Staff) -> Version:
    """The standard policy, in force, submitted by Ivan."""
    draft = await policy.submit(house, staff["ivan"], source(extra=ACTS))
    await sign(house, staff["june"], draft.id, Role.MODEL_RISK)
    await sign(house, staff["esme"], draft.id, Role.LEGAL_COMPLIANCE)
    await sign(house, staff["june"], draft.id, Role.POLICY_OWNER)
    return await policy.activate(house, staff["june"], draft.id)


async def events(house: House, version: UUID) -> list[tuple[str, str | None]]:
    rows = await house.as_owner(
        "SELECT event, state FROM newel.audit_event WHERE entity = 'policy' AND entity_id = $1 ORDER BY seq",
        str(version),
    )
    return [(row["event"], row["state"]) for row in rows]


async def test_INV_14_a_policy_is_submitted_signed_by_all_and_put_in_force(
    house: House, staff: Staff, first: Version
) -> None:
    running = await policy.find(house, "customer-support")
    assert (running.number, running.state, running.label) == (1, "active", "customer-support/1")
    assert policy.bundle_of(running).workflow == "customer-support"
    assert await events(house, first.id) == [
        ("policy.submitted", "draft"),
        ("policy.signed", None),
        ("policy.signed", None),
        ("policy.signed", None),
        ("policy.activated", "active"),
    ]


async def test_INV_14_nothing_goes_live_while_a_signature_is_missing(
    house: House, staff: Staff, first: Version
) -> None:
    draft = await policy.submit(house, staff["ivan"], source(("{value: 0.70,", "{value: 0.65,"), extra=ACTS))
    assert set(draft.required) == {"model_risk", "policy_owner"}
    with pytest.raises(Unsigned, match="still to sign are model_risk, policy_owner"):
        await policy.activate(house, staff["june"], draft.id)
    await sign(house, staff["june"], draft.id, Role.MODEL_RISK)
    with pytest.raises(Unsigned) as caught:
        await policy.activate(house, staff["june"], draft.id)
    assert caught.value.data["roles"] == ["policy_owner"]
    assert (await policy.find(house, "customer-support")).id == first.id
    await sign(house, staff["olga"], draft.id, Role.POLICY_OWNER)
    await policy.activate(house, staff["june"], draft.id)
    assert (await policy.find(house, "customer-support")).number == 2
    assert (await events(house, first.id))[-1] == ("policy.retired", "retired")


async def test_INV_14_the_store_itself_refuses_an_unsigned_version(
    house: House, staff: Staff, first: Version
) -> None:
    draft = await policy.submit(house, staff["ivan"], source(LOOSER, extra=ACTS))
    with pytest.raises(Exception, match="lacks a signature"):
        await house.as_owner(
            "UPDATE newel.policy_version SET state = 'active', activated_at = now() WHERE id = $1", draft.id
        )
    with pytest.raises(Exception, match="never changes"):
        await house.as_owner("UPDATE newel.policy_version SET required = '{}' WHERE id = $1", draft.id)


async def test_POL_2_the_author_never_signs(house: House, staff: Staff, first: Version) -> None:
    draft = await policy.submit(house, staff["june"], source(LOOSER, extra=ACTS))
    with pytest.raises(Forbidden, match="the author never signs"):
        await sign(house, staff["june"], draft.id, Role.POLICY_OWNER)
    await sign(house, staff["olga"], draft.id, Role.POLICY_OWNER)
    assert (await policy.activate(house, staff["june"], draft.id)).state == "active"


async def test_POL_4_a_role_is_held_asked_for_and_signed_once(
    house: House, staff: Staff, first: Version
) -> None:
    draft = await policy.submit(house, staff["ivan"], source(LOOSER, extra=ACTS))
    with pytest.raises(Forbidden, match="needs the role policy owner"):
        await sign(house, staff["esme"], draft.id, Role.POLICY_OWNER)
    with pytest.raises(Conflict, match="policy_owner has to sign, not legal_compliance"):
        await sign(house, staff["esme"], draft.id, Role.LEGAL_COMPLIANCE)
    await sign(house, staff["june"], draft.id, Role.POLICY_OWNER)
    with pytest.raises(Conflict, match="has signed it already"):
        await sign(house, staff["olga"], draft.id, Role.POLICY_OWNER)


async def test_POL_4_roles_are_those_of_the_account_and_not_those_that_a_caller_claims(
    house: House, staff: Staff, first: Version
) -> None:
    draft = await policy.submit(house, staff["ivan"], source(LOOSER, extra=ACTS))
    boastful = Actor(kind="staff", id=staff["esme"].id, roles=frozenset({Role.POLICY_OWNER}))
    with pytest.raises(Forbidden, match="needs the role"):
        await sign(house, boastful, draft.id, Role.POLICY_OWNER)


@pytest.mark.parametrize(
    "act",
    [
        lambda h, who, v: policy.submit(h, who, source(TIGHTER, extra=ACTS)),
        lambda h, who, v: sign(h, who, v, Role.POLICY_OWNER),
        policy.activate,
    ],
)
async def test_who_has_no_such_role_can_do_none_of_it(
    house: House, staff: Staff, first: Version, act: Callable[..., Awaitable[Version]]
) -> None:
    draft = await policy.submit(house, staff["ivan"], source(LOOSER, extra=ACTS))
    with pytest.raises(Forbidden):
        await act(house, staff["ben"], draft.id)


async def test_a_broken_document_is_refused_and_the_running_version_stays(
    house: House, staff: Staff, first: Version
) -> None:
    broken = source(("detector: several_orders", "detector: several_order"), extra=ACTS)
    with pytest.raises(BrokenPolicy) as caught:
        await policy.submit(house, staff["ivan"], broken)
    (one,) = caught.value.problems
    assert one.line == line_of(broken.text, "detector: several_order")
    assert one.hint == 'did you mean "several_orders"?'
    assert [one.number for one in await policy.versions(house)] == [1]
    assert (await policy.find(house, "customer-support")).id == first.id


async def test_a_draft_that_was_compared_with_an_older_version_is_submitted_again(
    house: House, staff: Staff, first: Version
) -> None:
    one = await policy.submit(house, staff["ivan"], source(LOOSER, extra=ACTS))
    two = await policy.submit(house, staff["ivan"], source(("articles: 3", "articles: 2"), extra=ACTS))
    for draft in (one, two):
        await sign(house, staff["june"], draft.id, Role.POLICY_OWNER)
    await policy.activate(house, staff["june"], two.id)
    with pytest.raises(Outdated):
        await policy.activate(house, staff["june"], one.id)
    with pytest.raises(Conflict, match="only a draft"):
        await policy.activate(house, staff["june"], first.id)


async def test_two_activations_at_once_leave_one_in_force(house: House, staff: Staff, first: Version) -> None:
    drafts = [
        await policy.submit(house, staff["ivan"], source(("articles: 3", f"articles: {n}"), extra=ACTS))
        for n in (1, 2, 4)
    ]
    for draft in drafts:
        await sign(house, staff["june"], draft.id, Role.POLICY_OWNER)
    ends = await asyncio.gather(
        *(policy.activate(house, staff["june"], draft.id) for draft in drafts), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["Outdated", "Outdated", "Version"]
    states = [one.state for one in await policy.versions(house, "customer-support")]
    assert sorted(states) == ["active", "draft", "draft", "retired"]


async def test_POL_2_an_emergency_is_live_at_once_and_reviewed_within_a_business_day(
    house: House, staff: Staff, first: Version
) -> None:
    friday = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    await house.freeze(friday)
    draft = await policy.submit(house, staff["ivan"], source(TIGHTER, extra=ACTS), emergency=True)
    live = await policy.activate(house, staff["ivan"], draft.id)
    assert (live.state, live.required, live.review) == ("active", (), ("model_risk",))
    assert live.review_by == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    with pytest.raises(Conflict, match="has to sign, not legal_compliance"):
        await sign(house, staff["esme"], draft.id, Role.LEGAL_COMPLIANCE)
    await sign(house, staff["june"], draft.id, Role.MODEL_RISK)


async def test_POL_2_a_loosening_is_no_emergency(house: House, staff: Staff, first: Version) -> None:
    with pytest.raises(NoEmergency, match="Ceiling refund: cap_minor goes from 5000 to 6000"):
        await policy.submit(house, staff["ivan"], source(TIGHTER, LOOSER, extra=ACTS), emergency=True)


@pytest.mark.parametrize("duty", ["quality", "risk_decisions", "exception_resolution", "improvement"])
async def test_INT_3_a_workflow_is_not_live_until_each_duty_has_a_name(
    house: House, staff: Staff, duty: str
) -> None:
    line = next(one for one in STANDARD.splitlines() if one.strip().startswith(f"{duty}:"))
    for blank in (f"  {duty}: ' '", ""):
        with pytest.raises(BrokenPolicy, match=f"owners.*{'nobody is named' if blank else 'is missing'}"):
            await policy.submit(house, staff["ivan"], source((line, blank)))
    assert await policy.versions(house) == []


async def test_POL_2_a_new_marker_without_its_post_mortem_is_refused_with_its_line(
    house: House, staff: Staff, first: Version
) -> None:
    new = "  value.gold: {cluster: value, floor: 3, rule: {fact: vip}, owner: Ivan, date: 2026-11-20}\n"
    given = source(("triggers:\n", f"triggers:\n{new}"), extra=ACTS)
    with pytest.raises(BrokenPolicy, match=r"triggers.value.gold: a new trigger names the miss") as caught:
        await policy.submit(house, staff["ivan"], given)
    assert caught.value.problems[0].line == line_of(given.text, "  value.gold:")


async def test_the_same_document_again_changes_nothing(house: House, staff: Staff, first: Version) -> None:
    with pytest.raises(Unchanged):
        await policy.submit(house, staff["ivan"], source(extra=ACTS))


async def test_fixed_texts_and_autonomous_classes_are_kept_with_the_version(
    house: House, staff: Staff, first: Version
) -> None:
    spoken = ACTS + "texts:\n  es:\n    handover: Gracias.\n"
    draft = await policy.submit(house, staff["ivan"], source(extra=spoken))
    texts = await house.as_owner(
        "SELECT language, key, text_mac FROM newel.policy_template WHERE policy_id = $1", draft.id
    )
    bundle = policy.bundle_of(draft)
    macs = {("", key): house.envelope.mac("text", text) for key, text in bundle.messages.items()}
    macs["es", "handover"] = house.envelope.mac("text", "Gracias.")
    assert {(row["language"], row["key"]): row["text_mac"] for row in texts} == macs
    classes = await house.as_owner("SELECT class, ceiling_minor FROM newel.policy_autonomous")
    assert {tuple(row) for row in classes} == {("reset", 0)}


async def test_what_is_not_there_is_said(house: House, staff: Staff) -> None:
    with pytest.raises(NotFound):
        await policy.find(house, "customer-support")
    with pytest.raises(NotFound):
        await policy.activate(house, staff["june"], uuid4())


async def test_includes_are_kept_as_they_were_written(house: House, staff: Staff) -> None:
    main = STANDARD.replace("workflow:", "include: [acts.yaml]\nworkflow:", 1)
    given = Source("main.yaml", main, {"acts.yaml": ACTS})
    draft = await policy.submit(house, staff["ivan"], given)
    assert (await policy.find(house, "customer-support", draft.number)).source == given
