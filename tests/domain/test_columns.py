"""TLG-05a: the new ink decides, then the text, then the time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.columns import Column, Hints, complete_cells, filled_columns, own_column, session_in_text
from domain.reading import Cell, Row, SheetKind, SheetReading, Verdict
from domain.terms import Session

TUESDAY = date(2026, 11, 24)
MONDAY = TUESDAY - timedelta(days=1)
IN, OUT = Session.DATANG, Session.PULANG


def hints(session: Session | None = None, by_time: Session = IN, day: date = TUESDAY) -> Hints:
    return Hints(day=day, date=None, session=session, by_time=by_time)


def sheet(*columns: Column, empty: tuple[Column, ...] = ()) -> SheetReading:
    cells = [Cell(Verdict.REPORTED, d, s) for d, s in columns] + [Cell(Verdict.EMPTY, d, s) for d, s in empty]
    return SheetReading(kind=SheetKind.WEEKLY, rows=(Row(1, "Siti", "", tuple(cells)),))


@pytest.mark.parametrize(
    ("text", "session"),
    [
        ("Presensi datang Dinas Sosial", IN),
        ("ABSEN MASUK 24 Nov", IN),
        ("presensi kepulangan hari ini", OUT),
        ("Presensi datang dan pulang", None),
        ("Presensi Dinas Sosial", None),
        ("Perdatangan", None),
    ],
)
def test_the_text_names_a_session_only_when_it_names_one(text: str, session: Session | None) -> None:
    assert session_in_text(text) is session


def test_the_column_that_is_new_decides_against_text_and_time() -> None:
    weekly = sheet((TUESDAY, IN), (TUESDAY, OUT))
    assert own_column(weekly, [(TUESDAY, IN)], hints(session=IN, by_time=IN)) == (TUESDAY, OUT)


def test_two_new_columns_are_told_apart_by_the_text_and_then_by_the_time() -> None:
    both = sheet((TUESDAY, IN), (TUESDAY, OUT))
    assert own_column(both, [], hints(session=OUT, by_time=IN)) == (TUESDAY, OUT)
    assert own_column(both, [], hints(by_time=OUT)) == (TUESDAY, OUT)
    assert own_column(both, [], hints(by_time=IN)) == (TUESDAY, IN)


def test_todays_column_comes_before_the_weeks_earlier_ones() -> None:
    assert own_column(sheet((MONDAY, IN), (MONDAY, OUT), (TUESDAY, IN)), [], hints()) == (TUESDAY, IN)


def test_a_sheet_for_an_earlier_day_belongs_to_that_day() -> None:
    assert own_column(sheet((MONDAY, OUT)), [], hints()) == (MONDAY, OUT)


def test_a_resend_keeps_the_column_it_has() -> None:
    assert own_column(sheet((TUESDAY, IN)), [(TUESDAY, IN)], hints(by_time=OUT)) == (TUESDAY, IN)


def test_an_empty_sheet_belongs_to_the_moment_it_came() -> None:
    nothing = SheetReading(kind=SheetKind.DAILY)
    assert own_column(nothing, [], hints(by_time=OUT)) == (TUESDAY, OUT)


def test_cells_without_date_or_session_take_them_from_the_sheet_and_then_from_the_mail() -> None:
    bare = SheetReading(
        kind=SheetKind.DAILY,
        dates=(MONDAY,),
        sessions_seen=(OUT,),
        rows=(Row(1, "Siti", "", (Cell(Verdict.REPORTED),)),),
    )
    assert filled_columns(complete_cells(bare, hints())) == {(MONDAY, OUT)}
    silent = SheetReading(kind=SheetKind.DAILY, rows=bare.rows)
    assert filled_columns(complete_cells(silent, hints(session=OUT))) == {(TUESDAY, OUT)}


columns = st.tuples(st.dates(TUESDAY - timedelta(days=6), TUESDAY + timedelta(days=6)), st.sampled_from(Session))


@given(st.sets(columns, min_size=1), st.sets(columns), st.sampled_from(Session))
def test_the_own_column_is_always_one_of_the_sheets_and_new_if_any_is(
    filled: set[Column], known: set[Column], by_time: Session
) -> None:
    chosen = own_column(sheet(*filled), known, hints(by_time=by_time))
    assert chosen in filled
    assert chosen not in known or not filled - known
