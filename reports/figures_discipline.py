"""Discipline watch: final absent days against the profile's tables. Information, never a sanction (DOMAIN.md 4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.profile import Profile
from domain.profile_rules import SanctionStep, SanctionTable
from reports.figures import PersonLine

NEAR_DAYS = 1  # one more absent day would cross
NOTICE = (
    "Informasi bagi Subbidang Disiplin: jumlah hari dibandingkan dengan ambang peraturan. Bukan penetapan hukuman; "
    "keputusan ada pada pejabat yang berwenang setelah pemeriksaan."
)


@dataclass(frozen=True, slots=True)
class AbsenceYear:
    """A person's year so far.

    ``absent`` are the final absent days alone (TLG-18), ``workdays`` the person's working days up to the report, both
    ascending. ``late_minutes`` are the person's own minutes late and left early, never a unit's sending.
    """

    person: PersonLine
    absent: Sequence[date]
    workdays: Sequence[date] = ()
    late_minutes: int = 0


@dataclass(frozen=True, slots=True)
class WatchLine:
    """``days`` is what the table is asked with; ``absent`` and ``late_minutes`` are its parts, shown side by side.

    ``step`` are the words of the threshold reached ("" below the first), ``next_step`` those of a threshold
    ``NEAR_DAYS`` away. ``longest_run`` counts working days in a row. ``newly``: reached since ``since``.
    """

    person: PersonLine
    absent: int
    late_minutes: int
    days: int
    longest_run: int
    step: str = ""
    next_step: str = ""
    run_words: str = ""
    run_near: bool = False
    newly: bool = False

    @property
    def crossed(self) -> bool:
        """Whether some threshold was reached."""
        return bool(self.step or self.run_words)

    @property
    def near(self) -> bool:
        """Whether one more day would reach the next one."""
        return bool(self.next_step) or self.run_near


@dataclass(frozen=True, slots=True)
class WatchGroup:
    """The people of one table; ``thresholds`` False: the government has not set any (PPPK: ditetapkan PPK)."""

    employment: tuple[str, ...]
    legal_reference: str
    thresholds: bool
    crossed: tuple[WatchLine, ...]
    near: tuple[WatchLine, ...]
    counted: tuple[WatchLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """One group per table of the profile, in its order; PNS and PPPK never share one."""

    year: int
    groups: tuple[WatchGroup, ...]


def watch(years: Iterable[AbsenceYear], profile: Profile, year: int, since: date) -> Watch:
    """Sort everybody with an absent day under the table of their employment; ``since`` is the report's first day."""
    tables = {name.upper(): number for number, table in enumerate(profile.sanctions) for name in table.employment}
    lines: dict[int, list[WatchLine]] = {number: [] for number in range(len(profile.sanctions))}
    for person in years:
        number = tables.get(person.person.employment.upper())
        if number is not None and (person.absent or person.late_minutes):
            lines[number].append(watch_line(person, profile.sanctions[number], since))
    return Watch(year, tuple(_group(table, lines[n]) for n, table in enumerate(profile.sanctions)))


def watch_line(given: AbsenceYear, table: SanctionTable, since: date) -> WatchLine:
    """One person under one table."""
    converted = given.late_minutes // table.minutes_per_day if table.minutes_per_day else 0
    days = len(given.absent) + converted
    step = _step(table.steps, days)
    following = next((s for s in table.steps if days < s.first_days <= days + NEAR_DAYS), None)
    run = longest_run(given.absent, given.workdays)
    earlier = [day for day in given.absent if day < since]
    limit = table.consecutive_days
    run_crossed = limit is not None and run >= limit
    # How the minutes of before ``since`` divide is not known; they are taken as known before, days as new.
    newly = (step is not None and _step(table.steps, len(earlier) + converted) is not step) or (
        run_crossed and limit is not None and longest_run(earlier, given.workdays) < limit
    )
    return WatchLine(
        person=given.person,
        absent=len(given.absent),
        late_minutes=given.late_minutes,
        days=days,
        longest_run=run,
        step=step.text if step else "",
        next_step=following.text if following else "",
        run_words=table.consecutive_text if run_crossed else "",
        run_near=limit is not None and not run_crossed and run + NEAR_DAYS >= limit,
        newly=newly,
    )


def longest_run(absent: Iterable[date], workdays: Sequence[date]) -> int:
    """The most absent days with no working day between them; days off do not break a run."""
    place: Mapping[date, int] = {day: index for index, day in enumerate(workdays)}
    longest = run = 0
    previous: int | None = None
    for index in sorted(place[day] for day in set(absent) if day in place):
        run = run + 1 if previous is not None and index == previous + 1 else 1
        longest, previous = max(longest, run), index
    return longest


def _step(steps: Sequence[SanctionStep], days: int) -> SanctionStep | None:
    return next((s for s in reversed(steps) if s.first_days <= days), None)


def _group(table: SanctionTable, lines: Sequence[WatchLine]) -> WatchGroup:
    ordered = sorted(lines, key=lambda line: (-line.days, -line.longest_run, line.person.name))
    thresholds = bool(table.steps) or table.consecutive_days is not None
    return WatchGroup(
        employment=table.employment,
        legal_reference=table.legal_reference,
        thresholds=thresholds,
        crossed=tuple(line for line in ordered if line.crossed),
        near=tuple(line for line in ordered if line.near),
        counted=() if thresholds else tuple(line for line in ordered if line.absent),
    )
