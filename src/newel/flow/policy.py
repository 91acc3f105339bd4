"""Policy: submit a draft, sign it, put it in force; the running version is never replaced by a broken one."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import available_timezones

import holidays
import msgspec

from newel.domain import calendar, offer
from newel.domain.access import Act, Actor, Proof, Role, system
from newel.domain.errors import Forbidden, NotFound
from newel.domain.playbook.check import problems
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.check import load_checked
from newel.domain.policy.diff import (
    Change,
    Needed,
    compare,
    may_be_emergency,
    signatures_needed,
    without_post_mortem,
)
from newel.domain.policy.hours import business_day
from newel.domain.policy.parse import Document, Source, stored_bundle
from newel.domain.policy.problem import BrokenPolicy, Problem
from newel.domain.policy.sheet import Known
from newel.domain.policy.signing import (
    POLICY,
    NoEmergency,
    Standing,
    Unchanged,
    check_activation,
    check_signature,
)
from newel.domain.scan.detectors import KNOWN_DETECTORS, KNOWN_FACTS
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.risk import CONFIDENCE, FACTORS
from newel.flow import suite
from newel.store import access, audit, policy
from newel.store.db import Tx

if TYPE_CHECKING:
    from newel.flow.house import House

_READER = system("policy")


@cache
def known() -> Known:
    """What this house provides to policies: phrase families, detectors, facts, zones, holidays."""
    return Known(
        lexicons=shipped_lexicon().families,
        detectors=KNOWN_DETECTORS,
        facts=KNOWN_FACTS,
        factors=frozenset({CONFIDENCE, *FACTORS}),
        zones=frozenset(available_timezones()),
        countries=frozenset(holidays.list_supported_countries()),
        playbook=problems,
        offer=offer.problems,
    )


def checked(source: Source) -> Document:
    """The document of a source, whole and in agreement with itself; else ``BrokenPolicy``."""
    return load_checked(source.text, source.name, source.includes, known())


def bundle_of(version: policy.Version) -> Bundle:
    """The bundle of a stored version."""
    return stored_bundle(version.body)


async def submit(
    house: "House", actor: Actor, source: Source, *, emergency: bool = False, via: str = "api"
) -> policy.Version:
    """Store a draft with its difference to the running version and the signatures that it needs.

    ``via`` tells the audit by which door the actor came, here as in ``sign`` and ``activate``.
    """
    actor.must(Act.SUBMIT_POLICY)
    document = checked(source)
    failures = () if emergency else await suite.of_draft(house, document.bundle)
    if failures:
        raise BrokenPolicy(document.name, suite.problems(document, failures))
    async with house.db.tx(actor) as tx:
        return await _submitted(tx, house, source, document, emergency=emergency, via=via)


async def propose(tx: Tx, house: "House", source: Source, *, via: str) -> policy.Version:
    """The same within a step, by the transaction's actor."""
    tx.actor.must(Act.SUBMIT_POLICY)
    return await _submitted(tx, house, source, checked(source), emergency=False, via=via)


async def _submitted(
    tx: Tx, house: "House", source: Source, document: Document, *, emergency: bool, via: str
) -> policy.Version:
    workflow = document.bundle.workflow
    await policy.lock_workflow(tx, workflow)
    running = await policy.active_of(tx, workflow)
    changes, needed = _compared(document, running, emergency)
    number = await policy.next_number(tx, workflow)
    version = _draft(tx, source, workflow, number, changes, needed, running)
    await policy.add(tx, version)
    await policy.add_texts(tx, version.id, _text_macs(house, document.bundle))
    await policy.add_autonomous(tx, version.id, _autonomous(document.bundle))
    told = {"required": needed.roles, "changes": len(changes), "via": via}
    await _event(tx, "policy.submitted", version, "draft", **told)
    return version


def _compared(
    document: Document, running: policy.Version | None, emergency: bool
) -> tuple[tuple[Change, ...], Needed]:
    new, old = document.bundle, bundle_of(running) if running else None
    changes = compare(old, new)
    if not changes:
        raise Unchanged(what=document.name)
    _must_name_post_mortems(document, old)
    if emergency and not may_be_emergency(changes):
        loose = [str(one.words) for one in changes if one.direction != "tighter" and not one.clerical]
        raise NoEmergency(changes=" ".join(loose) or "nothing but names and dates changes.")
    return changes, signatures_needed(changes, emergency)


def _must_name_post_mortems(document: Document, old: Bundle | None) -> None:
    """A new marker answers a miss, and says which (POL-2)."""
    says, hint = "a new trigger names the miss that it answers", "add post_mortem: with its reference"
    found = [
        Problem(*document.places.of(("triggers", key)), f"triggers.{key}", says, hint)
        for key in without_post_mortem(old, document.bundle)
    ]
    if found:
        raise BrokenPolicy(document.name, found)


def _draft(
    tx: Tx,
    source: Source,
    workflow: str,
    number: int,
    changes: tuple[Change, ...],
    needed: Needed,
    running: policy.Version | None,
) -> policy.Version:
    return policy.Version(
        id=uuid4(),
        workflow=workflow,
        number=number,
        body=source.body,
        state="draft",
        required=needed.roles,
        changes=changes,
        base_id=running.id if running else None,
        emergency=needed.emergency,
        review=needed.review,
        review_by=None,
        submitted_by=UUID(tx.actor.id) if tx.actor.kind == "staff" else None,
        created_at=tx.now,
        activated_at=None,
    )


def _text_macs(house: "House", bundle: Bundle) -> dict[tuple[str, str], bytes]:
    """By language (empty: the policy's own) and key."""
    return {
        (language, key): house.envelope.mac("text", text)
        for language, texts in {"": bundle.messages, **bundle.texts}.items()
        for key, text in texts.items()
    }


def _autonomous(bundle: Bundle) -> dict[str, int]:
    return {
        name: action.autonomous_ceiling_minor for name, action in bundle.actions.items() if action.autonomous
    }


async def sign(
    house: "House", actor: Actor, version_id: UUID, role: Role, proof: Proof, *, via: str = "api"
) -> policy.Version:
    """Sign a draft, or review an emergency, as one of the roles that it asks for.

    ``proof`` says how the person showed that it is them; the signature keeps it.
    """
    actor.must(Act.SIGN_POLICY)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="sign a policy", why="a signature is a person's")
    async with house.db.tx(actor) as tx:
        version = await _locked(tx, version_id)
        person = await access.staff(tx, UUID(actor.id))
        roles = person.roles if person else frozenset()
        check_signature(await _standing(tx, version), UUID(actor.id), roles, role)
        await policy.sign(tx, version.id, role, UUID(actor.id), proof)
        await _event(tx, "policy.signed", version, None, role=role, proof=proof.how, via=via)
        return version


async def activate(house: "House", actor: Actor, version_id: UUID, *, via: str = "api") -> policy.Version:
    """Put a signed draft in force; until this commits, the version before it runs on.

    An emergency tightening is activated by whoever may submit, and reviewed within a business day. Any other
    passes its suite first, as it is with today's program: ``SuiteFailed`` says what does not.
    """
    async with house.db.tx(_READER, read_only=True) as tx:
        version = await _found(tx, version_id)
        await _ready(tx, actor, version)
    bundle = checked(version.source).bundle
    if not version.emergency:
        await suite.must_pass(house, bundle, version.label)
    async with house.db.tx(actor) as tx:
        await policy.lock_workflow(tx, version.workflow)
        version = await _locked(tx, version_id)
        running, signed = await _ready(tx, actor, version)
        if running:
            await policy.retire(tx, running.id)
            await _event(tx, "policy.retired", running, "retired")
        review_by = _review_by(tx, bundle) if version.emergency else None
        await policy.activate(tx, version.id, review_by)
        told = {"emergency": version.emergency, "signed": signed, "via": via}
        await _event(tx, "policy.activated", version, "active", **told)
        return msgspec.structs.replace(version, state="active", activated_at=tx.now, review_by=review_by)


async def _ready(
    tx: Tx, actor: Actor, version: policy.Version
) -> tuple[policy.Version | None, Mapping[str, UUID]]:
    """What runs now, and who has signed; raises what keeps a version from going live."""
    actor.must(Act.SUBMIT_POLICY if version.emergency else Act.ACTIVATE_POLICY)
    running = await policy.active_of(tx, version.workflow)
    standing = await _standing(tx, version)
    check_activation(standing, base=version.base_id, running=running.id if running else None)
    return running, standing.signed


def _review_by(tx: Tx, bundle: Bundle) -> datetime:
    """One business day from now."""
    return calendar.add(calendar.hours_of(bundle.calendar), tx.now, business_day(bundle.calendar))


async def find(house: "House", workflow: str, number: int | None = None) -> policy.Version:
    """A version by its number, or the running one."""
    async with house.db.tx(_READER, read_only=True) as tx:
        if number is None:
            version = await policy.active_of(tx, workflow)
        else:
            version = await policy.by_number(tx, workflow, number)
    if version is None:
        raise NotFound(what="policy", id=workflow if number is None else f"{workflow}/{number}")
    return version


async def versions(house: "House", workflow: str | None = None) -> list[policy.Headline]:
    """All versions, newest first."""
    async with house.db.tx(_READER, read_only=True) as tx:
        return await policy.headlines(tx, workflow)


async def signatures(house: "House", version: policy.Version) -> dict[str, policy.Signature]:
    """Who signed a version and how they proved it, by role."""
    async with house.db.tx(_READER, read_only=True) as tx:
        return {one.role: one for one in await policy.signatures(tx, version.id)}


async def _found(tx: Tx, version_id: UUID) -> policy.Version:
    version = await policy.by_id(tx, version_id)
    if version is None:
        raise NotFound(what="policy version", id=version_id)
    return version


async def _locked(tx: Tx, version_id: UUID) -> policy.Version:
    version = await policy.locked(tx, version_id)
    if version is None:
        raise NotFound(what="policy version", id=version_id)
    return version


async def _standing(tx: Tx, version: policy.Version) -> Standing:
    return Standing(
        what=POLICY.of(version=version.label),
        state=version.state,
        required=version.required,
        review=version.review,
        author=version.submitted_by,
        signed=await policy.signed(tx, version.id),
    )


async def _event(tx: Tx, event: str, version: policy.Version, state: str | None, **data: Any) -> None:
    told: dict[str, Any] = {"workflow": version.workflow, "number": version.number, **data}
    await audit.record(tx, event, "policy", version.id, state=state, **told)
