"""What several looks at one sheet tell: ink gone, the same photo, another print, copied ink; shapes by properties."""

from datetime import date, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.ink_shape import HEIGHT, WIDTH, copied, likeness
from domain.look import Look, SeenCell, look_of, merged
from domain.looks import look_flags
from domain.outcome import Flag
from domain.reading import Cell, PrintedForm, Row, SheetKind, SheetReading, Verdict
from domain.terms import Session
from tests.fakes.desk_world import DAY, IN, OUT, at

SIGNED, EMPTY, UNSURE = Verdict.SIGNED, Verdict.EMPTY, Verdict.UNSURE
PHOTO, OTHER_PHOTO = "f0" * 32, "3c" * 32
MONDAY = date(2026, 11, 23)


def ink(seed: int, shift: int = 0) -> str:
    """A random walk of a pen over a cell, moved ``shift`` pixels to the right."""
    dice = Random(seed)
    rows = [0] * HEIGHT
    x, y = 8.0, HEIGHT / 2
    for _ in range(60):
        x, y = min(max(x + dice.uniform(-1.6, 1.8), 2), 18), min(max(y + dice.uniform(-1.5, 1.5), 2), 13)
        rows[int(y)] |= 1 << WIDTH - 1 - int(x) - shift
    bits = 0
    for row in rows:
        bits = bits << WIDTH | row
    return f"{bits:096x}"


def cell(no: int, session: Session, verdict: Verdict, shape: str = "", day: date = DAY) -> SeenCell:
    return SeenCell(no, f"p{no}", day, session, verdict, shape)


def look(*cells: SeenCell, form: str = "F1", photo: str = PHOTO, when: datetime | None = None) -> Look:
    return Look(form, "U1", "2026-W48", 1, when or at(7, 20), (photo,), cells)


def morning(count: int = 5, seed: int = 0) -> tuple[SeenCell, ...]:
    return tuple(cell(no, IN, SIGNED, ink(seed + no)) for no in range(1, count + 1))


@given(st.integers(0, 10_000))
def test_every_shape_is_its_own_likeness_and_its_own_copy(seed: int) -> None:
    shape = ink(seed)
    assert likeness(shape, shape) == 1
    large = int(shape, 16).bit_count() >= 24
    assert copied(shape, ink(seed, shift=2)) is large, "wherever in the cell it stands"


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_likeness_is_the_same_both_ways_and_copies_too(a: int, b: int) -> None:
    assert likeness(ink(a), ink(b)) == likeness(ink(b), ink(a))
    assert 0 <= likeness(ink(a), ink(b)) <= 1
    if a != b:
        assert not copied(ink(a), ink(b))


def test_nothing_is_like_nothing() -> None:
    assert likeness("", ink(1)) == 0
    assert not copied("", "")
    assert likeness("0" * 96, ink(1)) == 0


def test_the_evening_photo_that_only_adds_ink_says_nothing() -> None:
    before = look(*morning(), *(cell(no, OUT, EMPTY) for no in range(1, 6)))
    now = look(*morning(), *(cell(no, OUT, SIGNED, ink(50 + no)) for no in range(1, 6)))
    assert look_flags(now, [before]) == frozenset()
    assert look_flags(before, []) == frozenset()


def test_ink_that_is_gone_is_changed_and_a_doubt_is_not() -> None:
    before = look(*morning())
    assert look_flags(look(*morning()[1:], cell(1, IN, EMPTY), photo=OTHER_PHOTO), [before]) == {Flag.CHANGED}
    assert look_flags(look(*morning()[1:], cell(1, IN, UNSURE), photo=OTHER_PHOTO), [before]) == frozenset()


def test_the_same_photo_without_new_ink_is_the_same_photo() -> None:
    nearly = "f1" + PHOTO[2:]
    assert look_flags(look(*morning(), photo=nearly), [look(*morning())]) == {Flag.SAME_PHOTO}
    more = look(*morning(6), photo=nearly)
    assert look_flags(more, [look(*morning())]) == frozenset(), "a scan of the same sheet with more ink looks alike"


def test_signatures_of_another_shape_are_on_another_print() -> None:
    again = look(*morning(seed=70), photo=OTHER_PHOTO)
    assert look_flags(again, [look(*morning())]) == {Flag.OTHER_PRINT}
    few = look(*morning(2, seed=70), photo=OTHER_PHOTO)
    assert look_flags(few, [look(*morning(2))]) == frozenset()


def test_one_ink_in_three_peoples_cells_is_copied() -> None:
    pasted = [cell(no, IN, SIGNED, ink(4, shift=no)) for no in (1, 2, 3)]
    assert look_flags(look(*pasted), []) == {Flag.COPIED}
    assert look_flags(look(*pasted[:2], *morning(seed=20)[3:]), []) == frozenset()


def test_a_column_that_repeats_an_earlier_week_is_copied() -> None:
    week = look(*(cell(no, IN, SIGNED, ink(no), MONDAY) for no in range(1, 5)), form="F0", photo=OTHER_PHOTO)
    assert look_flags(look(*morning(4)), [week]) == {Flag.COPIED}
    assert look_flags(look(*morning(2)), [week]) == frozenset()
    strangers = look(*(cell(no + 10, IN, SIGNED, ink(no), MONDAY) for no in range(1, 5)), form="F0")
    assert look_flags(look(*morning(4), photo=OTHER_PHOTO), [strangers]) == frozenset(), "other people"


def test_what_is_known_keeps_the_first_ink_and_adds_the_new() -> None:
    first = look(cell(1, IN, SIGNED, ink(1)), cell(2, IN, UNSURE), cell(3, IN, EMPTY))
    second = look(
        cell(1, IN, SIGNED, ink(9)), cell(2, IN, EMPTY), cell(3, IN, SIGNED, ink(3)), photo=OTHER_PHOTO, when=at(15, 40)
    )
    known = merged(first, second)
    assert {c.no: (c.verdict, c.shape) for c in known.cells} == {
        1: (SIGNED, ink(1)),
        2: (EMPTY, ""),
        3: (SIGNED, ink(3)),
    }
    assert known.photos == (PHOTO, OTHER_PHOTO)
    assert known.seen_at == at(15, 40)
    assert merged(None, first) == first
    assert merged(look(cell(1, IN, SIGNED)), first).cells[0].shape == ink(1)


def test_only_a_printed_page_that_was_read_is_looked_at() -> None:
    form = PrintedForm("F1", "U1", "2026-W48", 2, 3)
    row = Row(4, "Siti", "", (Cell(SIGNED, DAY, IN, shape=ink(1)), Cell(EMPTY)))
    sheet = SheetReading(SheetKind.WEEKLY, rows=(row,), form=form, look=PHOTO)
    seen = look_of(sheet, at(7))
    assert seen == Look("F1", "U1", "2026-W48", 2, at(7), (PHOTO,), (SeenCell(4, "Siti", DAY, IN, SIGNED, ink(1)),))
    assert look_of(SheetReading(SheetKind.WEEKLY, rows=(row,)), at(7)) is None
    assert look_of(SheetReading(SheetKind.UNREADABLE, form=form), at(7)) is None
