"""SCN-4: a repeat contact is looked up in the history."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from newel.domain.scan.features import PastContact, ScanInput, Signal
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLAIM = "This is the third time I am writing about my broken lamp"


def scan(scanner: Scanner, text: str, *history: PastContact, reason: str | None = None) -> Receipt:
    return scanner.scan(ScanInput(text=text, history=history, at=NOW, contact_reason=reason))


def past(days: float, text: str, reason: str | None = None) -> PastContact:
    return PastContact(at=NOW - timedelta(days=days), text=text, contact_reason=reason)


def repeats(receipt: Receipt) -> list[str | None]:
    return [
        item.fact for marker in receipt.markers if marker.id == "repeat.contact" for item in marker.evidence
    ]


def test_a_claim_that_the_history_bears_out(scanner: Scanner) -> None:
    facts = repeats(scan(scanner, CLAIM, past(3, "My lamp arrived broken")))
    assert "claimed, and in the history: 2026-11-17" in facts


def test_a_claim_without_a_history_counts_and_says_so(scanner: Scanner) -> None:
    assert "claimed; no history was given to verify it" in repeats(scan(scanner, CLAIM))


def test_a_claim_that_the_history_does_not_show_is_only_noted(scanner: Scanner) -> None:
    receipt = scan(scanner, CLAIM, past(3, "How do I change my e-mail address?"))
    assert not repeats(receipt)
    assert receipt.notes == ("repeat contact claimed, not found in the history",)


def test_a_repeat_that_nobody_claims(scanner: Scanner) -> None:
    facts = repeats(scan(scanner, "The lamp is still flickering", past(2, "my lamp flickers", "warranty")))
    assert facts == ["in the history: 2026-11-18 (warranty)"]


@pytest.mark.parametrize(("days", "fires"), [(29.9, True), (30, True), (30.1, False)])
def test_the_window_of_the_policy_counts(scanner: Scanner, days: float, fires: bool) -> None:
    text = "The lamp is still flickering"
    assert bool(repeats(scan(scanner, text, past(days, "my lamp flickers")))) is fires


def test_another_order_is_another_matter(scanner: Scanner) -> None:
    assert not repeats(scan(scanner, "Where is order 10023?", past(2, "Where is order 10044?")))
    assert repeats(scan(scanner, "Where is order 10023?", past(2, "Where is order 10023?")))


def test_the_same_contact_reason_is_the_same_matter(scanner: Scanner) -> None:
    old = past(2, "Has the parcel left?", "order_status")
    assert repeats(scan(scanner, "Any news on the mugs?", old, reason="order_status"))
    assert not repeats(scan(scanner, "Any news on the mugs?", old, reason="stock_check"))


def test_a_claim_without_a_matter_of_its_own_is_about_the_last_one(scanner: Scanner) -> None:
    assert repeats(scan(scanner, "I already asked you twice!", past(1, "Can I swap the rug?")))


def test_times_with_and_without_a_zone_compare(scanner: Scanner) -> None:
    naive = PastContact(at=datetime(2026, 11, 19), text="my lamp flickers")
    assert repeats(scan(scanner, "my lamp flickers still", naive))


def test_without_a_time_the_newest_contact_is_now(scanner: Scanner) -> None:
    message = ScanInput(text="my lamp flickers still", history=(past(900, "my lamp flickers"),))
    assert repeats(scanner.scan(message))


def test_a_claim_that_a_model_hears_is_held_against_the_history(scanner: Scanner) -> None:
    heard = (Signal("repeat_model", "v1", {"repeat": 0.97}),)
    message = ScanInput(text="Round three with my broken lamp", at=NOW, signals=heard)
    borne_out = msgspec.structs.replace(message, history=(past(3, "My lamp arrived broken"),))
    another = msgspec.structs.replace(message, history=(past(3, "How do I change my e-mail address?"),))
    assert any("claimed, and in the history" in (each or "") for each in repeats(scanner.scan(borne_out)))
    receipt = scanner.scan(another)
    assert not repeats(receipt)
    assert receipt.notes == ("repeat contact claimed, not found in the history",)


def test_RES_4_the_history_names_the_case_to_whose_matter_a_message_comes_back(scanner: Scanner) -> None:
    lamp, mug, kept_nowhere = (
        PastContact(NOW, None, "My lamp flickers", UUID(int=2)),
        PastContact(NOW, None, "How do I glaze a mug?", UUID(int=1)),
        PastContact(NOW, None, "My lamp flickers"),
    )
    message = ScanInput(text="The lamp is still flickering", history=(lamp, mug, kept_nowhere, lamp), at=NOW)
    assert scanner.again(message) == (UUID(int=2),)
    assert scanner.again(ScanInput(text="Where do you ship to?", history=(lamp, mug), at=NOW)) == ()
