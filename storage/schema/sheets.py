"""Tables of what was printed: sheets, and the sequence of their numbers."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from domain.sheet_identity import NUMBERS
from storage.schema.base import Base, serial

SHEET_NUMBER = Sequence("sheet_number", metadata=Base.metadata, start=0, minvalue=0, maxvalue=NUMBERS - 1, cycle=True)


class Sheet(Base):
    """One printed page with a snapshot of what was on it; open until ``retired_at``."""

    __tablename__ = "sheet"
    __table_args__ = (
        Index("ix_sheet_number_leaf", "number", "leaf"),
        Index("ix_sheet_unit_week", "unit", "week"),
        Index("uq_sheet_open", "number", "leaf", unique=True, postgresql_where=text("retired_at IS NULL")),
    )
    id: Mapped[int] = serial()
    number: Mapped[int]
    leaf: Mapped[int]
    unit: Mapped[str]
    week: Mapped[str]
    page: Mapped[int]
    copy: Mapped[int]
    token: Mapped[str]
    snapshot: Mapped[dict[str, Any]]
    issued_at: Mapped[dt.datetime]
    issued_by: Mapped[str]
    retired_at: Mapped[dt.datetime | None]
