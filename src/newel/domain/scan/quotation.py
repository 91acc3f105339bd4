"""What the sender did not say now: quoted history, signatures and known footers.

A marker inside such a zone does not fire by itself. Wherever there is doubt there is no
zone: when nothing else stands in the message, when a heading does not look machine-made,
when a signature or footer speaks as "I" or "my".
"""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import islice

from newel.domain.words import Span

_YEAR_OR_TIME = r"(?=[^\n]*(?:\b\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b|<[^>\s]+@))"
_ATTRIBUTION = re.compile(
    r"^[ \t]*(?:On|El|Le|Am|Il|Em)\b" + _YEAR_OR_TIME + r"[^\n]{3,200}(?:\n[^\n]{0,100})?"
    r"(?:wrote|escribi[oó]|a [eé]crit|schrieb|ha scritto|escreveu)[ \t\u00a0]*:[ \t]*$",
    re.MULTILINE,
)
_ORIGINAL = re.compile(
    r"^[ \t]*-{2,}[ \t]*(?:Original Message|Original Appointment|Mensaje original"
    r"|Message d[’']origine|Urspr[uü]ngliche Nachricht)[ \t]*-{2,}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADER = re.compile(
    r"^[ \t]*\*?(?:From|De|Von):\*?[^\n]{1,200}\n"
    r"(?:[ \t]*\*?(?:Sent|Date|Enviado(?: el)?|Fecha|Envoy[eé]|To|Para|[AÀ]|Cc)[ \t]*:\*?[^\n]{1,200}\n){1,4}"
    r"[ \t]*\*?(?:Subject|Asunto|Objet|Betreff)[ \t]*:",
    re.MULTILINE,
)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|&gt;)[^\n]*$", re.MULTILINE)
_DASHES = re.compile(r"^--[ \t]*$", re.MULTILINE)
_FOOTER = re.compile(
    r"^[ \t*_]*(?:(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication)"
    r"[^\n]{0,200}(?:confidential|privileged|intended|monitored)"
    r"|confidentiality (?:notice|note)|privileged (?:and|&) confidential|disclaimer\b"
    r"|if you are not the intended recipient|(?:view|read|see) our privacy (?:policy|notice)"
    r"|(?:unsubscribe|privacy (?:policy|notice)|terms(?: (?:of|and) \w+)?)[ \t]*[|·•]"
    r"|(?:este (?:correo|mensaje)|ce (?:message|courriel))[^\n]{0,200}confiden[ct]i"
    r"|sent from my \w+|envoy[eé] de mon \w+|enviado desde mi \w+)",
    re.MULTILINE | re.IGNORECASE,
)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n|\Z")
_SPEAKS = re.compile(r"\b(?:I|I['’](?:m|ll|ve|d)|my|me|mine|yo|mi|mis|je|j['’]\w+|mon|ma|mes)\b")
_ADDRESSES = re.compile(r"\b(?:you|your|we|our|us|vous|votre|usted|ustedes)\b", re.IGNORECASE)
_SIGNATURE_LINES = 12
_LONGEST = 3_000


class Zones:
    """Sorted, disjoint ranges of the raw text that are not the sender's own words now."""

    def __init__(self, spans: list[Span]) -> None:
        self.spans = tuple(_merged(spans))
        self._starts = [span.start for span in self.spans]

    def hold(self, start: int, end: int) -> bool:
        """Whether the whole range lies in one zone."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self.spans[at].end


def zones(text: str) -> Zones:
    """The quoted and boiler-plate parts of a message."""
    found = [*_quoted_lines(text), *_history(text), *_signature(text), *_footers(text)]
    covered = Zones(found)
    return covered if _says_something(text, covered) else Zones([])


def _quoted_lines(text: str) -> Iterator[Span]:
    if ">" in text or "&gt;" in text:
        for line in _QUOTED_LINE.finditer(text):
            yield Span(line.start(), line.end())


def _history(text: str) -> Iterator[Span]:
    """From a machine-made heading to the end; with ">" below it, only the heading."""
    for heading in _headings(text):
        below = text[heading.end() :]
        if _QUOTED_LINE.search(below):
            yield Span(heading.start(), heading.end())
        else:
            yield Span(heading.start(), len(text))
            return


def _headings(text: str) -> Iterator[re.Match[str]]:
    if ":" not in text and "--" not in text:
        return
    for pattern in (_ATTRIBUTION, _ORIGINAL, _HEADER):
        heading = pattern.search(text)
        if heading is not None:
            yield heading


def _signature(text: str) -> Iterator[Span]:
    """The block below a line of two dashes, if it is short and does not speak."""
    if "--" not in text:
        return
    for dashes in deque(_DASHES.finditer(text), maxlen=3):
        end = _paragraph_end(text, dashes.end() + 1)
        block = text[dashes.end() : end]
        short = len(block) <= _LONGEST and block.count("\n") <= _SIGNATURE_LINES
        if short and not _SPEAKS.search(block) and not _ADDRESSES.search(block):
            yield Span(dashes.start(), end)


def _footers(text: str) -> Iterator[Span]:
    """Paragraphs that begin like a legal or mailing footer and do not speak of "I"."""
    for opening in islice(_FOOTER.finditer(text), 20):
        end = _paragraph_end(text, opening.end())
        paragraph = text[opening.start() : end]
        if len(paragraph) <= _LONGEST and not _SPEAKS.search(paragraph):
            yield Span(opening.start(), end)


def _paragraph_end(text: str, start: int) -> int:
    """The next blank line, the end, or a place that is too far for a zone."""
    ending = _PARAGRAPH_END.search(text, start, start + _LONGEST + 1)
    return ending.start() if ending else len(text)


def blanked(text: str, covered: Zones) -> str:
    """The text with its zones as blanks, position by position."""
    parts, done = [], 0
    for zone in covered.spans:
        parts += [text[done : zone.start], " " * (zone.end - zone.start)]
        done = zone.end
    return "".join([*parts, text[done:]])


def _says_something(text: str, covered: Zones) -> bool:
    """Whether a letter stands outside of the zones."""
    if not covered.spans:
        return False
    ends = [0, *(span.end for span in covered.spans)]
    starts = [*(span.start for span in covered.spans), len(text)]
    return any(
        any(char.isalpha() for char in text[end:start]) for end, start in zip(ends, starts, strict=True)
    )


def _merged(spans: list[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in sorted(spans):
        if current is None or span.start > current.end + 1:
            if current is not None:
                yield current
            current = span
        else:
            current = Span(current.start, max(current.end, span.end))
    if current is not None:
        yield current
