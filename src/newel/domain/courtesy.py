"""Courtesy: a message that only says thanks asks for nothing, and takes nothing back."""

import re
from collections.abc import Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_MOST: Final = 200
_THANKS_WORDS: Final = """
    thanks thank thx thankyou tysm cheers appreciated appreciate gracias merci danke dank dankeschön شكرا
    ok okay perfect vale perfecto parfait perfekt
"""
_BESIDE_WORDS: Final = """
    a again all amazing and appreciate awesome brilliant day excellent fantastic fast for good got great
    have help helped helpful helping helps i it kind kindly lot lots lovely many million much nice of
    prompt quick quickly really reply response answer answering responding looking sorting so speedy
    super sure that that's the this very well wonderful you you've been your
    ace brill bunch mate
    muchas muchísimas mil muy amable genial por todo la su tu ayuda respuesta rapida rápida
    beaucoup bien bonne journée mille pour votre ton aide réponse rapide c'est gentil super d'accord
    vielen herzlichen schön sehr prima für die ihre deine hilfe antwort schnelle
    جزيلا لك لكم
"""
# What means something else elsewhere: which words it must follow, and which must follow it.
_HELPED: Final = frozenset(
    ["for", "your", "the", "all", "tu", "su", "la", "votre", "ton", "die", "ihre", "deine"]
)
_ONLY_AFTER: Final = {
    **dict.fromkeys(("help", "ayuda", "aide", "hilfe"), _HELPED),
    "again": frozenset(["thanks", "thank", "thx", "you", "cheers", "gracias", "merci"]),
    "it": frozenset(("appreciate", "got")),
}
_ONLY_BEFORE: Final = {"have": frozenset("a"), "i": frozenset(("appreciate", "really", "got"))}
_FRIENDLY: Final = re.compile(
    "[🙏👍👌😊🙂😀😃😄😁🤗😍🥰❤💚💙🎉✨☺]|[\U0001f3fb-\U0001f3ff\ufe0f]|[:;]-?[)d]|<3|\\bx+\\b"
)
_PLAIN: Final = re.compile(r"(?:[^\W\d_]|[\s.,!¡'´;:…–—-])*")
_THANKS: Final = frozenset(_THANKS_WORDS.split())
_BESIDE: Final = frozenset(_BESIDE_WORDS.split())


def only_thanks(text: str) -> bool:
    """Whether a message thanks, or says that all is well, and nothing else: each word is one of courtesy.

    A number, a question mark, a face that is not friendly say more than thanks.
    """
    said = _FRIENDLY.sub(" ", text.casefold().replace("’", "'"))
    if len(text) > _MOST or not _PLAIN.fullmatch(said):
        return False
    words = _WORD.findall(said)
    return any(word in _THANKS for word in words) and all(
        map(_courteous, ["", *words], words, [*words[1:], ""])
    )


def _courteous(before: str, word: str, after: str) -> bool:
    """Whether a word is one of courtesy where it stands: "your help" is, "help" by itself is a call."""
    if word not in _THANKS and word not in _BESIDE:
        return False
    return before in _ONLY_AFTER.get(word, {before}) and after in _ONLY_BEFORE.get(word, {after})


def answers_thanks(phrases: Sequence[str]) -> bool:
    """Whether these are the phrases of a playbook for thanks: most of them say nothing else."""
    return 2 * sum(map(only_thanks, phrases)) > len(phrases)
