"""What a language model's second opinion finds on the labelled suite beside the scan, as JSON lines.

``NEWEL_LLM_URL=http://localhost:11434/v1 python -m benchmarks.opinion [open | counted | indirect | held ...]
--model NAME [--some N]`` asks as the flow does, with the words of ``opinion.yaml``. Of messages that a person
must have, and of ordinary ones and near misses: how many the scan sends to a person, how many the opinion,
how many both together; what comes later than the file's ``seconds`` is unheard. Rows that need a history or
facts of the customer are left out: no model hears them.
"""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import files
from random import Random
from typing import Any

import msgspec

from benchmarks.chosen import chosen, parser
from benchmarks.scanner import NEGATIVE, receipts_of, rows, scanner_of_all_languages, upper
from newel.ai.opinion import Advisor
from newel.bootstrap import Outside
from newel.cli.logs import configure_logging
from newel.config import read
from newel.domain.policy.opinion import NONE, UNHEARD, Opinion
from newel.domain.policy.parse import load_bundle
from newel.domain.tier.opinion import ranked
from newel.domain.words import Tier
from newel.flow.answer import words_of

PARTS = ("open", "counted", "indirect", "held")
_AT_ONCE = 4
_UNTOLD = frozenset({"repeat", "value"})
_ASIDE = ("history", "customer")

Row = Mapping[str, Any]


def opinion(model: str) -> Opinion:
    """As it is ready to be copied, with another model."""
    folder = files("newel.domain.policy")
    text = "".join(folder.joinpath(name).read_text("utf-8") for name in ("default.yaml", "opinion.yaml"))
    bundle = load_bundle(text, "default.yaml")
    assert bundle.opinion is not None, "the file holds the section"
    return msgspec.structs.replace(bundle.opinion, model=model, when=ranked(bundle))


def group(row: Row) -> str:
    """The language with ``person``, ``ordinary`` or ``hard``; nothing for what is not asked about."""
    if _UNTOLD & set(row["expect"]) or any(row.get(key) for key in _ASIDE):
        return ""
    if row["kind"] in NEGATIVE and not row["expect"]:
        return f"{row['language']} {row['kind']}"
    return f"{row['language']} person" if row["kind"] == "plain" and row["person"] else ""


async def judge(part: str, advisor: Advisor, some: int) -> None:
    """The figures of one part."""
    given = [row for row in rows(part) if group(row)]
    if some and some < len(given):
        given = Random(1).sample(given, some)
    room, seen = asyncio.Semaphore(_AT_ONCE), defaultdict[str, Counter[str]](Counter)

    async def one(row: Row) -> None:
        async with room:
            words = words_of(row.get("subject", ""), row["text"])
            said = await advisor.advise(tuple(row.get("previous", ())), (words,))
        receipts = await asyncio.to_thread(receipts_of, scanner_of_all_languages(row["language"]), row)
        scan = any(receipt.tier_floor is Tier.HUMAN for receipt in receipts)
        named = said not in (NONE, UNHEARD)
        found = {"scan": scan, "opinion": named, "both": scan or named, "unheard": said == UNHEARD}
        seen[group(row)].update(["of", *(way for way, so in found.items() if so)])
        if (done := sum(each["of"] for each in seen.values())) % 50 == 0:
            print(f"{part}: {done} of {len(given)}", file=sys.stderr, flush=True)

    await asyncio.gather(*map(one, given))
    for name, tally in sorted(seen.items()):
        tell(f"{part}: {name}", tally)


def tell(name: str, tally: Counter[str]) -> None:
    """Misses of what a person must have, alarms of the rest; each way, with the upper bound at 95 %."""
    of, misses = tally["of"], name.endswith("person")
    by = {way: of - tally[way] if misses else tally[way] for way in ("scan", "opinion", "both")}
    told = {"set": "opinion", "figure": f"{name}: {'misses' if misses else 'alarms'}", "of": of, **by}
    bounds = {f"{way}_high": round(upper(count, of), 4) for way, count in by.items()}
    print(json.dumps({**told, **bounds, "unheard": tally["unheard"]}), flush=True)


async def main(parts: Iterable[str], model: str, some: int) -> None:
    """Print the figures of the named parts."""
    configure_logging("warning")
    settings, outside = read(), Outside()
    if not settings.llm_url:
        raise SystemExit("set NEWEL_LLM_URL, as http://localhost:11434/v1")
    try:
        advisor = Advisor(opinion(model), settings.llm_url, settings.llm_token, outside)
        for part in parts:
            await judge(part, advisor, some)
    finally:
        await outside.close()


if __name__ == "__main__":
    asks = parser(__doc__, "python -m benchmarks.opinion open --model llama-3.3-70b-instruct --some 500")
    asks.add_argument("--model", required=True, help="as the endpoint calls it")
    asks.add_argument(
        "--some", type=int, default=0, metavar="N", help="so many rows of each part, drawn by chance"
    )
    options = chosen(PARTS, asks)
    asyncio.run(main(options.parts, options.model, options.some))
