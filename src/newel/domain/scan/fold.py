"""Folding one code point to the plain letters that it stands for or looks like.

Case, compatibility forms (full-width, mathematical, circled) and diacritics go by Unicode's
own data; look-alikes of other scripts by the table below, in the manner of UTS 39.
"""

import unicodedata
from functools import lru_cache

_LOOK_ALIKES = {
    # Cyrillic, upper and lower case fold together before the look-up.
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "є": "e", "һ": "h",
    "н": "h", "і": "i", "ї": "i", "ӏ": "l", "ј": "j", "к": "k", "м": "m", "п": "n",
    "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v",
    "ѡ": "w", "ԝ": "w", "х": "x", "у": "y", "ү": "y", "ґ": "r", "ь": "b", "з": "3",
    "б": "6", "и": "n", "й": "n", "л": "n", "я": "r", "ш": "w", "щ": "w", "ғ": "f",
    # Greek.
    "α": "a", "β": "b", "ϲ": "c", "δ": "d", "ε": "e", "ϵ": "e", "η": "n", "ι": "i",
    "κ": "k", "λ": "l", "μ": "u", "ν": "v", "ο": "o", "π": "n", "ρ": "p", "σ": "o",
    "ς": "c", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "ζ": "z", "ϳ": "j",
    "ϝ": "f", "ϱ": "p",
    # Armenian, Hebrew, Cherokee and Coptic forms seen in the wild.
    "ա": "w", "օ": "o", "ո": "n", "ս": "u", "հ": "h", "ց": "g", "զ": "q", "ք": "p",
    "ե": "t", "ձ": "d", "լ": "l", "ѻ": "o", "ⲟ": "o", "ⲥ": "c", "ⲣ": "p", "ו": "l",
    "ס": "o", "ꭱ": "r", "ꮪ": "s", "ꮯ": "c", "ꭺ": "a", "ꮮ": "l", "ꭰ": "d", "ꭼ": "e",
    "ꮃ": "w", "ꭹ": "y", "ꮋ": "h", "ꮇ": "m", "ꭲ": "t", "ꮖ": "i", "ꮩ": "v",
    # Latin letters without a decomposition.
    "ı": "i", "ȷ": "j", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t",
    "ƀ": "b", "ɓ": "b", "ƈ": "c", "ɗ": "d", "ɖ": "d", "ɛ": "e", "ǝ": "e", "ə": "e",
    "ƒ": "f", "ɡ": "g", "ɢ": "g", "ɠ": "g", "ɦ": "h", "ɨ": "i", "ɩ": "i", "ɪ": "i",
    "ƙ": "k", "ɫ": "l", "ɭ": "l", "ʟ": "l", "ɯ": "w", "ɱ": "m", "ɲ": "n", "ɴ": "n",
    "ŋ": "n", "ɔ": "c", "ɵ": "o", "ƥ": "p", "ɹ": "r", "ʀ": "r", "ɾ": "r", "ɽ": "r",
    "ʂ": "s", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʊ": "u", "ʋ": "v", "ʌ": "v", "ɣ": "y",
    "ʏ": "y", "ƴ": "y", "ʐ": "z", "ƶ": "z", "ɑ": "a", "ɐ": "a", "ᴀ": "a", "ʙ": "b",
    "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ꜰ": "f", "ʜ": "h", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m",
    "ᴏ": "o", "ᴘ": "p", "ꞯ": "q", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w",
    "ᴢ": "z", "æ": "ae", "œ": "oe", "þ": "th", "ꞁ": "l", "ǀ": "l", "ꬰ": "a",
    # Signs used as letters.
    "¢": "c", "€": "e", "£": "l", "¥": "y", "§": "s", "©": "c", "®": "r",
}  # fmt: skip

_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′ʼʻʹ´ʾʿˈ՚", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘⁃˗", "-"),
    **dict.fromkeys("․·•∙⋅・", "."),
    "⁄": "/", "∕": "/", "›": ">", "‹": "<", "…": ".",
}  # fmt: skip

# Enclosed letters whose compatibility form is missing or has brackets around it.
_ENCLOSED = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26), (0x249C, 26), (0x1F110, 26))

OTHER_LETTER = "\xff"


@lru_cache(maxsize=65_536)
def plain(char: str) -> str:
    """Case, compatibility form and diacritics folded; other letters become one filler.

    The answer holds ASCII and ``OTHER_LETTER`` only. It is empty for what is invisible.
    """
    if char in _PUNCTUATION:
        return _PUNCTUATION[char]
    return "".join(_to_byte(part, {}) for part in _decomposed(char))


@lru_cache(maxsize=65_536)
def skeleton(char: str) -> str:
    """Like ``plain``, with look-alikes of other scripts read as the letters they imitate."""
    known = _PUNCTUATION.get(char) or _enclosed_letter(char)
    if known:
        return known
    return "".join(_to_byte(part, _LOOK_ALIKES) for part in _decomposed(char))


def is_invisible(char: str) -> bool:
    """Format and control characters, fillers and variation selectors: no ink, no gap."""
    if char in "\t\n\r\v\f\x85\u2028\u2029":
        return False
    return unicodedata.category(char) in ("Cf", "Cc") or char in _FILLERS


_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\ufffd")


def _decomposed(char: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())


def _enclosed_letter(char: str) -> str:
    for first, count in _ENCLOSED:
        if first <= ord(char) < first + count:
            return chr(ord("a") + ord(char) - first)
    return ""


def _to_byte(char: str, look_alikes: dict[str, str]) -> str:
    if char < "\x80":
        return "" if is_invisible(char) else char
    if char in _PUNCTUATION:
        return _PUNCTUATION[char]
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Mc") or is_invisible(char):
        return ""
    if char in look_alikes:
        return look_alikes[char]
    return OTHER_LETTER if kind[0] == "L" else " "
