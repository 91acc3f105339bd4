"""What is wrong with a field of a form, in the reader's language: its name, and what would be right."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from newel.web.tongue import N_, Tongue

NAMES: Final[Mapping[str, str]] = {
    "add": N_("Tags"),
    "ai_quality": N_("What the AI had"),
    "act": N_("Act"),
    "amount": N_("Amount"),
    "key": N_("Form"),
    "playbook": N_("Playbook"),
    "unconfirmed": N_("What I write does not say that it is done"),
    "attachments": N_("Attachments"),
    "base": N_("Version"),
    "body": N_("Text"),
    "cases": N_("Cases"),
    "category": N_("Category"),
    "cause": N_("Cause"),
    "cluster": N_("Kind of trigger"),
    "coaching": N_("Hint"),
    "collection": N_("Collection"),
    "contact_reason": N_("Contact reason"),
    "decision": N_("Decision"),
    "decisions": N_("Decisions"),
    "doing": N_("What you do"),
    "field": N_("Field"),
    "front": N_("Place"),
    "ids": N_("Approvals"),
    "into": N_("Case"),
    "language": N_("Language"),
    "late": N_("Breached"),
    "like": N_("It works like"),
    "login": N_("Login"),
    "marks": N_("Marks"),
    "measure": N_("What is done"),
    "minutes": N_("Minutes"),
    "missed": N_("What was missed"),
    "most": N_("How many"),
    "name": N_("Name"),
    "new_collection": N_("Name of the new collection"),
    "next": N_("Page"),
    "note": N_("Note"),
    "notes": N_("Notes"),
    "owner": N_("Owner"),
    "part": N_("Part"),
    "password": N_("Password"),
    "pattern_flag": N_("Pattern flag"),
    "phrases": N_("Phrases"),
    "place": N_("Place"),
    "prefers_human": N_("Always a person"),
    "presence": N_("Presence"),
    "priority": N_("Priority"),
    "reason": N_("Reason"),
    "remark": N_("Remark"),
    "remedy": N_("In words"),
    "remove": N_("Tags"),
    "reply": N_("Reply"),
    "revision": N_("Revision"),
    "role": N_("Role"),
    "seconds_spent": N_("Time spent"),
    "shared": N_("Shared"),
    "shown": N_("How many are shown"),
    "skills": N_("Skills"),
    "staff_id": N_("Person"),
    "tag": N_("Tags"),
    "text": N_("Text"),
    "theme": N_("Look"),
    "title": N_("Title"),
    "to": N_("To whom"),
    "to_tier": N_("To tier"),
    "token": N_("Case"),
    "unlock": N_("Unlocked"),
    "until": N_("Until when"),
    "unwritten": N_("Why post-mortems were open"),
    "wait_hours": N_("Hours to wait"),
    "what": N_("What is stopped"),
    "why": N_("Reason"),
    "words": N_("What happens again"),
    "workflow": N_("Workflow"),
    "zone": N_("Time zone"),
}
"""What each field of the console's forms is called; a test finds one that is not."""
_CHOSEN: Final = N_("What you chose")
_SAID: Final = N_("%(field)s: %(what)s")
_MISSING: Final = N_("it is missing.")
_UNKNOWN: Final = N_("it is not asked for here.")
_UNUSABLE: Final = N_("it cannot be used as it is.")
_NUMBER: Final = N_("write a number.")
_LEAST: Final = N_("%(n)s is the least.")
_MOST: Final = N_("%(n)s is the most.")
_STEP: Final = re.compile(r"\A\.?(\w+)")
_LIMIT: Final = re.compile(r"Expected `(str|array|int|float)`(?: of length)? (>=|<=) (\d+)")
_NO_NUMBER: Final = re.compile(r"Expected `(?:int|float)(?: \| null)?`, got ")
_Count = Callable[[Tongue, int], str]
_LENGTHS: Final[Mapping[tuple[str, str], _Count]] = {
    ("str", ">="): lambda speaks, n: speaks.ngettext(
        "write %(num)s character at least.", "write %(num)s characters at least.", n
    ),
    ("str", "<="): lambda speaks, n: speaks.ngettext(
        "write %(num)s character at most.", "write %(num)s characters at most.", n
    ),
    ("array", ">="): lambda speaks, n: speaks.ngettext(
        "choose %(num)s at least.", "choose %(num)s at least.", n
    ),
    ("array", "<="): lambda speaks, n: speaks.ngettext(
        "choose %(num)s at most.", "choose %(num)s at most.", n
    ),
}


def told(field: str, message: str, speaks: Tongue) -> str:
    """One field's mistake in a language, from what its shape says of it."""
    found = _STEP.match(field)
    name = NAMES.get(found[1], found[1].replace("_", " ").capitalize()) if found else _CHOSEN
    return speaks.gettext(_SAID, field=speaks.gettext(name), what=_what(message, speaks))


def _what(message: str, speaks: Tongue) -> str:
    if message.startswith("Object missing"):
        return speaks.gettext(_MISSING)
    if message.startswith("Object contains unknown"):
        return speaks.gettext(_UNKNOWN)
    if limit := _LIMIT.match(message):
        return _limited(limit[1], limit[2], int(limit[3]), speaks)
    return speaks.gettext(_NUMBER if _NO_NUMBER.match(message) else _UNUSABLE)


def _limited(kind: str, side: str, n: int, speaks: Tongue) -> str:
    counted = _LENGTHS.get((kind, side))
    if counted:
        return counted(speaks, n)
    bound = _LEAST if side == ">=" else _MOST
    return speaks.gettext(bound, n=speaks.number(n))
