"""Which date and session a sheet speaks of (TLG-05a): the new ink decides, then the text, then the time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.reading import Cell, SheetKind, SheetReading, Verdict
from domain.terms import Session
from domain.vocabulary import sessions_in

Column = tuple[date, Session]


def session_in_text(*texts: str) -> Session | None:
    """The one session that a subject, body or file name speaks of; None when it names none or both."""
    for text in texts:
        named = sessions_in(text)
        if len(named) == 1:
            return named[0]
    return None


@dataclass(frozen=True, slots=True)
class Hints:
    """What surrounds a sheet: the local ``day`` of arrival, the ``date`` and ``session`` its mail speaks of, and
    the session ``by_time`` whose window is nearest to the arrival."""

    day: dt.date
    date: dt.date | None
    session: Session | None
    by_time: Session

    @property
    def best_session(self) -> Session:
        """The text before the time."""
        return self.session or self.by_time


def complete_cells(sheet: SheetReading, hints: Hints) -> SheetReading:
    """Give every cell that lacks them a date and a session: from the sheet, else from its surroundings.

    A column of a month whose day is not certain stays undated: the day of arrival would be a wrong date for most.
    """
    if sheet.kind is SheetKind.RECAP:
        return sheet
    day = sheet.dates[0] if len(sheet.dates) == 1 else hints.date or hints.day
    session = sheet.sessions_seen[0] if len(sheet.sessions_seen) == 1 else hints.best_session

    def complete(cell: Cell) -> Cell:
        if cell.date and cell.session:
            return cell
        dated = cell.date or (None if sheet.kind is SheetKind.MONTHLY else day)
        return replace(cell, date=dated, session=cell.session or session)

    return replace(sheet, rows=tuple(replace(r, cells=tuple(complete(c) for c in r.cells)) for r in sheet.rows))


_SURE = (Verdict.SIGNED, Verdict.REPORTED)
_INK = (*_SURE, Verdict.UNSURE)


def filled_columns(sheet: SheetReading) -> set[Column]:
    """Columns in which somebody signed or typed a presence; a code alone (DL for the whole day) fills no column.

    On a printed sheet, which has every column of its week, a doubtful spot fills none either.
    """
    ink = _SURE if sheet.form else _INK
    return {(c.date, c.session) for row in sheet.rows for c in row.cells if c.date and c.session and c.verdict in ink}


def all_columns(sheet: SheetReading) -> set[Column]:
    """Every column the sheet has, filled or not."""
    return {(c.date, c.session) for row in sheet.rows for c in row.cells if c.date and c.session}


def own_column(sheet: SheetReading, known: Iterable[Column], hints: Hints) -> Column:
    """The date and session that the sheet is sent for.

    ``known`` are the columns already recorded for that unit. New columns decide; a sheet without any new column is
    a resend and keeps the nearest column it has; an empty sheet belongs to the moment it came.
    """
    filled = filled_columns(sheet)
    pool = filled - set(known) or filled or all_columns(sheet)
    if not pool:
        day = sheet.dates[0] if len(sheet.dates) == 1 else hints.date or hints.day
        return day, sheet.sessions_seen[0] if len(sheet.sessions_seen) == 1 else hints.best_session
    day = _nearest_day({d for d, _ in pool}, hints.day)
    sessions = {s for d, s in pool if d == day}
    if len(sessions) == 1:
        return day, sessions.pop()
    if hints.session in sessions:
        return day, hints.session
    return day, hints.by_time if day == hints.day else Session.PULANG


def _nearest_day(days: set[date], today: date) -> date:
    if today in days:
        return today
    past = [d for d in days if d < today]
    return max(past) if past else min(days)
