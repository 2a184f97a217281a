"""From table rows to records: attributes of the same name are copied."""

from dataclasses import fields
from typing import Any, TypeVar

from storage.schema import Base

Record = TypeVar("Record")


def _names(record: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def to_record(record: type[Record], row: Base) -> Record:
    """A frozen ``record`` of what ``row`` holds."""
    return record(**{name: getattr(row, name) for name in _names(record)})


def to_values(record: Any) -> dict[str, Any]:
    """The columns that ``record`` fills, ready for INSERT; nested values stay what they are."""
    return {name: getattr(record, name) for name in _names(type(record))}
