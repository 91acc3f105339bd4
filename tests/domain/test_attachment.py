"""What is taken by its bytes, what it is called, what it means for the tier, and who may have it."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain import attachment as rule
from newel.domain.access import Actor, Role
from newel.domain.attachment import (
    Kind,
    Place,
    TooBig,
    Unsupported,
    clean_name,
    may_fetch,
    recognised,
    unread,
)
from newel.domain.errors import Invalid
from newel.domain.note import Tie
from newel.domain.scan.receipt import Receipt, failure_receipt
from newel.domain.words import Assist, Cluster, Priority, Tier
from samples import CSV, PDF, TEXT, gif, jpeg, png, webp

SAMPLES = {
    Kind.PNG: png(),
    Kind.JPEG: jpeg(),
    Kind.GIF: gif(),
    Kind.WEBP: webp(),
    Kind.PDF: PDF,
    Kind.TEXT: TEXT,
}
RUN = (
    b"<!DOCTYPE html><script>alert(1)</script>",
    b"  \n<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
    b"<SCRIPT>1</SCRIPT>",
    b"</b>",
    b"#!/bin/sh\nrm -rf ~\n",
    b"MZ\x90\x00\x03",
    b"\x7fELF\x02\x01",
    b"PK\x03\x04",
    b"\xca\xfe\xba\xbe",
    b"\x1f\x8b\x08",
    b"{\\rtf1}",
    "plain in UTF-16".encode("utf-16"),
    b"latin \xe9",
    b"\x00",
)


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_file_is_what_its_bytes_say_and_its_type_must_agree(kind: Kind) -> None:
    content, media = SAMPLES[kind], rule.MEDIA[kind].partition(";")[0]
    for declared in ("", "application/octet-stream", media, f"{media.upper()}; charset=x"):
        assert recognised(content, declared)[0] is kind
    for declared in {rule.MEDIA[other].partition(";")[0] for other in SAMPLES if other is not kind}:
        with pytest.raises(Unsupported):
            recognised(content, declared)
    for declared in ("image/svg+xml", "text/html", "application/x-msdownload", "rubbish"):
        with pytest.raises(Unsupported):
            recognised(content, declared)


def test_a_csv_is_text_that_says_so() -> None:
    assert recognised(CSV, "text/csv")[0] is Kind.CSV
    assert recognised(CSV, "application/vnd.ms-excel")[0] is Kind.CSV
    assert recognised(CSV, "")[0] is Kind.TEXT
    with pytest.raises(Unsupported):
        recognised(b"\xd0\xcf\x11\xe0 an old sheet", "application/vnd.ms-excel")


@pytest.mark.parametrize("content", RUN, ids=repr)
def test_nothing_that_runs_is_taken_whatever_it_is_called(content: bytes) -> None:
    for declared in ("", "text/plain", "image/png", "text/html"):
        with pytest.raises(Unsupported):
            recognised(content, declared)


def test_a_picture_without_a_head_is_broken_and_an_empty_file_is_nothing() -> None:
    for content in (png()[:12], jpeg()[:4], gif()[:7], webp()[:14]):
        with pytest.raises(Unsupported, match="broken"):
            recognised(content, "")
    with pytest.raises(Invalid):
        recognised(b"", "image/png")


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_under_any_type_are_taken_or_refused_by_name(content: bytes, declared: str) -> None:
    try:
        kind, _ = recognised(content, declared)
    except (Unsupported, Invalid):
        return
    assert rule.sniffed(content) in {kind, Kind.TEXT}
    if kind in {Kind.TEXT, Kind.CSV}:
        assert not content.lstrip().startswith(b"<")
        content.decode()


NASTY = st.sampled_from(
    [
        "../",
        "..\\",
        "/",
        "\\",
        "\u202e",
        "\u200f",
        "\u2066",
        "\x00",
        "\x1b",
        "\ud800",
        ".",
        " ",
        "CON",
        ".exe",
        ":",
    ]
)
NAMES = st.lists(NASTY | st.text(max_size=20), max_size=12).map("".join)


@given(NAMES, st.sampled_from(Kind))
def test_a_name_is_one_line_without_a_path_and_its_ending_is_true(given_name: str, kind: Kind) -> None:
    name = clean_name(given_name, kind)
    assert name.isprintable()
    assert 3 < len(name) <= rule.LONGEST_NAME
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith((".", " "))
    assert name.rpartition(".")[2] in rule._ENDINGS[kind]
    assert clean_name(name, kind) == name


@pytest.mark.parametrize(
    ("raw", "kind", "clean"),
    [
        ("../../etc/passwd", Kind.TEXT, "passwd.txt"),
        ("C:\\Users\\priya\\mug.PNG", Kind.PNG, "mug.png"),
        ("invoice\u202egnp.exe", Kind.PNG, "invoicegnp.exe.png"),
        ("", Kind.PDF, "attachment.pdf"),
        (".png", Kind.PNG, "attachment.png"),
        ("a" * 300 + ".jpeg", Kind.JPEG, "a" * 95 + ".jpeg"),
        ("Foto der Größe 😀.jpg", Kind.JPEG, "Foto der Größe 😀.jpg"),
        (" two\n lines\t.csv ", Kind.CSV, "two lines.csv"),
    ],
)
def test_names_as_people_give_them(raw: str, kind: Kind, clean: str) -> None:
    assert clean_name(raw, kind) == clean


def test_a_message_has_five_at_most_and_each_once() -> None:
    one = uuid4()
    assert rule.few([one, one]) == (one,)
    with pytest.raises(Invalid):
        rule.few([uuid4() for _ in range(rule.AT_MOST + 1)])


PLAIN = Receipt(policy_version="desk/1", tier_floor=Tier.AUTONOMOUS, not_evaluated=("topic_model",))


def test_an_attachment_alone_is_for_a_person_without_a_lock() -> None:
    found = unread(PLAIN, 2, alone=True, talks=True)
    assert (found.tier_floor, found.locked, found.primary) == (Tier.HUMAN, False, rule.UNREAD)
    assert (found.priority, found.assist) == (Priority.P3, Assist.DRAFT)
    assert found.markers[-1].evidence[0].fact == "2 attachments that no AI reads"
    assert found.clusters == (Cluster.COMPLEXITY,)
    assert found.not_evaluated == ("topic_model", "attachments")


def test_words_with_an_attachment_are_released_by_a_person() -> None:
    assert unread(PLAIN, 1, alone=False, talks=True).tier_floor is Tier.SUPERVISED


def test_the_documents_of_an_item_are_named_as_unread_and_change_no_tier() -> None:
    found = unread(PLAIN, 1, alone=False, talks=False)
    assert (found.tier_floor, found.markers) == (Tier.AUTONOMOUS, ())
    assert "attachments" in found.not_evaluated
    assert unread(PLAIN, 1, alone=True, talks=False).tier_floor is Tier.HUMAN


def test_without_attachments_nothing_changes_and_nothing_is_ever_loosened() -> None:
    assert unread(PLAIN, 0, alone=False, talks=True) is PLAIN
    failed = failure_receipt("desk/1", "Boom")
    found = unread(failed, 1, alone=False, talks=True)
    assert (found.tier_floor, found.locked, found.primary) == (Tier.HUMAN, True, failed.primary)


def test_the_largest_is_named_in_the_error() -> None:
    assert "10485760" in TooBig(limit=rule.BYTES_AT_MOST).message


OWN = uuid4()
STRANGER = Actor(kind="customer", id="c1")
WAITS = Place(by_kind="customer", by_id="c1", sent=False, visible=False)
SENT = Place(by_kind="customer", by_id="c1", sent=True, visible=True, conversation_id=OWN)
HELD = Place(by_kind="staff", by_id="s1", sent=True, visible=False, conversation_id=OWN)


def staff(*roles: Role) -> Actor:
    return Actor(kind="staff", id="s2", roles=frozenset(roles))


def service(*scopes: str) -> Actor:
    return Actor(kind="service", id="shop", scopes=frozenset(scopes))


def test_a_customer_has_their_own_uploads_and_what_is_in_view_of_their_conversation() -> None:
    assert may_fetch(STRANGER, WAITS)
    assert not may_fetch(Actor(kind="customer", id="c2"), WAITS)
    assert may_fetch(STRANGER, SENT, own=OWN)
    assert not may_fetch(STRANGER, SENT, own=uuid4())
    assert not may_fetch(STRANGER, SENT)
    assert not may_fetch(STRANGER, HELD, own=OWN)


def test_of_staff_whoever_has_the_case_decides_on_it_or_traces() -> None:
    assert may_fetch(staff(Role.RESOLVER), SENT, tie=Tie(owns=True))
    assert may_fetch(staff(Role.RESOLVER), SENT, tie=Tie(granted=True))
    assert not may_fetch(staff(Role.RESOLVER), SENT, tie=Tie())
    assert may_fetch(staff(Role.AUDITOR), SENT, tie=Tie())
    asked = Place(by_kind="customer", by_id="c1", sent=True, visible=True, case_state="approval")
    assert may_fetch(staff(Role.APPROVER), asked, tie=Tie())
    assert not may_fetch(staff(Role.APPROVER), SENT, tie=Tie())


def test_a_service_has_what_its_customers_may_see() -> None:
    assert may_fetch(service("read_conversation"), SENT)
    assert not may_fetch(service("read_conversation"), HELD)
    assert not may_fetch(service("intake"), SENT)
    assert not may_fetch(service("intake", "read_conversation"), WAITS)
    assert may_fetch(service("trace"), HELD)
    assert not may_fetch(Actor(kind="ai", id="answer"), SENT)
