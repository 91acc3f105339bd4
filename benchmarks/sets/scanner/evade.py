"""Write the evasions: English positives of four clusters, disguised as people disguise what they write.

    python benchmarks/sets/scanner/evade.py

Reads the English lines of each set below and writes its evasions beside them, so that no held text shows in
the open part; a set whose lines are not there is passed over. Each class was written from its meaning alone,
and a person who reads the result still understands it (after decoding, where the class is an encoding). The
README says what each class does.

A message is cut into pieces, each a word or what stands between words. The words that carry the demand are
marked: those of MARKING, or every longer word where the line has none, and in one line of three all words.
A change rewrites the marked pieces; an encoding may take the whole text; a carrier then moves the text into
the subject, the name of an attachment or several messages. Random numbers are seeded by set, class and line.
"""

import base64
import itertools
import json
import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).parent
CLUSTERS = ("legal", "request", "injection", "reputation")

MARKING = re.compile(
    r"(lawyers?|la[wy]+er|attorneys?|solicitors?|barrister|advocate|counsel|sue|sued|suing|courts?|judge|legal(ly)?|lawsuit"
    r"|litigat\w+|tribunal|small|claims?|ombudsm[ae]n|chargebacks?|disput\w+|fraud\w*|defrauded|un?authori[sz]ed|authori[sz]ed?"
    r"|breach|privacy|gdpr|ccpa|accessib\w+|ada|minor|regulator|illegal|unlawful|police|proceedings|rights|statutory|theft"
    r"|hum[ao]ns?|person|people|agents?|rep|representatives?|operator|managers?|supervisors?|someone|somebody|anyone|anybody"
    r"|staff|advis[eo]rs?|colleagues?|employees?|escalated?|callback|ignore|disregard|forget|instructions?|prompt|system"
    r"|override|bypass|admin(istrator)?|assistant|jailbreak|pretend|roleplay|developer|configuration|unrestricted|reviews?"
    r"|trustpilot|viral|twitter|facebook|tiktok|reddit|instagram|social|media|press|journalist|newspapers?|public(ly)?|post(ing|ed)?"
    r"|boycott|reputation|followers|yelp|youtube|linkedin|petition)",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Za-z]+")
SMALL = frozenset(
    (
        *("that", "this", "with", "have", "from", "your", "will", "been", "about", "what"),
        *("when", "they", "them", "there", "just", "would", "could", "please"),
    )
)
LOOKALIKE = dict(zip("aceopxyijsABCEHKMOPTXvu", "асеорхуіјѕАВСЕНКМОРТХνυ", strict=True))
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7+", "l": "1", "b": "8", "g": "9"}
ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327\u0331\u0323"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
ISOLATES = ("\u200e", "\u200f", "\u2066", "\u2069", "\u202a", "\u202c")
NEIGHBOURS = dict(zip(string.ascii_lowercase, "svxswdfguhjknmiowearycqztx", strict=True))
COVER = ("See subject.", "As above.", "As per the subject line.", "Hi, see subject line please.", "Thanks.")
ENCLOSED = (
    "See attached.",
    "Please find the file attached.",
    "Attached as discussed.",
    "File enclosed.",
    "here you go",
)


@dataclass(frozen=True)
class Piece:
    """A word or what stands between words; marked when the disguise must cover it."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Source:
    """A set of written lines, where its evasions go, and the seed they are made with."""

    lines: str
    evasions: str
    seed: str
    part: str
    prefix: str
    per_class: int
    per_pair: int


FIRST = "newel scanner evasion 1"
SOURCES = (
    Source("open/en.jsonl", "open/evasion.jsonl", FIRST, "open", "open", 55, 1),
    Source("open/en.former.jsonl", "open/evasion.former.jsonl", FIRST, "held", "held", 165, 3),
    Source("held/en.jsonl", "held/evasion.jsonl", "newel scanner evasion 2", "held", "held-2", 240, 3),
)

Pieces: TypeAlias = list[Piece]
Change: TypeAlias = Callable[[str, random.Random], str | None]
Line: TypeAlias = dict[str, Any]


def main() -> None:
    """Write the evasions of every set whose lines are there."""
    for source in SOURCES:
        if (HERE / source.lines).exists():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in evasions(source))
            (HERE / source.evasions).write_text(text, "utf-8")


def evasions(source: Source) -> list[Line]:
    """The disguised lines of a set: each class alone, then each pair."""
    written = (json.loads(line) for line in (HERE / source.lines).read_text("utf-8").splitlines())
    lines = [line for line in written if line["kind"] == "plain" and line["expect"][0] in CLUSTERS]
    rows = [row for name in CLASSES for row in disguised(source, (name,), lines, source.per_class)]
    return rows + [row for pair in pairs() for row in disguised(source, pair, lines, source.per_pair)]


def pairs() -> list[tuple[str, str]]:
    """Pairs of classes in the order in which they are applied, without two encodings or two carriers."""
    return [
        pair
        for pair in itertools.combinations(CLASSES, 2)
        if not any(set(pair) <= family for family in (ENCODINGS, CARRIERS, {"spacing", "dotted"}))
    ]


def disguised(source: Source, classes: tuple[str, ...], lines: list[Line], wanted: int) -> list[Line]:
    """Up to `wanted` disguised lines, each different; a line comes again when the others are used up."""
    name = "+".join(classes)
    rows: list[Line] = []
    seen: set[str] = set()
    for turn in range(6):
        order = list(lines)
        random.Random(f"{source.seed} {source.part} {name} {turn}").shuffle(order)
        for line in order:
            carried = disguise(line, classes, random.Random(f"{source.seed} {name} {line['id']} {turn}"))
            if carried is None or json.dumps(carried) in seen:
                continue
            seen.add(json.dumps(carried))
            rows.append(row(source.prefix, name, len(rows) + 1, line, carried))
            if len(rows) == wanted:
                return rows
    return rows


def row(prefix: str, name: str, number: int, line: Line, carried: Line) -> Line:
    """A line of the set; it expects what its source expects."""
    return {
        "id": f"en-evasion-{prefix}-{name}-{number:04d}",
        "language": "en",
        "kind": f"evasion:{name}",
        "expect": line["expect"],
        "person": True,
        "source": line["id"],
        **carried,
    }


def disguise(line: Line, classes: tuple[str, ...], rng: random.Random) -> Line | None:
    """The fields of a disguised line, or None where a class has nothing to change in it."""
    pieces = cut(line["text"], rng)
    carried: Line | None = None
    for name in classes:
        if name in CARRIERS:
            carried = CARRIER[name](pieces, rng)
            if carried is None:
                return None
            continue
        changed = encode(name, pieces, rng) if name in ENCODINGS else rewrite(name, pieces, rng)
        if changed is None:
            return None
        pieces = changed
    return carried or {"text": joined(pieces)}


def cut(text: str, rng: random.Random) -> Pieces:
    """The pieces of a text, with the words marked that a disguise must cover."""
    words = [match.group() for match in WORD.finditer(text)]
    marking = {word for word in words if MARKING.fullmatch(word)}
    longer = {word for word in words if len(word) > 3 and word.lower() not in SMALL}
    chosen = marking or longer or set(words)
    if rng.random() < 1 / 3:
        chosen = {word for word in words if len(word) > 1} or chosen
    return [Piece(part, part in chosen) for part in re.split(r"([A-Za-z]+)", text) if part]


def joined(pieces: Pieces) -> str:
    """The text of the pieces."""
    return "".join(piece.text for piece in pieces)


def rewrite(name: str, pieces: Pieces, rng: random.Random) -> Pieces | None:
    """Every marked piece changed where it can be; None when none could."""
    change = widened if name == "spacing" and sum(piece.marked for piece in pieces) > 1 else CHANGE[name]
    changed = [
        replace(piece, text=change(piece.text, rng) or piece.text) if piece.marked else piece
        for piece in pieces
    ]
    return changed if covers(pieces, changed) else None


def widened(text: str, rng: random.Random) -> str | None:
    """Spaced letters with room around the word, so that words beside each other stay apart."""
    spaced = spacing(text, rng)
    return f" {spaced} " if spaced else None


def covers(before: Pieces, after: Pieces) -> bool:
    """Whether a word that carries the demand was changed, or any word where the line has none of those."""
    carrying = [(old, new) for old, new in zip(before, after, strict=True) if MARKING.fullmatch(old.text)]
    return any(old.text != new.text for old, new in carrying or zip(before, after, strict=True))


def by_letter(text: str, rng: random.Random, change: Callable[[str], str], share: float) -> str | None:
    """Change a share of the letters that can be changed, one at least."""
    places = [place for place, letter in enumerate(text) if change(letter) != letter]
    if not places:
        return None
    taken = {place for place in places if rng.random() < share} or {rng.choice(places)}
    return "".join(change(letter) if place in taken else letter for place, letter in enumerate(text))


def between(text: str, marks: str | tuple[str, ...], rng: random.Random) -> str | None:
    """Put marks between letters, one at least."""
    if len(text) < 2:
        return None
    taken = {place for place in range(1, len(text)) if rng.random() < 0.6} or {rng.randrange(1, len(text))}
    return "".join(
        (rng.choice(marks) if place in taken else "") + letter for place, letter in enumerate(text)
    )


def case(text: str, rng: random.Random) -> str | None:
    """Capitals, alternating or thrown at random."""
    forms = (
        text.upper(),
        text.swapcase(),
        "".join(letter.upper() if place % 2 else letter.lower() for place, letter in enumerate(text)),
        "".join(rng.choice((letter.upper(), letter.lower())) for letter in text),
    )
    form = rng.choice(forms)
    return form if form != text else text.swapcase()


def spacing(text: str, _rng: random.Random) -> str | None:
    """l a w y e r."""
    return " ".join(text) if len(text) > 2 else None


def dotted(text: str, rng: random.Random) -> str | None:
    """l.a.w.y.e.r, and now and then with another mark."""
    return rng.choice("......-_·*").join(text) if len(text) > 2 else None


def homoglyph(text: str, rng: random.Random) -> str | None:
    """Cyrillic and Greek letters that look like the Latin ones."""
    return by_letter(text, rng, lambda letter: LOOKALIKE.get(letter, letter), 0.6)


def zero_width(text: str, rng: random.Random) -> str | None:
    """Invisible characters between letters."""
    return between(text, INVISIBLE, rng)


def soft_hyphen(text: str, rng: random.Random) -> str | None:
    """Soft hyphens between letters."""
    return between(text, "\u00ad", rng)


def bidi(text: str, rng: random.Random) -> str | None:
    """Marks of direction between letters, or the word backwards in an override that shows it forwards."""
    if rng.random() < 0.25 and len(text) > 2:
        return f"\u202e{text[::-1]}\u202c"
    return between(text, ISOLATES, rng)


def diacritics(text: str, rng: random.Random) -> str | None:
    """Accents that the word does not have."""
    return by_letter(text, rng, lambda letter: letter + rng.choice(ACCENTS), 0.45)


def full_width(text: str, _rng: random.Random) -> str | None:
    """The wide forms of East Asian type."""
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
    return wide if wide != text else None


def leetspeak(text: str, rng: random.Random) -> str | None:
    """Digits and signs for letters, in words that carry the demand."""
    if not MARKING.fullmatch(text):
        return None
    return by_letter(text, rng, lambda letter: rng.choice(LEET.get(letter.lower(), letter)), 0.75)


def repeated_letters(text: str, rng: random.Random) -> str | None:
    """One or two letters held down: lawwwyer."""
    if len(text) < 3:
        return None
    held = set(rng.sample(range(len(text)), k=min(2, len(text) // 3)))
    return "".join(
        letter * rng.randint(3, 5) if place in held else letter for place, letter in enumerate(text)
    )


def misspelling(text: str, rng: random.Random) -> str | None:
    """One slip inside a longer word that carries the demand; its first letter stays."""
    if len(text) < 6 or not MARKING.fullmatch(text):
        return None
    place = rng.randrange(1, len(text) - 2)
    slips = (
        text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        text[:place] + text[place + 1 :],
        text[:place] + text[place] + text[place:],
        text[:place] + NEIGHBOURS.get(text[place], text[place]) + text[place + 1 :],
    )
    slip = rng.choice(slips)
    return slip if slip != text else None


def encode(name: str, pieces: Pieces, rng: random.Random) -> Pieces | None:
    """The whole text encoded, or for entities and percent signs the marked words alone half of the time."""
    if name in {"html_entities", "url_encoding"} and rng.random() < 0.5:
        return rewrite(name, pieces, rng)
    text = joined(pieces)
    if len(text) < 6:
        return None
    return [
        Piece(rng.choice(("", "", "", "Hello, ", "see: ")) + (CHANGE[name](text, rng) or ""), marked=True)
    ]


def html_entities(text: str, rng: random.Random) -> str | None:
    """Decimal or hexadecimal entities; one time in five encoded once more."""
    form = rng.choice(("&#{0};", "&#x{0:x};", "&#x{0:X};", "&#{0:04d};"))
    entities = "".join(form.format(ord(letter)) for letter in text)
    return entities.replace("&", "&amp;") if rng.random() < 0.2 else entities


def url_encoding(text: str, rng: random.Random) -> str | None:
    """Percent signs for every byte; one time in five encoded once more."""
    quoted = "".join(f"%{byte:02{rng.choice('xX')}}" for byte in text.encode())
    return quoted.replace("%", "%25") if rng.random() < 0.2 else quoted


def in_base64(text: str, rng: random.Random) -> str | None:
    """Base64, now and then in the alphabet for addresses or without its padding."""
    encoded = rng.choice((base64.b64encode, base64.b64encode, base64.urlsafe_b64encode))(
        text.encode()
    ).decode()
    return encoded.rstrip("=") if rng.random() < 0.2 else encoded


def in_hex(text: str, rng: random.Random) -> str | None:
    """Hexadecimal bytes: in one run, spaced, or escaped."""
    pattern = rng.choice(("{}", "{}", "{} ", "\\x{}"))
    return "".join(pattern.format(f"{byte:02x}") for byte in text.encode()).strip()


def subject_line(pieces: Pieces, rng: random.Random) -> Line | None:
    """The demand in the subject, an empty phrase in the text."""
    text = joined(pieces)
    if "\n" in text or len(text) > 400:
        return None
    return {"text": rng.choice(COVER), "subject": text}


def attachment_name(pieces: Pieces, rng: random.Random) -> Line | None:
    """The demand as the name of a file."""
    name = re.sub(r'[\\/:*?"<>|\n]+', " ", joined(pieces)).strip(" .")
    if not 3 <= len(name) <= 200:
        return None
    name = name.replace(" ", rng.choice((" ", "_", "-", "_")))
    return {
        "text": rng.choice(ENCLOSED),
        "attachments": [name + rng.choice((".pdf", ".docx", ".jpg", ".png", ".txt"))],
    }


def line_split(pieces: Pieces, rng: random.Random) -> Line | None:
    """The text over several messages: cut inside its one carrying word, or in its middle."""
    places = [place for place, piece in enumerate(pieces) if piece.marked and MARKING.fullmatch(piece.text)]
    if len(places) > 1 or (places and len(pieces[places[0]].text) < 4):
        return None
    parts = inside(pieces, places[0], rng) if places else halves(joined(pieces), rng)
    parts = [part.strip() for part in parts if part.strip()]
    return {"text": parts[-1], "previous": parts[:-1]} if len(parts) > 1 else None


def inside(pieces: Pieces, place: int, rng: random.Random) -> list[str]:
    """The messages of a text cut inside one word."""
    before, word, after = joined(pieces[:place]), pieces[place].text, joined(pieces[place + 1 :])
    if rng.random() < 0.3 and len(word) < 12:
        return [before, *word[:-1], word[-1] + after]
    cut_at = rng.randrange(2, len(word) - 1)
    return [before + word[:cut_at], word[cut_at:] + after]


def halves(text: str, rng: random.Random) -> list[str]:
    """The messages of a text cut between words, in two or three; a single long run is cut inside."""
    words = text.split()
    if words and len(longest := max(words, key=len)) > 24:
        place = text.index(longest) + len(longest) // 2
        return [text[:place], text[place:]]
    if len(words) > 9 and rng.random() < 0.5:
        third = len(words) // 3
        return [" ".join(words[:third]), " ".join(words[third : 2 * third]), " ".join(words[2 * third :])]
    middle = len(words) // 2
    return [" ".join(words[:middle]), " ".join(words[middle:])]


CHANGE: dict[str, Change] = {
    "misspelling": misspelling,
    "repeated_letters": repeated_letters,
    "leetspeak": leetspeak,
    "homoglyph": homoglyph,
    "diacritics": diacritics,
    "full_width": full_width,
    "case": case,
    "spacing": spacing,
    "dotted": dotted,
    "zero_width": zero_width,
    "soft_hyphen": soft_hyphen,
    "bidi": bidi,
    "html_entities": html_entities,
    "url_encoding": url_encoding,
    "base64": in_base64,
    "hex": in_hex,
}
CARRIER: dict[str, Callable[[Pieces, random.Random], Line | None]] = {
    "subject_line": subject_line,
    "attachment_name": attachment_name,
    "line_split": line_split,
}
CLASSES = (*CHANGE, *CARRIER)
ENCODINGS = frozenset({"html_entities", "url_encoding", "base64", "hex"})
CARRIERS = frozenset(CARRIER)

if __name__ == "__main__":
    main()
