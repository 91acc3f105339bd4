"""Playbooks: the steps of what runs; one of them written anew, weighed, and submitted to be signed."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import NotFound
from newel.domain.policy.excerpt import LONGEST
from newel.domain.policy.steps import steps
from newel.flow import playbook as flow
from newel.flow import policy
from newel.web.console.policy import LARGEST, bundle_of
from newel.web.page import lead, page, part
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at

Text = Annotated[str, msgspec.Meta(max_length=2 * LONGEST, pattern=r"^[^\x00]*\Z")]


class Written(msgspec.Struct, frozen=True):
    """A playbook written anew, and the version that its writer had before them."""

    base: Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
    text: Text = ""


@page_at("/knowledge/playbooks/{workflow:str}", Open.SIGNED_IN)
async def playbooks(request: Ask, workflow: FromPath[str]) -> Response[str]:
    """The playbooks of what runs."""
    return await _playbook(request, workflow, "")


@page_at("/knowledge/playbooks/{workflow:str}/{key:str}", Open.SIGNED_IN)
async def playbook(request: Ask, workflow: FromPath[str], key: FromPath[str]) -> Response[str]:
    """One playbook with its steps."""
    return await _playbook(request, workflow, key)


async def _playbook(request: Ask, workflow: str, key: str) -> Response[str]:
    found = await policy.find(request.house, workflow)
    bundle = await bundle_of(found)
    if key and key not in bundle.playbooks:
        raise NotFound(what="playbook", id=f"{workflow}/{key}")
    chosen = bundle.playbooks.get(key)
    shown: dict[str, Any] = {
        "key": key,
        "playbook": chosen,
        "steps": steps(chosen) if chosen else None,
        "workflows": list(request.house.in_force()),
    }
    return page(request, "knowledge/playbooks.html", version=found, bundle=bundle, **shown)


@page_at("/knowledge/playbooks/{workflow:str}/{key:str}/draft", Act.SUBMIT_POLICY)
async def writing(request: Ask, workflow: FromPath[str], key: FromPath[str]) -> Response[str]:
    """A playbook to be written anew."""
    found = await flow.read(request.house, request.person, workflow, key)
    title = (await bundle_of(found.base)).playbooks[key].title
    return page(request, "knowledge/playbook.html", key=key, title=title, base=found.base, text=found.text)


@form("/knowledge/playbooks/{workflow:str}/{key:str}/check", Act.SUBMIT_POLICY)
async def check(request: Ask, workflow: FromPath[str], key: FromPath[str]) -> Response[str]:
    """What it would change and who has to sign; or what is wrong with it."""
    asked = await request.filled(Written)
    found = await flow.weigh(request.house, request.person, workflow, key, asked.base, asked.text)
    here = f"/knowledge/playbooks/{workflow}/{key}"
    return part(request, "knowledge/weighed.html", found=found, here=here)


@form("/knowledge/playbooks/{workflow:str}/{key:str}/draft", Act.SUBMIT_POLICY)
async def submit(request: Ask, workflow: FromPath[str], key: FromPath[str]) -> Response[str]:
    """It is a draft of the policy, for others to sign."""
    asked = await request.filled(Written)
    made = await flow.submit(request.house, request.person, workflow, key, asked.base, asked.text)
    said = request.gettext("Version %(n)s is a draft now; it runs once it is signed.", n=made.number)
    return lead(f"/policy/{workflow}/{made.number}", said)


ROUTES = [playbooks, playbook, writing, check, submit]
