"""The numbers that people tune, and the texts that a workflow needs: one table each.

``check.py`` holds a bundle against them; ``senses.py`` takes from them which way is tighter.
"""

from typing import Final, Literal

import msgspec

from newel.domain.words import Assist, Cluster, Priority


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Where a threshold may stand, and which way sends more work to people."""

    low: float
    high: float
    tighter: Literal["up", "down"]
    required: bool = False


EMOTION_FLOOR: Final = "emotion_floor"
THRESHOLDS: Final = {
    "confidence_minimum": Range(low=0.5, high=1, tighter="up", required=True),
    "risk_maximum": Range(low=0, high=1, tighter="down", required=True),
    EMOTION_FLOOR: Range(low=0, high=1, tighter="down"),
    "request_floor": Range(low=0, high=1, tighter="down"),
    "legal_floor": Range(low=0, high=1, tighter="down"),
    "reputation_floor": Range(low=0, high=1, tighter="down"),
    "topic_floor": Range(low=0, high=1, tighter="down"),
    "safety_floor": Range(low=0, high=1, tighter="down"),
    "fraud_floor": Range(low=0, high=1, tighter="down"),
    "account_security_floor": Range(low=0, high=1, tighter="down"),
    "repeat_floor": Range(low=0, high=1, tighter="down"),
    "complexity_floor": Range(low=0, high=1, tighter="down"),
    "injection_floor": Range(low=0, high=1, tighter="down"),
    "data_floor": Range(low=0, high=1, tighter="down"),
    "risk_words_floor": Range(low=0, high=1, tighter="down"),
    "repeat_similarity": Range(low=0, high=1, tighter="down"),
    "repeat_window_days": Range(low=1, high=365, tighter="up"),
    "lifetime_value_minor": Range(low=0, high=100_000_000, tighter="down"),
}

CONVERSATION_MESSAGES: Final = (
    "ai_disclosure",
    "handover",
    "action_confirmed",
    "breach_notice",
    "out_of_hours",
)

# What is a number, by fact or detector, and fires over a threshold.
MEASURED: Final = frozenset({"lifetime_value", "emotion", "risk_score"})


class Standard(msgspec.Struct, frozen=True):
    """The effect of a standard trigger: at least this; a bundle without it is looser."""

    cluster: Cluster
    floor: Literal[2, 3] = 3
    lock: bool = True
    priority: Priority = Priority.P2
    assist: Assist = Assist.SUMMARISE
    conversations_only: bool = False


_DRAFT: Final = Assist.DRAFT
STANDARD_TRIGGERS: Final = {
    "request.person": Standard(Cluster.REQUEST),
    "request.prefers_human": Standard(Cluster.REQUEST, assist=_DRAFT, conversations_only=True),
    "legal.dictionary": Standard(Cluster.LEGAL),
    "reputation.threat": Standard(Cluster.REPUTATION, conversations_only=True),
    "repeat.contact": Standard(Cluster.REPEAT, conversations_only=True),
    "emotion.floor": Standard(Cluster.EMOTION, conversations_only=True),
    "complexity.several_orders": Standard(Cluster.COMPLEXITY, priority=Priority.P3, conversations_only=True),
    "complexity.several_products": Standard(
        Cluster.COMPLEXITY, priority=Priority.P3, conversations_only=True
    ),
    "complexity.customs": Standard(Cluster.COMPLEXITY, priority=Priority.P3, conversations_only=True),
    "complexity.partial_usage": Standard(Cluster.COMPLEXITY, priority=Priority.P3, conversations_only=True),
    "complexity.off_policy": Standard(Cluster.COMPLEXITY, priority=Priority.P3, conversations_only=True),
    "value.lifetime": Standard(Cluster.VALUE, assist=_DRAFT, conversations_only=True),
    "value.vip": Standard(Cluster.VALUE, assist=_DRAFT, conversations_only=True),
    "value.vulnerable": Standard(Cluster.VALUE, assist=_DRAFT, conversations_only=True),
    "topic.safety": Standard(Cluster.TOPIC, priority=Priority.P1, assist=Assist.NONE),
    "topic.fraud": Standard(Cluster.TOPIC, priority=Priority.P1),
    "topic.account_security": Standard(Cluster.TOPIC, priority=Priority.P1),
    "topic.regulated": Standard(Cluster.TOPIC),
    "injection.instructions": Standard(Cluster.INJECTION, priority=Priority.P3, assist=Assist.NONE),
    "data.missing_field": Standard(Cluster.DATA, 2, lock=False, priority=Priority.P3, assist=_DRAFT),
    "data.conflict": Standard(Cluster.DATA, 2, lock=False, priority=Priority.P3, assist=_DRAFT),
    "data.format": Standard(Cluster.DATA, 2, lock=False, priority=Priority.P3, assist=_DRAFT),
    "data.duplicate": Standard(Cluster.DATA, 2, lock=False, priority=Priority.P3, assist=_DRAFT),
    "data.said": Standard(
        Cluster.DATA, 2, lock=False, priority=Priority.P3, assist=_DRAFT, conversations_only=True
    ),
    "risk_words.refund": Standard(
        Cluster.RISK_WORDS, 2, lock=False, priority=Priority.P3, assist=_DRAFT, conversations_only=True
    ),
    "risk_words.account": Standard(
        Cluster.RISK_WORDS, 2, lock=False, priority=Priority.P3, assist=_DRAFT, conversations_only=True
    ),
    "language.unsupported": Standard(Cluster.COMPLEXITY, priority=Priority.P3),
    "risk.score": Standard(Cluster.RISK_WORDS, lock=False, priority=Priority.P3, assist=_DRAFT),
}

# ISO 639-1, as far as anybody writes to a help desk in it; the scan names a language by these.
# fmt: off
LANGUAGES: Final = frozenset({
    "af", "am", "an", "ar", "as", "az", "be", "bg", "bn", "br", "bs", "ca", "cs", "cy", "da", "de",
    "dz", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fo", "fr", "ga", "gl", "gu", "he", "hi",
    "hr", "ht", "hu", "hy", "id", "is", "it", "ja", "jv", "ka", "kk", "km", "kn", "ko", "ku", "ky",
    "la", "lb", "lo", "lt", "lv", "mg", "mk", "ml", "mn", "mr", "ms", "mt", "nb", "ne", "nl", "nn",
    "no", "oc", "or", "pa", "pl", "ps", "pt", "qu", "ro", "ru", "rw", "se", "si", "sk", "sl", "sq",
    "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "ug", "uk", "ur", "vi", "vo", "wa", "xh", "zh",
    "zu",
})
# fmt: on
