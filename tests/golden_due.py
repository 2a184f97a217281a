"""The golden tables of due times and deadlines in ``tests/data``: all five profiles, both patterns, 2026 and 2027.

``make golden`` writes them anew from the rules as coded; a change in them is reviewed by hand against RULES.md 1–4 and
DOMAIN.md 5–6 before it is committed. ``tests/domain/test_golden_due.py`` holds the code against them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.calendar import WorkCalendar, national_days_off
from domain.deadlines import DeadlineKind, monthly_deadline, weekly_deadline
from domain.profile import load_profile, profile_names
from domain.recap_due import recap_plan
from domain.sheet_mailing import mailing_moment, week_name
from domain.terms import Pattern
from domain.windows import Window, windows_on

PLACE = Path(__file__).parent / "data"
YEARS = (2026, 2027)
DAYS_OFF = ("date", "reason")
WEEKS = ("profile", "pattern", "week", "monday", "works", "datang", "pulang", "sheets_mailed", "weekly_recap", "late")
MONTHS = (
    "profile", "pattern", "month", "last_day", "draft", "final", "reminders", "recap_due", "recap_late",
    "revised", "correction_close", "keterangan_cutoff",
)  # fmt: skip
Rows = Iterable[Sequence[str]]


def days_off() -> Iterator[Sequence[str]]:
    """Holidays and cuti bersama (DOMAIN.md 5)."""
    for year in YEARS:
        for day, reason in sorted(national_days_off(year).items()):
            yield day.isoformat(), reason


def weeks() -> Iterator[Sequence[str]]:
    """One line a week: the days worked (1 = Monday), windows as opens, reminder, close and late, and what is due."""
    for calendar, pattern in _calendars():
        monday = date(YEARS[0] - 1, 12, 29)
        while monday.year <= YEARS[-1]:
            days = tuple(calendar.working_days(monday, monday + timedelta(days=6), pattern))
            datang, pulang = zip(
                *(windows_on(calendar.profile, day, pattern) for day in days or (monday,)), strict=True
            )
            recap = weekly_deadline(calendar, pattern, monday)
            yield (
                calendar.profile.key,
                str(pattern.value),
                week_name(monday),
                monday.isoformat(),
                "".join(str(day.isoweekday()) for day in days) or "-",
                _windows(datang),
                _windows(pulang),
                _moment(mailing_moment(calendar, pattern, monday)),
                _moment(recap.due if recap else None),
                _moment(recap.late_from if recap else None),
            )
            monday += timedelta(days=7)


def months() -> Iterator[Sequence[str]]:
    """One line a month of attendance: everything that hangs on its recap."""
    for calendar, pattern in _calendars():
        for year in YEARS:
            for month in range(1, 13):
                plan = recap_plan(calendar, pattern, year, month)
                closes = [
                    monthly_deadline(calendar, pattern, kind, year, month)
                    for kind in (DeadlineKind.CORRECTION_CLOSE, DeadlineKind.KETERANGAN_CUTOFF)
                ]
                yield (
                    calendar.profile.key,
                    str(pattern.value),
                    f"{year}-{month:02}",
                    str(calendar.last_working_day(year, month, pattern)),
                    _moment(plan.draft_at if plan else None),
                    _moment(plan.final_at if plan else None),
                    ", ".join(map(_moment, plan.reminders)) if plan else "-",
                    _moment(plan.due if plan else None),
                    _moment(plan.late_from if plan else None),
                    _moment(plan.revised_at if plan else None),
                    *(_moment(deadline.due if deadline else None) for deadline in closes),
                )


TABLES = {
    "days_off.tsv": (DAYS_OFF, days_off),
    "due_weeks.tsv": (WEEKS, weeks),
    "due_months.tsv": (MONTHS, months),
}


def text_of(name: str) -> str:
    """The whole table as the code has it now."""
    heads, rows = TABLES[name]
    return "".join("\t".join(row) + "\n" for row in (heads, *rows()))


def read(name: str) -> list[dict[str, str]]:
    """The table as it was reviewed."""
    heads, *rows = (PLACE / name).read_text("utf-8").splitlines()
    return [dict(zip(heads.split("\t"), row.split("\t"), strict=True)) for row in rows]


def _calendars() -> Iterator[tuple[WorkCalendar, Pattern]]:
    return ((WorkCalendar(load_profile(name)), pattern) for name in profile_names() for pattern in Pattern)


def _windows(windows: Sequence[Window]) -> str:
    moments = ((w.opens, w.remind_at, w.closes, w.late_from) for w in windows)
    return " | ".join(dict.fromkeys(" ".join(f"{m:%H:%M:%S}" for m in four) for four in moments))


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S%z}" if moment else "-"


if __name__ == "__main__":
    for table in TABLES:
        (PLACE / table).write_text(text_of(table), "utf-8")
