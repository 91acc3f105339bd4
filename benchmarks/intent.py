"""Right playbook, wrong playbook, to a person; and what is answered outside the shop's knowledge.

``python -m benchmarks.intent [--set open|dev|heldout]`` prints one JSON line per figure, each with its
95 % Clopper-Pearson interval, beside a plain keyword matcher as peer. An answer is what would be
released or proposed: a playbook or a quotation at or above the policy's confidence.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from benchmarks import limits
from benchmarks.demo_policy import articles, customer_support
from newel.ai.intent import Intent
from newel.ai.knowledge import Knowledge
from newel.domain.answer import Follow, Quote, choose_way, confidence_minimum
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Match, Passage

SETS = Path(__file__).parent / "sets"
OUTSIDE = {"dev": "outside_dev.jsonl", "heldout": "outside.jsonl"}
QUOTED = {"open": ("knowledge_open", "near_open"), "heldout": ("near_heldout",)}
Answer = Callable[[str], str | None]
OURS = "newel"
RIGHT, WRONG, OUTSIDE_MOST = 0.80, 0.02, 3 / 60

KEYWORDS = {
    "tracking_link": ("tracking", "track"),
    "return_label": ("return label", "send back", "return"),
    "return_window": ("return window", "still return"),
    "refund_status": ("refund status", "my refund"),
    "refund_damaged": ("broken", "damaged"),
    "refund_not_received": ("never arrived", "refund"),
    "reship_damaged": ("replacement",),
    "reship_missing_item": ("missing",),
    "goodwill_credit_late": ("late", "compensation"),
    "subscription_pause": ("pause", "skip"),
    "subscription_cancel": ("cancel subscription", "cancel my subscription"),
    "subscription_next_date": ("next box", "subscription"),
    "cancel_order": ("cancel",),
    "change_delivery_address": ("address",),
    "delivery_date": ("when will", "delivery date", "arrive"),
    "order_status": ("where is my order", "order status", "status"),
    "order_contents": ("what did i order", "contents"),
    "stock_check": ("in stock", "available"),
    "account_email": ("email", "e-mail"),
    "gift_card_balance": ("gift card", "balance"),
    "warranty_check": ("warranty", "guarantee"),
    "invoice_copy": ("invoice", "receipt"),
    "password_reset": ("password", "log in"),
    "appointment_change": ("reschedule", "change my appointment"),
    "appointment_book": ("appointment", "book"),
}


def keyword(text: str) -> str | None:
    """The peer: the longest keyword found names the reason."""
    low = text.casefold()
    hits = [(len(word), reason) for reason, names in KEYWORDS.items() for word in names if word in low]
    return max(hits)[1] if hits else None


def newel(policy: Bundle) -> Answer:
    """Newel's answer: a playbook, ``article …``, or None for a person."""
    matcher, library = Intent.of(policy), Knowledge.of(articles(), policy)
    least = confidence_minimum(policy)

    def answer(text: str) -> str | None:
        match: Match = matcher.match(text)
        way = choose_way(text, match, library.search(text, 3), policy)
        if isinstance(way, Quote):
            return f"article {way.passage.article}"
        sure = match.calibrated and match.confidence >= least
        return way.contact_reason if isinstance(way, Follow) and sure else None

    return answer


def interval(hits: int, of: int, error: float = 0.05) -> tuple[float, float]:
    """Clopper and Pearson's interval for a share, by bisection on the binomial's tails."""
    low = 0.0 if hits == 0 else _root(lambda p: 1 - _below(hits - 1, of, p) - error / 2)
    high = 1.0 if hits == of else _root(lambda p: error / 2 - _below(hits, of, p))
    return round(low, 4), round(high, 4)


def _below(hits: int, of: int, p: float) -> float:
    return sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(hits + 1))


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return low


def figure(name: str, peer: str, hits: int, of: int) -> None:
    """One figure as a JSON line."""
    low, high = interval(hits, of)
    line = {"figure": name, "matcher": peer, "hits": hits, "of": of, "share": round(hits / of, 4)}
    print(json.dumps({**line, "low95": low, "high95": high}))


def read(name: str) -> list[dict[str, str]]:
    """The lines of a set."""
    return [json.loads(line) for line in (SETS / name).read_text("utf-8").splitlines() if line.strip()]


class Asked(TypedDict):
    """A question of a customer, the articles that answer it, and what a quotation has to say."""

    text: str
    articles: list[str]
    says: NotRequired[list[str]]


def asked(name: str) -> list[Asked]:
    """The lines of a set of questions; one outside the shop has no article."""
    return [
        {"articles": [], **json.loads(line)}
        for line in (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]


def playbooks(lines: Sequence[dict[str, str]], peer: str, answer: Answer, name: str) -> None:
    """Right, wrong, to a person."""
    said = Counter(_judged(answer(line["text"]), line["reason"]) for line in lines)
    for outcome in ("right", "wrong", "person"):
        figure(f"{name}.{outcome}", peer, said[outcome], len(lines))
    if peer == OURS:
        limits.at_least(f"{name}: right playbook, share", said["right"] / len(lines), RIGHT)
        limits.at_most(f"{name}: wrong playbook, share", said["wrong"] / len(lines), WRONG)


def _judged(said: str | None, reason: str) -> str:
    if said is None:
        return "person"
    return "right" if said == reason else "wrong"


def outside(lines: Iterable[dict[str, str]], peer: str, answer: Answer) -> None:
    """How many questions outside the shop's knowledge are answered all the same."""
    said = [answer(line["text"]) for line in lines]
    answered = sum(one is not None for one in said)
    figure("outside.answered", peer, answered, len(said))
    if peer == OURS:
        limits.at_most("answered outside the shop's knowledge, share", answered / len(said), OUTSIDE_MOST)


def knowledge(name: str, policy: Bundle) -> None:
    """Of questions with the articles that answer them, if any does: quoted right, quoted wrong."""
    library, least, lines = Knowledge.of(articles(), policy), confidence_minimum(policy), asked(name)
    best = [(line, library.search(line["text"], 1)) for line in lines]
    right = [answers(line, found[0]) for line, found in best if found and found[0].confidence >= least]
    figure(f"{name}.right", "newel", sum(right), len(lines))
    figure(f"{name}.wrong", "newel", len(right) - sum(right), len(lines))


def answers(line: Asked, found: Passage) -> bool:
    """Whether it is an article that answers and, where a line names what has to be said, says it."""
    said = any(one.lower() in found.text.lower() for one in line.get("says", [""]))
    return found.article in line["articles"] and said


def main() -> None:
    """Print all figures of a set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", choices=("open", "dev", "heldout"), default="heldout")
    chosen = parser.parse_known_args()[0].set
    policy = customer_support()
    began = time.perf_counter()
    answer = newel(policy)
    print(json.dumps({"figure": "intent.train_seconds", "value": round(time.perf_counter() - began, 2)}))
    lines = read(f"paraphrases_{chosen}.jsonl")
    for peer, matcher in ((OURS, answer), ("keywords", keyword)):
        playbooks(lines, peer, matcher, f"paraphrases_{chosen}")
        if chosen in OUTSIDE:
            outside(read(OUTSIDE[chosen]), peer, matcher)
    for name in QUOTED.get(chosen, ()):
        knowledge(name, policy)


if __name__ == "__main__":
    main()
    sys.exit(limits.verdict())
