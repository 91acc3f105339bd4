"""The envelope: master key, subject key, case key, sealed text (AES-256-GCM).

Sealed = 1 byte of format (1), 12 bytes of nonce, ciphertext with its 16-byte tag. The
additional data binds it to its place (``table.column:row``), so that a value moved to
another row or column does not open.
"""

import hashlib
import hmac
import os
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from newel.domain.errors import Invalid

_FORMAT = b"\x01"
_LEAST = 1 + 12 + 16
KEY_BYTES = 32
T = TypeVar("T")


class Sealer:
    """Seals and opens under one key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise Invalid(what="the key", why=f"it must have {KEY_BYTES} bytes")
        self._aead = AESGCM(key)

    def seal(self, place: str, plain: bytes) -> bytes:
        """Encrypt ``plain`` for one place."""
        nonce = os.urandom(12)
        return _FORMAT + nonce + self._aead.encrypt(nonce, plain, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """Decrypt; ``Invalid`` when it was changed or belongs elsewhere."""
        try:
            if sealed[:1] != _FORMAT or len(sealed) < _LEAST:
                raise InvalidTag
            return self._aead.decrypt(sealed[1:13], sealed[13:], place.encode())
        except InvalidTag:
            raise Invalid(what=f"the sealed value of {place}", why="its seal is broken") from None

    def seal_value(self, place: str, value: Any) -> bytes:
        """Seal any msgspec value as JSON."""
        return self.seal(place, msgspec.json.encode(value))

    def open_value(self, place: str, sealed: bytes, kind: type[T]) -> T:
        """Open a sealed JSON value as ``kind``."""
        return msgspec.json.decode(self.open(place, sealed), type=kind)

    def new_key(self, place: str) -> tuple[bytes, "Sealer"]:
        """A fresh key wrapped under this one, and its sealer."""
        key = AESGCM.generate_key(256)
        return self.seal(place, key), Sealer(key)

    def unwrap(self, place: str, wrapped: bytes) -> "Sealer":
        """The sealer of a key that was wrapped under this one."""
        return Sealer(self.open(place, wrapped))

    def rewrap(self, place: str, wrapped: bytes, to: "Sealer") -> bytes:
        """A key that was wrapped under this one, wrapped under another for the same place."""
        return to.seal(place, self.open(place, wrapped))


class Envelope:
    """The master key: wraps subject keys, and makes blind MACs for look-ups."""

    def __init__(self, master: bytes) -> None:
        self._master = Sealer(master)
        self._mac_key = hmac.digest(master, b"newel blind mac", hashlib.sha256)

    def new_subject(self, subject: UUID) -> tuple[bytes, Sealer]:
        """A fresh customer or vendor key, wrapped by the master key."""
        return self._master.new_key(f"subject:{subject}")

    def subject(self, subject: UUID, wrapped: bytes) -> Sealer:
        """The sealer of a customer's or vendor's key."""
        return self._master.unwrap(f"subject:{subject}", wrapped)

    def new_upload(self, place: str) -> tuple[bytes, Sealer]:
        """A fresh key for what has no case yet, wrapped by the master key."""
        return self._master.new_key(place)

    def upload(self, place: str, wrapped: bytes) -> Sealer:
        """The sealer of what has no case yet."""
        return self._master.unwrap(place, wrapped)

    def hand_over(self, place: str, wrapped: bytes, to: Sealer) -> bytes:
        """The key of what had no case yet, wrapped under its case's from here on."""
        return self._master.rewrap(place, wrapped, to)

    def check(self) -> bytes:
        """A value that only this master key opens."""
        return self._master.seal("master", b"newel")

    def must_open(self, check: bytes) -> None:
        """``Invalid`` when the check was made by another master key."""
        self._master.open("master", check)

    def mac(self, purpose: str, text: str) -> bytes:
        """HMAC-SHA256 for equality look-ups on sealed values; purposes never mix."""
        return hmac.digest(self._mac_key, purpose.encode() + b"\x00" + text.encode(), hashlib.sha256)


def case_place(case_id: UUID) -> str:
    """Where a case's key is bound."""
    return f"case:{case_id}"
