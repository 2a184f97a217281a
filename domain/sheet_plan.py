"""Who stands where on a unit's sheets of a week: the roster, the calendar and the profile become drafts of pages.

TLG-08 (columns, signer), TLG-09 (printed once a week; the profile may choose daily sheets), TLG-06 (days off).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.calendar import WorkCalendar
from domain.profile import Profile
from domain.reading import SheetKind
from domain.roster import Person, Roster, Unit
from domain.sheet import SheetPage, SheetRow, leaf_of, week_days
from domain.sheet_layout import ROWS_A_PAGE, Paper
from domain.terms import Session, StatusKey

FREE_ROWS = 2
"""Blank lines for newcomers at the end of a sheet."""
_NOT_TICKED = {StatusKey.HADIR, StatusKey.ALPA}
"""Presence is a signature, and nobody becomes absent by a tick (TLG-18)."""
_MOST_CODES = 6  # tick boxes side by side that stay readable


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs for the unit: post (with ``Plt.``, ``Plh.`` or ``a.n.``), name and NIP; empty when nobody is known."""

    post: str
    name: str = ""
    nip: str = ""


def draft_sheets(
    profile: Profile,
    roster: Roster,
    calendar: WorkCalendar,
    unit: Unit,
    week: str,
    *,
    copy: int = 1,
    paper: Paper = Paper.A4,
) -> tuple[SheetPage, ...]:
    """The pages of ``unit`` for ``week`` (``2026-W48``), unnumbered and unsigned; none in a week without work.

    One sheet for the week, or one for each working day, as the profile's ``sheet_layout`` says.
    """
    days = _days(roster, calendar, unit, week)
    working = [day for day in days if _off(calendar, roster, unit, day) == ""]
    if not working:
        return ()
    sheets = [days] if profile.sheet_layout == "weekly" else [(day,) for day in working]
    drafts: list[SheetPage] = []
    for sheet in sheets:
        first = 1 + drafts[-1].number if drafts else 0
        drafts += _sheet(profile, roster, calendar, unit, week, sheet, copy, paper, first)
    return tuple(drafts)


def _days(roster: Roster, calendar: WorkCalendar, unit: Unit, week: str) -> tuple[date, ...]:
    """The days of the unit's pattern, and any other on which somebody works."""
    return tuple(
        day
        for number, day in enumerate(week_days(week), start=1)
        if number <= unit.pattern or _off(calendar, roster, unit, day) == ""
    )


def _plans(roster: Roster, day: date) -> Mapping[str, bool]:
    return {plan.person: plan.expected for plan in roster.day_plans if plan.day == day}


def _off(calendar: WorkCalendar, roster: Roster, unit: Unit, day: date) -> str:
    status = calendar.day(day, unit.pattern, unit.code)
    if status.working:
        return ""
    plans = _plans(roster, day)
    # Shifts on a day off: the column stays open for those who are planned.
    return "" if any(plans.get(person.key) for person in roster.members(unit.code, day)) else status.reason


def _sheet(
    profile: Profile,
    roster: Roster,
    calendar: WorkCalendar,
    unit: Unit,
    week: str,
    days: Sequence[date],
    copy: int,
    paper: Paper,
    first_number: int,
) -> list[SheetPage]:
    kind = SheetKind.WEEKLY if profile.sheet_layout == "weekly" else SheetKind.DAILY
    form = profile.forms["weekly" if kind is SheetKind.WEEKLY else "daily"]
    rows = _rows(profile, roster, calendar, unit, days)
    signer = signer_of(roster, unit, days[0])
    chunks = _shared_out(rows)
    return [
        SheetPage(
            number=first_number + leaf_of(page)[0],
            leaf=leaf_of(page)[1],
            page=page,
            pages=len(chunks),
            copy=copy,
            kind=kind,
            paper=paper,
            prefix=profile.number_prefix,
            government=profile.government,
            unit=unit.code,
            unit_name=unit.name,
            title=form.title,
            week=week,
            days=tuple(days),
            off=tuple(_off(calendar, roster, unit, day) for day in days),
            session_names=(profile.session_names[Session.DATANG], profile.session_names[Session.PULANG]),
            codes=tick_codes(profile),
            head=form.head_signature,
            head_post=signer.post,
            head_name=signer.name,
            head_nip=signer.nip,
            rows=tuple(chunk),
            profile_version=profile.version,
            roster_version=roster.version,
        )
        for page, chunk in enumerate(chunks, start=1)
    ]


def tick_codes(profile: Profile) -> tuple[str, ...]:
    """The codes that get a tick box: those of the legend, and Izin where the government knows it (BLG 2f)."""
    wanted = [
        code
        for code, status in profile.codes.items()
        if status.key not in _NOT_TICKED and (status.in_legend or status.key is StatusKey.IZIN)
    ]
    return tuple(wanted[:_MOST_CODES])


def signer_of(roster: Roster, unit: Unit, day: date) -> Signer:
    """The head of ``unit`` on ``day``, or whoever is recorded to sign for the head (TLG-08, DOMAIN.md 2)."""
    head = roster.head_of(unit.code, day)
    post = head.post if head and head.post else f"Kepala {unit.name}"
    for delegation in roster.delegations:
        person = roster.people.get(delegation.person)
        valid = delegation.first <= day and (delegation.last is None or day <= delegation.last)
        if delegation.unit == unit.code and valid and person is not None:
            return Signer(f"{delegation.kind} {post}", person.name, person.nip or "")
    return Signer(post, head.name, head.nip or "") if head else Signer(post)


def _rows(profile: Profile, roster: Roster, calendar: WorkCalendar, unit: Unit, days: Sequence[date]) -> list[SheetRow]:
    members = {day: {person.key for person in roster.members(unit.code, day)} for day in days}
    plans = {day: _plans(roster, day) for day in days}
    works = {day: calendar.day(day, unit.pattern, unit.code).working for day in days}
    listed: dict[str, Person] = {}
    for day in days:
        listed |= {person.key: person for person in roster.members(unit.code, day) if person.key not in listed}
    subjects = {subject.upper() for subject in profile.people.subjects}

    def opens(key: str | None, day: date) -> bool:
        if key is None:
            return works[day]
        return key in members[day] and plans[day].get(key, works[day])

    people = [person for person in listed.values() if person.employment.upper() in subjects]
    named = [
        SheetRow(no, p.key, p.name, p.nip or "", p.post, tuple(opens(p.key, day) for day in days))
        for no, p in enumerate(people, start=1)
    ]
    free = tuple(opens(None, day) for day in days)
    return named + [SheetRow(len(named) + n, None, "", "", "", free) for n in range(1, FREE_ROWS + 1)]


def _shared_out(rows: Sequence[SheetRow]) -> list[Sequence[SheetRow]]:
    """Pages of at most 25 rows and nearly equal length: 47 rows are 24 and 23, not 25 and 22."""
    pages = -(-len(rows) // ROWS_A_PAGE)
    length, longer = divmod(len(rows), pages)
    starts = [page * length + min(page, longer) for page in range(pages + 1)]
    return [rows[a:b] for a, b in zip(starts[:-1], starts[1:], strict=True)]
