"""Invented weeks and months for reports: any number of units and people, the same ones every time."""

import datetime as dt
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle, islice

from domain.board import BoardEntry
from domain.marks import Mark, MarkState
from domain.outcome import Flag
from domain.profile import Profile
from domain.terms import Pattern, Session, StatusKey
from domain.windows import Window, judge, windows_on
from reports.figures import Correction, PersonLine, UnitLine
from reports.figures_days import Absence, DayFacts, DayKind
from reports.figures_discipline import AbsenceYear, Watch, watch
from reports.figures_monthly import MonthlyInput, PersonMonth, RecapReturn, Transfer
from reports.figures_weekly import PersonWeek, Sending, WeeklyInput

MONDAY = date(2026, 11, 23)
FIRST_NAMES = (
    "Siti",
    "Budi",
    "Sri Wahyuni",
    "Moh. Arif",
    "Dra. Hj. Endang",
    "R. Bambang",
    "Nur",
    "Agus",
    "Dewi",
    "Yulia",
)
LAST_NAMES = (
    "Aminah, S.Pd.",
    "Santoso, S.E., M.M.",
    "Rahmawati",
    "Hidayatullah, S.STP., M.Si.",
    "Kusumaningtyas Prabandari, S.Pd., M.Pd.",
    "Wibowo",
    "Lestari, A.Md.Keb.",
)
KINDS = ("Dinas Perhubungan", "Dinas Kesehatan", "Kecamatan Ngunut", "SMP Negeri 1 Tulungagung", "Puskesmas Kalidawir")
SIGNED = Mark(MarkState.SIGNED, StatusKey.HADIR)
EMPTY = Mark(MarkState.INCOMPLETE)
UNSURE = Mark(MarkState.TO_CHECK)
DUTY = Mark(MarkState.CODE, StatusKey.DINAS_LUAR)
SICK = Mark(MarkState.CODE, StatusKey.SAKIT)
LEAVE = Mark(MarkState.CODE, StatusKey.CUTI)
TYPED = Mark(MarkState.REPORTED, StatusKey.HADIR, verified=False)


def units(count: int) -> list[UnitLine]:
    """``U001`` …; every fifth works six days."""
    return [
        UnitLine(f"U{n + 1:03}", f"{KINDS[n % len(KINDS)]} {n + 1}", Pattern.SIX if n % 5 == 3 else Pattern.FIVE)
        for n in range(count)
    ]


def people(unit: UnitLine, count: int) -> list[PersonLine]:
    """PNS, and every fifth one PPPK."""
    start = sum(map(ord, unit.code)) * 37
    return [
        PersonLine(
            key=f"{unit.code}-{n}",
            name=f"{FIRST_NAMES[(start + n) % 10]} {LAST_NAMES[(start + n) % 7]}",
            nip=f"19{70 + n % 25}0{1 + n % 9}{10 + n % 18}20{10 + n % 10}0{1 + n % 9}{1 + n % 2}{n % 1000:03}",
            unit=unit.code,
            rank="Penata Tk. I, III/d",
            post="Pengadministrasi Kepegawaian",
            employment="PPPK" if n % 5 == 4 else "PNS",
        )
        for n in range(count)
    ]


def entry(
    unit: str, window: Window, at: datetime, flags: frozenset[Flag] = frozenset(), questions: int = 0
) -> BoardEntry:
    """A received sheet of that moment."""
    judged = judge(window, at)
    number = f"TLG-{window.date:%Y%m%d}-{window.session.letter}-{unit[1:]:0>4}"
    return BoardEntry(unit, number, True, judged.timeliness, judged.late_minutes, at, 40, 0, questions, flags)


def sending(profile: Profile, unit: UnitLine, day: date, session: Session, minute: int | None) -> Sending:
    """A due sheet that came ``minute`` minutes after the window opened; None: it never came."""
    window = windows_on(profile, day, unit.pattern)[list(Session).index(session)]
    found = None if minute is None else entry(unit.code, window, window.opens + timedelta(minutes=minute))
    return Sending(unit.code, window, True, found, "ab" * 32 if found else "")


def week_input(profile: Profile, unit_count: int, per_unit: int, with_watch: bool = True) -> WeeklyInput:
    """A week in which most sheets come in the last ten minutes, some late, some never."""
    minutes: Iterator[int | None] = cycle([22, 25, 27, 29, 12, 30, 28, 34, 26, 24, None, 21, -5, 29, 41, 8, 23, 26, 28])
    found = units(unit_count)
    columns = [(MONDAY + timedelta(days=d), s) for d in range(5) for s in Session]
    sendings = [
        sending(profile, unit, MONDAY + timedelta(days=d), session, next(minutes))
        for unit in found
        for d in range(6 if unit.pattern is Pattern.SIX else 5)
        for session in Session
    ]
    marks: Iterator[Mark] = cycle([SIGNED] * 130 + [DUTY, EMPTY, SIGNED, SICK, UNSURE, TYPED])
    staff = [p for unit in found for p in people(unit, per_unit)]
    at = datetime(2026, 11, 27, 16, 15, tzinfo=profile.tz)
    return WeeklyInput(
        first=MONDAY,
        last=MONDAY + timedelta(days=4),
        as_of=at,
        units=found,
        sendings=sendings,
        people=[PersonWeek(p, dict(zip(columns, islice(marks, len(columns)), strict=True))) for p in staff],
        corrections=[
            Correction(at - timedelta(hours=5), "Petugas Rekap", found[0].code, staff[0].name, MONDAY, "·", "DL")
        ],
        objections=3,
        audit_head="9f" * 32,
        watch=watch_of(profile, staff[:12]) if with_watch else None,
    )


def watch_of(profile: Profile, staff: Sequence[PersonLine]) -> Watch:
    """Person n of ``staff`` was finally absent on n days."""
    workdays = [date(2026, 1, 5) + timedelta(days=n) for n in range(320) if (n % 7) < 5]
    years = [AbsenceYear(p, workdays[10 : 10 + n], workdays, 45 * n) for n, p in enumerate(staff)]
    return watch(years, profile, 2026, MONDAY)


_DAYS = (
    DayFacts(sessions=(SIGNED, SIGNED)),
    DayFacts(sessions=(DUTY, DUTY)),
    DayFacts(sessions=(SICK, EMPTY)),
    DayFacts(sessions=(LEAVE, LEAVE)),
    DayFacts(sessions=(SIGNED, EMPTY)),
    DayFacts(sessions=(EMPTY, EMPTY)),
    DayFacts(sessions=(EMPTY, EMPTY), absence=Absence.FINAL),
)
_OFF = DayFacts(DayKind.DAY_OFF)


def month_people(
    profile: Profile, found: Sequence[UnitLine], per_unit: int, first: date, days: int
) -> Iterator[PersonMonth]:
    """Nine days in ten are signed; the rest is a little of everything."""
    kinds = cycle([0] * 60 + [1, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0])
    for unit in found:
        rest = (6,) if unit.pattern is Pattern.SIX else (5, 6)
        for person in people(unit, per_unit):
            yield PersonMonth(
                person,
                [_OFF if (first + timedelta(days=n)).weekday() in rest else _DAYS[next(kinds)] for n in range(days)],
            )


def month_input(
    profile: Profile, unit_count: int, per_unit: int, first: date = date(2026, 10, 1), days: int = 31
) -> MonthlyInput:
    """A month of that many units and people, with two transfers and the returns of all units."""
    found = units(unit_count)
    staff = people(found[0], 12)
    last = first + timedelta(days=days - 1)
    as_of = datetime.combine(last, dt.time(17), profile.tz)
    return MonthlyInput(
        first=first,
        last=last,
        as_of=as_of,
        units=found,
        people=month_people(profile, found, per_unit, first, days),
        transfers=[
            Transfer(staff[1], first + timedelta(days=9), "U001", "U002"),
            Transfer(staff[2], first, None, "U001"),
        ],
        returns=[
            RecapReturn(u.code, as_of - timedelta(minutes=n % 90) if n % 7 else None, n % 11 == 10 and n % 7 > 0, n % 3)
            for n, u in enumerate(found)
        ],
        watch=watch_of(profile, staff),
        objections=1,
        audit_head="9f" * 32,
    )
