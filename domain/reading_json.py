"""A reading as plain JSON data and back, for the readings kept beside each file and for ``posko read``."""

from typing import Any

from pydantic import TypeAdapter

from domain.reading import FileReading

_ADAPTER = TypeAdapter(FileReading)


def to_plain(reading: FileReading) -> dict[str, Any]:
    """``reading`` as dicts, lists, text and numbers; dates and times in ISO form."""
    plain: dict[str, Any] = _ADAPTER.dump_python(reading, mode="json")
    return plain


def from_plain(plain: dict[str, Any]) -> FileReading:
    """The reading that ``to_plain`` was given; raises ``ValueError`` when ``plain`` is none."""
    return _ADAPTER.validate_python(plain)
