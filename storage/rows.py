"""From table rows to records: attributes of the same name are copied."""

from dataclasses import fields
from typing import Any, TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from storage.schema import Base

Record = TypeVar("Record")


def _names(record: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def insert_once(table: type[Base], *, returning_id: bool = True) -> Any:
    """INSERT … ON CONFLICT DO NOTHING [RETURNING id], to be made once and executed with values as parameters.

    Statements built anew for each row cost more than the database does.
    """
    plain = insert(cast(Table, table.__table__)).on_conflict_do_nothing()
    return plain.returning(table.__table__.c.id) if returning_id else plain


def to_record(record: type[Record], row: Base) -> Record:
    """A frozen ``record`` of what ``row`` holds."""
    return record(**{name: getattr(row, name) for name in _names(record)})


def to_values(record: Any) -> dict[str, Any]:
    """The columns that ``record`` fills, ready for INSERT; nested values stay what they are."""
    return {name: getattr(record, name) for name in _names(type(record))}
