"""Reports of a whole government out of PostgreSQL: a month of 12,000 people, a week of 1,000 units, as ``posko report``
makes them; each in a process of its own, so that the memory named is all that the report needs.
"""

import asyncio
import resource
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import psycopg

from benchmarks.report import Result, figure
from domain.calendar import WorkCalendar
from domain.fallback import Period, Scope
from domain.profile import load_profile
from domain.report_times import Span, month_span
from domain.roster import Person, Placement, Roster, Unit, by_code
from domain.terms import Session
from domain.windows import windows_on
from reports.making import ReportTask, Wanted, prepare
from reports.numbering import ReportKind
from storage.engine import Database
from storage.migrate import migrate
from storage.postgres import OWNER_ROLE, SERVICE_ROLE, EmbeddedPostgres
from tests.fakes.report_world import people, units

_TLG = load_profile("tulungagung")
_MONTH = date(2026, 10, 1)
_WEEK = date(2026, 10, 12)
_NOW = datetime(2026, 11, 2, 8, tzinfo=_TLG.tz)
_SHEET = (
    "COPY submission (number, month, sequence, unit, date, session, message_id, first_at, recorded_at, kind, received,"
    " at, timeliness, late_minutes, counts, head, flags, problems, absentees, empty_rows, expected_pages,"
    " missing_pages)"
    " FROM STDIN"
)
_ARRIVAL = (
    "COPY arrival (submission_id, message_id, sha256, page, name, kind, readable, official_at, recorded_at) FROM STDIN"
)
_FACT = (
    "COPY fact (dedupe_key, person, unit, date, session, verdict, source, verified, seen_at, recorded_at, by,"
    " profile_version, roster_version, reader, code, key, text, note, confidence, submission_id, message_id, sha256,"
    " sheet, row, paper_no) FROM STDIN"
)


@dataclass(frozen=True)
class Size:
    """How large a government is, and for which days it has sheets."""

    units: int
    per_unit: int
    first: date
    last: date


def roster(size: Size) -> Roster:
    """Units and people as in the other benchmark."""
    lines = units(size.units)
    known = [Unit(line.code, line.name, pattern=line.pattern) for line in lines]
    staff = {
        p.key: Person(p.key, p.name, p.name, p.nip, p.employment, "III/d", "Penata Tk. I", p.post)
        for line in lines
        for p in people(line, size.per_unit)
    }
    placements = tuple(Placement(key, key.split("-")[0], date(2000, 1, 1)) for key in staff)
    return Roster(1, by_code(known), staff, placements)


async def seed(url: str, owner: str, size: Size) -> tuple[int, int]:
    """Fill the tables; returns how many sheets and facts there are."""
    whole = roster(size)
    db = await Database.open(url)
    begun = datetime(2026, 9, 30, tzinfo=_TLG.tz)
    async with db.begin() as uow:
        await uow.roster.replace(whole, "bench", begun)
        await uow.periods.add(
            Period(None, Scope.ALL, frozenset(), _MONTH, Session.DATANG, None, None, "padam", "", "BKD", begun)
        )
    await db.close()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO message (channel, account, event_id, sha256, size, official_at, official_basis, first_seen_at,"
            " subject, claims, state, note, attempts, next_try_at, sender_reason) VALUES ('mail', 'b', 'b', %s, 1, %s,"
            " 'received', %s, '', '{}', 'done', '', 0, %s, '')",
            ("ab" * 32, begun, begun, begun),
        )
        sheets = list(_sheets(whole, size))
        with connection.cursor() as cursor:
            with cursor.copy(_SHEET) as copy:
                for row, _ in sheets:
                    copy.write_row(row)
            with cursor.copy(_ARRIVAL) as copy:
                for number, (row, _) in enumerate(sheets, 1):
                    copy.write_row((number, 1, f"{number:064x}", 1, "a.xlsx", "daily", True, row[11], row[11]))
            count = 0
            with cursor.copy(_FACT) as copy:
                for row in _facts(sheets):
                    copy.write_row(row)
                    count += 1
        connection.execute("ANALYZE")
    return len(sheets), count


def _sheets(whole: Roster, size: Size) -> Iterator[tuple[tuple[Any, ...], tuple[str, ...]]]:
    calendar = WorkCalendar(_TLG)
    minutes = cycle([22, 25, 27, 29, 12, 30, 28, 34, 26, 24, 21, 29, 41, 8, 23, 26, 28])
    members: dict[str, list[str]] = {}
    for placement in whole.placements:
        members.setdefault(placement.unit, []).append(placement.person)
    number = 0
    for offset in range((size.last - size.first).days + 1):
        day = size.first + timedelta(days=offset)
        for unit in whole.units.values():
            if not calendar.day(day, unit.pattern, unit.code).working:
                continue
            for window in windows_on(_TLG, day, unit.pattern):
                number += 1
                if number % 29 == 0:
                    continue  # never came
                minute = next(minutes)
                at = window.opens + timedelta(minutes=minute)
                late = max(0, minute - 30)
                sent = f"TLG-{day:%Y%m%d}-{window.session.letter}-{number:06d}"
                counts = '{"signed": 30, "reported": 0, "empty": 0, "code": 0, "unsure": 0}'
                yield (
                    (sent, f"{day:%Y-%m}", number, unit.code, day, window.session.value, 1, at, at, "daily", True, at,
                     "late" if late else "on_time", late, counts, "signed", "[]", "[]", "[]", "[]", 1, "[]"),
                    tuple(members[unit.code]),
                )  # fmt: skip


_CELLS = [("signed", "HADIR", None)] * 130 + [
    ("code", "DINAS_LUAR", "DL"),
    ("empty", None, None),
    ("signed", "HADIR", None),
    ("code", "SAKIT", "S"),
    ("unsure", None, None),
    ("reported", "HADIR", None),
]


def _facts(sheets: list[tuple[tuple[Any, ...], tuple[str, ...]]]) -> Iterator[tuple[Any, ...]]:
    cells = cycle(_CELLS)
    for submission, (row, staff) in enumerate(sheets, 1):
        _, _, _, unit, day, session, *_ = row
        for place, person in enumerate(staff):
            verdict, key, code = next(cells)
            yield (
                f"sheet:1:{submission}:{place}", person, unit, day, session, verdict, "sheet", True, row[11], row[11],
                "x@y.test", "p", 1, "r", code, key, "", "", 1.0, submission, 1, "ab" * 32, 0, place, place,
            )  # fmt: skip


Measured = dict[str, float]


async def _measure(task: ReportTask) -> Measured:
    begun, worked = monotonic(), process_time()
    db = await Database.open(task.url)
    async with db.snapshot() as uow:
        prepared = await prepare(task, uow)
    await db.close()
    assert prepared is not None
    found = {"rows": monotonic() - begun, "rows_cpu": process_time() - worked}
    for suffix, draw in prepared.draw.items():
        before, worked = monotonic(), process_time()
        size = len(draw())
        found[f"{suffix}_cpu"] = found["rows_cpu"] + process_time() - worked
        found[suffix] = found["rows"] + monotonic() - before
        found[f"{suffix}_mb"] = size / 1e6
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def measure(task: ReportTask) -> Measured:
    """Everything of one report in this process: the time of each file counts the gathering too."""
    return asyncio.run(_measure(task))


def _figures(what: str, found: Measured, seconds: float) -> list[Result]:
    memory, told = found["memory"], f"<= {seconds:.0f}"
    return [
        figure(f"{what}: rows to figures", found["rows"], "s"),
        figure("  XLSX, rows and figures included", found["xlsx"], "s", told, met=found["xlsx"] <= seconds),
        figure("    processor time", found["xlsx_cpu"], "s"),
        figure("  PDF, rows and figures included", found["pdf"], "s", told, met=found["pdf"] <= seconds),
        figure("    processor time", found["pdf_cpu"], "s"),
        figure("  files", found["xlsx_mb"] + found["pdf_mb"], "MB"),
        figure("  memory, both files", memory, "MB", "<= 500", met=memory <= 500),
    ]


def main() -> Result:
    """The table of both."""
    cases = (
        ("month of 12000 people", Size(400, 30, _MONTH, date(2026, 10, 31)), ReportKind.MONTHLY,
         month_span(_MONTH), 20.0),
        ("week of 1000 units", Size(1000, 12, _WEEK, _WEEK + timedelta(days=5)), ReportKind.WEEKLY,
         Span(_WEEK, _WEEK + timedelta(days=6)), 5.0),
    )  # fmt: skip
    figures = []
    for what, size, kind, span, seconds in cases:
        with tempfile.TemporaryDirectory(prefix="posko-bench-") as folder:
            server = EmbeddedPostgres(Path(folder))
            try:
                server.start()
                urls = [
                    server.superuser_url("postgres").replace("//postgres@", f"//{r}@")
                    for r in (SERVICE_ROLE, OWNER_ROLE)
                ]
                with psycopg.connect(server.superuser_url("postgres"), autocommit=True) as connection:
                    connection.execute(f"ALTER DATABASE postgres OWNER TO {OWNER_ROLE}".encode())
                migrate(urls[1])
                sheets, facts = asyncio.run(seed(urls[0], urls[1], size))
                task = ReportTask(urls[0], _TLG, Wanted(kind, span), _NOW, Path(folder))
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                    found = pool.submit(measure, task).result()
            finally:
                server.destroy()
        figures += [figure(f"{what}, rows", f"{sheets} sheets, {facts} facts"), *_figures(what, found, seconds)]
    return {"title": "Reports out of the database", "figures": figures}
