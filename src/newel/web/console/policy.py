"""Policy: what runs, in words; versions, what changes between two of them; signing and putting in force."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act, Role
from newel.domain.errors import NewelError, NotFound
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.diff import Change, compare
from newel.domain.policy.parse import stored_bundle
from newel.domain.policy.reading import Section, read
from newel.domain.policy.signing import POLICY, Standing, check_activation, check_signature
from newel.flow import access, policy
from newel.store import suite, wallboard
from newel.store.policy import Version, signatures
from newel.web import refusal
from newel.web.auth import session_of
from newel.web.page import lead, page
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at

LARGEST = 2**31 - 1
WAYS = ("looser", "neutral", "tighter", "clerical")


class Pair(msgspec.Struct, frozen=True):
    """The two versions that are compared; ``new`` 0 is the one that runs."""

    old: int = 0
    new: int = 0


class Signature(msgspec.Struct, frozen=True):
    """In which role somebody signs."""

    role: Role


@page_at("/policy", Open.SIGNED_IN)
async def policies(request: Ask) -> Response[str]:
    """The workflows, what runs in each, and what waits for a signature."""
    headlines = await policy.versions(request.house)
    workflows: dict[str, list[Any]] = {}
    for one in headlines:
        workflows.setdefault(one.workflow, []).append(one)
    return page(request, "policy.html", workflows=workflows)


@page_at("/policy/{workflow:str}", Open.SIGNED_IN)
async def running(request: Ask, workflow: FromPath[str]) -> Response[str]:
    """What runs now."""
    return await _version(request, await policy.find(request.house, workflow))


@page_at("/policy/{workflow:str}/{number:int}", Open.SIGNED_IN)
async def version(request: Ask, workflow: FromPath[str], number: FromPath[int]) -> Response[str]:
    """One version, and what may be done with it."""
    return await _version(request, await _find(request, workflow, number))


async def _find(request: Ask, workflow: str, number: int) -> Version:
    if not 0 < number <= LARGEST:
        raise NotFound(what="policy", id=f"{workflow}/{number}")
    return await policy.find(request.house, workflow, number)


async def _version(request: Ask, found: Version) -> Response[str]:
    versions = await policy.versions(request.house, found.workflow)
    async with request.house.db.tx(request.me.actor, read_only=True) as tx:
        people = await wallboard.names(tx)
        signed = await signatures(tx, found.id)
        tried = await suite.last(tx, found.id)
    bundle = await bundle_of(found)
    return page(
        request,
        "policy/version.html",
        version=found,
        bundle=bundle,
        tried=tried,
        sections=_sections(found.body),
        versions=versions,
        comparable=any(one.number < found.number for one in versions),
        signed={one.role: (people.get(one.staff_id, one.login), one.proof) for one in signed},
        author=people.get(found.submitted_by) if found.submitted_by else None,
        acts=_acts(request, found, {one.role: one.staff_id for one in signed}, versions),
    )


def _acts(request: Ask, found: Version, signed: Mapping[str, UUID], versions: list[Any]) -> dict[str, Any]:
    """What this person may do with a version, and why not the rest: the flow decides again."""
    standing = Standing(
        what=POLICY.of(version=found.label),
        state=found.state,
        required=found.required,
        review=found.review,
        author=found.submitted_by,
        signed=signed,
    )
    running = next((one.id for one in versions if one.state == "active"), None)
    roles = [role for role in standing.asked if role not in signed]
    mine = [
        role
        for role in roles
        if _allows(check_signature, standing, request.me.id, request.me.roles, Role(role))
    ]
    act = Act.SUBMIT_POLICY if found.emergency else Act.ACTIVATE_POLICY
    try:
        check_activation(standing, base=found.base_id, running=running)
        waits = request.gettext("A policy owner or an admin puts it in force.")
        why = "" if request.me.actor.may(act) else waits
    except NewelError as error:
        why = refusal.told(error, request.tongue)
    return {"missing": roles, "sign": mine if request.me.actor.may(Act.SIGN_POLICY) else [], "not_yet": why}


def _allows(rule: Any, *args: Any) -> bool:
    try:
        rule(*args)
    except NewelError:
        return False
    return True


@page_at("/policy/{workflow:str}/compare", Open.SIGNED_IN)
async def difference(request: Ask, workflow: FromPath[str]) -> Response[str]:
    """What changes between two versions, in words: loosening first."""
    asked = request.asked(Pair)
    versions = await policy.versions(request.house, workflow)
    new = await (_find(request, workflow, asked.new) if asked.new else policy.find(request.house, workflow))
    earlier = [one.number for one in versions if one.number < new.number]
    old = await _find(request, workflow, asked.old) if asked.old else None
    if old is None and earlier:
        old = await _find(request, workflow, earlier[0])
    changes = await _changes(old, new) if old else ()
    grouped = {way: [one for one in changes if _way(one) == way] for way in WAYS}
    shown: dict[str, Any] = {
        "old": old,
        "new": new,
        "versions": versions,
        "grouped": grouped,
        "n": len(changes),
    }
    return page(request, "policy/compare.html", workflow=workflow, **shown)


def _way(change: Change) -> str:
    """Which way it goes; what changes no behaviour goes none."""
    return "clerical" if change.clerical else change.direction


async def _changes(old: Version, new: Version) -> tuple[Change, ...]:
    before, after = await bundle_of(old), await bundle_of(new)
    return await asyncio.to_thread(compare, before, after)


@form("/policy/{workflow:str}/{number:int}/signature", Act.SIGN_POLICY)
async def sign(request: Ask, workflow: FromPath[str], number: FromPath[int]) -> Response[str]:
    """I have read it and sign it, in one of my roles."""
    asked = await request.filled(Signature)
    found = await _find(request, workflow, number)
    proof = access.proof_of(session_of(request) or "")
    await policy.sign(request.house, request.person, found.id, asked.role, proof, via="console")
    return lead(f"/policy/{workflow}/{number}", request.gettext("Signed."))


@form("/policy/{workflow:str}/{number:int}/activation", Open.SIGNED_IN)
async def activate(request: Ask, workflow: FromPath[str], number: FromPath[int]) -> Response[str]:
    """It is in force from now on; who may is the flow's to say."""
    found = await _find(request, workflow, number)
    await policy.activate(request.house, request.person, found.id, via="console")
    return lead(f"/policy/{workflow}", request.gettext("%(version)s is in force.", version=found.label))


async def bundle_of(found: Version) -> Bundle:
    """A version's bundle; reading one takes a moment: away from the event loop, and kept."""
    return await asyncio.to_thread(_bundle, found.body)


@lru_cache(maxsize=16)
def _bundle(body: str) -> Bundle:
    return stored_bundle(body)


@lru_cache(maxsize=16)
def _sections(body: str) -> tuple[Section, ...]:
    return read(_bundle(body))


ROUTES = [policies, running, version, difference, sign, activate]
