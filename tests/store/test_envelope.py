"""The envelope: what is sealed opens at its place, under its key, and unchanged only."""

from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.errors import Invalid
from newel.store.envelope import KEY_BYTES, Envelope, Sealer, case_place

KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
PLACES = st.text(max_size=60)


class Note(msgspec.Struct, frozen=True):
    text: str
    n: int


@given(KEYS, PLACES, st.binary(max_size=2000))
def test_what_was_sealed_opens(key: bytes, place: str, plain: bytes) -> None:
    sealer = Sealer(key)
    sealed = sealer.seal(place, plain)
    assert sealer.open(place, sealed) == plain
    assert len(plain) < 8 or plain not in sealed


@given(KEYS, st.text(max_size=200), st.integers(-(2**63), 2**63 - 1))
def test_a_value_comes_back_as_it_was(key: bytes, text: str, n: int) -> None:
    sealer = Sealer(key)
    assert sealer.open_value("p", sealer.seal_value("p", Note(text, n)), Note) == Note(text, n)


@given(KEYS, PLACES, PLACES, st.binary(max_size=100))
def test_it_opens_at_its_own_place_only(key: bytes, place: str, other: str, plain: bytes) -> None:
    sealer = Sealer(key)
    if place == other:
        return
    with pytest.raises(Invalid, match="seal is broken"):
        sealer.open(other, sealer.seal(place, plain))


@given(KEYS, KEYS, st.binary(max_size=100))
def test_it_opens_under_its_own_key_only(key: bytes, other: bytes, plain: bytes) -> None:
    if key == other:
        return
    with pytest.raises(Invalid):
        Sealer(other).open("p", Sealer(key).seal("p", plain))


@given(KEYS, st.binary(min_size=1, max_size=60), st.data())
def test_any_changed_bit_is_found(key: bytes, plain: bytes, data: st.DataObject) -> None:
    sealer = Sealer(key)
    sealed = bytearray(sealer.seal("p", plain))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(Invalid):
        sealer.open("p", bytes(sealed))


@given(KEYS, st.binary(max_size=60), st.data())
def test_anything_cut_off_is_found(key: bytes, plain: bytes, data: st.DataObject) -> None:
    sealer = Sealer(key)
    sealed = sealer.seal("p", plain)
    with pytest.raises(Invalid):
        sealer.open("p", sealed[: data.draw(st.integers(0, len(sealed) - 1))])


@given(KEYS, st.binary(max_size=60))
def test_the_same_text_is_never_sealed_alike(key: bytes, plain: bytes) -> None:
    sealer = Sealer(key)
    assert sealer.seal("p", plain) != sealer.seal("p", plain)


@given(KEYS, st.uuids(), st.uuids(), st.uuids(), st.binary(max_size=60))
def test_master_opens_subject_opens_case_and_each_only_its_own(
    master: bytes, subject: UUID, case: UUID, other: UUID, plain: bytes
) -> None:
    envelope = Envelope(master)
    wrapped, of_subject = envelope.new_subject(subject)
    key, of_case = of_subject.new_key(case_place(case))
    sealed = of_case.seal("p", plain)
    again = Envelope(master).subject(subject, wrapped).unwrap(case_place(case), key)
    assert again.open("p", sealed) == plain
    for wrong in (of_subject, envelope.new_subject(other)[1]):
        with pytest.raises(Invalid):
            wrong.open("p", sealed)
    if other not in {subject, case}:
        with pytest.raises(Invalid):
            envelope.subject(other, wrapped)
        with pytest.raises(Invalid):
            of_subject.unwrap(case_place(other), key)


@given(KEYS, KEYS, st.text(max_size=50), st.text(max_size=50))
def test_a_blind_mac_is_equal_for_equals_and_tells_purposes_and_masters_apart(
    one: bytes, two: bytes, text: str, other: str
) -> None:
    mac = Envelope(one).mac("purpose", text)
    assert mac == Envelope(one).mac("purpose", text)
    assert mac != Envelope(one).mac("another", text)
    assert (mac == Envelope(one).mac("purpose", other)) == (text == other)
    assert (mac == Envelope(two).mac("purpose", text)) == (one == two)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(Invalid, match="32 bytes"):
        Envelope(b"short")
    assert case_place(UUID(int=1)) != case_place(uuid4())
