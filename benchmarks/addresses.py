"""The pages of the console and their parts, at the addresses that they have in a full house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import asyncpg

from benchmarks.full_house import AUDITOR, OWNER, SUPERVISOR, Full

EXPLAINED = "This is the third time that my parcel is late. I want a person, or I will call my lawyer."
ASKED = ("how do I return a mug", "delivery to Norway", "gift card balance", "is the glaze food safe")


@dataclass
class Page:
    """A page or a part of one, at the addresses that are asked in turn."""

    name: str
    paths: Sequence[str]
    login: str = OWNER
    part: bool = False
    form: dict[str, str] | None = None


async def pages(full: Full) -> list[Page]:
    """What is asked, at which addresses."""
    mine, asked, queued = await _cases(full)
    articles = await _column(full, "SELECT id FROM newel.article WHERE current ORDER BY id LIMIT 20")
    customers = await _column(full, "SELECT id FROM newel.customer ORDER BY id LIMIT 40")
    approvals = await _column(
        full, "SELECT id FROM newel.approval WHERE state = 'pending' ORDER BY due_at LIMIT 40"
    )
    return [
        Page("sign-in page", ["/sign-in"], login=""),
        Page("frame", ["/frame"], part=True),
        Page("profile", ["/profile"]),
        Page("desk", ["/desk"]),
        Page("desk list", ["/desk/list?"], part=True),
        Page("desk list of one priority", [f"/desk/list?priority={n}" for n in (1, 2, 3)], part=True),
        Page("desk list, supervisor", ["/desk/list?"], login=SUPERVISOR, part=True),
        Page("desk with a case", [f"/desk/{one}" for one in mine]),
        Page("case", [f"/desk/{one}/case" for one in mine], part=True),
        Page("case of another", [f"/desk/{one}/case" for one in queued], login=SUPERVISOR, part=True),
        Page("composer", [f"/desk/{one}/composer" for one in mine], part=True),
        Page("viewers", [f"/desk/{one}/viewers" for one in mine], part=True),
        Page("saved texts", [f"/desk/{one}/macros" for one in mine], part=True),
        Page("recommendations to a case", [f"/desk/{one}/offers" for one in mine], part=True),
        Page("articles to a case", [f"/desk/{one}/articles" for one in mine], part=True),
        Page(
            "playbook to a case", [f"/desk/{one}/script?playbook=refund_damaged" for one in mine], part=True
        ),
        Page("approvals", ["/approvals"]),
        Page("one approval", [f"/approvals/{one}" for one in approvals], part=True),
        Page("approvals list", ["/approvals/list"], part=True),
        Page("fate of an approval", [f"/approvals/{one}/fate" for one in approvals], part=True),
        Page("wallboard", ["/wallboard"], login=SUPERVISOR),
        Page("wallboard again", ["/wallboard"], login=SUPERVISOR, part=True),
        Page("wallboard, far into the queue", ["/wallboard?sheet=200"], login=SUPERVISOR, part=True),
        Page("saved texts, all", ["/macros"], login=SUPERVISOR),
        Page(
            "people for a case", [f"/wallboard/cases/{one}/people" for one in queued], SUPERVISOR, part=True
        ),
        Page("kill switch", ["/kill-switch"], login=SUPERVISOR),
        Page(
            "kill switch check",
            ["/kill-switch/check"],
            SUPERVISOR,
            True,
            {"what": "all", "reason": "a benchmark"},
        ),
        Page("trace", [f"/cases/{one}/trace" for one in [*mine, *asked]], login=AUDITOR),
        Page("search, rare word", [f"/search?q={n:05d}" for n in range(100, 12000, 331)]),
        Page(
            "search, common words",
            [f"/search?q={quote(q)}" for q in ("person", "broken refund", "lamp late")],
        ),
        Page("search, a word of all", ["/search?q=parcel"], part=True),
        Page("search, a name", [f"/search?q={q}" for q in ("keane", "cleo+marsh", "olga")], part=True),
        Page(
            "palette",
            [f"/search/quick?q={q}" for q in ("refund", "delivery+time", "rosa", "04711")],
            part=True,
        ),
        Page("cases of a customer", [f"/customers/{one}/cases" for one in customers]),
        Page("knowledge", ["/knowledge"]),
        Page("article", [f"/knowledge/articles/{one}" for one in articles]),
        Page("policies", ["/policy"]),
        Page("policy", ["/policy/customer-support", "/policy/invoice-exceptions"]),
        Page("playbooks", ["/knowledge/playbooks/customer-support"]),
        Page("playbook", ["/knowledge/playbooks/customer-support/refund_damaged"]),
        Page("desk list of one tag", ["/desk/list?tag=glaze"], part=True),
        Page("tags in use", ["/desk/tags"], part=True),
        Page("what to merge into", [f"/desk/{one}/merge" for one in mine], part=True),
        Page("explain", ["/explain"]),
        Page(
            "a text explained",
            ["/explain"],
            part=True,
            form={"workflow": "customer-support", "text": EXPLAINED},
        ),
        Page("patterns", ["/patterns"], login=SUPERVISOR),
        Page("weekly reviews", ["/weekly"], login=SUPERVISOR),
        Page("my reviews", ["/review/mine"]),
        Page("review desk", ["/review"], login=SUPERVISOR),
        Page("review results", ["/review/results"], login=SUPERVISOR),
        Page("help", ["/help?site=hearthwick"], login=""),
        Page("help, a search", [f"/help?site=hearthwick&q={quote(q)}" for q in ASKED], login=""),
        Page("help, an article", [f"/help/articles/{one}?site=hearthwick" for one in articles], login=""),
        Page("help, contact form", ["/help/contact?site=hearthwick"], login=""),
    ]


async def _cases(full: Full) -> tuple[list[Any], list[Any], list[Any]]:
    mine = await _column(
        full,
        "SELECT w.case_id FROM newel.work_item w JOIN newel.staff s ON s.id = w.owner_id"
        f" WHERE w.state = 'owned' AND s.login = '{OWNER}' ORDER BY w.id",
    )
    asked = await _column(
        full, "SELECT case_id FROM newel.approval WHERE state = 'pending' ORDER BY id LIMIT 20"
    )
    queued = await _column(
        full, "SELECT case_id FROM newel.work_item WHERE state = 'queued' ORDER BY id LIMIT 40"
    )
    return mine, asked, queued


async def _column(full: Full, statement: str) -> list[Any]:
    connection = await asyncpg.connect(full.postgres.owner_url)
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()
