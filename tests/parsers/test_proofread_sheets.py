"""Printed sheets whose names are not those of their code: nothing on them is certain."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
import pytest_asyncio

from domain.open_sheets import OpenSheet
from domain.reading import FileReading, HeadMark, ProblemCode, SheetReading, Verdict
from domain.sheet import SheetPage
from domain.sheet_layout import CodeTick, DayTick, HeadBlock, HeadSign
from domain.terms import Session
from parsers import printed_form
from parsers.base import PROOFREAD, ParseContext
from parsers.sandbox import Sandbox
from parsers.vision.naming import How
from parsers.vision.sheet import Found, look_for_sheet
from tests.fakes.photos import Camera, Pen, photo, signs
from tests.fakes.sheets import KEY, pages

IN = Session.DATANG
PEOPLE = ("Yuliana Kusumaningrum", "Drs. Heru Prasetyo", "Khoirul Anwar Efendi", "Endang Wulandari, S.E.")


@cache
def printed() -> SheetPage:
    """A page that lists people as offices know them."""
    (page,) = pages(16)[:1]
    return _named(page, ("Slamet Hartono", "Ratna Maharani, S.Pd.", "Mochammad Zainal Arifin"))


def _named(page: SheetPage, names: tuple[str, ...]) -> SheetPage:
    """The same page, code and token, with other people on it."""
    rows = tuple(replace(row, name=names[n % len(names)]) if row.person else row for n, row in enumerate(page.rows))
    return replace(page, rows=rows)


def context(page: SheetPage, *, proofread: bool = True) -> ParseContext:
    return ParseContext(
        "foto.jpg", frozenset({"DL"}), date(2026, 11, 23), sheets=(OpenSheet.of(page, KEY),), proofread=proofread
    )


@cache
def taken() -> bytes:
    pen = Pen(printed()).sign(signs(range(0, 16, 2), (0, IN))).sign([HeadSign(0, IN), HeadBlock()])
    return photo(pen.tick([CodeTick(1, "DL"), DayTick(1, 0)]), Camera(seed=3))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    pool = Sandbox(1)
    yield pool
    await pool.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


def only(reading: FileReading) -> SheetReading:
    assert len(reading.sheets) == 1, reading
    return reading.sheets[0]


def differs(sheet: SheetReading) -> bool:
    return ProblemCode.NAMES_DIFFER in [problem.code for problem in sheet.problems]


async def test_a_page_with_its_own_names_is_read_as_ever_and_said_to_be_proved(sandbox: Sandbox) -> None:
    asked = await sandbox.read(taken(), context(printed()))
    unasked = await sandbox.read(taken(), context(printed(), proofread=False))
    assert asked.extra[PROOFREAD] == "4711/0"
    assert PROOFREAD not in unasked.extra
    assert asked.sheets == unasked.sheets
    assert Verdict.SIGNED in [cell.verdict for row in only(asked).rows for cell in row.cells]


async def test_nothing_on_a_page_with_other_names_is_certain(sandbox: Sandbox) -> None:
    reading = await sandbox.read(taken(), context(_named(printed(), PEOPLE)))
    sheet = only(reading)
    assert differs(sheet)
    assert PROOFREAD not in reading.extra
    cells = [cell for row in sheet.rows for cell in row.cells] + list(sheet.heads)
    assert {(cell.verdict, cell.code, cell.shape, cell.text) for cell in cells} == {
        (Verdict.UNSURE, None, "", "nama pada lembar berbeda")
    }
    assert len(sheet.rows) == 16
    assert sheet.head is HeadMark.UNSURE
    assert sheet.form == printed().form, "whose it claims to be is told to the person who looks"


async def test_a_page_that_was_proved_before_is_not_asked_again(sandbox: Sandbox) -> None:
    other = replace(context(_named(printed(), PEOPLE)), proved=frozenset({printed().identity}))
    assert not differs(only(await sandbox.read(taken(), other)))


async def test_names_that_cannot_be_made_out_say_nothing(sandbox: Sandbox) -> None:
    pen = Pen(printed()).sign(signs(range(8), (0, IN)))
    left, right = printed().layout.columns["name"]
    for row in range(16):  # somebody went over the names with a broad marker
        middle = printed().layout.row_top(row) + printed().layout.row_height / 3
        pen.line((left, middle), (right, middle), width=4.0)
    reading = await sandbox.read(photo(pen), context(_named(printed(), PEOPLE)))
    assert not differs(only(reading))
    assert PROOFREAD not in reading.extra


async def test_a_page_that_only_the_look_of_its_tags_named_is_always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def softly(picture: object, sheets: object) -> object:
        found = look_for_sheet(picture, sheets)  # type: ignore[arg-type]
        assert isinstance(found, Found)
        return replace(found, how=How.SOFT)

    monkeypatch.setattr(printed_form, "look_for_sheet", softly)
    known = context(_named(printed(), PEOPLE), proofread=False)
    assert differs(only(printed_form.PARSER.parse(taken(), known)))
