"""Who stands where on a unit's sheets of a week: the roster, the calendar and the profile become drafts of pages.

TLG-08 (columns, signer), TLG-09 (printed once a week; the profile may choose daily sheets), TLG-06 (days off).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from domain.calendar import WorkCalendar
from domain.profile import Profile
from domain.reading import SheetKind
from domain.roster import Person, Roster, Unit
from domain.sheet import SheetPage, SheetRow, leaf_of, numbers_needed, week_days
from domain.sheet_layout import ROWS_A_PAGE, Paper
from domain.terms import Session, StatusKey

FREE_ROWS = 2
"""Blank lines for newcomers at the end of a sheet."""
_NOT_TICKED = {StatusKey.HADIR, StatusKey.ALPA}
"""Presence is a signature, and nobody becomes absent by a tick (TLG-18)."""
_MOST_CODES = 6  # tick boxes side by side that stay readable


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs for the unit: post (with ``Plt.``, ``Plh.`` or ``a.n.``), name, NIP, rank; empty when unknown."""

    post: str
    name: str = ""
    nip: str = ""
    rank: str = ""

    @classmethod
    def of(cls, post: str, person: Person) -> "Signer":
        """``person`` signing as ``post``."""
        return cls(post, person.name, person.nip or "", "/".join(filter(None, (person.rank, person.grade))))


class SheetDrafter:
    """Drafts the sheets of many units from one roster, calendar and profile."""

    def __init__(self, profile: Profile, roster: Roster, calendar: WorkCalendar) -> None:
        self._profile = profile
        self._roster = roster
        self._calendar = calendar
        self._subjects = {subject.upper() for subject in profile.people.subjects}
        self._codes = tick_codes(profile)
        self._plans: dict[date, dict[str, bool]] = {}
        for plan in roster.day_plans:
            self._plans.setdefault(plan.day, {})[plan.person] = plan.expected

    def draft(self, unit: Unit, week: str, *, copy: int = 1, paper: Paper = Paper.A4) -> tuple[SheetPage, ...]:
        """The pages of ``unit`` for ``week`` (``2026-W48``), unnumbered and unsigned; none in a week without work.

        One sheet for the week, or one for each working day, as the profile's ``sheet_layout`` says (TLG-09).
        """
        days = self._days(unit, week)
        off = {day: self._off(unit, day) for day in days}
        working = [day for day in days if not off[day]]
        if not working:
            return ()
        drafts: list[SheetPage] = []
        for sheet in [days] if self._profile.sheet_layout == "weekly" else [(day,) for day in working]:
            first = numbers_needed(drafts)
            pages = _shared_out(self._rows(unit, sheet))
            base = self._base(unit, week, sheet, tuple(off[day] for day in sheet))
            drafts += [
                replace(
                    base,
                    number=first + form,
                    leaf=leaf,
                    page=page,
                    pages=len(pages),
                    copy=copy,
                    paper=paper,
                    rows=tuple(rows),
                )
                for page, rows in enumerate(pages, start=1)
                for form, leaf in [leaf_of(page)]
            ]
        return tuple(drafts)

    def _base(self, unit: Unit, week: str, days: Sequence[date], off: tuple[str, ...]) -> SheetPage:
        """All that the pages of one sheet share."""
        profile = self._profile
        layout = profile.sheet_layout
        signer = signer_of(self._roster, unit, days[0])
        return SheetPage(
            number=0,
            leaf=0,
            page=1,
            pages=1,
            copy=1,
            kind=SheetKind(layout),
            paper=Paper.A4,
            prefix=profile.number_prefix,
            government=profile.government,
            unit=unit.code,
            unit_name=unit.name,
            pattern=unit.pattern,
            title=profile.forms[layout].title,
            week=week,
            days=tuple(days),
            off=off,
            session_names=(profile.session_names[Session.DATANG], profile.session_names[Session.PULANG]),
            codes=self._codes,
            head=profile.forms[layout].head_signature,
            head_post=signer.post,
            head_name=signer.name,
            head_nip=signer.nip,
            rows=(),
            profile_version=profile.version,
            roster_version=self._roster.version,
        )

    def _days(self, unit: Unit, week: str) -> tuple[date, ...]:
        """The days of the unit's pattern, and any other on which somebody works."""
        days = week_days(week)
        return tuple(day for n, day in enumerate(days, start=1) if n <= unit.pattern or not self._off(unit, day))

    def _off(self, unit: Unit, day: date) -> str:
        """Why nobody of ``unit`` signs on ``day``; empty when somebody does."""
        status = self._calendar.day(day, unit.pattern, unit.code)
        plans = self._plans.get(day, {})
        # Shifts on a day off: the column stays open for those who are planned.
        if status.working or any(plans.get(person.key) for person in self._roster.members(unit.code, day)):
            return ""
        return status.reason

    def _rows(self, unit: Unit, days: Sequence[date]) -> list[SheetRow]:
        listed: dict[str, Person] = {}
        open_to: dict[str, set[date]] = {}
        free: list[bool] = []
        for day in days:
            works = self._calendar.day(day, unit.pattern, unit.code).working
            free.append(works)
            for person in self._roster.members(unit.code, day):
                listed.setdefault(person.key, person)
                if self._plans.get(day, {}).get(person.key, works):
                    open_to.setdefault(person.key, set()).add(day)
        people = [person for person in listed.values() if person.employment.upper() in self._subjects]
        rows = [
            SheetRow(no, p.key, p.name, p.nip or "", p.post, tuple(day in open_to.get(p.key, ()) for day in days))
            for no, p in enumerate(people, start=1)
        ]
        return rows + [SheetRow(len(rows) + n, None, "", "", "", tuple(free)) for n in range(1, FREE_ROWS + 1)]


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
            return Signer.of(f"{delegation.kind} {post}", person)
    return Signer.of(post, head) if head else Signer(post)


def _shared_out(rows: Sequence[SheetRow]) -> list[Sequence[SheetRow]]:
    """Pages of at most 25 rows and nearly equal length: 47 rows are 24 and 23, not 25 and 22."""
    pages = -(-len(rows) // ROWS_A_PAGE)
    length, longer = divmod(len(rows), pages)
    starts = [page * length + min(page, longer) for page in range(pages + 1)]
    return [rows[a:b] for a, b in pairwise(starts)]
