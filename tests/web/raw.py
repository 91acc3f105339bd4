"""Words of machines on pages for people: keys, paths, days and ids as programs write them.

What somebody wrote (``said``, ``dir="auto"``, a name, a quotation), code and edited text are left out.
"""

import re
from typing import Final

from playwright.async_api import Page

SHOWN: Final = """() => {
    const own = "script, style, code, pre, textarea, time, q, blockquote, bdi, .said, [dir=auto]";
    const told = ["title", "aria-label", "placeholder", "data-keys-label"];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode())
        if (!texts.currentNode.parentElement.closest(own)) found.push(texts.currentNode.data.trim());
    for (const name of told)
        for (const one of document.querySelectorAll(`[${name}]:not(time)`))
            found.push(one.getAttribute(name));
    return [...new Set(found)];
}"""
"""All that a page says in words of its own, with what is hidden as yet and what is only read aloud."""
_PLACES: Final = re.compile(r"\{((customer|agent)\.\w+|order)\}")
"""What people type into a saved text."""
_RAW: Final = re.compile(
    r"\b[a-z0-9]+(_[a-z0-9]+)+\b"  # a key: order_status
    r"|(?<![\w@.-])[a-z]{3,}\.[a-z]{3,}\b(?![.@/-])"  # a path: order.state
    r"|\b\d{4}-\d\d-\d\d"  # a day
    r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-"  # an id
    r"|\b(True|False|null|undefined|NaN)\b|\[object|[{}‹›]|=-?\d"
)


def raw(said: str) -> bool:
    """Whether a text holds what only a machine says."""
    return _RAW.search(_PLACES.sub("", said)) is not None


async def found(page: Page) -> list[str]:
    """What stands raw on a page."""
    return [said for said in await page.evaluate(SHOWN) if raw(said)]
