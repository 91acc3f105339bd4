"""One ``Settings``, read from the environment. Only ``cli`` and ``bootstrap`` import this."""

import os
import re
import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from newel.domain.errors import Invalid

_PREFIX: Final = "NEWEL_"
_ALIKE: Final = 0.75
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting with its default; the variable's name is ``NEWEL_`` and the name in capitals."""

    home: str = ".newel"
    database_url: str = ""
    owner_url: str = ""
    master_key_file: str = ""
    host: str = "127.0.0.1"
    port: Port = 8080
    systems_url: str = ""
    systems_token_file: str = ""
    llm_url: str = ""
    llm_token_file: str = ""
    webhook_url: str = ""
    webhook_secret_file: str = ""
    chat_origins: str = ""
    chat_secret_file: str = ""
    tour: str = ""
    signals: str = ""
    attachment_megabytes: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10
    pool_size: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 4
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    demo_port: Port = 8081

    @property
    def embedded(self) -> bool:
        """Whether Newel runs its own PostgreSQL."""
        return not self.database_url

    @property
    def url(self) -> str:
        """Where programs of this machine reach the server."""
        return f"http://{place(self.host, self.port)}"

    def origins(self) -> tuple[str, ...]:
        """The sites that may show the chat; one that is no plain origin is named."""
        found = tuple(self.chat_origins.replace(",", " ").split())
        for one in found:
            if not _ORIGIN.fullmatch(one):
                raise Invalid(what="NEWEL_CHAT_ORIGINS", why=f"write {one!r} as https://shop.example")
        return found

    def llm_token(self) -> str:
        """What opens the language model's endpoint; empty where there is no such file: many ask for none."""
        path = Path(self.llm_token_file or Path(self.home, "llm-token"))
        if not self.llm_token_file and not path.exists():
            return ""
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Invalid(what="NEWEL_LLM_TOKEN_FILE", why=f"{path} cannot be read") from None

    def signals_folder(self) -> Path:
        """Where models lie that were fitted on the operator's own labels."""
        return Path(self.signals or Path(self.home, "signals"))

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


def place(host: str, port: int) -> str:
    """An address as URLs and people write it: IPv6 stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``NEWEL_*``; a misspelt or unusable variable is named. An empty one is unset."""
    given = os.environ if environment is None else environment
    named = {n.removeprefix(_PREFIX).lower(): v for n, v in given.items() if n.startswith(_PREFIX) and v}
    known = {name: value for name, value in named.items() if name in Settings.__struct_fields__}
    for name in sorted(named.keys() - known.keys()):
        _must_not_be_meant(name)
    try:
        return msgspec.convert(known, Settings, strict=False)
    except msgspec.ValidationError as error:
        why, _, place = str(error).partition(" - at ")
        name = place.strip("`").removeprefix("$.").upper()
        raise Invalid(what=f"{_PREFIX}{name}", why=why) from None


def _must_not_be_meant(name: str) -> None:
    """Other programs may have variables of this prefix; a slip of the pen would have no effect."""
    near = get_close_matches(name, Settings.__struct_fields__, n=1, cutoff=_ALIKE)
    if near:
        raise Invalid(what=f"{_PREFIX}{name.upper()}", why=f"did you mean {_PREFIX}{near[0].upper()}?")
