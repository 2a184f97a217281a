"""A small government with three units, and short ways to say what came in."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from domain.calendar import WorkCalendar
from domain.fallback import Period, Scope
from domain.outcome import Known, Recording, SubmissionDraft
from domain.profile import load_profile
from domain.reading import Cell, FileReading, Problem, Row, SheetKind, SheetReading, Verdict
from domain.recording import record
from domain.resolution import Delivery, ReadFile, World, resolve
from domain.roster import Address, AddressRole, Person, Placement, Roster, Route, Unit
from domain.terms import Authenticity, Pattern, Scheme, Session

WIB = ZoneInfo("Asia/Jakarta")
DAY = date(2026, 11, 24)  # a Tuesday
IN, OUT = Session.DATANG, Session.PULANG
PROFILE = load_profile("tulungagung")

SITI, BUDI, AGUS = "197911222006121901", "198009252002121902", "197610152001042903"
UNITS = {
    "U1": Unit("U1", "Dinas Perhubungan"),
    "U2": Unit("U2", "UPTD Parkir", parent="U1", route=Route.VIA_PARENT, coordinator="U1"),
    "U3": Unit("U3", "SMP Negeri 1 Tulungagung", kind="smp", pattern=Pattern.SIX, mailbox="sekolah@bkd.test"),
}
PEOPLE = {
    SITI: Person(SITI, "Siti Aminah, S.E.", "Siti Aminah", nip=SITI),
    BUDI: Person(BUDI, "Budi Santoso", "Budi Santoso", nip=BUDI),
    AGUS: Person(AGUS, "Drs. Agus Setiawan", "Agus Setiawan", nip=AGUS),
}
ROSTER = Roster(
    version=3,
    units=UNITS,
    people=PEOPLE,
    placements=(
        Placement(SITI, "U1", date(2000, 1, 1), head=True),
        Placement(BUDI, "U1", date(2000, 1, 1)),
        Placement(AGUS, "U2", date(2000, 1, 1)),
    ),
    addresses=(
        Address(Scheme.MAIL, "dishub@presensi.test", unit="U1", role=AddressRole.RECAP_OFFICER),
        Address(Scheme.MAIL, "parkir@presensi.test", unit="U2", role=AddressRole.RECAP_OFFICER),
        Address(Scheme.MAIL, "smp1@presensi.test", unit="U3", role=AddressRole.RECAP_OFFICER),
    ),
)
ALWAYS = Period(
    1, Scope.ALL, frozenset(), date(2026, 11, 1), IN, None, None, "server padam", "", "BKD",
    datetime(2026, 10, 31, tzinfo=WIB), False,
)  # fmt: skip
WORLD = World(PROFILE, WorkCalendar(PROFILE), ROSTER, (ALWAYS,))


def at(hour: int, minute: int = 0, second: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute, second), WIB)


def mail(when: datetime, by: str = "dishub@presensi.test", **fields: object) -> Delivery:
    base = Delivery(7, Scheme.MAIL, when, when, by, Authenticity.VERIFIED)
    return replace(base, **fields)  # type: ignore[arg-type]


def row(person: str, *cells: Cell, no: int = 1, note: str = "") -> Row:
    return Row(no, PEOPLE[person].name, person, cells, note)


def cell(verdict: Verdict = Verdict.REPORTED, session: Session = IN, day: date = DAY, **fields: object) -> Cell:
    return Cell(verdict, day, session, **fields)  # type: ignore[arg-type]


def sheet(*rows: Row, unit: str | None = "Dinas Perhubungan", **fields: object) -> SheetReading:
    base = SheetReading(kind=SheetKind.DAILY, unit_text=unit, dates=(DAY,), rows=rows)
    return replace(base, **fields)  # type: ignore[arg-type]


def file(*sheets: SheetReading, sha: str = "a" * 64, problems: tuple[Problem, ...] = ()) -> ReadFile:
    return ReadFile(sha, "presensi.xlsx", FileReading("workbook/1", sheets, problems))


def run(delivery: Delivery, *files: ReadFile, known: Known | None = None, world: World = WORLD) -> Recording:
    return record(delivery, resolve(delivery, files, world), known or Known(), world)


def only(recording: Recording) -> SubmissionDraft:
    (draft,) = recording.submissions
    return draft
