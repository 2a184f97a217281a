"""The board's figures: every unit of one day and session, missing first, with whom to call (TLG-D1, TLG-D3, TLG-17)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from desk.house import House
from desk.pages import Words
from desk.words import FLAGS, STATES
from domain.board import BoardEntry, UnitState, board, needs_eye
from domain.chase import Contact, contact_of, minutes_left
from domain.due import Due, due_on, sender_on
from domain.resolution import World
from domain.roster import Unit
from domain.terms import Pattern, Session
from domain.windows import Window, guess_session, windows_on
from storage.engine import UnitOfWork
from storage.records import SubmissionRow
from storage.records_desk import ContactRow
from templates import Markup, render_page

_LOOKS: dict[str, object] = {"states": STATES, "flags": FLAGS}
_MOST_DRAWN = 8000
GROUPS = ("belum", "periksa", "sudah", "libur")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit on the board. ``sender`` is who mails for it, when that is another unit; ``group`` is of ``GROUPS``."""

    unit: str
    name: str
    state: UnitState
    group: str
    rest: str
    entry: BoardEntry | None
    contact: Contact
    called: ContactRow | None
    sender: str | None
    sender_name: str
    mailbox: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """Units that share a close: how many, and how long is left."""

    window: Window
    label: str
    units: int
    missing: int
    minutes_left: int
    phase: str  # belum buka, buka, tutup


@dataclass(frozen=True, slots=True)
class Filter:
    """What the visitor wants to see; ``units`` None: everything he may."""

    units: frozenset[str] | None = None
    mailbox: str | None = None  # "unit saya": units assigned to this mailbox (TLG-17)
    sender: str = ""
    words: str = ""

    def takes(self, row: BoardRow) -> bool:
        """Whether the row is shown."""
        return (
            (self.units is None or row.unit in self.units)
            and (self.mailbox is None or row.mailbox == self.mailbox)
            and (not self.sender or self.sender in (row.sender, row.unit))
            and all(word in f"{row.unit} {row.name}".casefold() for word in self.words.casefold().split())
        )


@dataclass(frozen=True, slots=True)
class Board:
    """One session of one day."""

    day: date
    session: Session
    rows: tuple[BoardRow, ...]
    slots: tuple[Slot, ...]
    counts: Mapping[str, int]
    declared: bool  # a fallback period makes at least one sheet due (TLG-00)
    senders: tuple[Unit, ...]

    def group(self, name: str) -> list[BoardRow]:
        """The rows of one group."""
        return [row for row in self.rows if row.group == name]


class Boards:
    """Makes boards; what changes only with the roster or the day is kept."""

    def __init__(self, house: House) -> None:
        """``house``: the installation."""
        self._house = house
        self._due: tuple[World | None, dict[date, tuple[Due, ...]]] = (None, {})
        self._contacts: tuple[World | None, dict[tuple[date, str], Contact]] = (None, {})
        self._drawn: dict[tuple[BoardRow, date, Session], Markup] = {}
        self._words = Words(house.profile)

    def html(self, row: BoardRow, day: date, session: Session) -> Markup:
        """The row as it stands on the page, the same for whoever looks; unchanged rows are not drawn again."""
        key = (row, day, session)
        made = self._drawn.get(key)
        if made is None:
            if len(self._drawn) >= _MOST_DRAWN:
                self._drawn.clear()
            text = render_page("_board_row", row=row, words=self._words, day=day, session=session, **_LOOKS)
            made = self._drawn[key] = Markup(text)
        return made

    def now_session(self) -> tuple[date, Session]:
        """The session that the present moment belongs to."""
        day = self._house.today()
        return day, guess_session(windows_on(self._house.profile, day, Pattern.FIVE), self._house.now())

    async def load(self, uow: UnitOfWork, day: date, session: Session, wanted: Filter) -> Board:
        """The whole board as ``wanted`` filters it."""
        world = await self._house.worlds.load(uow)
        called = {contact.unit: contact for contact in await uow.contact_log.on(day, session.value)}
        entries = {entry.unit: entry for entry in await uow.desk_figures.board(day, session.value)}
        due = self._due_on(world, day, session)
        shown = tuple(row for row in self._rows(world, day, due, entries, called) if wanted.takes(row))
        counts = Counter(row.group for row in shown)
        counts["terlambat"] = sum(row.state in (UnitState.LATE, UnitState.PARTIAL) for row in shown)
        counts["wajib"] = len({d.unit for d in due} & {row.unit for row in shown})
        counts["masuk"] = sum(row.entry is not None and row.entry.received for row in shown)
        senders = {unit.coordinator for unit in world.roster.units.values() if unit.coordinator}
        return Board(
            day=day,
            session=session,
            rows=shown,
            slots=self._slots(due, shown),
            counts=counts,
            declared=bool(due),
            senders=tuple(unit for code, unit in world.roster.units.items() if code in senders),
        )

    async def some(self, uow: UnitOfWork, day: date, session: Session, units: Sequence[str]) -> list[BoardRow]:
        """The rows of a few units: after a change."""
        world = await self._house.worlds.load(uow)
        found = [r for unit in units if (r := await uow.submissions.find(unit, day, session.value))]
        called = {contact.unit: contact for contact in await uow.contact_log.on(day, session.value)}
        entries = await self._entries(uow, found, session)
        due = [d for d in self._due_on(world, day, session) if d.unit in units]
        return [row for row in self._rows(world, day, due, entries, called, units) if row.unit in units]

    async def _entries(self, uow: UnitOfWork, rows: Iterable[SubmissionRow], session: Session) -> dict[str, BoardEntry]:
        mine = [row for row in rows if row.session == session.value]
        questions = await uow.questions.open_counts(row.id for row in mine)
        return {row.unit: entry_of(row, questions.get(row.id, 0)) for row in mine}

    def _due_on(self, world: World, day: date, session: Session) -> tuple[Due, ...]:
        if self._due[0] is not world:
            self._due = (world, {})
        kept = self._due[1]
        if day not in kept:
            kept[day] = due_on(world.roster, world.calendar, world.profile, world.periods, day)
        return tuple(d for d in kept[day] if d.window.session is session)

    def _contact(self, world: World, unit: str, day: date) -> Contact:
        if self._contacts[0] is not world:
            self._contacts = (world, {})
        kept = self._contacts[1]
        if (day, unit) not in kept:
            kept[day, unit] = contact_of(world.roster, unit, day)
        return kept[day, unit]

    def _rows(
        self,
        world: World,
        day: date,
        due: Iterable[Due],
        entries: Mapping[str, BoardEntry],
        called: Mapping[str, ContactRow],
        only: Sequence[str] | None = None,
    ) -> list[BoardRow]:
        due = tuple(due)
        names = {unit.code: unit.name for unit in world.roster.units.values()}
        made = [self._row(world, day, line.unit, line.state, line.entry, called) for line in board(names, due, entries)]
        shown = {row.unit for row in made}
        rest = [code for code in (only or names) if code not in shown and code in names]
        made.extend(self._row(world, day, code, UnitState.NOT_DUE, None, called) for code in rest)
        return sorted(made, key=lambda row: GROUPS.index(row.group))

    def _row(
        self,
        world: World,
        day: date,
        code: str,
        state: UnitState,
        entry: BoardEntry | None,
        called: Mapping[str, ContactRow],
    ) -> BoardRow:
        unit = world.roster.units.get(code) or Unit(code, code)
        sender = sender_on(world.roster, world.calendar, unit, day)
        status = world.calendar.day(day, unit.pattern, unit.code)
        return BoardRow(
            unit=code,
            name=unit.name,
            state=state,
            group=group_of(state, entry),
            rest="" if status.working else status.reason or "hari libur unit",
            entry=entry,
            contact=self._contact(world, sender, day),
            called=called.get(code),
            sender=None if sender == code else sender,
            sender_name="" if sender == code else world.roster.units[sender].name,
            mailbox=unit.mailbox or (world.roster.units[sender].mailbox if sender in world.roster.units else None),
        )

    def _slots(self, due: Sequence[Due], rows: Sequence[BoardRow]) -> tuple[Slot, ...]:
        now = self._house.now()
        groups = {row.unit: row.group for row in rows}
        windows: dict[datetime, list[Due]] = {}
        for one in due:
            if one.unit in groups:
                windows.setdefault(one.window.closes, []).append(one)
        return tuple(
            Slot(
                window=some[0].window,
                label=self._house.profile.session_names[some[0].window.session],
                units=len(some),
                missing=sum(groups[one.unit] == "belum" for one in some),
                minutes_left=minutes_left(some[0].window, now),
                phase=_phase(some[0].window, now),
            )
            for _, some in sorted(windows.items())
        )


def _phase(window: Window, now: datetime) -> str:
    if now < window.opens:
        return "belum buka"
    return "buka" if now < window.late_from else "tutup"


def group_of(state: UnitState, entry: BoardEntry | None) -> str:
    """Where a row stands: a received sheet with open questions needs an eye as well."""
    if state is UnitState.MISSING:
        return "belum"
    if state is UnitState.TO_CHECK or (entry is not None and needs_eye(entry)):
        return "periksa"
    return "libur" if entry is None else "sudah"


def entry_of(row: SubmissionRow, questions: int) -> BoardEntry:
    """A stored submission as the board needs it."""
    state = row.state
    return BoardEntry(
        unit=row.unit,
        number=row.number,
        received=state.received,
        timeliness=state.timeliness,
        late_minutes=state.late_minutes,
        at=state.at,
        rows=state.counts.rows,
        reported=state.counts.reported + state.counts.signed,
        questions=questions,
        flags=state.flags,
    )
