"""Printed sheets of units: PDF with the filling guide on the back, the same as XLSX, and the snapshots to keep.

Pure: no clock, no storage. The caller reserves form numbers (``numbers_needed``), keeps the snapshots
(``domain.sheet.to_plain``) and only then hands out the files. TLG-09, TLG-16.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from domain.calendar import WorkCalendar
from domain.errors import UsageError
from domain.profile import Profile
from domain.roster import Roster, Unit
from domain.sheet import SheetPage, issue
from domain.sheet_layout import Paper
from domain.sheet_plan import SheetDrafter
from reports.forms_guide import guide
from reports.forms_pdf import typeset
from reports.forms_sheet import draw
from reports.forms_xlsx import workbook


@dataclass(frozen=True, slots=True)
class PrintedSheets:
    """One unit's sheets: every page is printed on both sides, the guide on the back."""

    pdf: bytes
    xlsx: bytes
    pages: tuple[SheetPage, ...]


def weekly_forms(
    profile: Profile,
    roster: Roster,
    calendar: WorkCalendar,
    unit: Unit,
    week: str,
    key: bytes,
    *,
    first_number: int,
    copy: int = 1,
    paper: Paper = Paper.A4,
) -> PrintedSheets:
    """The sheets of one unit for ``week`` (``2026-W48``); ``UsageError`` when the unit does not work that week."""
    drafts = SheetDrafter(profile, roster, calendar).draft(unit, week, copy=copy, paper=paper)
    if not drafts:
        raise UsageError(f"{unit.name} tidak bekerja pada minggu {week}; tidak ada lembar")
    return print_sheets(profile, key, issue(drafts, first_number, key))


def print_sheets(profile: Profile, key: bytes, pages: Sequence[SheetPage]) -> PrintedSheets:
    """Files of issued ``pages`` of one unit and week; from kept snapshots the same sheet is printed again."""
    first = pages[0]
    data = {
        "title": f"{first.title} – {first.unit_name} – {first.week}",
        "guide": guide(profile, first),
        "pages": [draw(page, key) for page in pages],
    }
    return PrintedSheets(typeset("sheet", data, tagged=False), workbook(profile, pages), tuple(pages))


def print_many(
    profile: Profile, key: bytes, sheets: Iterable[Sequence[SheetPage]], workers: int = 2
) -> Iterator[PrintedSheets]:
    """``print_sheets`` for many units in ``workers`` processes, in order; a unit's failure is raised at its turn."""
    work: Callable[[Sequence[SheetPage]], PrintedSheets] = partial(print_sheets, profile, key)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, sheets, chunksize=8)
