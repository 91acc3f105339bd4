"""What the scan looks for, how it reads, and why something does not count."""

from typing import Final

from newel.web.tongue import N_

TRIGGERS: Final = (
    N_("Request"),
    N_("Legal"),
    N_("Reputation"),
    N_("Repeat"),
    N_("Emotion"),
    N_("Complexity"),
    N_("Value"),
    N_("Topic"),
    N_("Injection"),
    N_("Data"),
    N_("Risk words"),
)
RULES: Final = (
    N_("explicit request"),
    N_("repeat contact"),
    N_("several orders"),
    N_("several products"),
    N_("customs"),
    N_("partial usage"),
    N_("missing field"),
    N_("conflicting fields"),
    N_("unusual format"),
    N_("duplicate"),
    N_("unsupported language"),
    N_("emotion"),
    N_("risk score"),
    N_("lifetime value"),
    N_("segment"),
    N_("vip"),
    N_("vulnerable"),
    N_("prefers human"),
)
FAMILIES: Final = (
    N_("request"),
    N_("legal"),
    N_("reputation"),
    N_("anger"),
    N_("distress"),
    N_("grief"),
    N_("frustration"),
    N_("safety"),
    N_("fraud"),
    N_("account security"),
    N_("financial advice"),
    N_("medical"),
    N_("bereavement"),
    N_("hardship"),
    N_("discrimination"),
    N_("employment"),
    N_("minors"),
    N_("legal advice"),
    N_("repeat"),
    N_("injection"),
    N_("off policy"),
    N_("data words"),
    N_("refund words"),
    N_("cancellation words"),
    N_("account words"),
)
"""What words of a message, or a model, are about."""
FACTORS: Final = (
    N_("Low confidence"),
    N_("Sensitive topic"),
    N_("Customer history"),
    N_("Interaction"),
)
"""What a risk score is made of besides triggers."""
MODELS: Final = (
    N_("request model"),
    N_("legal model"),
    N_("reputation model"),
    N_("emotion model"),
    N_("topic model"),
    N_("repeat model"),
    N_("injection model"),
    N_("complexity model"),
    N_("data model"),
    N_("risk model"),
    N_("emotion fitted"),
)
"""Which model heard it."""
SPARED: Final = (
    N_("inside of a number"),
    N_("spared by what stands before it"),
    N_("spared by what follows it"),
    N_("spared by what it holds"),
    N_("not a sentence of its own"),
    N_("not in capitals"),
    N_("without the words that it needs near"),
    N_("too short a match without gaps"),
    N_("a word of its own"),
    N_("quoted, or a signature or footer"),
)
"""Why words that were found do not count."""
VIEWS: Final = (
    N_("plain"),
    N_("folded"),
    N_("reversed"),
    N_("entities"),
    N_("bytes"),
    N_("escapes"),
    N_("hex"),
    N_("base64"),
    N_("markup"),
    N_("glued"),
    N_("spelled"),
    N_("spelled words"),
    N_("leet"),
    N_("leet-i"),
    N_("shortened"),
    N_("without gaps"),
    N_("spelling"),
)
"""How a text was read."""
