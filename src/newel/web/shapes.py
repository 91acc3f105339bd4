"""Shapes that several words share: bounded text, numbers that fit, no NUL anywhere."""

from typing import Annotated
from uuid import UUID

import msgspec

from newel.domain.attachment import AT_MOST

_NO_NUL = r"^[^\x00]*\Z"
_PLAIN = r"^[^\x00-\x1f\x7f]*\Z"
BIG = 2**53

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=_PLAIN)]
Short = Annotated[str, msgspec.Meta(max_length=300, pattern=_PLAIN)]
Text = Annotated[str, msgspec.Meta(max_length=200_000, pattern=_NO_NUL)]
Said = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000, pattern=_NO_NUL)]
Why = Annotated[str, msgspec.Meta(max_length=1000, pattern=_NO_NUL)]
Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=1000, pattern=_NO_NUL)]
Language = Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[A-Za-z0-9-]*\Z")]
Skills = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z][a-z0-9_.-]*\Z")], ...],
    msgspec.Meta(max_length=10),
]
Minor = Annotated[int, msgspec.Meta(ge=0, le=BIG)]
Token = Annotated[int, msgspec.Meta(ge=0, le=BIG)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Attachments = Annotated[tuple[UUID, ...], msgspec.Meta(max_length=AT_MOST)]
