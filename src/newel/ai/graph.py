"""Graphs for onnxruntime, written as the bytes of its format: without another library.

Of the format only what a transformer needs: nodes, constants, inputs and outputs of plain numbers.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

_TYPES: Final = {"float32": 1, "uint8": 2, "int64": 7}
_OPSETS: Final = (("", 17), ("com.microsoft", 1))
_IR: Final = 8
_VARINT, _BYTES, _FIXED = 0, 2, 5
Attribute = int | float | Sequence[int]


def model(
    nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], output: bytes
) -> bytes:
    """A whole model."""
    parts = [_held(1, node) for node in nodes]
    parts += [_held(2, b"newel"), *(_held(5, each) for each in constants)]
    parts += [*(_held(11, each) for each in inputs), _held(12, output)]
    opsets = (_held(8, _held(1, domain.encode()) + _number(2, version)) for domain, version in _OPSETS)
    return _number(1, _IR) + _held(7, b"".join(parts)) + b"".join(opsets)


def node(
    kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **given: Attribute
) -> bytes:
    """One step: what it reads, what it makes."""
    parts = [_held(1, name.encode()) for name in inputs] + [_held(2, name.encode()) for name in outputs]
    parts += [_held(3, outputs[0].encode()), _held(4, kind.encode())]
    parts += [_held(5, _attribute(name, value)) for name, value in given.items()]
    return b"".join([*parts, _held(7, domain.encode())])


def constant(name: str, values: np.ndarray) -> bytes:
    """A named constant."""
    dims = b"".join(_number(1, size) for size in values.shape)
    kind = _number(2, _TYPES[values.dtype.name])
    return dims + kind + _held(8, name.encode()) + _held(9, np.ascontiguousarray(values).tobytes())


def value(name: str, sizes: Sequence[int | str]) -> bytes:
    """An input or output of float32; a size that differs from call to call has a name."""
    dims = b"".join(
        _held(1, _number(1, size) if isinstance(size, int) else _held(2, size.encode())) for size in sizes
    )
    kind = _held(1, _number(1, _TYPES["float32"]) + _held(2, dims))
    return _held(1, name.encode()) + _held(2, kind)


def _attribute(name: str, given: Attribute) -> bytes:
    head = _held(1, name.encode())
    if isinstance(given, int):
        return head + _number(3, given) + _number(20, 2)
    if isinstance(given, float):
        return head + _key(2, _FIXED) + np.float32(given).tobytes() + _number(20, 1)
    return head + b"".join(_number(8, each) for each in given) + _number(20, 7)


def _held(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content


def _number(field: int, given: int) -> bytes:
    return _key(field, _VARINT) + _varint(given)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _varint(given: int) -> bytes:
    given &= (1 << 64) - 1
    found = bytearray()
    while given > 0x7F:
        found.append(given & 0x7F | 0x80)
        given >>= 7
    found.append(given)
    return bytes(found)
