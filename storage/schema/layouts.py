"""The forms that offices made themselves, and the column maps that people confirmed for them."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, Strings, as_json


class FormLayout(Base):
    """One layout of a table in a picture, by the name that its header gives it."""

    __tablename__ = "layout"
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    first_seen_at: Mapped[dt.datetime]
    guess: Mapped[Strings] = as_json(Strings)
    columns: Mapped[Strings | None] = as_json(Strings)
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[dt.datetime | None]
