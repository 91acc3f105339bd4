"""Policy documents for tests: the standard one, and a small way to change it."""

from pathlib import Path

from newel.domain import policy
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import load_bundle
from newel.domain.policy.sheet import Known

STANDARD = (Path(policy.__file__).parent / "default.yaml").read_text(encoding="utf-8")

OPINION = (Path(policy.__file__).parent / "opinion.yaml").read_text(encoding="utf-8")

_FAMILIES = """
several_orders off_policy data_words minors legal_advice
request legal reputation repeat anger distress grief frustration customs partial_usage several_products
safety fraud account_security financial_advice medical bereavement hardship discrimination employment
injection refund_words cancellation_words money_words account_words
"""
_DETECTORS = """
explicit_request repeat_contact several_orders several_products customs partial_usage missing_field
conflicting_fields unusual_format duplicate unsupported_language emotion risk_score
"""
KNOWN = Known(
    lexicons=frozenset(_FAMILIES.split()),
    detectors=frozenset(_DETECTORS.split()),
    facts=frozenset({"vip", "vulnerable", "prefers_human", "lifetime_value", "segment"}),
    factors=frozenset({"low_confidence", "sensitive_topic", "customer_history", "interaction"}),
    zones=frozenset({"Europe/London", "UTC"}),
    countries=frozenset({"GB"}),
    playbook=lambda playbook: (
        ("paths.0.reply: nothing is called 'oder'",) if "{oder" in playbook.paths[0].reply else ()
    ),
    offer=lambda offer: ("text: nothing is called 'oder'",) if "{oder" in offer.text else (),
)

OFFERS = """
offers:
  pad:
    title: Feather pad
    owner: Shop team
    date: 2026-11-26
    contact_reasons: [order_status]
    needs: {order: {call: shop.order, args: {order: "{customer.ref}"}}}
    when: [{fact: order.state, eq: delivered}]
    because: A cover was bought.
    text: A pad fits your cover.
    texts: {es: Un relleno encaja en su funda.}
    rest_days: 60
"""

ACTS = """
systems:
  shop:
    base_url: shop_url
    owner: Shop team
    date: 2026-11-20
    look_ups: {order: {path: "/orders/{order}", source: orders}}
    actions:
      refund: {method: POST, path: /refunds, body: {}, reconcile: "/refunds?key={key}"}
      reset: {method: POST, path: /resets, body: {}, reconcile: "/resets?key={key}"}
actions:
  refund: {system: shop, effect: money, ceiling: refund, owner: Shop team, date: 2026-11-20}
  reset: {system: shop, effect: account, autonomous: true, owner: Shop team, date: 2026-11-20}
playbooks:
  order_status:
    title: How far is my order
    risk: low
    owner: Shop team
    date: 2026-11-20
    paths: [{reply: "It is on its way."}]
  refund_damaged:
    title: Refund a damaged item
    risk: high
    owner: Shop team
    date: 2026-11-20
    slots: {order: {kind: order, sources: [text]}}
    needs: {order: {call: shop.order, args: {order: "{slots.order}"}}}
    paths:
      - reply: "Order {order.number} is refunded."
        act: {action: refund, amount: "{order.total}", justification: It arrived damaged.}
"""


def changed(*replacements: tuple[str, str], extra: str = "") -> str:
    """The standard document with each text replaced once."""
    text = STANDARD + extra
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def bundle(*replacements: tuple[str, str], extra: str = "") -> Bundle:
    """The bundle of a changed standard document."""
    return load_bundle(changed(*replacements, extra=extra), "test.yaml")


def line_of(text: str, part: str) -> int:
    """The line on which a part of the text first stands."""
    return text.count("\n", 0, text.index(part)) + 1
