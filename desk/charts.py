"""Plain geometry of the recap's drawings: templates turn it into inline SVG, always with the table beside it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.due import Due
from domain.terms import Session, StatusKey, Timeliness
from storage.desk_figures import SheetDay

ON_TIME, LATE, NONE, FREE = "tepat", "terlambat", "belum", "libur"
SHAPES = {ON_TIME: "●", LATE: "▲", NONE: "○", FREE: "·"}
_BIN_MINUTES = 5


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One unit on one day and session."""

    day: date
    session: Session
    state: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One unit: its cells in the order of days and sessions, and how punctual it was."""

    unit: str
    name: str
    cells: tuple[HeatCell, ...]
    due: int
    on_time: int
    late: int

    @property
    def missing(self) -> int:
        """Sheets that never came."""
        return self.due - self.on_time - self.late

    @property
    def share(self) -> float:
        """On time out of due, 0 to 1."""
        return self.on_time / self.due if self.due else 0.0


def heat(
    names: Mapping[str, str], days: Sequence[date], due: Mapping[date, Iterable[Due]], sheets: Iterable[SheetDay]
) -> tuple[HeatRow, ...]:
    """Units as rows, days and sessions as columns; the least punctual first."""
    came = {(s.unit, s.date, s.session): s for s in sheets if s.received}
    owed = {(d.unit, day, d.window.session.value) for day, some in due.items() for d in some}
    rows = []
    for unit, name in names.items():
        cells = tuple(
            _cell(day, session, came.get((unit, day, session.value)), (unit, day, session.value) in owed)
            for day in days
            for session in Session
        )
        mine = [c for c in cells if c.state != FREE]
        count = Counter(c.state for c in mine)
        rows.append(HeatRow(unit, name, cells, len(mine), count[ON_TIME], count[LATE]))
    return tuple(sorted((r for r in rows if r.due), key=lambda r: (r.share, r.unit)))


def _cell(day: date, session: Session, sheet: SheetDay | None, owed: bool) -> HeatCell:
    if sheet is None:
        state, text = (NONE, "belum diterima") if owed else (FREE, "tidak wajib")
        return HeatCell(day, session, state, "", text)
    late = sheet.timeliness in (Timeliness.LATE, Timeliness.PARTIAL)
    text = f"terlambat {sheet.late_minutes} menit" if late else "tepat waktu"
    return HeatCell(day, session, LATE if late else ON_TIME, sheet.number, text)


@dataclass(frozen=True, slots=True)
class Bin:
    """Sheets that came within five minutes of the day, by session."""

    label: str
    count: int
    session: Session


def arrivals(sheets: Iterable[SheetDay], tz: ZoneInfo) -> tuple[Bin, ...]:
    """How arrivals spread over the hours; only the hours in which any came, without gaps within a session."""
    counts: dict[Session, Counter[int]] = {session: Counter() for session in Session}
    for sheet in sheets:
        if sheet.received and sheet.session in tuple(Session):
            at = sheet.at.astimezone(tz)
            counts[Session(sheet.session)][(at.hour * 60 + at.minute) // _BIN_MINUTES] += 1
    made = []
    for session, some in counts.items():
        for place in range(min(some, default=0), max(some, default=-1) + 1):
            minutes = place * _BIN_MINUTES
            made.append(Bin(f"{minutes // 60:02d}.{minutes % 60:02d}", some[place], session))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the trend: people present on paper, and people with each code."""

    day: date
    present: int
    codes: Mapping[StatusKey, int]


def trend(
    days: Sequence[date], sheets: Iterable[SheetDay], codes: Mapping[tuple[date, StatusKey], int]
) -> tuple[DayLine, ...]:
    """Presence (the morning's sheets) and codes by day."""
    present: Counter[date] = Counter()
    for sheet in sheets:
        if sheet.session == Session.DATANG.value:
            present[sheet.date] += sheet.counts.signed + sheet.counts.reported
    return tuple(DayLine(day, present[day], {k: n for (d, k), n in codes.items() if d == day}) for day in days)


def polyline(values: Sequence[int], width: float, height: float) -> str:
    """Points of a line through ``values``, the greatest at the top."""
    top = max(values, default=0) or 1
    step = width / max(len(values) - 1, 1)
    return " ".join(f"{n * step:.1f},{height - value / top * height:.1f}" for n, value in enumerate(values))


def span_of(first: date | None, last: date | None, now: datetime, tz: ZoneInfo) -> tuple[date, date]:
    """The days asked for, at most 62; the present week when nothing was."""
    today = now.astimezone(tz).date()
    last = last or today
    first = first or last - timedelta(days=last.weekday())
    if first > last:
        first, last = last, first
    return max(first, last - timedelta(days=61)), last
