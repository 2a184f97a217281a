"""Column types: aware UTC moments, enumerations kept as text, and typed values kept as JSON."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Dialect, SmallInteger, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB


class Moment(TypeDecorator[datetime]):
    """``timestamptz``; refuses naive values, returns UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ``ValueError`` for a naive moment: nobody could tell which one is meant."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime {value.isoformat()}: moments carry their zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment in UTC."""
        return value.astimezone(UTC) if value is not None else None


class EnumText(TypeDecorator[StrEnum]):
    """A ``StrEnum`` as text: new members need no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        """``enum`` is the type of the values."""
        self.enum = enum
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The member's text; raises ``ValueError`` for what is no member."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The member."""
        return None if value is None else self.enum(value)


class EnumNumber(TypeDecorator[IntEnum]):
    """An ``IntEnum`` as a small integer."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, enum: type[IntEnum]) -> None:
        """``enum`` is the type of the values."""
        self.enum = enum
        super().__init__()

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """The member's number; raises ``ValueError`` for what is no member."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: int | None, dialect: Dialect) -> IntEnum | None:
        """The member."""
        return None if value is None else self.enum(value)


class Typed(TypeDecorator[Any]):
    """Any type that pydantic can write as JSON, kept as ``jsonb``; None is SQL NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        """``shape`` is a type, such as ``tuple[Problem, ...]``."""
        self.shape = shape
        self._adapter: TypeAdapter[Any] = TypeAdapter(shape)
        super().__init__()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Plain JSON values."""
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value as it was; raises pydantic's ``ValidationError`` when the row does not fit the type."""
        return None if value is None else self._adapter.validate_python(value, strict=False)
