"""What a regency of 180 units gets by post: the week's sheets and the month's recaps, drawn by one niced child."""

import asyncio
from datetime import date
from time import monotonic

from benchmarks.bench_forms import invented_roster
from benchmarks.report import Result, figure
from bot.press import Press
from domain.calendar import WorkCalendar
from domain.profile import load_profile
from domain.sheet import issue, numbers_needed
from domain.sheet_layout import Paper
from domain.sheet_plan import SheetDrafter
from reports.content import unit_recap_identity
from reports.figures_monthly import monthly
from reports.forms import print_sheets
from reports.pdf import Frame, Signatory
from reports.pdf_monthly import month_title, unit_recap_pdf
from reports.recap_xlsx import recap_workbook
from tests.fakes.report_world import month_input

UNITS, PEOPLE = 180, 40
MINUTES = 5.0
_KEY = b"benchmark key, not a secret"


def draw_recap(people: int) -> int:
    """One unit's recap from figures to both files, as the child of the press does it; returns the bytes."""
    profile = load_profile("tulungagung")
    month = monthly(month_input(profile, 1, people), profile)
    identity = unit_recap_identity(month, month.units[0], profile)
    head = Signatory("", date(2026, 10, 31), "Kepala Dinas", "Drs. Contoh, M.Si.")
    frame = Frame(identity, profile, month_title(month, profile), "", head, Paper.F4, landscape=True)
    return len(unit_recap_pdf(month, frame)) + len(recap_workbook(month, identity, profile, head))


async def _sheets() -> float:
    profile, roster = load_profile("tulungagung"), invented_roster(UNITS, PEOPLE)
    drafter, number, press = SheetDrafter(profile, roster, WorkCalendar(profile)), 0, Press()
    began = monotonic()
    try:
        for unit in roster.units.values():
            pages = issue(drafter.draft(unit, "2026-W49"), number, _KEY)
            number += numbers_needed(pages)
            await press.run(print_sheets, profile, _KEY, pages)
    finally:
        press.close()
    return monotonic() - began


async def _recaps() -> float:
    press = Press()
    began = monotonic()
    try:
        for _ in range(UNITS):
            await press.run(draw_recap, PEOPLE)
    finally:
        press.close()
    return monotonic() - began


def main() -> Result:
    """Wall time from the first order to the last file."""
    figures = []
    for what, work in (("weekly sheets", _sheets), ("monthly recaps", _recaps)):
        seconds = asyncio.run(work())
        met = seconds <= 60 * MINUTES
        told = f"{what} of {UNITS} units of {PEOPLE}, PDF and XLSX, one niced child"
        figures.append(figure(told, seconds, "s", f"≤ {60 * MINUTES:.0f} s", met=met))
    return {"title": "By post: drawn for 180 units", "figures": figures}
