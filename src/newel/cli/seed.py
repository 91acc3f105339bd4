"""The demo company's first day: its people, its signed policies, its articles, its tokens."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec
import typer
import yaml

from newel.bootstrap import open_office
from newel.config import Settings
from newel.domain.access import Account, Role, system
from newel.domain.knowledge import read_article
from newel.domain.macro import Text
from newel.domain.policy.parse import Source, included
from newel.flow import access, knowledge, macro, policy, routing
from newel.flow.house import House

INSTALLER = system("installer")
POLICIES = ("customer-support.yaml", "invoice-exceptions.yaml")
AUTHOR, ACTIVATOR = "ivan", "june"
SIGNERS = {"model_risk": "june", "policy_owner": "june", "legal_compliance": "esme"}
TOKENS = {
    "api-token": ["intake", "read_conversation"],
    "trace-token": ["intake", "read_conversation", "read_case", "trace"],
}


async def demo_company(settings: Settings) -> None:
    """Set up once; a start that was cut off is finished by the next, in any step."""
    done = Path(settings.home, "demo-company")
    if _there(done):
        return
    typer.echo("newel: setting up the demo company Hearthwick", err=True)
    async with open_office(settings) as office:
        # The worker asks the models, once it is there: a first start waits for none.
        house = replace(office, listens=None, matcher_of=None)
        passwords = await _people(house)
        running = {version.workflow for version in await policy.versions(house) if version.state == "active"}
        for name in POLICIES:
            if name.removesuffix(".yaml") not in running:
                await _policy(house, passwords, name)
        folder = files("newel.demo").joinpath("articles")
        texts = sorted((f.name, f.read_text("utf-8")) for f in folder.iterdir() if f.name.endswith(".md"))
        await knowledge.publish(house, INSTALLER, [read_article(text, name) for name, text in texts])
        await _macros(house)
        for name, scopes in TOKENS.items():
            fresh = f"{name}-{token_hex(3)}"  # a token whose value was lost cannot be had again
            _keep(Path(settings.home, name), await access.create_token(house, INSTALLER, fresh, scopes))
    _keep(done, "Hearthwick")


def _there(path: Path) -> bool:
    return path.exists()


def _keep(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret, encoding="utf-8")


async def _people(house: House) -> dict[str, str]:
    """The ten accounts; the password of each, by which they act."""
    document = yaml.safe_load(files("newel.demo").joinpath("staff.yaml").read_text("utf-8"))
    for person in document["people"]:
        await _person(house, person)
    return {person["login"]: person["password"] for person in document["people"]}


async def _person(house: House, person: dict[str, Any]) -> None:
    account = Account(
        login=person["login"],
        name=person["name"],
        roles=frozenset(Role(role) for role in person["roles"]),
        clearance=person["clearance"] or "none",
        skills=person.get("skills") or {},
        languages=tuple(person["languages"]),
        zone=person["zone"],
        shifts={day: tuple(spans) for day, spans in person["shifts"].items()},
        team=person["team"],
        region=person.get("region", ""),
        capacity=person["capacity"],
        channel_capacity=person.get("channel_capacity") or {},
        limit_minor=person["own_refund_limit_minor"],
    )
    found = await access.put_staff(house, INSTALLER, account, password=person["password"])
    if account.capacity:
        await routing.presence(house, INSTALLER, found, available=True)


async def _macros(house: House) -> None:
    """The texts that the shop's people say often."""
    document = yaml.safe_load(files("newel.demo").joinpath("macros.yaml").read_text("utf-8"))
    shared = {"team": document["team"], "workflow": document["workflow"]}
    for one in document["macros"]:
        await macro.put(house, INSTALLER, msgspec.convert(shared | one, Text))


async def _policy(house: House, passwords: dict[str, str], name: str) -> None:
    """Submitted by one, signed by others, activated, each by their password: the way of any other policy."""
    folder = files("newel.demo").joinpath("policy")
    text = folder.joinpath(name).read_text("utf-8")
    siblings = {other: folder.joinpath(other).read_text("utf-8") for other in included(text, name)}
    async with access.proven(house, AUTHOR, passwords[AUTHOR]) as (author, _):
        version = await policy.submit(house, author, Source(name, text, siblings))
    for role in version.required:
        async with access.proven(house, SIGNERS[role], passwords[SIGNERS[role]]) as (signer, proof):
            await policy.sign(house, signer, version.id, Role(role), proof)
    async with access.proven(house, ACTIVATOR, passwords[ACTIVATOR]) as (activator, _):
        await policy.activate(house, activator, version.id)
