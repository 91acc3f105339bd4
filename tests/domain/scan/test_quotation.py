"""Quoted history, signatures and footers do not fire by themselves; in doubt they do."""

import pytest

from newel.domain.scan.features import ScanInput
from newel.domain.scan.scanner import Scanner

HEADING = "On Mon, 3 Nov 2026 at 10:12, Ann <a@b.example> wrote:"
SPARED = {
    "a quoted line": "Thanks, all good now!\n> I will call my lawyer",
    "attribution with quotes": f"Great.\n\n{HEADING}\n> I'll sue",
    "attribution without quotes": f"Great.\n\n{HEADING}\nI'll sue",
    "attribution over two lines": "OK!\nOn 3 Nov 2026 10:12, Shop\n<a@b.example> wrote:\n\nyour dispute",
    "spanish": "Gracias.\nEl 3 nov 2026 a las 10:12, Ana escribió:\n> mi abogado",
    "french": "Merci.\nLe 3 nov. 2026 à 10:12, Anne a écrit :\n> mon avocat",
    "original message": "Fine.\n-----Original Message-----\nFrom: shop\nThe dispute is closed.",
    "header block": "Fine.\n\n"
    "From: Shop <a@example.com>\nSent: Monday\nTo: Ann\nSubject: your dispute\n\nHello",
    "signature": "Where is order 10023?\n-- \nAnn Lee\nAttorney at Law\nLee & Partners",
    "footer": "Where is order 10023?\n\nThis e-mail is confidential. Unauthorised use of this "
    "message is prohibited; see the privacy notice.",
    "footer links": "Where is order 10023?\n\nPrivacy policy | Unsubscribe | Terms",
}
FIRING = {
    "new words above": "My lawyer will write.\n> Dear customer",
    "new words below quotes": "> we cannot help\nThen I will sue",
    "reply between": f"{HEADING}\n> no refund\nmy lawyer says yes",
    "nothing but a quotation": "> I will call my lawyer",
    "heading of one's own": "Hello. On Monday he wrote: I will sue",
    "heading without date": "Hello\nOn the phone your agent wrote:\nso I call my lawyer",
    "signature that speaks": "Hello\n-- \nI will sue you",
    "footer that speaks": "Hello\n\nThis e-mail is confidential: I have told my lawyer.",
    "forwarded": "See this\n---------- Forwarded message ----------\nmy lawyer said no",
}


@pytest.mark.parametrize("text", SPARED.values(), ids=SPARED)
def test_SCN_5_what_is_not_said_now_does_not_fire(scanner: Scanner, text: str) -> None:
    assert "legal.dictionary" not in {marker.id for marker in scanner.scan(ScanInput(text=text)).markers}


@pytest.mark.parametrize("text", FIRING.values(), ids=FIRING)
def test_SCN_5_in_doubt_it_fires(scanner: Scanner, text: str) -> None:
    assert "legal.dictionary" in {marker.id for marker in scanner.scan(ScanInput(text=text)).markers}
