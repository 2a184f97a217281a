"""The base of all tables: names of constraints and the column type of each Python type."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Date,
    Float,
    ForeignKey,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from domain.fallback import Scope
from domain.marks import FactSource
from domain.outcome import QuestionKind
from domain.reading import HeadMark, SheetKind, Verdict
from domain.roster import AddressRole, Route
from domain.terms import Authenticity, Pattern, Scheme, Session, StatusKey, Timeliness
from storage.columns import EnumNumber, EnumText, Moment, Typed
from storage.records import MessageState, OutboxState
from storage.records_chat import DeliveryState

Strings = tuple[str, ...]


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can find it again."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: Moment,
        dt.date: Date,
        str: Text,
        float: Float,
        dict[str, Any]: JSONB,
        Scheme: EnumText(Scheme),
        Session: EnumText(Session),
        StatusKey: EnumText(StatusKey),
        Timeliness: EnumText(Timeliness),
        Authenticity: EnumText(Authenticity),
        Pattern: EnumNumber(Pattern),
        Route: EnumText(Route),
        AddressRole: EnumText(AddressRole),
        Scope: EnumText(Scope),
        SheetKind: EnumText(SheetKind),
        Verdict: EnumText(Verdict),
        HeadMark: EnumText(HeadMark),
        FactSource: EnumText(FactSource),
        QuestionKind: EnumText(QuestionKind),
        MessageState: EnumText(MessageState),
        OutboxState: EnumText(OutboxState),
        DeliveryState: EnumText(DeliveryState),
    }


def serial() -> Mapped[int]:
    """A running number as primary key."""
    return mapped_column(BigInteger, primary_key=True, autoincrement=True)


def ref(target: str, *, index: bool = True) -> Mapped[Any]:
    """A reference to another table's running number."""
    return mapped_column(BigInteger, ForeignKey(target), index=index)


def as_json(shape: Any) -> Mapped[Any]:
    """A typed value kept as JSON."""
    return mapped_column(Typed(shape))
