"""How a child's answer crosses to the parent: plain JSON with the bytes beside it, checked against a type.

Not pickle: whoever takes over a child must not be able to make the parent run anything (facts: mail, "Hostile
attachments"). Dataclasses, enums, dates, tuples, dicts with text keys, text, numbers, bytes and None pass.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_BYTES = "\x00bytes"
_HEADER = 8
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # building one costs milliseconds


def pack(value: object) -> bytes:
    """``value`` as one frame body; raises ``TypeError`` for what is not plain data."""
    blobs: list[bytes] = []
    text = json.dumps(_plain(value, blobs)).encode()
    return b"".join([len(text).to_bytes(_HEADER, "big"), text, *blobs])


def _plain(value: object, blobs: list[bytes]) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        # Mail headers hold bytes that are no text; half a surrogate pair would be refused at the other end.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        blobs.append(bytes(value))
        return {_BYTES: len(blobs[-1])}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), blobs) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item, blobs) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, blobs) for item in value]
    raise TypeError(f"not plain data: {type(value).__name__}")


def unpack(body: bytes, kind: type[T]) -> T:
    """The value of type ``kind``; raises ``ValueError`` when the frame is malformed or of another shape."""
    size = int.from_bytes(body[:_HEADER], "big")
    if _HEADER + size > len(body):
        raise ValueError("frame shorter than it says")
    parsed = json.loads(body[_HEADER : _HEADER + size], object_hook=_blob_reader(memoryview(body), _HEADER + size))
    return shaped(parsed, kind)


def shaped(value: object, kind: type[T]) -> T:
    """``value`` (plain data) as a ``kind``; raises ``ValueError`` when it has another shape."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    checked: T = _ADAPTERS[kind].validate_python(value)
    return checked


def _blob_reader(body: memoryview, start: int) -> Callable[[dict[str, Any]], object]:
    """Blobs lie in the order in which the JSON names them."""
    position = start

    def take(item: dict[str, Any]) -> object:
        nonlocal position
        if item.keys() != {_BYTES}:
            return item
        end = position + int(item[_BYTES])
        if not position <= end <= len(body):
            raise ValueError("blob outside the frame")
        blob, position = bytes(body[position:end]), end
        return blob

    return take
