"""First half of recording: which unit, people, dates and sessions each sheet of a message speaks of. Pure.

It stands apart from ``domain.recording`` because what is already known can only be looked up once the units are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from domain.calendar import WorkCalendar
from domain.columns import Hints, complete_cells, session_in_text
from domain.disturbance import Disturbance
from domain.fallback import Period
from domain.identity import Everyone, How, Match, Matcher
from domain.profile import Profile
from domain.reading import FileReading, SheetKind, SheetReading
from domain.roster import Roster
from domain.routing import SenderIdentity, identify
from domain.terms import Authenticity, Pattern, Scheme
from domain.unit_names import find_unit
from domain.vocabulary_time import read_period
from domain.windows import guess_session, windows_on


@dataclass(frozen=True)
class World:
    """What the desk knows beside the mail: the government's rules, the calendar, the roster, declared periods."""

    profile: Profile
    calendar: WorkCalendar
    roster: Roster
    periods: tuple[Period, ...] = ()

    @cached_property
    def everyone(self) -> Everyone:
        """All people, so that a repair never lands on somebody else's number."""
        return Everyone(self.roster.people.values())

    def matcher(self, unit: str, day: date) -> Matcher:
        """Matches rows against the people of ``unit`` on ``day``."""
        return Matcher(self.roster.members(unit, day), self.everyone)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message came in. ``official_at`` is the time that counts (TLG-04), aware.

    ``sent_at`` is the sender's own claim, ``provider_signed_at`` a DKIM-verified ``t=``; ``mailbox`` is the address
    of the BKD mailbox that received it. ``disturbances`` are silences of our mailboxes around ``official_at``.
    """

    message_id: int
    channel: Scheme
    official_at: datetime
    first_seen_at: datetime
    address: str | None
    authenticity: Authenticity
    subject: str = ""
    text: str = ""
    mailbox: str | None = None
    sent_at: datetime | None = None
    provider_signed_at: datetime | None = None
    disturbances: tuple[Disturbance, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether marks from it count without a second look."""
        return self.authenticity is Authenticity.VERIFIED


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One attachment and what its parser saw."""

    sha256: str
    name: str
    reading: FileReading


@dataclass(frozen=True, slots=True)
class ResolvedSheet:
    """One sheet with its unit (None: nobody can tell) and one match per row; cells have date and session.

    ``also`` are further files of the same message that show the same printed page.
    """

    file: ReadFile
    index: int
    sheet: SheetReading
    unit: str | None
    matches: tuple[Match, ...]
    unit_candidates: tuple[str, ...] = ()
    unit_from_sender: bool = False
    also: tuple[ReadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """All sheets of one message. ``units`` are the codes whose known facts the second step needs."""

    sheets: tuple[ResolvedSheet, ...]
    identity: SenderIdentity | None
    hints: Hints

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit concerned, sorted so that locks are always taken in one order."""
        codes = {s.unit for s in self.sheets if s.unit}
        if self.identity:
            codes.update(self.identity.units[:1])
        return tuple(sorted(codes))

    def days(self, unit: str) -> tuple[date, date]:
        """First and last date that the sheets of ``unit`` speak of, the day of arrival included."""
        days = {self.hints.day}
        for resolved in self.sheets:
            if resolved.unit == unit:
                days.update(c.date for row in resolved.sheet.rows for c in row.cells if c.date)
                days.update(resolved.sheet.dates)
        return min(days), max(days)


def resolve(delivery: Delivery, files: Sequence[ReadFile], world: World) -> Resolution:
    """Find unit, people, dates and sessions of every sheet in a message."""
    local = delivery.official_at.astimezone(world.profile.tz)
    identity = identify(world.roster, delivery.channel, delivery.address, local.date())
    hints = _hints(delivery, files, world, identity, local)
    resolved = [
        _resolve_sheet(file, index, sheet, identity, hints, world)
        for file in files
        for index, sheet in enumerate(file.reading.sheets or (_nothing_seen(file),))
    ]
    return Resolution(tuple(resolved), identity, hints)


def _nothing_seen(file: ReadFile) -> SheetReading:
    """A file without any sheet still is an arrival of somebody's."""
    return SheetReading(kind=SheetKind.UNREADABLE, problems=file.reading.problems)


def _hints(
    delivery: Delivery, files: Sequence[ReadFile], world: World, identity: SenderIdentity | None, local: datetime
) -> Hints:
    pattern = Pattern.FIVE
    if identity and identity.units and identity.units[0] in world.roster.units:
        pattern = world.roster.units[identity.units[0]].pattern
    by_time = guess_session(windows_on(world.profile, local.date(), pattern), delivery.official_at)
    texts = (delivery.subject, delivery.text, *(f.name for f in files))
    spoken = next((d for text in texts if (d := read_period(text, local.date()).dates)), ())
    return Hints(
        day=local.date(),
        date=spoken[0] if len(spoken) == 1 else None,
        session=session_in_text(*texts),
        by_time=by_time,
    )


def _resolve_sheet(
    file: ReadFile, index: int, sheet: SheetReading, identity: SenderIdentity | None, hints: Hints, world: World
) -> ResolvedSheet:
    sheet = complete_cells(sheet, hints)
    day = max(sheet.dates) if sheet.dates else hints.day
    own_units = identity.units if identity else ()
    if sheet.form and sheet.form.unit in world.roster.units:
        return _with_people(file, index, sheet, sheet.form.unit, (), False, world, day)
    found = find_unit(world.roster.units.values(), sheet.unit_text) if sheet.unit_text else None
    if found and found.code:
        return _with_people(file, index, sheet, found.code, (), False, world, day)
    candidates = found.candidates if found else ()
    likely = tuple(dict.fromkeys((*candidates, *_within_reach(world.roster, own_units))))
    by_rows = _unit_by_rows(sheet, world, day, likely)
    if by_rows:
        return _with_people(file, index, sheet, by_rows, candidates, not sheet.unit_text, world, day)
    if own_units and not sheet.unit_text:
        return _with_people(file, index, sheet, own_units[0], (), True, world, day)
    return ResolvedSheet(file, index, sheet, None, tuple(_nobody() for _ in sheet.rows), candidates)


def _nobody() -> Match:
    return Match(person=None, how=How.NONE, candidates=(), score=0.0)


def _with_people(
    file: ReadFile,
    index: int,
    sheet: SheetReading,
    unit: str,
    candidates: tuple[str, ...],
    from_sender: bool,
    world: World,
    day: date,
) -> ResolvedSheet:
    """BLG-14 accepts old and new unit for a while, so the unit's people are those of the sheet's last day."""
    matcher = world.matcher(unit, day)
    matches = tuple(matcher.match(row.name, row.nip) for row in sheet.rows)
    return ResolvedSheet(file, index, sheet, unit, _doubles_ask(matches), candidates, from_sender)


def _doubles_ask(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Two rows for one person: the row with the NIP keeps it, a row by name alone is asked about."""
    count = Counter(m.person for m in matches if m.person)
    by_nip = Counter(m.person for m in matches if m.person and m.how is not How.NAME)

    def settle(match: Match) -> Match:
        if match.person is None or count[match.person] == 1:
            return match
        if match.how is not How.NAME and by_nip[match.person] == 1:
            return match
        return Match(person=None, how=How.ASK, candidates=(match.person,), score=match.score)

    return tuple(settle(m) for m in matches)


def _within_reach(roster: Roster, units: Sequence[str]) -> tuple[str, ...]:
    """The sender's own units and those it sends for."""
    reach = [*units]
    for unit in units:
        reach.extend(u.code for u in roster.coordinated_by(unit))
    return tuple(dict.fromkeys(reach))


def _unit_by_rows(sheet: SheetReading, world: World, day: date, candidates: Sequence[str]) -> str | None:
    """The candidate unit to which at least half of the rows, and a clear majority, belong by NIP."""
    if not sheet.rows or sheet.kind is SheetKind.NOT_SHEET:
        return None
    scores: Counter[str] = Counter()
    for unit in candidates:
        matcher = world.matcher(unit, day)
        scores[unit] = sum(
            matcher.match(row.name, row.nip).how in (How.NIP, How.NIP_REPAIRED, How.NAME) for row in sheet.rows
        )
    best = scores.most_common(2)
    if not best or best[0][1] * 2 < len(sheet.rows):
        return None
    return best[0][0] if len(best) == 1 or best[0][1] > 2 * best[1][1] else None
