"""One ``Settings``, read from the environment. Only ``cli`` and ``bootstrap`` import this."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from newel.domain.errors import Invalid


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting with its default; the variable's name is ``NEWEL_`` and the name in capitals."""

    home: str = ".newel"
    database_url: str = ""
    owner_url: str = ""
    master_key_file: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    systems_url: str = ""
    systems_token_file: str = ""
    webhook_url: str = ""
    webhook_secret_file: str = ""
    pool_size: int = 10
    log_level: str = "info"
    demo_port: int = 8081

    @property
    def embedded(self) -> bool:
        """Whether Newel runs its own PostgreSQL."""
        return not self.database_url

    def secret(self, name: str) -> str:
        """The content of a secret's file; a missing one is made, readable by its owner only."""
        path = Path(getattr(self, f"{name}_file") or Path(self.home, name.replace("_", "-")))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text(encoding="utf-8").strip()

    def master_key(self) -> bytes:
        """The 32 bytes that wrap every other key (64 hexadecimal digits in the file)."""
        text = self.secret("master_key")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise Invalid(what="the master key file", why="it must hold 64 hexadecimal digits")
        return key


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``NEWEL_*``; an unknown or unusable variable is named."""
    given = os.environ if environment is None else environment
    names = Settings.__struct_fields__
    found = {n: given[f"NEWEL_{n.upper()}"] for n in names if given.get(f"NEWEL_{n.upper()}")}
    try:
        return msgspec.convert(found, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(what="the environment", why=str(error)) from None
