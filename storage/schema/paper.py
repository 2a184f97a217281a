"""Tables of paper that comes back: what is known of each printed page."""

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.look import SeenCell
from storage.schema.base import Base, Strings, as_json


class SheetLook(Base):
    """What all looks at one printed page came to, under the lock of its unit (``domain.look``)."""

    __tablename__ = "sheet_look"
    __table_args__ = (Index("ix_sheet_look_unit_week", "unit", "week"),)
    form: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str]
    week: Mapped[str]
    page: Mapped[int]
    seen_at: Mapped[dt.datetime]
    photos: Mapped[Strings] = as_json(Strings)
    cells: Mapped[tuple[SeenCell, ...]] = as_json(tuple[SeenCell, ...])
