"""Reports at the size of a government: a month of 12,000 people, a week of 1,000 units; each in a process of its own,
so that the memory named is that report's.
"""

import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from time import monotonic, process_time

from benchmarks.report import Result, figure
from domain.profile import load_profile
from domain.sheet_layout import Paper
from reports.content import monthly_identity, weekly_identity
from reports.figures_monthly import monthly
from reports.figures_weekly import weekly
from reports.pdf import Frame, Signatory
from reports.pdf_monthly import month_title, monthly_pdf
from reports.pdf_weekly import weekly_pdf
from reports.xlsx_monthly import monthly_xlsx
from reports.xlsx_weekly import weekly_xlsx
from tests.fakes.report_world import month_input, week_input

UNITS, PER_UNIT = 400, 30  # 12,000 people
WEEK_UNITS, WEEK_PER_UNIT = 1000, 12
_TLG = load_profile("tulungagung")
_SIGNATORY = Signatory("Tulungagung", date(2026, 10, 31), "Kepala Subbidang", "Nama", "Pembina, IV/a", "1" * 18)
Measured = tuple[float, float, float, float]  # seconds, of processor, MB at the most, MB of file


def month_workbook() -> bytes:
    """Figures, hash and workbook of the consolidated month."""
    month = monthly(month_input(_TLG, UNITS, PER_UNIT), _TLG)
    return monthly_xlsx(month, monthly_identity(month, _TLG), _TLG)


def month_paper() -> bytes:
    """Figures, hash and PDF of the consolidated month."""
    month = monthly(month_input(_TLG, UNITS, PER_UNIT), _TLG)
    title = month_title(month, _TLG)
    frame = Frame(monthly_identity(month, _TLG), _TLG, title, "Subbidang", _SIGNATORY, Paper.F4, landscape=True)
    return monthly_pdf(month, frame)


def week_workbook() -> bytes:
    """Figures, hash and workbook of a week."""
    week = weekly(week_input(_TLG, WEEK_UNITS, WEEK_PER_UNIT), _TLG)
    return weekly_xlsx(week, weekly_identity(week, _TLG), _TLG)


def week_paper() -> bytes:
    """Figures, hash and PDF of a week."""
    week = weekly(week_input(_TLG, WEEK_UNITS, WEEK_PER_UNIT), _TLG)
    return weekly_pdf(week, Frame(weekly_identity(week, _TLG), _TLG, ("REKAP MINGGUAN",), "Subbidang", _SIGNATORY))


def measure(work: Callable[[], bytes]) -> Measured:
    """Runs ``work`` once; memory is the whole process's, the interpreter's own and the invented data included."""
    wall, cpu = monotonic(), process_time()
    size = len(work())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return monotonic() - wall, process_time() - cpu, peak, size / 1e6


def main() -> Result:
    """The table of all four."""
    jobs = (
        (f"month XLSX, {UNITS * PER_UNIT} people x 31 days", month_workbook, 20.0, 500.0),
        (f"month PDF, {UNITS * PER_UNIT} people x 31 days", month_paper, 20.0, 500.0),
        (f"week XLSX, {WEEK_UNITS} units", week_workbook, 5.0, None),
        (f"week PDF, {WEEK_UNITS} units", week_paper, 5.0, None),
    )
    figures = []
    for what, work, seconds, memory in jobs:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            wall, cpu, peak, size = pool.submit(measure, work).result()
        figures += [
            figure(what, wall, "s", f"<= {seconds:.0f}", met=wall <= seconds),
            figure("  processor time", cpu, "s"),
            figure(
                "  memory", peak, "MB", f"<= {memory:.0f}" if memory else "", met=peak <= memory if memory else None
            ),
            figure("  file", size, "MB"),
        ]
    return {"title": "Reports", "figures": figures}
